"""Duplicates: who is asked, what merging does to both, and that taking apart undoes all of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.actions import alike, alike_facts, corrections
from bot.actions.loop import move
from bot.errors import NotAllowed, Refused, TooLate
from bot.rules.loop import Outcome, Stage
from storage import people, problems
from storage.problems import AGAIN, FOUND
from tests.actions.conftest import Field
from tests.actions.matters import STALL, Matters


@pytest.fixture
def matters(field: Field) -> Matters:
    return Matters(field)


def asked(matters: Matters) -> list[tuple[str, int]]:
    return matters.cards("alike")


# ---- asking ----


def test_the_second_finder_is_asked_with_the_first_ones_name(matters: Matters) -> None:
    first = matters.found("张建国")
    assert asked(matters) == []
    matters.field.later(minutes=20)
    second = matters.found("李红梅")
    assert asked(matters) == [("李红梅", second.id)]
    facts = alike_facts.facts(matters.tx, second.id, first.id, matters.bureau, matters.field.now)
    assert facts is not None
    assert (facts.state, facts.by, facts.place, facts.goods) == ("asked", "张建国", "松江路", True)
    assert facts.now - facts.at == matters.field.now - first.found_at


def test_ones_own_second_report_is_asked_about_too(matters: Matters) -> None:
    first = matters.found("张建国")
    matters.field.later(minutes=10)
    second = matters.found("张建国")
    assert asked(matters) == [("张建国", second.id)]
    facts = alike_facts.facts(matters.tx, second.id, first.id, matters.bureau, matters.field.now)
    assert facts is not None
    assert facts.by is None


@pytest.mark.parametrize(
    "words", ["永福路 西瓜摊占道", "松江路 出店经营1家", "松江路正常", "松江路 西瓜摊占道 已劝离"]
)
def test_other_places_kinds_and_settled_ones_are_not_asked_about(
    matters: Matters, words: str
) -> None:
    matters.found("张建国")
    matters.field.later(minutes=20)
    matters.field.sends("李红梅", words)
    assert asked(matters) == []


def test_closed_and_old_ones_are_not_asked_about(matters: Matters) -> None:
    matters.closed(matters.found("张建国"))
    matters.field.later(hours=1)
    matters.found("李红梅")
    assert asked(matters) == []
    matters.field.later(hours=25)
    matters.found("赵大勇")
    assert asked(matters) == []


def test_two_finds_of_one_report_are_two(matters: Matters) -> None:
    matters.field.sends("张建国", "松江路 占道经营1处，松江路 占道经营2处")
    assert asked(matters) == []


def test_practice_is_neither_asked_about_nor_asked(matters: Matters) -> None:
    people.change(matters.tx, matters.field.ids["张建国"], practising=True)
    matters.field.sends("张建国", STALL)
    matters.field.later(minutes=5)
    matters.found("李红梅")
    people.change(matters.tx, matters.field.ids["赵大勇"], practising=True)
    matters.field.sends("赵大勇", STALL)
    assert asked(matters) == []


def test_a_withdrawn_one_is_nobodys_double(matters: Matters) -> None:
    number = matters.field.sends("张建国", STALL)
    field = matters.field
    who, report = field.ids["张建国"], field.report(number).id
    corrections.withdraw(matters.tx, who, report, matters.bureau, field.now)
    field.later(minutes=5)
    matters.found("李红梅")
    assert asked(matters) == []


def test_a_correction_to_the_same_spot_asks(matters: Matters) -> None:
    field = matters.field
    matters.found("张建国")
    field.later(minutes=5)
    number = field.sends("李红梅", "永福路 西瓜摊占道")
    assert asked(matters) == []
    report = field.report(number).id
    who = field.ids["李红梅"]
    corrections.set_spot(matters.tx, who, report, "songjiang", None, matters.bureau, field.now)
    assert asked(matters) == [("李红梅", matters.of(number).id)]


def test_spots_a_few_steps_apart_are_near_enough(matters: Matters) -> None:
    here = next(s for s in matters.bureau.spots if s.code == "songjiang")
    assert here.lat is not None
    near = [
        replace(s, lat=here.lat + 0.0003, lon=here.lon) if s.code == "yongfu" else s
        for s in matters.bureau.spots
    ]
    matters.field.bureau = matters.bureau = replace(matters.bureau, spots=tuple(near))
    matters.found("张建国", "永福路 西瓜摊占道")
    matters.field.later(minutes=5)
    second = matters.found("李红梅")
    assert asked(matters) == [("李红梅", second.id)]


# ---- merging ----


def merged(matters: Matters) -> tuple[str | None, str | None]:
    """The numbers of two reports whose problems are one."""
    field = matters.field
    first = field.sends("张建国", STALL)
    field.later(minutes=20)
    second = field.sends("李红梅", STALL)
    one, two = matters.of(first), matters.of(second)
    alike.merge(matters.tx, field.ids["李红梅"], two.id, one.id, matters.bureau, field.now)
    return first, second


def test_merged_ones_are_one_with_two_reporters(matters: Matters) -> None:
    first, second = merged(matters)
    one = matters.of(first)
    assert matters.of(second).id == one.id
    told = problems.tellers(matters.tx, one.id)
    assert [(t.how, matters.name(t.person)) for t in told] == [
        (FOUND, "张建国"), (AGAIN, "李红梅"),
    ]  # fmt: skip
    assert (matters.number(), matters.number("reports")) == (1, 2)
    assert (matters.states(first), matters.states(second)) == (["open"], ["gone"])


def test_every_source_of_one_matter_is_named(matters: Matters) -> None:
    field = matters.field
    first = matters.of(field.sends("张建国", STALL))
    for name, words in (
        ("李红梅", "12345工单 松江路 西瓜摊占道"),
        ("孙涛", "监控发现 松江路 西瓜摊占道"),
    ):
        field.later(minutes=20)
        number = field.sends(name, words)
        other = matters.of(number)
        alike.merge(matters.tx, field.ids[name], other.id, first.id, matters.bureau, field.now)
    found = alike.sources(matters.tx, first)
    assert [(one.source, one.name) for one in found] == [
        ("patrol", "张建国"), ("hotline", "李红梅"), ("camera", "孙涛"),
    ]  # fmt: skip


def test_taken_apart_each_is_what_it_was(matters: Matters) -> None:
    field = matters.field
    first = field.sends("张建国", STALL)
    field.later(minutes=20)
    second = field.sends("李红梅", STALL)
    one, two = matters.of(first), matters.of(second)
    alike.merge(matters.tx, field.ids["李红梅"], two.id, one.id, matters.bureau, field.now)
    field.later(minutes=5)
    alike.part(matters.tx, field.ids["李红梅"], two.id, matters.bureau, field.now)
    back = matters.of(second)
    assert replace(back, version=two.version) == two
    assert replace(matters.of(first), version=one.version) == one
    assert [t.how for t in problems.tellers(matters.tx, two.id)] == [FOUND]
    assert (matters.number(), matters.states(second)) == (2, ["open"])


def test_a_chain_is_followed_and_comes_apart_link_by_link(matters: Matters) -> None:
    field, tx, bureau = matters.field, matters.tx, matters.bureau
    names = ("张建国", "李红梅", "孙涛")
    numbers = []
    for name in names:
        numbers.append(field.sends(name, STALL))
        field.later(minutes=10)
    a, b, c = (matters.of(number) for number in numbers)
    alike.merge(tx, field.ids["孙涛"], c.id, b.id, bureau, field.now)
    alike.merge(tx, field.ids["李红梅"], b.id, a.id, bureau, field.now)
    assert {matters.of(number).id for number in numbers} == {a.id}
    assert alike.whole(tx, c.id).id == a.id
    alike.part(tx, field.ids["李红梅"], b.id, bureau, field.now)
    assert [matters.of(number).id for number in numbers] == [a.id, b.id, b.id]
    alike.part(tx, field.ids["孙涛"], c.id, bureau, field.now)
    assert [matters.of(number).id for number in numbers] == [a.id, b.id, c.id]
    assert matters.number() == 3


def test_what_went_elsewhere_meanwhile_is_followed(matters: Matters) -> None:
    first, second = merged(matters)
    field = matters.field
    third = matters.of(field.sends("孙涛", STALL))
    one = matters.of(first)
    gone = next(p for p in problems.merged_of(matters.tx, field.report(second).id))
    alike.merge(matters.tx, field.ids["孙涛"], third.id, gone.id, matters.bureau, field.now)
    assert matters.now(third).into == one.id


def test_a_press_sent_again_merges_once(matters: Matters) -> None:
    first, second = merged(matters)
    field = matters.field
    gone = problems.merged_of(matters.tx, field.report(second).id)[0]
    before = field.rows()
    who = field.ids["李红梅"]
    alike.merge(matters.tx, who, gone.id, matters.of(first).id, matters.bureau, field.now)
    assert field.rows() == before


def test_what_may_not_be_merged_is_refused_in_a_sentence(matters: Matters) -> None:
    field, tx, bureau = matters.field, matters.tx, matters.bureau
    first, second = merged(matters)
    one = matters.of(first)
    gone = problems.merged_of(tx, field.report(second).id)[0]
    zhang = field.ids["张建国"]

    def refuse(who: str, problem: int, into: int, fault: type[Refused], says: str) -> None:
        field.leaves_all(
            lambda: alike.merge(tx, field.ids[who], problem, into, bureau, field.now), fault, says
        )

    refuse("张建国", one.id, gone.id, TooLate, "已经是一件")
    refuse("张建国", one.id, one.id, TooLate, "已经是一件")
    other = matters.found("赵大勇", "永福路 西瓜摊占道")
    refuse("李红梅", gone.id, other.id, TooLate, "已经并到另一件")
    refuse("李红梅", other.id, one.id, NotAllowed, "发现人")
    matters.closed(one)
    refuse("赵大勇", other.id, one.id, TooLate, "办结了")
    field.leaves_all(
        lambda: alike.part(tx, zhang, one.id, bureau, field.now), TooLate, "没有并到别的"
    )
    field.leaves_all(
        lambda: alike.part(tx, field.ids["赵大勇"], gone.id, bureau, field.now),
        NotAllowed,
        "单独记",
    )


def test_apart_is_said_on_the_card_and_can_become_one_after_all(matters: Matters) -> None:
    field, tx, bureau = matters.field, matters.tx, matters.bureau
    one = matters.found("张建国")
    field.later(minutes=20)
    two = matters.found("李红梅")
    who = field.ids["李红梅"]

    def state() -> str:
        facts = alike_facts.facts(tx, two.id, one.id, bureau, field.now)
        assert facts is not None
        return facts.state

    alike.apart(tx, who, two.id, one.id, bureau, field.now)
    assert state() == "apart"
    alike.merge(tx, who, two.id, one.id, bureau, field.now)
    assert state() == "merged"
    alike.apart(tx, who, two.id, one.id, bureau, field.now)
    assert state() == "apart"
    matters.closed(one)
    assert state() == "over"


# ---- corrections of what is merged ----


def test_where_the_first_is_withdrawn_the_other_reporter_keeps_the_matter(
    matters: Matters,
) -> None:
    field, tx, bureau = matters.field, matters.tx, matters.bureau
    first, second = merged(matters)
    one = matters.of(first)
    report = field.report(first).id
    corrections.withdraw(tx, field.ids["张建国"], report, bureau, field.now)
    assert matters.number() == 1
    assert matters.states(second) == ["open"]
    assert matters.now(one).stage is Stage.FOUND
    corrections.restore(tx, field.ids["张建国"], report, bureau, field.now)
    assert matters.number() == 1
    assert sorted(matters.states(first) + matters.states(second)) == ["gone", "open"]


def test_where_both_are_withdrawn_the_matter_is_void_until_one_comes_back(
    matters: Matters,
) -> None:
    field, tx, bureau = matters.field, matters.tx, matters.bureau
    first, second = merged(matters)
    one = matters.of(first)
    for name, number in (("张建国", first), ("李红梅", second)):
        report = field.report(number).id
        corrections.withdraw(tx, field.ids[name], report, bureau, field.now)
    assert matters.now(one).outcome is Outcome.VOID
    report = field.report(second).id
    corrections.restore(tx, field.ids["李红梅"], report, bureau, field.now)
    assert matters.now(one).stage is Stage.FOUND
    assert (matters.number(), matters.states(second)) == (1, ["open"])


def test_corrected_to_another_place_it_is_a_matter_of_its_own_again(matters: Matters) -> None:
    field, tx, bureau = matters.field, matters.tx, matters.bureau
    first, second = merged(matters)
    report = field.report(second).id
    corrections.set_spot(tx, field.ids["李红梅"], report, "yongfu", None, bureau, field.now)
    assert matters.number() == 2
    own = matters.of(second)
    assert (own.stage, own.spot, own.into) == (Stage.FOUND, "yongfu", None)
    assert [t.how for t in problems.tellers(tx, matters.of(first).id)] == [FOUND]


def test_what_lay_with_somebody_is_handed_to_him_again(matters: Matters) -> None:
    field, tx, bureau = matters.field, matters.tx, matters.bureau
    one = matters.found("张建国")
    field.later(minutes=20)
    two = matters.found("李红梅")
    li, sun = matters.person("李红梅"), matters.person("孙涛")
    move(tx, two, "hand", li, bureau, field.now, handler=sun.id)
    alike.merge(tx, li.id, two.id, one.id, bureau, field.now)
    alike.part(tx, li.id, two.id, bureau, field.now)
    back = matters.now(two)
    assert (back.stage, back.handler) == (Stage.HANDED, sun.id)
