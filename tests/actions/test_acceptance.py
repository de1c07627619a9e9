"""A round that lacks something may be accepted; what is odd goes to a reviewer and nobody else."""

from __future__ import annotations

import pytest

from bot.actions import acceptance, rounds
from bot.actions.round_cards import record
from bot.actions.round_state import odd
from bot.errors import NotAllowed, NotFound, Refused, TooLate
from bot.rules.records import Role
from storage import awaited, patrols, people
from tests.actions.conftest import Field
from tests.actions.outing import KEYS, Outing

WHY = "道路封闭，过不去"


@pytest.fixture
def out(field: Field) -> Outing:
    return Outing(field)


def reviews(field: Field) -> set[str]:
    """Who is owed a review."""
    return {name for name in field.ids if any(c == "round_review" for c, _ in field.owed(name))}


# ---- acceptance ----


def test_an_accepted_round_counts_and_still_says_what_it_lacks(out: Outing, field: Field) -> None:
    patrol = out.partly("张建国", *KEYS[:2])
    boss = field.ids["李主任"]
    acceptance.accept(field.tx, boss, patrol, f" {WHY} ", field.now)
    row = out.row(patrol)
    assert (row.counts, row.accepted_by, row.accepted_reason) == (True, boss, WHY)
    assert row.lacking == {"spots": ["junction"]}
    facts = out.facts(patrol)
    assert (facts.accepted_by, facts.accepted_reason, facts.lacking.spots) == (
        "李主任", WHY, ("junction",)
    )  # fmt: skip
    assert out.number() == 1
    assert ("round_accept", row.number) in field.deeds()
    facts, _ = record(field.tx, boss, patrol, field.bureau, field.now)
    assert [code for code, _ in facts.missing] == ["junction"]


def test_an_acceptance_can_be_taken_back(out: Outing, field: Field) -> None:
    patrol = out.partly("张建国", *KEYS[:2])
    boss = field.ids["李主任"]
    acceptance.accept(field.tx, boss, patrol, WHY, field.now)
    acceptance.refuse(field.tx, boss, patrol, field.now)
    row = out.row(patrol)
    assert (row.counts, row.accepted_by, row.accepted_reason) == (False, None, None)
    assert out.number() == 0


def test_an_accepted_round_that_is_withdrawn_counts_nowhere(out: Outing, field: Field) -> None:
    patrol = out.partly("张建国", *KEYS[:2])
    acceptance.accept(field.tx, field.ids["李主任"], patrol, WHY, field.now)
    rounds.withdraw(field.tx, field.ids["张建国"], patrol, field.now)
    assert out.number() == 0
    rounds.restore(field.tx, field.ids["张建国"], patrol, field.now)
    assert out.number() == 1


@pytest.mark.parametrize("name", ["张建国", "李红梅", "孙涛", "王志强", "王芳"])
def test_only_a_supervisor_accepts(out: Outing, field: Field, name: str) -> None:
    patrol = out.partly("张建国", *KEYS[:2])
    for deed in (
        lambda: acceptance.accept(field.tx, field.ids[name], patrol, WHY, field.now),
        lambda: acceptance.refuse(field.tx, field.ids[name], patrol, field.now),
        lambda: acceptance.ask_why(field.tx, field.ids[name], patrol, field.now),
    ):
        field.leaves_all(deed, NotAllowed, "分管领导")


def test_nobody_accepts_a_round_he_was_on(out: Outing, field: Field) -> None:
    both = field.join("郑凯", {Role.OFFICER, Role.SUPERVISOR}, "一中队")
    patrol = out.partly("张建国", *KEYS[:2])
    patrols.join(field.tx, patrol, both, field.now)
    field.leaves_all(
        lambda: acceptance.accept(field.tx, both, patrol, WHY, field.now), NotAllowed, "自己巡的"
    )


def test_what_has_not_ended_is_not_accepted(out: Outing, field: Field) -> None:
    patrol = out.begins("张建国")
    boss = field.ids["李主任"]

    def accept(number: int) -> None:
        acceptance.accept(field.tx, boss, number, WHY, field.now)

    field.leaves_all(lambda: accept(patrol), TooLate, "还没结束")
    rounds.withdraw(field.tx, field.ids["张建国"], patrol, field.now)
    field.leaves_all(lambda: accept(patrol), TooLate, "撤回")
    field.leaves_all(lambda: accept(999), NotFound, "找不到")
    field.leaves_all(lambda: acceptance.refuse(field.tx, boss, 999, field.now), NotFound, "找不到")


