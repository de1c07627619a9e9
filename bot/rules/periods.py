"""The calendar as half-open spans of a zone: days, weeks (Mon-Sun), months … ; knows no words."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo

from bot.rules.dates import UNITS, Unit, month_length, step, unit_start
from bot.rules.records import Span

__all__ = [
    "UNITS", "Unit", "day", "days", "midnight", "month", "month_length", "previous", "quarter",
    "step", "unit_of", "unit_of_span", "unit_start", "week", "year", "year_before",
]  # fmt: skip


def midnight(day: date, tz: tzinfo) -> datetime:
    """The first moment of a day in a zone."""
    return datetime.combine(day, time(), tz)


def days(first: date, last: date, tz: tzinfo) -> Span:
    """The span from the first to the last day, both included."""
    return Span(midnight(first, tz), midnight(last + timedelta(days=1), tz))


def day(moment: datetime, offset: int = 0) -> Span:
    """The day of a moment in the moment's own zone, or another day counted from it."""
    return unit_of(moment, "day", offset)


def week(moment: datetime, offset: int = 0) -> Span:
    """The week Mon-Sun of a moment in the moment's own zone, or another counted from it."""
    return unit_of(moment, "week", offset)


def month(moment: datetime, offset: int = 0) -> Span:
    """The calendar month of a moment in the moment's own zone, or another counted from it."""
    return unit_of(moment, "month", offset)


def quarter(moment: datetime, offset: int = 0) -> Span:
    """The quarter of a moment in the moment's own zone, or another counted from it."""
    return unit_of(moment, "quarter", offset)


def year(moment: datetime, offset: int = 0) -> Span:
    """The calendar year of a moment in the moment's own zone, or another counted from it."""
    return unit_of(moment, "year", offset)


def unit_of(moment: datetime, unit: Unit, offset: int = 0) -> Span:
    """The unit that holds the moment, or the one so many units later; the zone is the moment's."""
    today, tz = moment.date(), _zone(moment)
    first = step(unit_start(today, unit), unit, offset)
    return Span(midnight(first, tz), midnight(step(first, unit, 1), tz))


def previous(span: Span) -> Span:
    """The stretch just before: the unit before where the span is one, else as many days before."""
    if span.since is None:
        return span
    unit = unit_of_span(span)
    tz = _zone(span.since)
    since, until = span.since.date(), span.until.date()
    if unit is not None:
        return Span(midnight(step(since, unit, -1), tz), span.since)
    return Span(midnight(since - (until - since), tz), span.since)


def year_before(span: Span) -> Span:
    """The same stretch of the calendar one year earlier."""
    tz = _zone(span.until)
    since = None if span.since is None else midnight(step(span.since.date(), "year", -1), tz)
    return Span(since, midnight(step(span.until.date(), "year", -1), tz))


def unit_of_span(span: Span) -> Unit | None:
    """Which whole unit the span is, or None."""
    if span.since is None:
        return None
    for unit in UNITS:
        if unit_of(span.since, unit) == span:
            return unit
    return None


def _zone(moment: datetime) -> tzinfo:
    if moment.tzinfo is None:
        raise ValueError("a moment needs a zone")
    return moment.tzinfo
