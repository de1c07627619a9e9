"""Working days: against the package they are seeded from, and against naive counting."""

from __future__ import annotations

import random
from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.actions.calendar import packaged
from bot.rules.calendar import REST, WORK, MovedDay, WorkCalendar
from bot.rules.dates import UNITS, step, unit_start

KNOWN = WorkCalendar(tuple(packaged()))
ONE = timedelta(days=1)
DAYS = st.dates(date(2008, 1, 1), date(2026, 12, 31))


@given(DAYS)
def test_every_day_is_what_the_package_says(day: date) -> None:
    assert KNOWN.is_workday(day) is chinese_calendar.is_workday(day)
    assert not KNOWN.is_provisional(day)


@pytest.mark.parametrize(("year", "days"), [(2024, 251), (2025, 248), (2026, 248)])
def test_years_have_as_many_working_days_as_announced(year: int, days: int) -> None:
    assert len(KNOWN.workdays(date(year, 1, 1), date(year, 12, 31))) == days
    assert KNOWN.announced(year)
    assert KNOWN.missing(year) == ()


def test_a_year_that_is_not_announced_has_provisional_weekdays() -> None:
    assert not KNOWN.announced(2027)
    assert KNOWN.missing(2027) == ("元旦", "春节", "清明", "劳动", "端午", "中秋", "国庆")
    assert KNOWN.is_provisional(date(2027, 10, 1))
    assert KNOWN.is_workday(date(2027, 10, 1))
    assert not KNOWN.is_workday(date(2027, 10, 2))


def test_a_year_half_told_says_what_is_missing() -> None:
    told = (MovedDay(date(2027, 10, 1), REST, "国庆节", ""),)
    calendar = WorkCalendar(told)
    assert "国庆" not in calendar.missing(2027)
    assert not calendar.announced(2027)
    assert not calendar.is_workday(date(2027, 10, 1))
    assert not calendar.is_provisional(date(2027, 10, 1))
    assert calendar.is_provisional(date(2027, 10, 4))


def test_new_years_days_in_december_belong_to_the_year_they_begin() -> None:
    calendar = WorkCalendar((MovedDay(date(2022, 12, 31), REST, "元旦", ""),))
    assert "元旦" in calendar.missing(2022)
    assert "元旦" not in calendar.missing(2023)
    assert [one.first for one in calendar.holidays(2023)] == [date(2022, 12, 31)]


def test_holidays_of_a_year_with_the_days_worked_for_them() -> None:
    found = KNOWN.holidays(2025)
    assert [one.name for one in found] == [
        "元旦", "春节", "清明节", "劳动节", "端午节", "国庆节、中秋节",
    ]  # fmt: skip
    last = found[-1]
    assert (last.first, last.last) == (date(2025, 10, 1), date(2025, 10, 8))
    assert last.worked == (date(2025, 9, 28), date(2025, 10, 11))
    assert KNOWN.name_of(date(2025, 10, 6)) == "中秋节"
    assert KNOWN.name_of(date(2025, 10, 9)) is None


@pytest.mark.parametrize(
    ("month", "n", "day"),
    [((2025, 10), 1, 9), ((2025, 9), 1, 1), ((2025, 5), 1, 6), ((2025, 1), 99, 27),
     ((2025, 1), 1, 2), ((2026, 1), 1, 4)],
)  # fmt: skip
def test_the_nth_working_day_of_a_month(month: tuple[int, int], n: int, day: int) -> None:
    if n == 99:
        assert KNOWN.nth_workday(date(*month, 1), n) == KNOWN.last_workday(date(*month, 1), "month")
    else:
        assert KNOWN.nth_workday(date(*month, 1), n) == date(*month, day)


@pytest.mark.parametrize(
    ("unit", "day", "last"),
    [("week", date(2025, 9, 22), date(2025, 9, 28)), ("week", date(2025, 10, 1), date(2025, 9, 30)),
     ("month", date(2025, 11, 5), date(2025, 11, 28)),
     ("quarter", date(2025, 8, 1), date(2025, 9, 30))],
)  # fmt: skip
def test_the_last_working_day(unit: str, day: date, last: date) -> None:
    assert KNOWN.last_workday(day, unit) == last  # type: ignore[arg-type]


def test_a_week_without_working_days_has_no_last_one() -> None:
    assert KNOWN.last_workday(date(2026, 2, 18), "week") is None


@st.composite
def calendars(draw: st.DrawFn) -> tuple[WorkCalendar, set[date]]:
    """A calendar of any moved days, and the days worked in 2025 by plain counting."""
    seed = draw(st.integers(0, 10_000))
    pick = random.Random(seed)
    moved = {
        date(2025, 1, 1) + timedelta(days=pick.randrange(365)): pick.choice([REST, WORK])
        for _ in range(pick.randrange(60))
    }
    worked = set()
    for n in range(365):
        day = date(2025, 1, 1) + timedelta(days=n)
        kind = moved.get(day, WORK if day.isoweekday() <= 5 else REST)
        if kind == WORK:
            worked.add(day)
    rows = tuple(MovedDay(day, kind, None, "") for day, kind in moved.items())
    return WorkCalendar(rows), worked


@given(calendars(), st.dates(date(2025, 3, 1), date(2025, 9, 30)), st.integers(-30, 30))
def test_arithmetic_agrees_with_plain_counting(
    made: tuple[WorkCalendar, set[date]], day: date, n: int
) -> None:
    calendar, worked = made
    after = sorted(one for one in worked if one > day)
    before = sorted((one for one in worked if one < day), reverse=True)
    if n > 0:
        assert calendar.add_workdays(day, n) == after[n - 1]
    elif n < 0:
        assert calendar.add_workdays(day, n) == before[-n - 1]
    else:
        assert calendar.add_workdays(day, 0) == day
    assert calendar.on_or_before(day) == max(one for one in worked if one <= day)
    assert calendar.on_or_after(day) == min(one for one in worked if one >= day)
    for unit in UNITS[:4]:
        first = unit_start(day, unit)
        mine = sorted(one for one in worked if first <= one < step(first, unit, 1))
        assert calendar.workdays_of(day, unit) == mine
        assert calendar.last_workday(day, unit) == (mine[-1] if mine else None)
    month = sorted(one for one in worked if (one.year, one.month) == (day.year, day.month))
    for nth, one in enumerate(month, 1):
        assert calendar.nth_workday(day, nth) == one
