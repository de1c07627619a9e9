"""Reports of rounds: what belongs to which, rounds that are told of, late ones, changed ones."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.actions import corrections, round_reports, rounds
from bot.rules.rounds import tells_whole
from storage import patrols, people
from storage.patrols import ENDED, OPEN, PAUSED
from tests.actions.conftest import Field
from tests.actions.outing import KEYS, Outing


@pytest.fixture
def out(field: Field) -> Outing:
    return Outing(field)


def says(field: Field, name: str, words: str) -> None:
    """Words alone that tell of a whole round, as the patrols' room passes them on."""
    assert tells_whole(words)
    reading = field.read(words, field.now)
    round_reports.words(
        field.tx, field.ids[name], "telegram", field.chat(name), words, reading, field.now,
        field.bureau, field.now,
    )  # fmt: skip


# ---- reports within a round ----


def test_reports_of_who_is_on_a_round_are_of_it(out: Outing, field: Field) -> None:
    patrol = out.begins("张建国")
    first = field.sends("张建国", "松江路流动摊2个 已劝离")
    field.later(minutes=9)
    second = field.sends("张建国", "永福路、交汇处正常")
    assert [one.code for one in out.facts(patrol).reached] == ["songjiang", "junction", "yongfu"]
    assert out.facts(patrol).problems == (1, 1)
    assert patrols.reports_of(field.tx, patrol) == [field.report(n).id for n in (first, second)]
    assert field.report(first).patrol_type == "full"
    assert ("receipt", field.report(first).id) not in field.owed("张建国")
    assert not out.facts(patrol).lacking


def test_whoever_is_on_none_reports_as_ever(out: Outing, field: Field) -> None:
    patrol = out.begins("张建国")
    number = field.sends("李红梅", "松江路正常")
    assert patrols.of_report(field.tx, field.report(number).id) is None
    assert out.facts(patrol).reached == ()
    assert ("receipt", field.report(number).id) in field.owed("李红梅")


def test_one_without_a_place_is_asked_about_and_counts_when_answered(
    out: Outing, field: Field
) -> None:
    patrol = out.begins("张建国")
    number = field.sends("张建国", "流动摊1个")
    report = field.report(number)
    assert ("receipt", report.id) in field.owed("张建国")
    corrections.set_spot(
        field.tx, field.ids["张建国"], report.id, "yongfu", None, field.bureau, field.now
    )
    assert [one.code for one in out.facts(patrol).reached] == ["yongfu"]


def test_a_change_of_a_report_changes_whether_the_round_counts(out: Outing, field: Field) -> None:
    patrol = out.begins("张建国")
    out.ticks("张建国", patrol, KEYS[:2])
    number = field.sends("张建国", "交汇处正常")
    report, me = field.report(number).id, field.ids["张建国"]
    rounds.end(field.tx, me, patrol, field.now)
    assert out.row(patrol).counts
    wanted = field.wanted("round_done", patrol)
    corrections.withdraw(field.tx, me, report, field.bureau, field.now)
    assert not out.row(patrol).counts
    assert field.wanted("round_done", patrol) > wanted
    corrections.restore(field.tx, me, report, field.bureau, field.now)
    assert out.row(patrol).counts
    corrections.set_spot(field.tx, me, report, "nongmao", None, field.bureau, field.now)
    assert not out.row(patrol).counts
    assert [code for code, _ in out.facts(patrol).missing] == ["junction"]


def test_a_practised_report_is_of_no_round(out: Outing, field: Field) -> None:
    patrol = out.begins("张建国")
    people.change(field.tx, field.ids["张建国"], practising=True)
    field.sends("张建国", "松江路正常")
    assert out.facts(patrol).reached == ()


def test_a_report_makes_a_round_that_rested_go_on(out: Outing, field: Field) -> None:
    patrol = out.begins("张建国")
    patrols.change(field.tx, patrol, state=PAUSED)
    field.sends("张建国", "松江路正常")
    assert out.row(patrol).state == OPEN


# ---- rounds that are told of ----


def test_a_caption_that_says_so_begins_a_round(out: Outing, field: Field) -> None:
    field.sends("张建国", "全域巡查 松江路正常")
    (row,) = out.all()
    assert (row.state, row.counts) == (OPEN, False)
    field.later(minutes=10)
    field.sends("张建国", "永福路正常")
    field.later(minutes=10)
    field.sends("张建国", "交汇处正常")
    assert [one.id for one in out.all()] == [row.id]
    assert not out.facts(row.id).missing


