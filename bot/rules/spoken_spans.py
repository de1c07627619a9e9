"""The span each form of written time means, counted from a calendar; knows no patterns.

Months and days without a year are the latest ones that are not in the future, or with `ahead` the
next ones that are not past.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from bot.rules.numerals import number
from bot.rules.periods import (
    Unit,
    day,
    days,
    midnight,
    month,
    month_length,
    quarter,
    step,
    unit_of,
    unit_start,
    week,
    year,
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
_STEPS = {"上上": -2, "上": -1, "前": -1, "本": 0, "这": 0, "当": 0, "下": 1, "下下": 2}
_THIRDS = {"上": (1, 10), "中": (11, 20), "下": (21, 31), "初": (1, 10), "底": (21, 31)}
_UNITS: dict[str, Unit] = {
    "天": "day", "日": "day", "周": "week", "星期": "week", "礼拜": "week",
    "月": "month", "季度": "quarter", "季": "quarter", "年": "year",
}  # fmt: skip


def _number(written: str | None) -> int:
    value = number(written) if written else 1
    if value is None:
        raise ValueError("not a number")
    return value


def _year(written: str | None, calendar: Calendar) -> int | None:
    if not written:
        return None
    offset = {"今年": 0, "本年": 0, "去年": -1, "前年": -2, "明年": 1}.get(written)
    if offset is not None:
        return calendar.today.year + offset
    short = int(written[:-1])
    return short if short > 100 else 2000 + short


def _dated(wanted: int | None, calendar: Calendar, on: Callable[[int], date]) -> date:
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
    return unit_of(calendar.now, _UNITS[match["unit"]], _STEPS[match["step"]])


def weekday(match: re.Match[str], calendar: Calendar) -> Span | None:
    """上周五, 周一到周三."""
    monday = week(calendar.now, _STEPS[match["step"] or "本"]).since
    assert monday is not None
    first = WEEKDAYS.index(match["first"].replace("天", "日"))
    last = WEEKDAYS.index((match["last"] or match["first"]).replace("天", "日"))
    if last < first:
        return None
    start = monday.date()
    return days(start + timedelta(days=first), start + timedelta(days=last), calendar.tz)


def weekend(match: re.Match[str], calendar: Calendar) -> Span | None:
    """周末, 上周末."""
    monday = week(calendar.now, _STEPS[match["step"] or "本"]).since
    assert monday is not None
    start = monday.date()
    return days(start + timedelta(days=5), start + timedelta(days=6), calendar.tz)


def named_month(match: re.Match[str], calendar: Calendar) -> Span | None:
    """10月份, 去年10月, 10月上旬."""
    index = _number(match["month"])
    wanted = _year(match["year"], calendar)
    return _third(_dated(wanted, calendar, lambda y: date(y, index, 1)), match["third"], calendar)


def months(match: re.Match[str], calendar: Calendar) -> Span | None:
    """9月到10月."""
    last_index = _number(match["last"])
    wanted = _year(match["year"], calendar)
    last = _dated(wanted, calendar, lambda y: date(y, last_index, 1))
    first = date(last.year, _number(match["first"]), 1)
    first = first if first <= last else step(first, "year", -1)
    return Span(midnight(first, calendar.tz), midnight(step(last, "month", 1), calendar.tz))


def stepped_third(match: re.Match[str], calendar: Calendar) -> Span | None:
    """本月中旬, 月底."""
    since = month(calendar.now, _STEPS[match["step"]] if match["step"] else 0).since
    return _third(since.date(), match["third"], calendar) if since else None


def _third(first: date, third: str | None, calendar: Calendar) -> Span:
    start, end = _THIRDS[third[0]] if third else (1, 31)
    end = min(end, month_length(first))
    return days(first.replace(day=start), first.replace(day=end), calendar.tz)


def one_date(match: re.Match[str], calendar: Calendar) -> Span | None:
    """10月3日, 10月3日上午."""
    on = _date(match["year"], match["month"], match["date"], calendar)
    return _part_of(days(on, on, calendar.tz), match.groupdict().get("part"))


def _date(written: str | None, of_month: str, of_day: str, calendar: Calendar) -> date:
    index, number_of_day = _number(of_month), _number(of_day)
    wanted = _year(written, calendar)
    return _dated(wanted, calendar, lambda y: date(y, index, number_of_day))


def dates(match: re.Match[str], calendar: Calendar) -> Span | None:
    """10月3日到9日, 11.1-11.15."""
    last = _date(match["year"], match["month2"] or match["month"], match["date2"], calendar)
    first = date(last.year, _number(match["month"]), _number(match["date"]))
    first = first if first <= last else step(first, "year", -1)
    return days(first, last, calendar.tz)


def iso_date(match: re.Match[str], calendar: Calendar) -> Span | None:
    """2025-11-03."""
    on = date(int(match["year"]), int(match["month"]), int(match["date"]))
    return days(on, on, calendar.tz)


def bare_date(match: re.Match[str], calendar: Calendar) -> Span | None:
    """18号: of this month, or of the last where it is still to come."""
    on = calendar.today.replace(day=_number(match["date"]))
    if on > calendar.today and not calendar.ahead:
        on = step(on, "month", -1)
    return days(on, on, calendar.tz)


def named_quarter(match: re.Match[str], calendar: Calendar) -> Span | None:
    """三季度, 2025年第三季度."""
    index = _number(match["quarter"])
    wanted = _year(match["year"], calendar)
    first = _dated(wanted, calendar, lambda y: date(y, index * 3 - 2, 1))
    return quarter(midnight(first, calendar.tz))


def half_year(match: re.Match[str], calendar: Calendar) -> Span | None:
    """上半年."""
    first_month = 1 if match["half"] == "上" else 7
    wanted = _year(match["year"], calendar) or calendar.today.year
    first = date(wanted, first_month, 1)
    return Span(midnight(first, calendar.tz), midnight(step(first, "month", 6), calendar.tz))


def named_year(match: re.Match[str], calendar: Calendar) -> Span | None:
    """今年, 2025年度."""
    wanted = _year(match["year"], calendar) or calendar.today.year
    return year(midnight(date(wanted, 1, 1), calendar.tz))


def lately(match: re.Match[str], calendar: Calendar) -> Span | None:
    """近7天 with today; 最近一个月 from the same day of the last month."""
    count, unit = _number(match["count"]), _UNITS[match["unit"]]
    if match["half"]:
        first = calendar.today - timedelta(days=14)
    elif unit in ("day", "week"):
        first = step(calendar.today, unit, -count) + timedelta(days=1)
    else:
        first = step(calendar.today, unit, -count)
    return Span(midnight(first, calendar.tz), calendar.tonight)


def within(match: re.Match[str], calendar: Calendar) -> Span | None:
    """3天内: from today to the end of the third day after it."""
    last = step(calendar.today, _UNITS[match["unit"]], _number(match["count"]))
    return days(calendar.today, last, calendar.tz)


def since_rectification(_: re.Match[str], calendar: Calendar) -> Span | None:
    """整改以来."""
    return Span(midnight(calendar.since, calendar.tz), calendar.tonight)


def so_far(_: re.Match[str], calendar: Calendar) -> Span | None:
    """截至目前."""
    return Span(None, calendar.tonight)


def holiday(match: re.Match[str], calendar: Calendar) -> Span | None:
    """国庆期间: the latest that has begun, else the first known."""
    wanted = _year(match["year"], calendar)
    named = [h for h in calendar.holidays if match["name"] == h.name]
    if wanted is not None:
        named = [h for h in named if h.first.year == wanted]
    begun = [h for h in named if h.first <= calendar.today]
    meant = begun[-1:] or named[:1]
    return days(meant[0].first, meant[0].last, calendar.tz) if meant else None


def this_year(_: re.Match[str], calendar: Calendar) -> Span | None:
    """全年."""
    return year(calendar.now)
