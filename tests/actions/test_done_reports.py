"""已处置 about what another reported: a report of its own, and what its corrections take along."""

from __future__ import annotations

import pytest

from bot.actions import corrections
from bot.actions import problem_deeds as deeds
from bot.errors import TooLate
from bot.rules.loop import Stage
from storage import counts
from storage.counts import Scope
from storage.problems import Problem
from tests.actions.conftest import Field
from tests.actions.test_loop import (
    every,
    fetch,
    found,
    holds,
    only,
    press,
    reviewer,
    state_of,
)

__all__ = ["found"]


@pytest.fixture
def taken(field: Field, found: Problem) -> Problem:
    """A stall that 张建国 found and 李红梅 has in hand."""
    press(field, deeds.hand_over, "张建国", found.id, f"p{field.ids['李红梅']}")
    press(field, deeds.take, "李红梅", found.id)
    field.later(minutes=30)
    return only(field)


def says(field: Field, words: str) -> int:
    """The report of what 李红梅 sends."""
    number = field.sends("李红梅", words)
    fetch(field)
    return field.report(number).id


def change(field: Field, deed: str, report: int, *more: object) -> None:
    getattr(corrections, deed)(
        field.tx, field.ids["李红梅"], report, *more, field.bureau, field.now
    )


@pytest.mark.parametrize("words", ["已劝离", "松江路 占道经营，已劝离", "松江路 已劝离"])
def test_withdrawn_it_is_not_handled(field: Field, taken: Problem, words: str) -> None:
    report = says(field, words)
    assert (only(field).stage, reviewer(field, only(field))) == (Stage.HANDLED, "张建国")
    change(field, "withdraw", report)
    assert (only(field).stage, only(field).handler) == (Stage.TAKEN, field.ids["李红梅"])
    assert state_of(field, "R-20250609-001") == "open"
    press(field, deeds.handle, "李红梅", taken.id)
    assert only(field).lacks_photo  # that of a withdrawn report shows nothing
    holds(field)


def test_only_its_photo_is_withdrawn(field: Field, taken: Problem) -> None:
    press(field, deeds.handle, "李红梅", taken.id)
    field.later(minutes=1)
    report = says(field, "")
    assert reviewer(field, only(field)) == "张建国"
    change(field, "withdraw", report)
    assert (only(field).stage, only(field).lacks_photo) == (Stage.HANDLED, True)
    assert only(field).reviewer is None


def test_of_another_place_it_is_a_problem_of_its_own(field: Field, taken: Problem) -> None:
    report = says(field, "松江路 占道经营，已劝离")
    change(field, "set_spot", report, "yongfu", None)
    first, second = every(field)
    assert (first.stage, first.spot) == (Stage.TAKEN, "songjiang")
    assert (second.stage, second.spot) == (Stage.HANDLED, "yongfu")
    assert state_of(field, "R-20250609-002") == "closed"
    holds(field)


def test_reviewed_it_is_not_taken_back(field: Field, taken: Problem) -> None:
    report = says(field, "已劝离")
    press(field, deeds.approve, "张建国", taken.id)
    with pytest.raises(TooLate, match="已复核办结"):
        change(field, "withdraw", report)


def test_of_two_open_ones_the_named_place_is_settled(field: Field, found: Problem) -> None:
    field.later(minutes=4)
    field.sends("张建国", "永福路 占道经营")
    field.later(minutes=4)
    field.sends("张建国", "松江路 已劝离")
    songjiang, yongfu = every(field)
    assert (songjiang.stage, yongfu.stage) == (Stage.HANDLED, Stage.FOUND)
    holds(field)


def test_of_two_at_one_place_none_is_guessed(field: Field, found: Problem) -> None:
    field.later(minutes=4)
    field.sends("张建国", "松江路 非机动车乱停")
    field.later(minutes=4)
    field.sends("张建国", "松江路 已处置")
    assert {problem.stage for problem in every(field)} == {Stage.FOUND}


@pytest.mark.parametrize(
    "words", ["", "已劝离", "处置后", "松江路 已劝离", "松江路 占道经营，已劝离"]
)
@pytest.mark.parametrize("who", ["张建国", "李红梅"])
def test_the_photo_that_was_asked_for_may_have_words(
    field: Field, found: Problem, who: str, words: str
) -> None:
    """「当场处置了」 asks for a photo; with its words it is that photo, and no second problem."""
    if who == "李红梅":
        press(field, deeds.hand_over, "张建国", found.id, f"p{field.ids[who]}")
        press(field, deeds.take, who, found.id)
    press(field, deeds.handle, who, found.id)
    assert only(field).lacks_photo
    field.later(minutes=2)
    field.sends(who, words)
    assert not only(field).lacks_photo
    assert reviewer(field, only(field)) == {"张建国": "李红梅", "李红梅": "张建国"}[who]
    assert counts.number(field.tx, "problems", Scope(None, field.later(days=1))) == 1
    holds(field)


def test_words_alone_are_no_photo(field: Field, found: Problem) -> None:
    press(field, deeds.handle, "张建国", found.id)
    field.later(minutes=2)
    field.sends("张建国", "松江路 占道经营，已劝离", file=False)
    assert only(field).lacks_photo
    assert state_of(field, "R-20250609-002") == "gone"  # one matter is counted once
    holds(field)
