"""The spans that months, quarters and their parts mean (10月上旬, 前三季度); knows no patterns."""

from __future__ import annotations

import re
from datetime import date

from bot.rules.periods import days, midnight, month, month_length, quarter, step, unit_start
from bot.rules.records import Span
from bot.rules.spoken_spans import STEPS, Calendar, dated, said_number, said_year

_THIRDS = {"上": (1, 10), "中": (11, 20), "下": (21, 31), "初": (1, 10), "底": (21, 31)}
_HALVES = {"上": (1, 15), "前": (1, 15), "下": (16, 31), "后": (16, 31)}


def named_month(match: re.Match[str], calendar: Calendar) -> Span | None:
    """10月份, 去年10月, 10月上旬."""
    index = said_number(match["month"])
    wanted = said_year(match["year"], calendar)
    return _third(dated(wanted, calendar, lambda y: date(y, index, 1)), match["third"], calendar)


def months(match: re.Match[str], calendar: Calendar) -> Span | None:
    """9月到10月."""
    last_index = said_number(match["last"])
    wanted = said_year(match["year"], calendar)
    last = dated(wanted, calendar, lambda y: date(y, last_index, 1))
    first = date(last.year, said_number(match["first"]), 1)
    first = first if first <= last else step(first, "year", -1)
    return Span(midnight(first, calendar.tz), midnight(step(last, "month", 1), calendar.tz))


def two_months(match: re.Match[str], calendar: Calendar) -> Span | None:
    """七八月, 10、11月: one stretch where they follow each other, else none."""
    after = said_number(match["first"]) % 12 + 1
    return months(match, calendar) if after == said_number(match["last"]) else None


def stepped_third(match: re.Match[str], calendar: Calendar) -> Span | None:
    """本月中旬, 月底."""
    first = step(unit_start(calendar.today, "month"), "month", STEPS[match["step"] or "本"])
    span = _third(first, match["third"], calendar)
    if match["step"] or calendar.ahead or span.since is None or span.since <= calendar.now:
        return span
    return _third(step(first, "month", -1), match["third"], calendar)


def _third(first: date, third: str | None, calendar: Calendar) -> Span:
    start, end = _part_of_month(third) if third else (1, 31)
    end = min(end, month_length(first))
    return days(first.replace(day=start), first.replace(day=end), calendar.tz)


def _part_of_month(third: str) -> tuple[int, int]:
    """The first and last day of 上旬, 月底; a letter alone is of 上半月."""
    return _HALVES[third] if third in _HALVES else _THIRDS[third[0]]


def iso_month(match: re.Match[str], calendar: Calendar) -> Span | None:
    """2025-11."""
    return month(midnight(date(int(match["year"]), int(match["month"]), 1), calendar.tz))


def named_quarter(match: re.Match[str], calendar: Calendar) -> Span | None:
    """三季度, 2025年第三季度."""
    index = said_number(match["quarter"])
    wanted = said_year(match["year"], calendar)
    first = dated(wanted, calendar, lambda y: date(y, index * 3 - 2, 1))
    return quarter(midnight(first, calendar.tz))


def first_quarters(match: re.Match[str], calendar: Calendar) -> Span | None:
    """前三季度: of the latest year in which the last of them has begun."""
    last_month = said_number(match["quarter"]) * 3
    wanted = said_year(match["year"], calendar)
    last = dated(wanted, calendar, lambda y: date(y, last_month - 2, 1)).replace(month=last_month)
    return _since_new_year(last, calendar)


def first_months(match: re.Match[str], calendar: Calendar) -> Span | None:
    """今年前10个月."""
    wanted = said_year(match["year"], calendar) or calendar.today.year
    return _since_new_year(date(wanted, said_number(match["count"]), 1), calendar)


def _since_new_year(last: date, calendar: Calendar) -> Span:
    new_year = midnight(last.replace(month=1), calendar.tz)
    return Span(new_year, midnight(step(last, "month", 1), calendar.tz))


def half_year(match: re.Match[str], calendar: Calendar) -> Span | None:
    """上半年."""
    first_month = 1 if match["half"] == "上" else 7
    wanted = said_year(match["year"], calendar)
    first = dated(wanted, calendar, lambda y: date(y, first_month, 1))
    return Span(midnight(first, calendar.tz), midnight(step(first, "month", 6), calendar.tz))
