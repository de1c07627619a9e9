"""The span each form of written time means, counted from a calendar; knows no patterns.

Months and days without a year are the latest ones that are not in the future, or with `ahead` the
next ones that are not past.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from bot.rules.numerals import DIGITS, number
from bot.rules.periods import (
    Unit,
    day,
    days,
    step,
    unit_of,
    unit_start,
    week,
)
from bot.rules.records import Span
from bot.rules.vocabulary import Holiday


@dataclass(frozen=True)
class Calendar:
    """What written times are counted from."""

    now: datetime
    since: date
    holidays: tuple[Holiday, ...] = ()
    ahead: bool = False
    bounded: bool = False  # 截至 stands before the time

    @property
    def tz(self) -> tzinfo:
        """The zone of days and weeks: the one `now` is given in."""
        if self.now.tzinfo is None:
            raise ValueError("a moment needs a zone")
        return self.now.tzinfo

    @property
    def today(self) -> date:
        """The day of `now`."""
        return self.now.date()

    @property
    def tonight(self) -> datetime:
        """The end of today."""
        return day(self.now).until


SpanOf = Callable[[re.Match[str], Calendar], Span | None]

WEEKDAYS = "一二三四五六日"
PARTS = {
    "上午": (0, 12), "早上": (0, 12), "早晨": (0, 12), "早": (0, 12), "晨": (0, 12),
    "下午": (12, 18), "午后": (12, 18), "晚上": (18, 24), "夜里": (18, 24), "夜间": (18, 24),
    "晚": (18, 24), "夜": (18, 24),
}  # fmt: skip
_DAYS = {"大前": -3, "前": -2, "昨": -1, "今": 0, "当": 0, "明": 1, "后": 2}
STEPS = {"上上": -2, "上": -1, "前": -1, "本": 0, "这": 0, "当": 0, "下": 1, "下下": 2}
_SOME = re.compile("[一二两三四五六七八九]{2}")  # 两三天: no one number
_YEARS = {"今年": 0, "本年": 0, "去年": -1, "上年": -1, "上一年": -1, "前年": -2, "明年": 1}
UNITS_SAID: dict[str, Unit] = {
    "天": "day", "日": "day", "周": "week", "星期": "week", "礼拜": "week",
    "月": "month", "季度": "quarter", "季": "quarter", "年": "year",
}  # fmt: skip


def said_number(written: str | None) -> int:
    """The number written, 1 for none. Raises ValueError."""
    value = number(written) if written else 1
    if value is None or (written and _SOME.fullmatch(written)):
        raise ValueError("not a number")
    return value


def said_year(written: str | None, calendar: Calendar) -> int | None:
    """去年 or 2025年 as a number, None for no year. Raises ValueError."""
    if not written:
        return None
    offset = _YEARS.get(written)
    if offset is not None:
        return calendar.today.year + offset
    short = int("".join(str(DIGITS.get(sign, sign)) for sign in written[:-1]))
    return short if short > 100 else 2000 + short


def dated(wanted: int | None, calendar: Calendar, on: Callable[[int], date]) -> date:
    """The day in the wanted year, or else in the latest year (ahead: the next) that fits."""
    if wanted is not None:
        return on(wanted)
    first = on(calendar.today.year)
    if calendar.ahead:
        past = first < unit_start(calendar.today, "month")
        return on(calendar.today.year + 1) if past else first
    return on(calendar.today.year - 1) if first > calendar.today else first


def plain_day(match: re.Match[str], calendar: Calendar) -> Span | None:
    """昨天, 今天下午, 昨晚, 上午."""
    offset = _DAYS[match["day"]] if match["day"] else 0
    span = day(calendar.now, offset)
    return _part_of(span, match["part"])


def _part_of(span: Span, part: str | None) -> Span:
    if part is None or span.since is None:
        return span
    first, last = PARTS[part]
    until = span.until if last == 24 else span.since + timedelta(hours=last)
    return Span(span.since + timedelta(hours=first), until)


def whole_unit(match: re.Match[str], calendar: Calendar) -> Span | None:
    """上周, 本月, 这个季度."""
    return unit_of(calendar.now, UNITS_SAID[match["unit"]], STEPS[match["step"]])


def weekday(match: re.Match[str], calendar: Calendar) -> Span | None:
    """上周五, 上周五下午, 周一到周三."""
    monday = week(calendar.now, STEPS[match["step"] or "本"]).since
    assert monday is not None
    first = WEEKDAYS.index(match["first"].replace("天", "日"))
    last = WEEKDAYS.index((match["last"] or match["first"]).replace("天", "日"))
    if last < first and not match["step"]:
        return None
    last += 7 if last < first else 0  # 上周四到周二
    start = monday.date()
    start -= timedelta(weeks=1) if _not_begun(match, start, first, calendar) else timedelta()
    span = days(start + timedelta(days=first), start + timedelta(days=last), calendar.tz)
    return _part_of(span, match["part"])


def weekend(match: re.Match[str], calendar: Calendar) -> Span | None:
    """周末, 上周末."""
    monday = week(calendar.now, STEPS[match["step"] or "本"]).since
    assert monday is not None
    start = monday.date()
    start -= timedelta(weeks=1) if _not_begun(match, start, 5, calendar) else timedelta()
    return days(start + timedelta(days=5), start + timedelta(days=6), calendar.tz)


def _not_begun(match: re.Match[str], monday: date, first: int, calendar: Calendar) -> bool:
    """Whether a bare 周五 would be still to come: what happened is of the week before."""
    bare = not match["step"] and not calendar.ahead
    return bare and monday + timedelta(days=first) > calendar.today


def one_date(match: re.Match[str], calendar: Calendar) -> Span | None:
    """10月3日, 10月3日上午."""
    on = _date(match["year"], match["month"], match["date"], calendar)
    return _part_of(days(on, on, calendar.tz), match.groupdict().get("part"))


def _date(written: str | None, of_month: str, of_day: str, calendar: Calendar) -> date:
    index, number_of_day = said_number(of_month), said_number(of_day)
    wanted = said_year(written, calendar)
    return dated(wanted, calendar, lambda y: date(y, index, number_of_day))


def dates(match: re.Match[str], calendar: Calendar) -> Span | None:
    """10月3日到9日, 11.1-11.15."""
    last = _date(match["year"], match["month2"] or match["month"], match["date2"], calendar)
    first = date(last.year, said_number(match["month"]), said_number(match["date"]))
    first = first if first <= last else step(first, "year", -1)
    return days(first, last, calendar.tz)


def iso_date(match: re.Match[str], calendar: Calendar) -> Span | None:
    """2025-11-03."""
    on = date(int(match["year"]), int(match["month"]), int(match["date"]))
    return days(on, on, calendar.tz)


def bare_date(match: re.Match[str], calendar: Calendar) -> Span | None:
    """上月18号; 18号: of this month, or of the last where it is still to come."""
    on = _of_month(match, calendar)
    return _part_of(days(on, on, calendar.tz), match.groupdict().get("part"))


def _of_month(match: re.Match[str], calendar: Calendar) -> date:
    wanted = said_number(match["date"])
    if match["step"]:
        first = step(unit_start(calendar.today, "month"), "month", STEPS[match["step"]])
        return first.replace(day=wanted)
    on = calendar.today.replace(day=wanted)
    return step(on, "month", -1) if on > calendar.today and not calendar.ahead else on


def bare_dates(match: re.Match[str], calendar: Calendar) -> Span | None:
    """1号到15号: the first as if alone, the last of the same month."""
    start = _of_month(match, calendar)
    last = start.replace(day=said_number(match["date2"]))
    return days(start, last, calendar.tz) if start <= last else None
