"""Settings and absences in words: what holds, what can be chosen, who is away until when; pure."""

from __future__ import annotations

from datetime import date, time

from bot.rules.reminder_facts import AwayFacts, SettingFacts
from bot.words.card import Button, Card, press
from bot.words.plain import day

MORNINGS = (time(7, 30), time(8, 0), time(8, 30), time(9, 0), time(10, 0))
QUIETS: tuple[tuple[str, time | None, time | None], ...] = (
    ("中午不打扰", time(12, 0), time(14, 0)),
    ("下班后不打扰", time(18, 0), time(8, 30)),
    ("下午不打扰", time(13, 0), time(18, 0)),
    ("不另设", None, None),
)
"""What can be chosen for quiet hours; any other is written."""

HOW_AWAY = "这样写：请假 6月10日到12日；请假三天；请假到周五。"


def settings(facts: SettingFacts) -> Card:
    """「设置」."""
    own = facts.own
    quiet = f"晚上 {said(facts.quiet_from)} 到早上 {said(facts.quiet_to)}、休息日"
    if own.quiet_from is not None and own.quiet_to is not None:
        quiet += f"，另加 {said(own.quiet_from)} 到 {said(own.quiet_to)}"
    lines = [f"早上 {said(facts.morning)} 左右提醒您，一天最多一条。", f"不打扰：{quiet}。"]
    if own.brief:
        lines.append("字少一点：只说几件，细的点「都看看」。")
    words = ("照常写", "0") if own.brief else ("字少一点", "1")
    return Card(
        "\n".join(lines),
        (
            (Button("我的免打扰", press("bq", 0, 1)), Button("早上几点提醒", press("bm", 0, 1))),
            (Button(words[0], press("bw", 0, 1, words[1])),),
        ),
    )


def said(at: time) -> str:
    """8:30."""
    return f"{at.hour}:{at.minute:02d}"


def ask_morning() -> Card:
    """「早上几点提醒」."""
    buttons = [
        Button(said(at), press("bn", 0, 1, str(at.hour * 60 + at.minute))) for at in MORNINGS
    ]
    return Card(
        "早上几点提醒您？点一个，或者写：早上 9:15 提醒。",
        (tuple(buttons[:3]), tuple(buttons[3:])),
    )


def ask_quiet() -> Card:
    """「我的免打扰」."""
    buttons = [Button(name, press("bp", 0, 1, str(n))) for n, (name, *_) in enumerate(QUIETS)]
    return Card(
        "哪段时间不打扰您？点一个，或者写：免打扰 12:30 到 14:00。\n您发消息我照样马上回。",
        (tuple(buttons[:2]), tuple(buttons[2:])),
    )


def away(facts: AwayFacts) -> Card:
    """Somebody is away, or back."""
    days, who = span(facts.first, facts.last), "您" if facts.own else facts.name
    if facts.ended:
        return Card(f"好，{'' if facts.own else facts.name}销假了。该提醒的明早接着提醒。")
    lines = [f"好，{'' if facts.own else facts.name + ' '}{days} 请假，这几天不提醒{who}。"]
    lines.append("到期的事先找科室负责人和领导。提前回来发「销假」。")
    return Card("\n".join(lines), ((Button("不请了", press("bd", facts.row, 1)),),))


def span(first: date, last: date) -> str:
    """6月10日到12日."""
    if first == last:
        return day(first)
    same = (first.year, first.month) == (last.year, last.month)
    return f"{day(first)}到{f'{last.day}日' if same else day(last)}"


def which_days() -> Card:
    """「请假」 without days, or with days that can't be read."""
    return Card(f"没看明白是哪几天，还没记。\n{HOW_AWAY}")


def which_hours() -> Card:
    """Hours that can't be read."""
    return Card("没看明白是几点到几点，没有改。\n这样写：免打扰 12:30 到 14:00；早上 9:15 提醒。")
