"""What is a rebound, at which hours it comes, how often: the pure rules."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bureau import DEFAULT, build_bureau
from bot.rules.rebounds import Hours, Matter, came_back, hours_of, plan_day, rate

BUREAU = build_bureau(DEFAULT)
NOON = datetime(2025, 6, 12, 12, 0, tzinfo=BUREAU.tz)
DAY = timedelta(days=1)


def new(at: datetime = NOON) -> Matter:
    return Matter(9, at, None, good=False)


def closed(number: int, ago: timedelta, *, good: bool = True, own: bool = True) -> Matter:
    at = NOON - ago
    return Matter(number, at - timedelta(hours=1), at, good, own)


# ---- what is one ----


@pytest.mark.parametrize(
    ("ago", "back"),
    [
        (timedelta(seconds=1), True), (14 * DAY, True), (14 * DAY + timedelta(seconds=1), False),
        (timedelta(0), False), (-DAY, False),
    ],
)  # fmt: skip
def test_the_window_counts_from_the_closing(ago: timedelta, back: bool) -> None:
    assert (came_back(new(), [closed(1, ago)], BUREAU) is not None) is back


def test_of_several_closed_the_last_came_back() -> None:
    found = came_back(new(), [closed(1, 5 * DAY), closed(2, 2 * DAY), closed(3, 9 * DAY)], BUREAU)
    assert found is not None
    assert found.id == 2


def test_what_is_open_unsolved_void_or_itself_is_no_closing() -> None:
    others = [
        Matter(1, NOON - DAY, None, good=False), closed(2, DAY, good=False),
        closed(3, DAY, own=False), Matter(9, NOON - DAY, NOON - DAY / 2, good=True),
    ]  # fmt: skip
    assert came_back(new(), others, BUREAU) is None


def test_what_had_come_back_already_came_back_once() -> None:
    first = Matter(5, NOON - DAY, None, good=False, rebound_of=1)
    assert came_back(new(), [closed(1, 2 * DAY), first], BUREAU) is None
    gone = Matter(5, NOON - DAY, NOON - DAY / 2, good=True, rebound_of=1)
    again = came_back(new(), [closed(1, 2 * DAY), gone], BUREAU)
    assert again is not None
    assert again.id == 5


# ---- the hours ----


def times(*clocks: str) -> list[datetime]:
    return [
        NOON.replace(hour=int(clock[:2]), minute=int(clock[3:])) - n * DAY
        for n, clock in enumerate(clocks)
    ]


@pytest.mark.parametrize(
    ("clocks", "hours"),
    [
        ((), None),
        (("16:38",), None),
        (("16:38", "17:59"), Hours(16)),
        (("16:38", "16:50", "17:05"), Hours(16)),
        (("16:38", "18:00"), None),
        (("09:00", "16:38", "17:05"), None),
        (("09:00", "16:38", "17:05", "16:01"), Hours(16, all=False)),
        (("09:00", "16:38", "12:05", "16:01"), None),
        (("23:30", "00:10"), Hours(23)),
        (("22:30", "23:10"), Hours(22)),
        (("08:10", "10:30", "12:40", "14:50", "17:00"), None),
    ],
)
def test_hours_are_said_where_there_are_some(clocks: tuple[str, ...], hours: Hours | None) -> None:
    assert hours_of(times(*clocks)) == hours


def test_a_stretch_ends_at_midnight_as_twenty_four() -> None:
    assert (Hours(22).end, Hours(23).end, Hours(16).end) == (24, 1, 18)


@given(st.lists(st.integers(0, 24 * 60 - 1), max_size=12))
def test_a_pattern_holds_what_it_says(minutes: list[int]) -> None:
    """Whatever the times: 都 is all of them, 多 at least three quarters, else nothing is said."""
    found = [NOON.replace(hour=0) + timedelta(minutes=m) for m in minutes]
    hours = hours_of(found)
    if hours is None:
        return
    inside = sum((one.hour - hours.begin) % 24 < 2 for one in found)
    assert len(found) >= 2
    assert inside == len(found) if hours.all else inside * 4 >= len(found) * 3


def test_the_plan_is_for_the_next_working_day() -> None:
    friday = NOON.date() + DAY
    assert plan_day(NOON.date(), BUREAU) == friday
    assert plan_day(friday, BUREAU) == friday + 3 * DAY


# ---- the rate ----


def test_the_rate_counts_a_closing_once_and_by_its_own_place_and_kind() -> None:
    closings = [("a", "x", NOON - 20 * DAY), ("a", "x", NOON - 15 * DAY), ("b", "x", NOON),
                ("a", "y", NOON - 20 * DAY)]  # fmt: skip
    returns = [("a", "x", NOON - 19 * DAY), ("a", "x", NOON - 18 * DAY), ("b", "y", NOON + DAY)]
    assert rate(closings, returns, 14 * DAY) == {"a": (1, 3), "b": (0, 1)}
    assert rate([], returns, 14 * DAY) == {}


def test_what_came_back_after_the_window_is_none() -> None:
    closing = [("a", "x", NOON)]
    assert rate(closing, [("a", "x", NOON + 14 * DAY)], 14 * DAY) == {"a": (1, 1)}
    assert rate(closing, [("a", "x", NOON + 15 * DAY)], 14 * DAY) == {"a": (0, 1)}
    assert rate(closing, [("a", "x", NOON)], 14 * DAY) == {"a": (0, 1)}
