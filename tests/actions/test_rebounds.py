"""Rebounds: marked by themselves, told, denied and taken back, planned, put before the review."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.actions import (
    alike,
    corrections,
    paper_facts,
    problem_deeds,
    raised,
    rebound_deeds,
    rebounds,
)
from bot.actions.loop import move
from bot.errors import NotAllowed, Refused, TooLate
from bot.rules.loop import Outcome
from bot.rules.rebounds import Hours, Raised, ReboundFacts
from storage import awaited, dues, outbox, papers
from storage.problems import Problem
from tests.actions.conftest import Field
from tests.actions.matters import STALL, Matters


@pytest.fixture
def matters(field: Field) -> Matters:
    return Matters(field)


def again(matters: Matters, times: int = 1, days: float = 3) -> Problem:
    """Found and closed so often at a quarter past four, and then found once more."""
    field = matters.field
    field.now = field.now.replace(hour=16, minute=15)
    for _ in range(times):
        matters.closed(matters.found("张建国"))
        field.later(days=days)
    return matters.found("张建国")


def facts(matters: Matters, problem: Problem) -> ReboundFacts:
    found = rebounds.told(matters.tx, matters.now(problem), matters.bureau, matters.field.now)
    assert found is not None
    return found


# ---- the mark ----


def test_what_comes_back_after_its_closing_is_marked_counted_and_told(matters: Matters) -> None:
    back = again(matters)
    assert (back.rebound, back.rebound_of) == (True, back.id - 1)
    assert matters.number("rebounds") == 1
    assert matters.cards("rebound") == [("孙涛", back.id)]
    found = facts(matters, back)
    assert (found.times, found.rebounds, found.leader) == (2, 1, "孙涛")
    assert found.closed_at == matters.field.now - timedelta(days=3)
    assert ("rebound", back.number) in matters.field.deeds()


def test_what_is_handled_but_not_reviewed_is_not_closed(matters: Matters) -> None:
    matters.field.sends("张建国", f"{STALL} 已劝离")
    matters.field.later(days=1)
    back = matters.found("李红梅")
    assert not back.rebound
    assert matters.number("rebounds") == 0


@pytest.mark.parametrize(("days", "marked"), [(13.9, True), (14.1, False)])
def test_the_window_is_the_bureaus(matters: Matters, days: float, marked: bool) -> None:
    assert again(matters, days=days).rebound is marked


def test_another_place_or_kind_is_none(matters: Matters) -> None:
    matters.closed(matters.found("张建国"))
    matters.field.later(days=1)
    assert not matters.found("张建国", "永福路 西瓜摊占道").rebound
    assert not matters.found("张建国", "松江路 出店经营1家").rebound


def test_words_say_so_too(matters: Matters) -> None:
    back = matters.found("张建国", "松江路 西瓜摊又摆出来了")
    assert (back.rebound, back.rebound_of) == (True, None)
    assert facts(matters, back).closed_at is None
    assert matters.number("rebounds") == 1
    assert matters.cards("rebound") == [("孙涛", back.id)]


def test_what_stands_beside_what_came_back_is_no_second_return(matters: Matters) -> None:
    back = again(matters)
    matters.field.later(hours=1)
    beside = matters.found("李红梅")
    assert (back.rebound, beside.rebound) == (True, False)
    assert matters.number("rebounds") == 1


def test_a_reopened_one_is_no_rebound(matters: Matters) -> None:
    first = matters.closed(matters.found("张建国"))
    matters.field.later(days=1)
    sun = matters.person("孙涛")
    again = move(
        matters.tx, first, "reopen", sun, matters.bureau, matters.field.now, reason="没清干净",
        closed_at=None,
    )  # fmt: skip
    assert not again.rebound
    assert not matters.found("李红梅").rebound


@pytest.mark.parametrize("deed", ["reopen", "rethink"])
def test_what_came_back_to_a_closing_that_is_taken_back_is_none(
    matters: Matters, deed: str
) -> None:
    """What was open all the time did not come back: the rate and the leader's card say so."""
    first = matters.closed(matters.found("张建国"))
    matters.field.later(hours=3)
    back = matters.found("李红梅")
    assert matters.now(back).rebound
    who, why = ("孙涛", ("又查出没好",)) if deed == "reopen" else ("李红梅", ())
    press = getattr(problem_deeds, deed)
    press(
        matters.tx, matters.field.ids[who], first.id, *why, matters.bureau, matters.field.now
    )  # fmt: skip
    assert not matters.now(back).rebound
    assert matters.number("rebounds") == 0


