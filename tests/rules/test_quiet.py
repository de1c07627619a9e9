"""When the bot may speak unasked: never at night, never at the weekend, always soon enough."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.quiet import is_quiet, is_working, next_morning, next_working
from bot.rules.records import Bureau, Hours

MONDAY = datetime(2025, 6, 9)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))


def local(bureau: Bureau, day: int, hour: str) -> datetime:
    at = time.fromisoformat(hour)
    return datetime.combine(MONDAY + timedelta(days=day), at, bureau.tz)


@pytest.mark.parametrize(
    ("day", "hour", "quiet", "working"),
    [
        (0, "00:00", True, False), (0, "07:29:59", True, False), (0, "07:30", False, False),
        (0, "08:29:59", False, False), (0, "08:30", False, True), (0, "17:59:59", False, True),
        (0, "18:00", False, False), (0, "19:59:59", False, False), (0, "20:00", True, False),
        (4, "12:00", False, True), (5, "12:00", True, False), (6, "12:00", True, False),
    ],
)  # fmt: skip
def test_hours(bureau: Bureau, day: int, hour: str, quiet: bool, working: bool) -> None:
    now = local(bureau, day, hour)
    assert is_quiet(bureau, now) is quiet
    assert is_working(bureau, now) is working
    assert is_quiet(bureau, now.astimezone(UTC)) is quiet


@pytest.mark.parametrize(("hour", "quiet"), [("12:00", False), ("13:00", True), ("14:00", False)])
def test_quiet_hours_within_a_day(bureau: Bureau, hour: str, quiet: bool) -> None:
    noon = replace(bureau, hours=Hours(quiet_from=time(13), quiet_to=time(14)))
    assert is_quiet(noon, local(bureau, 0, hour)) is quiet


@pytest.mark.parametrize(
    ("day", "hour", "next_day", "next_hour"),
    [(0, "10:00", 0, "10:00"), (0, "03:00", 0, "08:30"), (0, "18:00", 1, "08:30"),
     (4, "18:00", 7, "08:30"), (5, "10:00", 7, "08:30"), (6, "23:59", 7, "08:30")],
)  # fmt: skip
def test_the_next_working_moment(
    bureau: Bureau, day: int, hour: str, next_day: int, next_hour: str
) -> None:
    found = next_working(bureau, local(bureau, day, hour))
    assert found == local(bureau, next_day, next_hour)


@pytest.mark.parametrize(
    ("day", "hour", "next_day"),
    [(0, "08:29", 0), (0, "08:30", 1), (0, "22:00", 1), (4, "09:00", 7), (5, "01:00", 7)],
)
def test_the_next_morning(bureau: Bureau, day: int, hour: str, next_day: int) -> None:
    found = next_morning(bureau, local(bureau, day, hour))
    assert found == local(bureau, next_day, "08:30")


@given(MOMENTS)
def test_the_next_moments_are_lawful_and_near(bureau: Bureau, now: datetime) -> None:
    working, morning = next_working(bureau, now), next_morning(bureau, now)
    assert is_working(bureau, working)
    assert now <= working <= now + timedelta(days=3)
    assert not is_quiet(bureau, morning)
    assert now < morning <= now + timedelta(days=4)
    assert (working == now) is is_working(bureau, now)
