"""When a problem's clocks have something to say: the same however often it is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.bureau import DEFAULT, build_bureau
from bot.rules.clocks import Kind, alarms, answer_by, days_over, is_overdue, rings_at_night
from bot.rules.limits import due
from bot.rules.loop import Stage
from bot.rules.records import Bureau, TimeLimit
from bot.rules.terms import Term

TZ = ZoneInfo("Asia/Shanghai")
BUREAU = build_bureau(DEFAULT)
NIGHTLY = replace(BUREAU, time_limits=(TimeLimit(Term(12, "urgent_hour")),))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2025, 6, day, hour, minute, tzinfo=TZ)


NINE, ELEVEN = at(9, 9), at(9, 11)


@dataclass(frozen=True)
class Matter:
    """A problem as far as its clocks ask; found on a Monday at nine, 占道 has two hours."""

    stage: Stage = Stage.FOUND
    source: str = "patrol"
    category: str = "zhandao"
    found_at: datetime = NINE
    handed_at: datetime | None = None
    taken_at: datetime | None = None
    handled_at: datetime | None = None
    respond_by: datetime | None = None
    handle_by: datetime | None = ELEVEN
    lacks_photo: bool = False
    reviewer: int | None = None
    asked: int = 0
    asked_at: datetime | None = None


def told(of: Matter, now: datetime = NINE, bureau: Bureau = BUREAU) -> list[str]:
    return [
        f"{one.kind} {one.number} {one.at.astimezone(TZ):%d %H:%M}"
        for one in alarms(of, bureau, now)
    ]


def test_yellow_before_and_red_after_and_again_every_third_working_morning() -> None:
    assert told(Matter()) == ["yellow 1 09 10:30", "red 1 09 11:01", "red 2 12 08:30"]
    later = told(Matter(), at(12, 8, 30))
    assert later == ["yellow 1 09 10:30", "red 2 12 08:30", "red 3 17 08:30", "red 4 20 08:30"]
    assert told(Matter(), at(18, 12))[1:] == ["red 3 17 08:30", "red 4 20 08:30", "red 5 25 08:30"]


def test_a_handed_one_waits_for_an_answer_twice_and_not_beyond_its_limit() -> None:
    handed = Matter(Stage.HANDED, category="laji", handed_at=at(9, 9), handle_by=at(10, 10))
    assert told(handed)[:2] == ["respond 1 09 11:01", "respond 2 09 15:01"]
    short = replace(handed, category="zhandao", handle_by=at(9, 11))
    assert told(short)[:2] == ["respond 1 09 10:01", "yellow 1 09 10:30"]


def test_a_case_waits_for_an_answer_from_the_first() -> None:
    case = Matter(source="hotline", category="none", respond_by=at(9, 11), handle_by=at(16, 18))
    assert told(case)[:2] == ["respond 1 09 11:01", "respond 2 09 15:01"]
    assert answer_by(replace(case, stage=Stage.HANDED, handed_at=at(9, 10)), BUREAU) == ELEVEN
    late = replace(case, stage=Stage.HANDED, handed_at=at(9, 17))
    assert answer_by(late, BUREAU) == due(Term(2, "work_hour"), at(9, 17), BUREAU)
    assert answer_by(replace(case, stage=Stage.TAKEN), BUREAU) is None


def test_who_took_it_is_asked_halfway_unless_the_yellow_is_near() -> None:
    taken = Matter(Stage.TAKEN, category="sidaluanjian", taken_at=at(9, 9), handle_by=at(13, 18))
    assert told(taken)[0] == "idle 1 11 14:30"
    assert told(replace(taken, taken_at=at(13, 9)))[0] == "yellow 1 12 18:00"
    assert not [one for one in told(Matter(Stage.TAKEN, taken_at=at(9, 9))) if "idle" in one]


def test_once_it_is_handled_only_its_photo_and_review_are_waited_for() -> None:
    handled = Matter(Stage.HANDLED, handled_at=at(9, 16), lacks_photo=True)
    assert told(handled) == ["photo 1 10 08:30", "photo 2 13 08:30"]
    asked = replace(handled, lacks_photo=False, reviewer=7, asked=2, asked_at=at(9, 16))
    assert told(asked) == ["review 2 10 10:30"]
    assert told(replace(asked, reviewer=None, asked_at=None)) == ["nobody 2 09 16:00"]
    assert told(replace(handled, stage=Stage.CLOSED)) == []


def test_what_runs_at_night_is_said_again_in_the_morning() -> None:
    night = Matter(found_at=at(9, 17), handle_by=at(10, 5))
    assert rings_at_night(night, NIGHTLY)
    assert not rings_at_night(night, BUREAU)
    assert told(night, at(9, 17), NIGHTLY)[:3] == [
        "yellow 1 10 02:00", "red 1 10 05:01", "morning 1 10 08:30",
    ]  # fmt: skip


def test_an_old_one_without_limits_says_nothing() -> None:
    assert told(Matter(handle_by=None)) == []


@pytest.mark.parametrize(
    ("now", "days"),
    [(at(9, 11), 0), (at(9, 18), 0), (at(10, 0), 1), (at(15, 9), 4), (at(16, 9), 5)],
)
def test_days_over_are_working_days(now: datetime, days: int) -> None:
    assert days_over(at(9, 11), now, BUREAU) == days


def test_done_at_the_moment_is_in_time() -> None:
    done = Matter(Stage.CLOSED, handled_at=at(9, 11))
    assert not is_overdue(done, at(20, 9))
    assert is_overdue(replace(done, handled_at=at(9, 11, 1)), at(20, 9))
    assert is_overdue(Matter(), at(9, 11, 1))
    assert not is_overdue(Matter(handle_by=None), at(20, 9))


MOMENTS = st.integers(0, 30 * 24 * 60).map(
    lambda minutes: at(9, 11).astimezone(UTC) + timedelta(minutes=minutes)
)


@settings(deadline=None)
@given(MOMENTS)
def test_of_the_reds_the_newest_and_the_next_are_known_at_every_moment(now: datetime) -> None:
    """So a clock that rings at them alone never misses one, and one that slept tells one only."""
    reds = [one for one in alarms(Matter(), BUREAU, now) if one.kind is Kind.RED]
    assert sum(one.at <= now for one in reds) <= 1
    assert sum(one.at > now for one in reds) == 2
    assert [one.number for one in reds] == list(range(reds[0].number, reds[0].number + len(reds)))
    for one in reds:
        assert one in alarms(Matter(), BUREAU, one.at)