def test_the_supervisors_are_asked_once(out: Outing, field: Field) -> None:
    patrol = out.partly("张建国", *KEYS[:2])
    me = field.ids["张建国"]
    assert acceptance.ask(field.tx, me, patrol, field.now) == ["李主任"]
    acceptance.ask(field.tx, me, patrol, field.now)
    assert field.owed("李主任").count(("round_review", patrol)) == 1
    acceptance.accept(field.tx, field.ids["李主任"], patrol, WHY, field.now)
    field.leaves_all(lambda: acceptance.ask(field.tx, me, patrol, field.now), TooLate, "算数")


def test_without_a_supervisor_it_is_said_whom_to_ask(out: Outing, field: Field) -> None:
    people.change(field.tx, field.ids["李主任"], state="left")
    patrol = out.partly("张建国", *KEYS[:2])
    field.leaves_all(
        lambda: acceptance.ask(field.tx, field.ids["张建国"], patrol, field.now), Refused, "管理员"
    )


def test_the_next_words_are_the_reason(out: Outing, field: Field) -> None:
    patrol = out.partly("张建国", *KEYS[:2])
    boss = field.ids["李主任"]
    acceptance.ask_why(field.tx, boss, patrol, field.now)
    wanted = awaited.of(field.tx, boss, field.now)
    assert wanted is not None
    assert (wanted.what, wanted.subject) == (acceptance.REASON, patrol)
    told = acceptance.take_reason(field.tx, boss, patrol, WHY * 60, field.bureau, field.now)
    assert len(told) == 200
    assert out.row(patrol).accepted_reason == told
    assert awaited.of(field.tx, boss, field.now) is None


def test_half_an_hour_later_words_are_no_reason(out: Outing, field: Field) -> None:
    patrol = out.partly("张建国", *KEYS[:2])
    boss = field.ids["李主任"]
    acceptance.ask_why(field.tx, boss, patrol, field.now)
    assert awaited.of(field.tx, boss, field.later(minutes=31)) is None


# ---- what looks odd ----


def burst(out: Outing, field: Field, name: str) -> int:
    """A round with photos of three spots within a minute; its id."""
    patrol = out.begins(name)
    for words in ("松江路正常", "永福路正常", "交汇处正常"):
        field.sends(name, words)
        field.later(seconds=20)
    rounds.end(field.tx, field.ids[name], patrol, field.now)
    return patrol


def test_a_burst_of_photos_goes_to_the_leader_and_to_nobody_on_it(
    out: Outing, field: Field
) -> None:
    patrol = burst(out, field, "张建国")
    assert odd(field.tx, out.row(patrol)) == ("burst",)
    assert out.row(patrol).counts
    assert reviews(field) == {"孙涛"}
    assert "odd" not in str(out.row(patrol).lacking)


def test_of_a_leaders_own_round_the_supervisor_hears(out: Outing, field: Field) -> None:
    burst(out, field, "孙涛")
    assert reviews(field) == {"李主任"}


def test_a_round_at_a_walking_pace_goes_to_nobody(out: Outing, field: Field) -> None:
    patrol = out.begins("张建国")
    for words in ("松江路正常", "永福路正常", "交汇处正常"):
        field.sends("张建国", words)
        field.later(minutes=9)
    rounds.end(field.tx, field.ids["张建国"], patrol, field.now)
    assert reviews(field) == set()


# ---- who sees the record ----


@pytest.mark.parametrize(
    ("name", "sees"),
    [("张建国", True), ("李红梅", True), ("孙涛", True), ("李主任", True), ("王芳", True),
     ("赵大勇", False), ("王志强", False)],
)  # fmt: skip
def test_the_squad_and_who_sees_all_see_the_record(
    out: Outing, field: Field, name: str, sees: bool
) -> None:
    patrol = out.begins("张建国")
    number = field.sends("张建国", "松江路正常")
    if not sees:
        with pytest.raises(NotAllowed, match="不是您中队的"):
            record(field.tx, field.ids[name], patrol, field.bureau, field.now)
        return
    facts, numbers = record(field.tx, field.ids[name], patrol, field.bureau, field.now)
    assert facts.id == patrol
    assert numbers == (number,)
    with pytest.raises(NotFound):
        record(field.tx, field.ids[name], 999, field.bureau, field.now)