def test_corrected_elsewhere_and_back_the_mark_follows(matters: Matters) -> None:
    back = again(matters)
    field, tx = matters.field, matters.tx
    for spot, count in (("yongfu", 0), ("songjiang", 1)):
        args = (tx, field.ids["张建国"], back.report, spot, None, matters.bureau, field.now)
        corrections.set_spot(*args)
        assert matters.now(back).rebound is bool(count)
        assert matters.number("rebounds") == count


def test_withdrawn_it_does_not_count_and_taken_back_it_does(matters: Matters) -> None:
    back = again(matters)
    field = matters.field
    args = (matters.tx, field.ids["张建国"], back.report, matters.bureau, field.now)
    corrections.withdraw(*args)
    assert matters.number("rebounds") == 0
    assert not facts(matters, back).stands
    corrections.restore(*args)
    assert matters.number("rebounds") == 1
    assert facts(matters, back).stands


def test_where_the_closing_was_none_nothing_came_back(matters: Matters) -> None:
    """A leader withdraws the earlier report: the later one loses its mark."""
    back = again(matters)
    field = matters.field
    first = matters.of("R-20250609-001")
    who = field.ids["孙涛"]
    corrections.withdraw(matters.tx, who, first.report, matters.bureau, field.now)
    assert not matters.now(back).rebound
    assert matters.number("rebounds") == 0


def test_merged_into_what_is_there_it_is_none_of_its_own(matters: Matters) -> None:
    back = again(matters)
    field = matters.field
    field.later(minutes=20)
    other = matters.found("李红梅", "松江路 西瓜摊又摆出来了占道")
    assert matters.number("rebounds") == 2
    who = field.ids["李红梅"]
    alike.merge(matters.tx, who, other.id, back.id, matters.bureau, field.now)
    assert matters.number("rebounds") == 1
    alike.part(matters.tx, who, other.id, matters.bureau, field.now)
    assert matters.number("rebounds") == 2


# ---- who is told ----


def test_at_night_the_leader_hears_of_it_in_the_morning(matters: Matters) -> None:
    matters.closed(matters.found("张建国"))
    matters.field.now = matters.field.now.replace(hour=21) + timedelta(days=1)
    back = matters.found("张建国")
    c = outbox.c
    query = outbox.table.select().where(c.card == "rebound", c.subject == back.id)
    due = matters.tx.execute(query).one().due_at
    assert due == matters.field.now.replace(hour=8, minute=30) + timedelta(days=1)


def test_a_leader_who_found_it_himself_tells_one_above(matters: Matters) -> None:
    matters.closed(matters.found("孙涛"))
    matters.field.later(days=1)
    back = matters.found("孙涛")
    assert matters.cards("rebound") == [("李主任", back.id)]
    assert facts(matters, back).leader == "李主任"


def test_the_third_in_thirty_days_is_proposed_once(matters: Matters) -> None:
    third = again(matters, times=3)
    assert matters.cards("often") == [("李主任", third.id)]
    assert facts(matters, third).often == 3
    matters.closed(third)
    matters.field.later(days=3)
    matters.found("张建国")
    assert len(matters.cards("often")) == 1


def test_hours_are_those_of_the_times_before(matters: Matters) -> None:
    assert facts(matters, again(matters, times=1)).hours is None
    matters.closed(matters.of("R-20250612-001"))
    matters.field.later(days=2)
    assert facts(matters, matters.found("张建国")).hours == Hours(16)


# ---- none after all ----


@pytest.mark.parametrize("name", ["张建国", "孙涛", "李主任"])
def test_finder_and_leaders_deny_it_with_a_reason_and_take_that_back(
    matters: Matters, name: str
) -> None:
    back, field = again(matters), matters.field
    who = field.ids[name]
    rebound_deeds.doubt(matters.tx, who, back.id, field.now)
    assert matters.cards("unmarked") == [(name, back.id)]
    rebound_deeds.deny_by_choice(matters.tx, who, back.id, 0, matters.bureau, field.now)
    found = facts(matters, back)
    assert (found.stands, found.reason, found.who) == (False, "不是同一个", name)
    assert matters.number("rebounds") == 0
    rebound_deeds.undo_denial(matters.tx, who, back.id, matters.bureau, field.now)
    assert facts(matters, back).stands
    assert matters.number("rebounds") == 1


