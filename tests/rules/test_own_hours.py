"""A person's own hours: they narrow the bureau's, and a morning is always left."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.rules.own_hours import LATEST, OwnHours, morning_moment, objection, open_moment, stretch_in
from bot.rules.records import Hours

HOURS = Hours()
MIDNIGHT = datetime(2025, 6, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("own", "wrong"),
    [
        (OwnHours(), None),
        (OwnHours(time(7, 30)), None),
        (OwnHours(time(7, 29)), "early"),
        (OwnHours(time(12, 0)), None),
        (OwnHours(time(12, 1)), "late"),
        (OwnHours(None, time(12), time(14)), None),
        (OwnHours(None, time(18), time(9)), None),
        (OwnHours(time(8), time(18), time(9)), None),
        (OwnHours(None, time(7), time(13)), "quiet"),
        (OwnHours(None, time(8, 35), time(9)), "quiet"),
        (OwnHours(None, time(0), time(23, 59)), "quiet"),
        (OwnHours(time(9), time(9, 5), time(9, 5)), None),
    ],
)
def test_which_hours_can_be_set(own: OwnHours, wrong: str | None) -> None:
    assert objection(own, HOURS) == wrong


times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 5, 15, 30, 59]))
owns = st.builds(
    OwnHours, st.none() | times, st.none() | times, st.none() | times, st.booleans()
)  # fmt: skip


@given(own=owns, person=st.integers(1, 5000))
def test_a_morning_that_is_allowed_lies_in_nobodys_quiet_hours(own: OwnHours, person: int) -> None:
    assume(objection(own, HOURS) is None)
    at = morning_moment(person, own, HOURS, MIDNIGHT)
    assert (
        HOURS.quiet_to <= at.time() < (datetime.combine(at, LATEST) + timedelta(minutes=11)).time()
    )
    assert not own.rests(at.time())
    assert open_moment(own, HOURS, at) == at
    assert at == morning_moment(person, own, HOURS, MIDNIGHT)


@given(own=owns, minutes=st.integers(0, 1439))
def test_the_next_open_moment_is_the_first(own: OwnHours, minutes: int) -> None:
    """Minute by minute: from then on he may be told, before it he may not."""
    now = MIDNIGHT + timedelta(minutes=minutes)

    def may(at: datetime) -> bool:
        return HOURS.quiet_to <= at.time() < HOURS.quiet_from and not own.rests(at.time())

    found = open_moment(own, HOURS, now)
    if found is not None:
        assert may(found)
        later = now
        while later < found:
            assert not may(later)
            later += timedelta(minutes=1)
    elif HOURS.quiet_to <= now.time() < HOURS.quiet_from:
        assert own.rests(now.time())


def test_neighbours_are_told_at_different_minutes() -> None:
    moments = [morning_moment(person, OwnHours(), HOURS, MIDNIGHT) for person in range(1, 61)]
    assert len(set(moments)) == len(moments)
    minutes = {at.minute for at in moments}
    assert minutes == set(range(30, 40))


@pytest.mark.parametrize(
    ("said", "hours"),
    [
        ("12:30 到 14:00", (time(12, 30), time(14))),
        ("18点到9点", (time(18), time(9))),
        ("晚上9点到早上8点半", (time(21), time(8, 30))),
        ("12-14", (time(12), time(14))),
        ("下午1点至3点", (time(13), time(15))),
        ("下午6点到早上8点", (time(18), time(8))),
        ("22:00到24:00", (time(22), time(0))),
        ("25点到26点", None),
        ("想睡觉", None),
        ("12:99到13:00", None),
        ("", None),
    ],
)
def test_hours_are_read_as_written(said: str, hours: tuple[time, time] | None) -> None:
    assert stretch_in(said) == hours
