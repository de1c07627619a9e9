"""Indicators asked for in words: both numbers, what is behind them, how they are counted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.actions import answering, asking, digests, opened, paper_facts
from bot.actions.board import board
from bot.actions.loop import move
from bot.rules.indicators import COUNTS, INDICATORS
from bot.rules.questions import QuestionReader
from bot.rules.records import Question
from bot.words import answers as words
from bot.words import board as board_words
from bot.words import digest as digest_words
from bot.words import listings
from storage import papers, people, problems
from storage.problems import Problem
from tests.actions.conftest import MONDAY_9, Field


def read(field: Field, text: str) -> Question:
    question = QuestionReader(field.bureau).read(text, field.now)
    assert question.reason is None, (text, question)
    return question


def said(field: Field, text: str) -> list[str]:
    facts = answering.answer(field.tx, None, read(field, text), field.bureau, field.now)
    return words.answer(facts, field.now).text.splitlines()


def why(field: Field, text: str) -> list[str]:
    """What 看明细 and 为什么 say of the answer."""
    chief = people.by_id(field.tx, field.ids["李主任"])
    kept = asking.remember(field.tx, field.ids["李主任"], read(field, text), (), field.now)
    shown = opened.opened(
        field.tx, chief, kept, 0, opened.LISTED, field.bureau, field.now
    )  # fmt: skip
    return listings.listing(shown, field.now, 0, why=True).text.splitlines()


def problem(field: Field, number: str | None) -> Problem:
    (told,) = problems.of_report(field.tx, field.report(number).id)
    found = problems.by_id(field.tx, told.problem)
    assert found is not None
    return found


def moved(field: Field, number: str | None, name: str, who: str, **values: Any) -> None:
    person = people.by_id(field.tx, field.ids[who])
    move(field.tx, problem(field, number), name, person, field.bureau, field.now, **values)


@pytest.fixture
def monday(field: Field) -> Field:
    """After four in the afternoon: one handled at once, one late, one waiting too long, one fresh.

    The limits are two working hours for stalls and four for shops.
    """
    field.sends("张建国", "松江路 流动摊贩2个 已劝离")
    late = field.sends("张建国", "松江路 占道经营1处")
    field.sends("赵大勇", "永福路 流动摊贩1个")
    field.later(hours=4)
    moved(field, late, "handle", "张建国", handler=field.ids["张建国"], handled_at=field.now)
    field.later(hours=3)
    field.sends("李红梅", "永福路 店外经营1家")
    field.later(minutes=5)
    return field


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("本周按时率", "本周按期处置率 33.3%（1/3）。"),
        ("本周超期待处置率", "本周超期待处置率 33.3%（1/3）。"),
        ("本周延期率", "本周延期率 0%（0/3）。"),
        ("本周返工率", "本周返工率 0%（0/3）。"),
        ("本周平均多久处置完", "本周平均处置用时 2 小时（2 个）。"),
        ("松江路本周按期处置率", "松江路本周按期处置率 50%（1/2）。"),
        ("流动摊贩本周按时率", "本周流动摊贩按期处置率 50%（1/2）。"),
        ("本周店外经营按时率", "本周没有应处置的店外经营，按期处置率没法算。"),
        ("超期几个", "至今发现的问题有 1 个超期没处置。"),
        ("松江路超期几个", "松江路至今发现的问题没有超期的。"),
        ("本周按期处置率和返工率", "本周按期处置率 33.3%（1/3），返工率 0%（0/3）。"),
    ],
)  # fmt: skip
def test_the_answer_has_both_numbers(monday: Field, asked: str, answer: str) -> None:
    assert said(monday, asked)[0] == answer


def test_a_comparison_and_a_breakdown_have_them_too(monday: Field) -> None:
    monday.later(days=7)
    assert said(monday, "本周按时率和上周比")[1].startswith("上周是 25%（1/4）")
    assert said(monday, "各点位上周按时率")[1].startswith("松江路 50%（1/2），永福路 0%（0/2）")
    assert "松江路 2 小时（2 个）" in said(monday, "各点位上周平均处置时长")[1]
    assert said(monday, "本周平均处置时长和上周比")[1].startswith("上周是 2 小时（2 个）")


def test_opening_it_lists_the_problems_and_how_each_stands(monday: Field) -> None:
    assert why(monday, "本周按时率")[:4] == [
        "本周应处置的问题 3 个，其中按期处置 1 个：",
        "9:00 永福路 流动摊贩 1，超期没处置",
        "9:00 松江路 占道经营 1，超期处置",
        "9:00 松江路 流动摊贩 2，按期处置",
    ]
    assert why(monday, "本周平均处置时长")[:3] == [
        "本周处置完的问题 2 个，平均 2 小时：",
        "9:00 松江路 占道经营 1，4 小时",
        "9:00 松江路 流动摊贩 2，当场",
    ]
    assert why(monday, "超期的有哪些")[:2] == [
        "至今超期的问题 1 个：", "9:00 永福路 流动摊贩 1，超期没处置"
    ]  # fmt: skip


@pytest.mark.parametrize("name", [n for n in INDICATORS if n not in ("handle_rate", "finish_rate")])
def test_why_names_both_counts_and_what_each_is(monday: Field, name: str) -> None:
    one = INDICATORS[name]
    (how,) = [line for line in why(monday, f"本周{one.noun}") if line.startswith("算法：")]
    for count in (one.part, one.of):
        assert COUNTS[count].said in how
    assert "不属本局、重复、作废的不算" in how


def test_an_exemption_leaves_the_overdue_fact_and_is_told_both_ways(monday: Field) -> None:
    late = next(p for p in problems.under_way(monday.tx) if p.category == "liutan" and
                p.spot == "yongfu")  # fmt: skip
    problems.change(monday.tx, late, exempt="道路封闭", exempt_by=monday.ids["孙涛"])
    assert said(monday, "本周按时率")[0] == (
        "本周按期处置率含免计 33.3%（1/3），不含免计 50%（1/2）。"
    )
    assert why(monday, "本周按时率")[:2] == [
        "本周应处置的问题 3 个，其中按期处置 1 个，免计 1 个：",
        "9:00 永福路 流动摊贩 1，超期没处置，免计",
    ]
    assert said(monday, "超期几个")[0] == "至今发现的问题有 1 个超期没处置。"


def test_what_is_sent_back_is_rework_and_open_again(monday: Field) -> None:
    number = monday.sends("张建国", "光明大道 流动摊贩1个 已劝离")
    assert said(monday, "本周解决了多少问题")[0] == "本周已解决 3 个。"
    one = problem(monday, number)
    values = {"returned": 1, "handled_at": None}
    moved(monday, number, "send_back", "李主任", reason="还在", **values)
    assert one.stage != problem(monday, number).stage
    assert said(monday, "本周返工率")[0] == "本周返工率 25%（1/4）。"
    assert said(monday, "本周解决了多少问题")[0] == "本周已解决 2 个。"


def test_board_and_digest_say_what_is_under_way_and_overdue(monday: Field) -> None:
    shown = board_words.board(board(monday.tx, monday.bureau, monday.now), monday.now)
    assert shown.text.splitlines()[-1] == "在办 2，超期 1"
    start = MONDAY_9.date()
    number = papers.make(monday.tx, papers.WEEK, start, monday.now)
    facts = paper_facts.digest(monday.tx, number, monday.bureau, monday.now)
    assert digest_words.problems(facts) == (
        "发现问题 4 个，解决 2 个（当场 1 个），在办 2 个，其中超期 1 个。"
    )
    assert digests.due_at(start, monday.bureau) > monday.now


def test_a_digest_names_the_spots_of_rebounds_and_what_ended_otherwise(monday: Field) -> None:
    number = papers.make(monday.tx, papers.WEEK, MONDAY_9.date(), monday.now)
    facts = paper_facts.digest(monday.tx, number, monday.bureau, monday.now)
    more = replace(facts, open=1, rebounds=3, rebound_spots=(("松江路", 2), ("永福路", 1)))
    assert digest_words.problems(more) == (
        "发现问题 4 个，解决 2 个（当场 1 个），在办 1 个，其中超期 1 个，办不了、不归本局 1 个；"
        "反弹 3 次（松江路 2、永福路 1）。"
    )
    settled = replace(facts, closed=4, open=0, overdue=0, rebounds=1,
                      rebound_spots=(("松江路", 1),))  # fmt: skip
    assert digest_words.problems(settled) == (
        "发现问题 4 个，都解决了（当场 1 个）；反弹 1 次（松江路）。"
    )


def test_the_bulletin_says_what_ended_without_being_settled(monday: Field) -> None:
    number = monday.sends("李红梅", "光明大道 机动车乱停放1辆")
    moved(monday, number, "disown", "李主任", reason="交警的", closed_at=monday.now)
    assert said(monday, "截至今天的通报那句话")[0].endswith(
        "累计发现问题5个，已完成整改2个，2个正在整改，1个不属本局或者无法处置。"
    )


def test_the_month_has_every_indicator_as_the_answers_say_it(monday: Field) -> None:
    number = papers.make(monday.tx, "month", MONDAY_9.date().replace(day=1), monday.now)
    facts = paper_facts.paper(monday.tx, number, monday.bureau, monday.now)
    assert [one.name for one in facts.shares] == list(INDICATORS)
    ontime = next(one for one in facts.shares if one.name == "ontime_rate")
    assert (ontime.total, ontime.of) == (1, 3)
    assert all(one.of == 0 for one in facts.shares_before)