def test_what_was_denied_stays_so_through_corrections(matters: Matters) -> None:
    back, field = again(matters), matters.field
    who = field.ids["张建国"]
    rebound_deeds.expect_reason(matters.tx, who, back.id, field.now)
    assert awaited.of(matters.tx, who, field.now) is not None
    rebound_deeds.deny(matters.tx, who, back.id, " 是 新来的 ", matters.bureau, field.now)
    assert awaited.of(matters.tx, who, field.now) is None
    report = "R-20250612-001"
    args = (matters.tx, "telegram", field.chat("张建国"), field.message)
    words = f"{STALL}2处"
    corrections.edit_words(args[0], who, *args[1:], words, field.read, matters.bureau, field.now)
    assert field.finds(report)[0][2] == 2
    assert matters.number("rebounds") == 0
    assert matters.now(back).not_rebound == "是 新来的"


def test_nobody_else_denies_it_and_no_reason_is_none(matters: Matters) -> None:
    back, field, tx, bureau = again(matters), matters.field, matters.tx, matters.bureau

    def deny(name: str, reason: str) -> None:
        rebound_deeds.deny(tx, field.ids[name], back.id, reason, bureau, field.now)

    field.leaves_all(lambda: deny("李红梅", "不是"), NotAllowed, "发现人或者中队长")
    field.leaves_all(lambda: deny("张建国", "  "), Refused, "写一句")
    field.leaves_all(lambda: deny("张建国", "长" * 101), Refused, "100")
    plain = matters.found("赵大勇", "永福路 西瓜摊占道")
    who = field.ids["赵大勇"]
    field.leaves_all(
        lambda: rebound_deeds.deny(tx, who, plain.id, "不是", bureau, field.now),
        TooLate,
        "没有记作",
    )


# ---- one more patrol ----


def test_one_more_patrol_is_due_before_the_hours_of_the_pattern(matters: Matters) -> None:
    back, field, tx = again(matters, times=2, days=2), matters.field, matters.tx
    sun = field.ids["孙涛"]
    at = rebound_deeds.plan(tx, sun, back.id, matters.bureau, field.now)
    assert at == datetime(2025, 6, 16, 15, 30, tzinfo=matters.bureau.tz)
    assert rebound_deeds.plan(tx, sun, back.id, matters.bureau, field.later(hours=1)) == at
    (row,) = [one for one in dues.coming(tx) if one.duty == "fixed_round"]
    assert row.due_at == at
    assert facts(matters, back).planned == at
    assert rebound_deeds.remind(tx, back.id, row.key, at) == "told"
    assert matters.cards("fixed_round") == [("孙涛", back.id)]


def test_without_a_pattern_it_is_due_in_the_morning(matters: Matters) -> None:
    back, field = again(matters), matters.field
    at = rebound_deeds.plan(matters.tx, field.ids["孙涛"], back.id, matters.bureau, field.now)
    assert at == datetime(2025, 6, 13, 8, 30, tzinfo=matters.bureau.tz)


def test_an_officer_plans_nothing(matters: Matters) -> None:
    back, field = again(matters), matters.field
    for deed in (
        lambda: rebound_deeds.plan(
            matters.tx, field.ids["张建国"], back.id, matters.bureau, field.now
        ),
        lambda: rebound_deeds.seen(matters.tx, field.ids["李红梅"], back.id, field.now),
    ):
        field.leaves_all(deed, NotAllowed, "孙涛")


def test_what_is_none_any_more_is_not_reminded_of(matters: Matters) -> None:
    back, field, tx = again(matters), matters.field, matters.tx
    sun = field.ids["孙涛"]
    rebound_deeds.plan(tx, sun, back.id, matters.bureau, field.now)
    rebound_deeds.deny(tx, sun, back.id, "不是同一个", matters.bureau, field.now)
    assert rebound_deeds.remind(tx, back.id, "k", field.now).startswith("dropped")


def test_taken_notice_of_it_asks_no_more(matters: Matters) -> None:
    back, field = again(matters), matters.field
    for _ in range(2):
        rebound_deeds.seen(matters.tx, field.ids["孙涛"], back.id, field.now)
    assert facts(matters, back).seen
    assert field.deeds().count(("rebound_seen", back.number)) == 1


