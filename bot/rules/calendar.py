"""Working days: weekdays, less the holidays, plus the weekends worked instead (调休); pure.

A year is announced when every statutory holiday of it is known; in any other year the weekdays are
only provisional. Knows no notice's text and no hours of the day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from bot.rules.dates import Unit, step, unit_start

REST, WORK = "rest", "work"
ONE = timedelta(days=1)
STATUTORY = ("元旦", "春节", "清明", "劳动", "端午", "中秋", "国庆")
"""The holidays that a year's notice names, by the letters that every way to write them holds."""


@dataclass(frozen=True, slots=True)
class MovedDay:
    """A day that is not what its weekday says, or a holiday: what it is and why."""

    day: date
    kind: str
    name: str | None
    source: str


@dataclass(frozen=True, slots=True)
class HolidayDays:
    """A holiday of one year: its days off, and the days that are worked for it."""

    name: str
    first: date
    last: date
    worked: tuple[date, ...] = ()


def year_of(day: date) -> int:
    """The year whose notice tells of the day: a New Year's holiday may begin in December."""
    return (day + timedelta(days=7)).year


@dataclass(frozen=True)
class WorkCalendar:
    """The days as they are known; without any, weekdays are worked and weekends are not."""

    moved: tuple[MovedDay, ...] = ()

    @cached_property
    def _by_day(self) -> dict[date, MovedDay]:
        return {one.day: one for one in self.moved}

    @cached_property
    def _missing(self) -> dict[int, tuple[str, ...]]:
        """The statutory holidays that are not known, of each year that has any known one."""
        names: dict[int, str] = {}
        for one in self.moved:
            if one.kind == REST:
                year = year_of(one.day)
                names[year] = names.get(year, "") + (one.name or "")
        return {
            year: tuple(name for name in STATUTORY if name not in found)
            for year, found in names.items()
        }

    def missing(self, year: int) -> tuple[str, ...]:
        """The statutory holidays of the year that nobody has told of yet."""
        return self._missing.get(year, STATUTORY)

    def announced(self, year: int) -> bool:
        """Whether all holidays of the year are known."""
        return not self.missing(year)

    def is_workday(self, day: date) -> bool:
        """Whether the day is worked, as far as is known."""
        known = self._by_day.get(day)
        return day.weekday() < 5 if known is None else known.kind == WORK

    def is_provisional(self, day: date) -> bool:
        """Whether that is only what its weekday says, in a year that is not announced."""
        return day not in self._by_day and not self.announced(day.year)

    def name_of(self, day: date) -> str | None:
        """The holiday that the day belongs to, or is worked for."""
        known = self._by_day.get(day)
        return None if known is None else known.name

    def workdays(self, first: date, last: date) -> list[date]:
        """The days worked from the first to the last, both included."""
        days = (first + ONE * n for n in range((last - first).days + 1))
        return [day for day in days if self.is_workday(day)]

    def workdays_of(self, day: date, unit: Unit) -> list[date]:
        """The days worked in the week, month … that holds the day."""
        first = unit_start(day, unit)
        return self.workdays(first, step(first, unit, 1) - ONE)

    def nth_workday(self, month_first: date, n: int) -> date:
        """The month's n-th working day, from 1; the last one where it has fewer."""
        days = self.workdays_of(month_first, "month")
        return days[min(n, len(days)) - 1]

    def last_workday(self, day: date, unit: Unit) -> date | None:
        """The last working day of the week, month or quarter that holds the day, if it has any."""
        days = self.workdays_of(day, unit)
        return days[-1] if days else None

    def on_or_before(self, day: date) -> date:
        """The day itself where it is worked, else the last one before that is."""
        return self._search(day, -ONE)

    def on_or_after(self, day: date) -> date:
        """The day itself where it is worked, else the next one that is."""
        return self._search(day, ONE)

    def add_workdays(self, day: date, n: int) -> date:
        """The working day that lies `n` of them after the day (before it for a negative n)."""
        one, found = (ONE if n > 0 else -ONE), day
        for _ in range(abs(n)):
            found = self._search(found + one, one)
        return found

    def _search(self, day: date, one: timedelta) -> date:
        while not self.is_workday(day):
            day += one
        return day

    def holidays(self, year: int) -> tuple[HolidayDays, ...]:
        """The holidays of the year with their days, in order."""
        return tuple(sorted(self._holidays(year), key=lambda one: one.first))

    def _holidays(self, year: int) -> Iterator[HolidayDays]:
        rows = sorted((r for r in self.moved if year_of(r.day) == year), key=lambda one: one.day)
        stretches: list[list[MovedDay]] = []
        for row in (row for row in rows if row.kind == REST):
            if stretches and stretches[-1][-1].day == row.day - ONE:
                stretches[-1].append(row)
            else:
                stretches.append([row])
        for stretch in stretches:
            names = tuple(dict.fromkeys(row.name or "放假" for row in stretch))
            worked = tuple(r.day for r in rows if r.kind == WORK and (r.name or "放假") in names)
            yield HolidayDays("、".join(names), stretch[0].day, stretch[-1].day, worked)