def test_one_that_names_every_spot_is_a_whole_round(out: Outing, field: Field) -> None:
    field.sends("张建国", "全域巡查：松江路、永福路、松江路与永福路交汇处均正常")
    (row,) = out.all()
    assert (row.state, row.counts) == (ENDED, True)
    assert ("round_done", row.id) in field.owed("张建国")


def test_one_sentence_with_a_problem_is_a_whole_round_and_a_report(
    out: Outing, field: Field
) -> None:
    number = field.sends("张建国", "全域巡查，松江路流动摊2个已劝离，其余正常")
    (row,) = out.all()
    assert (row.counts, row.told, out.facts(row.id).problems) == (True, True, (1, 1))
    assert ("receipt", field.report(number).id) in field.owed("张建国")


def test_words_alone_are_a_whole_round(out: Outing, field: Field) -> None:
    says(field, "张建国", "全域巡查，各点位正常")
    (row,) = out.all()
    assert (row.counts, row.told, row.late) == (True, True, False)
    assert len(out.facts(row.id).reached) == 3


def test_words_alone_end_the_round_that_is_going(out: Outing, field: Field) -> None:
    patrol = out.begins("张建国")
    out.ticks("张建国", patrol, KEYS[:1])
    field.later(hours=1)
    says(field, "张建国", "全域巡查完毕，各点位正常")
    assert [one.id for one in out.all()] == [patrol]
    assert out.row(patrol).counts


def test_told_of_twice_it_is_one(out: Outing, field: Field) -> None:
    says(field, "张建国", "全域巡查，各点位正常")
    field.later(minutes=20)
    says(field, "李红梅", "和张建国全域巡查，各点位正常")
    says(field, "李红梅", "和张建国全域巡查，各点位正常")
    (row,) = out.all()
    assert patrols.crew(field.tx, row.id) == [field.ids["张建国"], field.ids["李红梅"]]
    assert ("round_done", row.id) in field.owed("李红梅")
    says(field, "赵大勇", "全域巡查，各点位正常")
    assert len(out.all()) == 2
    field.later(hours=4)
    says(field, "张建国", "下午全域巡查，各点位正常")
    assert out.number() == 3


def test_companions_are_on_it(out: Outing, field: Field) -> None:
    out.rule(officers=2)
    says(field, "张建国", "和李红梅全域巡查，各点位正常")
    (row,) = out.all()
    assert row.counts
    assert [name for _, name in out.facts(row.id).crew] == ["张建国", "李红梅"]
    field.later(hours=3)
    says(field, "孙涛", "全域巡查，各点位正常")
    assert out.number() == 1
    assert len(out.all()) == 2


def test_a_companion_who_left_is_not_on_it(out: Outing, field: Field) -> None:
    people.change(field.tx, field.ids["李红梅"], state="left")
    says(field, "张建国", "和李红梅全域巡查，各点位正常")
    assert patrols.crew(field.tx, out.all()[0].id) == [field.ids["张建国"]]


# ---- late ones ----


def test_a_late_round_is_of_the_week_it_was_in_and_is_marked(out: Outing, field: Field) -> None:
    monday = field.now.replace(hour=0)
    says(field, "张建国", "补报昨天下午3点全域巡查，各点位正常")
    (row,) = out.all()
    assert row.late
    assert row.number == "X-2025W23-1"
    assert out.number(monday) == 0
    assert out.number(monday - timedelta(days=7)) == 1
    assert out.facts(row.id).late


def test_a_late_report_makes_up_for_a_round_of_its_day(out: Outing, field: Field) -> None:
    patrol = out.partly("张建国", *KEYS[:2])
    assert not out.row(patrol).counts
    field.later(days=1)
    field.sends("张建国", "补报昨天上午10点 交汇处正常 全域巡查")
    assert [one.id for one in out.all()] == [patrol]
    assert out.row(patrol).counts
    assert len(out.facts(patrol).reached) == 3


def test_a_late_report_without_a_round_of_its_day_begins_and_ends_one(
    out: Outing, field: Field
) -> None:
    field.sends("张建国", "补报昨天下午3点全域巡查，松江路正常")
    (row,) = out.all()
    assert (row.state, row.counts, row.late) == (ENDED, False, True)