def test_the_earlier_times_are_listed_newest_first(matters: Matters) -> None:
    back = again(matters, times=2)
    found = [one for one, _ in rebounds.before(matters.tx, back, matters.bureau)]
    assert [(one.found_at.day, one.rebound) for one in found] == [(12, True), (9, False)]
    assert rebound_deeds.earlier(matters.tx, matters.field.ids["孙涛"], back.id) == back
    with pytest.raises(NotAllowed):
        rebound_deeds.earlier(matters.tx, matters.field.ids["赵大勇"], back.id)


# ---- the quarter's review ----


def test_put_before_the_review_the_pack_shows_it_until_it_is_taken_out(matters: Matters) -> None:
    third, field, tx = again(matters, times=3), matters.field, matters.tx
    bureau, boss = matters.bureau, field.ids["李主任"]
    number = raised.put_in(tx, boss, third.id, bureau, field.now)
    assert raised.put_in(tx, boss, third.id, bureau, field.now) == number
    pack = paper_facts.paper(tx, number, bureau, field.now)
    assert pack.raised == (Raised("松江路", "占道经营", 3, 30, Hours(16)),)
    assert facts(matters, third).raised
    raised.take_out(tx, boss, third.id, field.now)
    raised.take_out(tx, boss, third.id, field.now)
    assert paper_facts.paper(tx, number, bureau, field.now).raised == ()
    assert not facts(matters, third).raised
    raised.put_in(tx, boss, third.id, bureau, field.now)
    assert len(paper_facts.paper(tx, number, bureau, field.now).raised) == 1


def test_a_pack_in_its_signatures_takes_nothing_and_one_that_is_out_leaves_the_next(
    matters: Matters,
) -> None:
    third, field, tx = again(matters, times=3), matters.field, matters.tx
    bureau, boss = matters.bureau, field.ids["李主任"]
    pack = paper_facts.number_of(tx, "quarter", datetime(2025, 4, 1).date(), field.now)
    papers.sign(tx, pack, "own", field.ids["孙涛"], "signed", None, field.now)
    field.leaves_all(
        lambda: raised.put_in(tx, boss, third.id, bureau, field.now), TooLate, "先退回"
    )
    papers.change(tx, pack, state=papers.SENT, sent_at=field.now)
    later = raised.put_in(tx, boss, third.id, bureau, field.now)
    assert paper_facts.the_paper(tx, later).start == datetime(2025, 7, 1).date()
    field.leaves_all(
        lambda: raised.put_in(tx, field.ids["张建国"], third.id, bureau, field.now),
        NotAllowed,
        "要",
    )


# ---- the rate ----


def test_the_rate_is_of_what_had_its_whole_window(matters: Matters) -> None:
    """Closed on the 9th, back on the 12th, closed then; another spot closed and never back."""
    field = matters.field
    matters.closed(matters.found("张建国", "永福路 西瓜摊占道"))
    back = again(matters)
    matters.closed(back)

    def rate(days: float) -> tuple[int, int]:
        until = field.now + timedelta(days=days)
        return rebounds.rate(matters.tx, matters.bureau, until)

    assert rate(0) == (0, 0)
    assert rate(11.5) == (1, 2)
    assert rate(14.5) == (1, 3)
    assert rate(60) == (0, 0)
    until = field.now + timedelta(days=14.5)
    assert rebounds.rate_by_spot(matters.tx, matters.bureau, until) == {
        "songjiang": (1, 2), "yongfu": (0, 1),
    }  # fmt: skip
    who = field.ids["张建国"]
    rebound_deeds.deny(matters.tx, who, back.id, "不是同一个", matters.bureau, field.now)
    assert rate(11.5) == (0, 2)


def test_what_could_not_be_solved_is_in_no_rate(matters: Matters) -> None:
    first, field = matters.found("张建国"), matters.field
    who, other = matters.person("张建国"), matters.person("孙涛")
    given = move(
        matters.tx, first, "give_up", who, matters.bureau, field.now, reason="找不到人",
        handler=who.id, handled_at=field.now,
    )  # fmt: skip
    done = move(
        matters.tx, given, "approve", other, matters.bureau, field.now, closed_at=field.now
    )  # fmt: skip
    assert done.outcome is Outcome.UNABLE
    field.later(days=1)
    assert not matters.found("张建国").rebound
    until = field.now + timedelta(days=20)
    assert rebounds.rate(matters.tx, matters.bureau, until) == (0, 0)
