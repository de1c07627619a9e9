"""The holidays of a year and the working days moved for them, in words; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.rules.calendar import HolidayDays, WorkCalendar
from bot.rules.notices import Understood
from bot.words.card import Button, Card, press
from bot.words.plain import cut, day

LINES = 7
"""So many holidays are said; a year has no more."""


def year(calendar: WorkCalendar, wanted: int, today: date) -> Card:
    """「放假安排」: the year's table, or that it is not announced."""
    found = calendar.holidays(wanted)
    missing = calendar.missing(wanted)
    if not found:
        return Card(
            f"{wanted}年的放假安排还没公布，先按周一到周五上班算。\n"
            "公布以后，请管理员把通知原文发给我。"
        )
    lines = [f"{wanted}年放假安排，{_count(found)} 个节：", *map(_line, found[:LINES])]
    if missing:
        lines.append(f"还不知道的：{'、'.join(missing)}，先按周一到周五算。")
    elif today.month >= 11 and wanted == today.year and not calendar.announced(wanted + 1):
        lines.append(f"{wanted + 1}年的还没公布。")
    return Card("\n".join(lines))


def _count(found: Sequence[HolidayDays]) -> int:
    """How many holidays: two that fall together are two."""
    return sum(len(one.name.split("、")) for one in found)


def _line(holiday: HolidayDays) -> str:
    off = _days(holiday.first, holiday.last)
    worked = "、".join(day(one) for one in holiday.worked)
    return f"{holiday.name} {off}" + (f"，{worked}上班" if worked else "")


def _days(first: date, last: date) -> str:
    """1月1日到3日, 9月29日到10月6日, or the one day."""
    if first == last:
        return day(first)
    return f"{day(first)}到{f'{last.day}日' if first.month == last.month else day(last)}"


def understood(number: int, read: Understood, known: bool) -> Card:
    """What was understood of a pasted notice, to be kept or not; wrong lines are named."""
    wrong = [f"「{cut(one.line, 16)}」{one.why}。" for one in read.wrong[:2]]
    if len(read.wrong) > 2:
        wrong.append(f"还有 {len(read.wrong) - 2} 行也没看懂。")
    if not read.days:
        return Card("\n".join(["这份放假通知我没看懂，什么也没记。", *wrong]))
    found = WorkCalendar(read.days).holidays(read.year)
    if known and not wrong:
        return Card(f"{read.year}年的这 {_count(found)} 个节早就记好了，和您发的一样。")
    lines = [f"{read.year}年放假安排，看懂 {_count(found)} 个节：", *map(_line, found[:LINES])]
    if wrong:
        lines += ["下面的没看懂，不会记：", *wrong][: 10 - len(lines)]
    rows = ((Button("记下", press("gb", number, 1), primary=True),
             Button("不是", press("gc", number, 1))),)  # fmt: skip
    return Card("\n".join(lines), rows)


def kept(read: Understood, missing: Sequence[str]) -> Card:
    """The notice is in the table."""
    more = f"\n还不知道的：{'、'.join(missing)}，通知里有的话请补发那几行。" if missing else ""
    return Card(f"记下了。{read.year}年的工作日、提醒的日子都按这个算。{more}")


def refused() -> Card:
    """Nothing was kept."""
    return Card("好，没有记。哪里不对，改好了再发一次就行。")
