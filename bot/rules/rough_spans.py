"""The spans that rounder words mean (近7天, 国庆期间, 截至目前); knows no patterns."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.rules.periods import Unit, days, midnight, month, step, year
from bot.rules.records import Span
from bot.rules.spoken_spans import UNITS_SAID, Calendar, said_number, said_year
from bot.rules.vocabulary import Holiday


def lately(match: re.Match[str], calendar: Calendar) -> Span | None:
    """近7天 with today; 最近一个月 from the same day of the last month; 近半个月 15 days."""
    named = match.groupdict()
    unit = UNITS_SAID[named["unit"] or named.get("months") or named["years"]]
    count = said_number(named.get("count"))
    if named.get("half"):
        halves: dict[Unit, tuple[int, Unit]] = {"month": (15, "day"), "year": (6, "month")}
        count, unit = halves.get(unit, (0, unit))
    if count < 1:
        return None
    first = step(calendar.today, unit, -count)
    first += timedelta(days=1) if unit in ("day", "week") else timedelta()
    return Span(midnight(first, calendar.tz), calendar.tonight)


def within(match: re.Match[str], calendar: Calendar) -> Span | None:
    """3天内: from today to the end of the third day after it; what happened is not ahead."""
    if not (calendar.ahead or match["next"]):
        return None
    last = step(calendar.today, UNITS_SAID[match["unit"]], said_number(match["count"]))
    return days(calendar.today, last, calendar.tz)


def since_rectification(_: re.Match[str], calendar: Calendar) -> Span | None:
    """整改以来."""
    return Span(midnight(calendar.since, calendar.tz), calendar.tonight)


def so_far(_: re.Match[str], calendar: Calendar) -> Span | None:
    """截至目前."""
    return Span(None, calendar.tonight)


class UnannouncedError(ValueError):
    """A holiday whose days are in no table yet."""


def holiday(match: re.Match[str], calendar: Calendar) -> Span | None:
    """国庆期间: the latest that has begun, else the first known. Raises UnannouncedError."""
    meant = _holiday(match, calendar)
    return days(meant.first, meant.last, calendar.tz)


def beside_holiday(match: re.Match[str], calendar: Calendar) -> Span | None:
    """国庆前三天, 春节后一周. Raises UnannouncedError."""
    meant = _holiday(match, calendar)
    length = timedelta(days=said_number(match["count"]) * _DAYS_OF[UNITS_SAID[match["unit"]]])
    one = timedelta(days=1)
    if match["side"] == "前":
        return days(meant.first - length, meant.first - one, calendar.tz)
    return days(meant.last + one, meant.last + length, calendar.tz)


_DAYS_OF: dict[Unit, int] = {"day": 1, "week": 7}
_SAME_HOLIDAY = {"十一": "国庆", "劳动节": "五一"}


def _holiday(match: re.Match[str], calendar: Calendar) -> Holiday:
    bare = match["bare"] or match["after"]
    wanted = int(bare) if bare else said_year(match["year"], calendar)
    name = _SAME_HOLIDAY.get(match["name"], match["name"])
    named = [h for h in calendar.holidays if h.name == name]
    if wanted is not None:
        named = [h for h in named if h.first.year == wanted]
    begun = [h for h in named if h.first <= calendar.today]
    outdated = begun and begun[-1] == named[-1] and _outdated(begun[-1], calendar)
    meant = begun[-1:] or named[:1]
    if not meant or (wanted is None and outdated):
        raise UnannouncedError(name)
    return meant[0]


def _outdated(last: Holiday, calendar: Calendar) -> bool:
    """Whether a later one may have begun since: a lunar holiday moves by a month at most."""
    return calendar.today > step(last.first, "month", 11)


def no_one_time(_match: re.Match[str], _calendar: Calendar) -> Span | None:
    """每天晚上: many stretches and no single one."""
    return None


def end_of_year(match: re.Match[str], calendar: Calendar) -> Span | None:
    """年底 of 年底前: the last month."""
    wanted = said_year(match["year"] and match["year"] + "年", calendar) or calendar.today.year
    return month(midnight(date(wanted, 12, 1), calendar.tz))


def this_year_so_far(_: re.Match[str], calendar: Calendar) -> Span | None:
    """年初至今."""
    return Span(year(calendar.now).since, calendar.tonight)


def this_year(_: re.Match[str], calendar: Calendar) -> Span | None:
    """全年."""
    return year(calendar.now)


def named_year(match: re.Match[str], calendar: Calendar) -> Span | None:
    """今年, 2025年度."""
    wanted = said_year(match["year"], calendar) or calendar.today.year
    return year(midnight(date(wanted, 1, 1), calendar.tz))
