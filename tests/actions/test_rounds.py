"""Rounds: every deed, every refusal, who may do it, and what counts afterwards."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.actions import corrections, rounds
from bot.errors import NotAllowed, NotFound, Refused, TooLate
from bot.rules.rounds import Lacking, lacking_from
from storage import dues, patrols
from storage.patrols import ENDED, OPEN, PAUSED, WITHDRAWN
from tests.actions.conftest import TZ, Field
from tests.actions.outing import KEYS, Outing


@pytest.fixture
def out(field: Field) -> Outing:
    return Outing(field)


# ---- beginning ----


def test_a_round_begins_with_the_rule_of_its_day_in_it(out: Outing, field: Field) -> None:
    patrol = out.begins("张建国")
    row = out.row(patrol)
    assert (row.number, row.state, row.squad, row.counts) == ("X-2025W24-1", OPEN, "一中队", False)
    assert row.asks == {"spots": list(KEYS), "share": 100, "officers": 1, "photo": False,
                        "minutes": 0}  # fmt: skip
    assert patrols.crew(field.tx, patrol) == [field.ids["张建国"]]
    assert ("round", patrol) in field.owed("张建国")
    assert ("round", "X-2025W24-1") in field.deeds()
    assert out.number() == 0


def test_a_later_rule_changes_no_round_of_before(out: Outing) -> None:
    old = out.whole("张建国")
    out.rule(officers=2)
    new = out.whole("张建国")
    assert (out.row(old).counts, out.row(new).counts) == (True, False)
    assert lacking_from(out.row(new).lacking) == Lacking(officers=1)
    rounds.open_menu(out.tx, out.field.ids["张建国"], old, None, out.field.now)
    assert out.number() == 1


def test_beginning_twice_is_one_round(out: Outing, field: Field) -> None:
    patrol = out.begins("张建国")
    assert out.begins("张建国") == patrol
    assert field.owed("张建国").count(("round", patrol)) == 2
    rounds.later(field.tx, field.ids["张建国"], patrol, field.bureau, field.now)
    assert out.begins("张建国") == patrol
    assert out.row(patrol).state == OPEN


def test_the_next_day_another_begins_and_the_old_one_ended_when_it_rested(
    out: Outing, field: Field
) -> None:
    old = out.begins("张建国")
    out.ticks("张建国", old, KEYS[:1])
    last = field.now
    field.later(days=1)
    new = out.begins("张建国")
    assert new != old
    row = out.row(old)
    assert (row.state, row.ended_at, row.counts) == (ENDED, last, False)


def test_a_mates_round_is_offered_first(out: Outing, field: Field) -> None:
    patrol = out.begins("张建国")
    assert out.begins("李红梅") == 0
    assert ("round_mate", patrol) in field.owed("李红梅")
    assert out.begins("赵大勇") not in (0, patrol)
    own = out.begins("李红梅", apart=True)
    assert own not in (0, patrol)
    rounds.end(field.tx, field.ids["李红梅"], own, field.now)


def test_a_stranger_begins_nothing(out: Outing, field: Field) -> None:
    field.leaves_all(
        lambda: rounds.begin(field.tx, 999, "telegram", 1, 1, field.bureau, field.now),
        NotAllowed, "停用",
    )  # fmt: skip


# ---- together ----


def test_two_officers_in_one_round_count_once_and_for_both(out: Outing, field: Field) -> None:
    out.rule(officers=2)
    patrol = out.begins("张建国")
    here = ("telegram", field.chat("李红梅"), 9)
    rounds.join(field.tx, field.ids["李红梅"], patrol, field.ids["李红梅"], here, field.now)
    out.ticks("张建国", patrol, KEYS[:1])
    out.ticks("李红梅", patrol, KEYS[1:])
    rounds.end(field.tx, field.ids["李红梅"], patrol, field.now)
    assert out.row(patrol).counts
    assert out.number() == 1
    for name in ("张建国", "李红梅"):
        assert ("round_done", patrol) in field.owed(name)


def test_a_mate_who_is_added_hears_of_it(out: Outing, field: Field) -> None:
    patrol = out.begins("张建国")
    here = ("telegram", field.chat("张建国"), 0)
    mate = field.ids["李红梅"]
    for _ in range(2):
        rounds.join(field.tx, field.ids["张建国"], patrol, mate, here, field.now)
    assert patrols.crew(field.tx, patrol) == [field.ids["张建国"], mate]
    assert ("round", patrol) in field.owed("李红梅")
    assert [name for _, name in out.facts(patrol).crew] == ["张建国", "李红梅"]
    assert mate not in [number for number, _ in out.facts(patrol).mates]
    rounds.leave(field.tx, field.ids["张建国"], patrol, mate, field.now)
    assert patrols.crew(field.tx, patrol) == [field.ids["张建国"]]
    with pytest.raises(Refused, match="发起的人不能退出"):
        rounds.leave(field.tx, field.ids["张建国"], patrol, field.ids["张建国"], field.now)


def test_nobody_joins_what_is_over_or_never_was(out: Outing, field: Field) -> None:
    patrol = out.whole("张建国")
    me, here = field.ids["李红梅"], ("telegram", field.chat("李红梅"), 9)
    field.leaves_all(
        lambda: rounds.join(field.tx, me, patrol, me, here, field.now), TooLate, "已经结束"
    )
    field.leaves_all(
        lambda: rounds.join(field.tx, me, 999, me, here, field.now), NotFound, "找不到"
    )
    other = out.begins("张建国")
    field.leaves_all(
        lambda: rounds.join(
            field.tx, field.ids["赵大勇"], other, field.ids["孙涛"], here, field.now
        ),
        NotAllowed, "张建国",
    )  # fmt: skip


# ---- ticks ----


def test_ticks_and_unticks(out: Outing, field: Field) -> None:
    patrol = out.begins("张建国")
    me = field.ids["张建国"]
    assert rounds.tick(field.tx, me, patrol, "songjiang", field.bureau, field.now) == "松江路"
    out.ticks("张建国", patrol, ["songjiang"])
    assert [one.code for one in out.facts(patrol).reached] == ["songjiang"]
    assert [code for code, _ in out.facts(patrol).missing] == ["yongfu", "junction"]
    rounds.untick(field.tx, me, patrol, "songjiang", field.now)
    assert out.facts(patrol).reached == ()
    with pytest.raises(NotFound, match="点位表"):
        rounds.tick(field.tx, me, patrol, "mars", field.bureau, field.now)


def test_a_tick_makes_a_round_that_rested_go_on(out: Outing, field: Field) -> None:
    patrol = out.begins("张建国")
    rounds.later(field.tx, field.ids["张建国"], patrol, field.bureau, field.now)
    out.ticks("张建国", patrol, KEYS[:1])
    assert out.row(patrol).state == OPEN


@pytest.mark.parametrize("deed", ["tick", "untick", "later"])
def test_what_is_over_can_only_be_opened_again(out: Outing, field: Field, deed: str) -> None:
    patrol = out.partly("张建国", "songjiang")
    me, args = field.ids["张建国"], {"tick": ("yongfu", field.bureau), "untick": ("songjiang",),
                                     "later": (field.bureau,)}[deed]  # fmt: skip
    act = getattr(rounds, deed)
    field.leaves_all(lambda: act(field.tx, me, patrol, *args, field.now), TooLate, "已经结束")
    here = ("telegram", field.chat("张建国"), 7)
    rounds.go_on(field.tx, me, patrol, *here, field.bureau, field.now)
    act(field.tx, me, patrol, *args, field.now)


def test_the_day_after_nothing_is_made_up_for(out: Outing, field: Field) -> None:
    patrol = out.begins("张建国")
    field.later(days=1)
    me, here = field.ids["张建国"], ("telegram", field.chat("张建国"), 7)
    for act in (
        lambda: rounds.tick(field.tx, me, patrol, "yongfu", field.bureau, field.now),
        lambda: rounds.go_on(field.tx, me, patrol, *here, field.bureau, field.now),
    ):
        field.leaves_all(act, TooLate, "天")


# ---- the end ----


def test_a_whole_round_ends_at_once_and_counts(out: Outing, field: Field) -> None:
    patrol = out.whole("张建国")
    row = out.row(patrol)
    assert (row.state, row.counts, row.lacking) == (ENDED, True, {})
    assert row.ended_at == field.now.replace(microsecond=0)
    assert ("round_done", patrol) in field.owed("张建国")
    assert ("round_ask", patrol) not in field.owed("张建国")
    rounds.end(field.tx, field.ids["张建国"], patrol, field.now)
    assert field.owed("张建国").count(("round_done", patrol)) == 1


def test_one_that_lacks_something_is_asked_about_first(out: Outing, field: Field) -> None:
    patrol = out.begins("张建国")
    out.ticks("张建国", patrol, KEYS[:1])
    rounds.end(field.tx, field.ids["张建国"], patrol, field.now)
    assert out.row(patrol).state == OPEN
    assert ("round_ask", patrol) in field.owed("张建国")
    rounds.close(field.tx, field.ids["张建国"], patrol, field.now)
    row = out.row(patrol)
    assert (row.state, row.counts) == (ENDED, False)
    assert lacking_from(row.lacking).spots == KEYS[1:]
    assert out.number() == 0


def test_ending_in_words(out: Outing, field: Field) -> None:
    field.leaves_all(
        lambda: rounds.end_going(field.tx, field.ids["张建国"], field.now), NotFound, "开始巡查"
    )
    patrol = out.begins("张建国")
    out.ticks("张建国", patrol)
    rounds.end_going(field.tx, field.ids["张建国"], field.now)
    assert out.row(patrol).counts


@pytest.mark.parametrize(("hour", "reminded"), [(9, True), (17, True), (18, False)])
def test_put_off_it_is_reminded_of_once_where_there_is_time(
    out: Outing, field: Field, hour: int, reminded: bool
) -> None:
    field.now = datetime(2025, 6, 9, hour, 0, tzinfo=TZ)
    patrol = out.begins("张建国")
    for _ in range(2):
        rounds.later(field.tx, field.ids["张建国"], patrol, field.bureau, field.now)
    d = dues.table.c
    found = field.tx.execute(select(d.due_at, d.state).where(d.duty == "round_later")).all()
    at = datetime(2025, 6, 9, 17, 30, tzinfo=TZ)
    assert [(row.due_at, row.state) for row in found] == [(at, "due")] * reminded
    assert out.row(patrol).state == PAUSED
    rounds.close(field.tx, field.ids["张建国"], patrol, field.now)
    assert "due" not in field.tx.execute(select(d.state)).scalars().all()


def reminders(field: Field) -> list[str]:
    """The states of the due rows that remind of a round put off."""
    d = dues.table.c
    return list(field.tx.execute(select(d.state).where(d.duty == "round_later")).scalars())


def test_one_that_rests_by_itself_is_reminded_of_when_it_is_put_off(
    out: Outing, field: Field
) -> None:
    patrol = out.begins("张建国")
    field.later(hours=3)
    assert rounds.rest(field.tx, out.row(patrol), field.bureau, field.now)
    assert reminders(field) == []
    for _ in range(2):
        rounds.later(field.tx, field.ids["张建国"], patrol, field.bureau, field.now)
    assert reminders(field) == ["due"]


def test_one_that_rested_ended_then(out: Outing, field: Field) -> None:
    patrol = out.begins("张建国")
    field.later(hours=1)
    rounds.later(field.tx, field.ids["张建国"], patrol, field.bureau, field.now)
    rested = field.now
    field.later(hours=7)
    rounds.close(field.tx, field.ids["张建国"], patrol, field.now)
    assert out.row(patrol).ended_at == rested


@pytest.mark.parametrize(
    ("began", "passes", "state"),
    [
        (9, {"minutes": 179}, OPEN), (9, {"minutes": 180}, PAUSED), (18, {"minutes": 119}, OPEN),
        (18, {"minutes": 120}, PAUSED), (21, {"minutes": 170}, OPEN), (21, {"hours": 3}, PAUSED),
    ],
)  # fmt: skip
def test_a_round_in_which_nothing_happens_comes_to_rest(
    out: Outing, field: Field, began: int, passes: dict[str, float], state: str
) -> None:
    field.now = datetime(2025, 6, 9, began, 0, tzinfo=TZ)
    patrol = out.begins("张建国")
    field.later(**passes)
    assert rounds.rest(field.tx, out.row(patrol), field.bureau, field.now) is (state == PAUSED)
    assert out.row(patrol).state == state


def test_a_whole_one_that_nobody_ended_ends_by_itself(out: Outing, field: Field) -> None:
    patrol = out.begins("张建国")
    field.later(hours=1)
    out.ticks("张建国", patrol)
    last = field.now
    field.later(hours=3)
    assert rounds.rest(field.tx, out.row(patrol), field.bureau, field.now)
    row = out.row(patrol)
    assert (row.state, row.counts, row.ended_at) == (ENDED, True, last)


def test_withdrawn_and_restored(out: Outing, field: Field) -> None:
    patrol = out.whole("张建国")
    me = field.ids["张建国"]
    for _ in range(2):
        rounds.withdraw(field.tx, me, patrol, field.now)
        assert (out.row(patrol).state, out.number()) == (WITHDRAWN, 0)
    here = ("telegram", field.chat("张建国"), 7)
    with pytest.raises(TooLate, match="撤回"):
        rounds.go_on(field.tx, me, patrol, *here, field.bureau, field.now)
    for _ in range(2):
        rounds.restore(field.tx, me, patrol, field.now)
        assert (out.row(patrol).state, out.number()) == (ENDED, 1)
    going = out.begins("张建国")
    rounds.withdraw(field.tx, me, going, field.now)
    rounds.restore(field.tx, me, going, field.now)
    assert out.row(going).state == ENDED


# ---- what a rule asks ----


def test_minutes(out: Outing) -> None:
    out.rule(minutes=20)
    short = out.whole("张建国", minutes=19)
    assert out.facts(short).lacking == Lacking(minutes=1)
    assert out.row(short).state == OPEN
    out.field.later(minutes=1)
    rounds.end(out.tx, out.field.ids["张建国"], short, out.field.now)
    assert out.row(short).counts


def test_a_share_of_the_spots(out: Outing) -> None:
    out.rule(share=60)
    assert out.row(out.partly("张建国", *KEYS[:2])).counts
    assert not out.row(out.partly("张建国", *KEYS[:1])).counts


def test_photos(out: Outing, field: Field) -> None:
    out.rule(photo=True)
    patrol = out.begins("张建国")
    out.ticks("张建国", patrol, KEYS[:1])
    for words in ("永福路正常", "松江路与永福路交汇处正常"):
        field.sends("张建国", words)
        field.later(minutes=10)
    assert out.facts(patrol).lacking == Lacking(photos=("songjiang",))
    number = field.sends("张建国", "松江路正常")
    rounds.end(field.tx, field.ids["张建国"], patrol, field.now)
    assert out.row(patrol).counts
    corrections.withdraw(
        field.tx, field.ids["张建国"], field.report(number).id, field.bureau, field.now
    )
    assert lacking_from(out.row(patrol).lacking) == Lacking(photos=("songjiang",))


# ---- who may ----


@pytest.mark.parametrize(
    ("name", "may"),
    [("张建国", True), ("孙涛", True), ("李红梅", False), ("赵大勇", False), ("李主任", False)],
)
@pytest.mark.parametrize(
    "deed", ["tick", "untick", "end", "close", "later", "withdraw", "restore", "open_menu"]
)
def test_who_is_on_it_or_leads_its_squad_may_change_it(
    out: Outing, field: Field, name: str, may: bool, deed: str
) -> None:
    patrol = out.begins("张建国")
    args = {"tick": ("yongfu", field.bureau), "untick": ("yongfu",), "later": (field.bureau,),
            "open_menu": ("crew",)}.get(deed, ())  # fmt: skip
    act = getattr(rounds, deed)

    def does() -> None:
        act(field.tx, field.ids[name], patrol, *args, field.now)

    if may:
        does()
    else:
        field.leaves_all(does, NotAllowed, "张建国")
    field.leaves_all(
        lambda: act(field.tx, field.ids[name], 999, *args, field.now), NotFound, "找不到"
    )


def test_numbers_of_the_week_follow_the_order_of_rounds(out: Outing, field: Field) -> None:
    first, second = out.whole("张建国"), out.whole("赵大勇")
    assert [(out.facts(p).nth, out.facts(p).owed) for p in (first, second)] == [(1, 2), (2, 2)]
    rounds.withdraw(field.tx, field.ids["张建国"], first, field.now)
    assert out.facts(second).nth == 1
    field.now += timedelta(days=7)
    assert out.facts(out.whole("张建国")).nth == 1
