"""Two hundred questions on a history: chat, list, week and export say the same numbers."""

from __future__ import annotations

import random
import re
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from bot.actions import answering, corrections, figures
from bot.actions.opened import listing
from bot.actions.outings import export_rows
from bot.actions.records import report_rows
from bot.actions.scoping import look
from bot.errors import Refused
from bot.rules.answers import Counted
from bot.rules.metrics import METRICS
from bot.rules.questions import QuestionReader
from bot.words import answers as words
from bot.words import listings
from storage import people
from storage.schema import Transaction
from tests.actions.conftest import TZ, Field
from tests.actions.recount import recount, recount_outings

OFFICERS = ("张建国", "李红梅", "赵大勇", "孙涛")
PLACES = {
    "松江路": ("songjiang", "junction"), "永福路": ("yongfu", "junction"),
    "光明大道": ("guangming",), "农贸市场": ("nongmao",), "西石沟村": ("xishigou",),
}  # fmt: skip
KINDS = {"占道经营": "zhandao", "流动摊贩": "liutan", "出店经营": "dianwai"}
CAPTIONS = (
    "{p} 流动摊贩{n}个 已劝离", "{p}正常", "{p} 占道经营{n}处 已整改", "{p} 出店经营{n}家",
    "{p} 占道经营{n}处", "{p}流动摊贩又摆出来了{n}个", "专项检查 {p} 出店经营{n}家 限期整改",
    "全域巡查：{p}、光明大道，未发现问题", "全域巡查，{p} 占道经营{n}处 已整改，其余正常",
    "{p}2个摊贩，农贸市场正常", "岗亭 占道经营{n}处 已整改",
)  # fmt: skip
MEASURES = {
    "problems": "发现多少问题", "closed": "解决了多少问题", "open": "还有多少问题没解决",
    "rebounds": "反弹几次", "reports": "报了几次", "full": "全域巡查几次",
    "special": "专项检查几次",
}  # fmt: skip


def history(field: Field, chance: random.Random) -> None:
    """Nine weeks of reports, some of them corrected, withdrawn, taken back, or only practised."""
    start = field.now
    for day in range(63):
        for _ in range(chance.randint(1, 6)):
            at = start + timedelta(days=day, minutes=chance.randint(-60, 60 * 9))
            field.now = max(field.now, at)
            who, place = chance.choice(OFFICERS), chance.choice(list(PLACES))
            text = chance.choice(CAPTIONS).format(p=place, n=chance.randint(1, 9))
            if chance.random() < 0.05:
                people.change(field.tx, field.ids[who], practising=True)
            number = field.sends(who, text)
            fate = chance.random()
            report = field.report(number).id
            if fate < 0.08:
                corrections.withdraw(field.tx, field.ids[who], report, field.bureau, field.now)
            elif fate < 0.12:
                try:
                    corrections.set_category(
                        field.tx, field.ids[who], report, "zhandao", None, field.bureau, field.now
                    )
                except Refused:
                    continue
        field.now = start + timedelta(days=day + 1)


def spans(now: datetime) -> dict[str, tuple[datetime | None, datetime]]:
    """How a time is said, and its days, reckoned here by hand."""
    today = datetime.combine(now.date(), time(), TZ)
    monday, first = today - timedelta(days=today.weekday()), today.replace(day=1)
    week, day = timedelta(days=7), timedelta(days=1)
    before = (first - day).replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    return {
        "今天": (today, today + day), "昨天": (today - day, today), "本周": (monday, monday + week),
        "上周": (monday - week, monday), "这个月": (first, after), "上个月": (before, first),
        "近10天": (today - timedelta(days=9), today + day), "7月": (_on(7, 1), _on(8, 1)),
        "6月15日到7月5日": (_on(6, 15), _on(7, 6)), "截至目前": (None, today + day),
    }  # fmt: skip


def _on(month: int, day: int) -> datetime:
    return datetime(2025, month, day, tzinfo=TZ)


def questions(chance: random.Random, now: datetime, many: int) -> list[tuple[str, dict[str, Any]]]:
    """Questions in words, each with what it asks in plain values."""
    asked: dict[str, dict[str, Any]] = {}
    times = spans(now)
    while len(asked) < many:
        what, when = chance.choice(list(MEASURES)), chance.choice(list(times))
        place = chance.choice([None, *PLACES])
        kind = chance.choice([None, None, *KINDS]) if what in ("problems", "rebounds") else None
        officer = (
            chance.choice([None, None, *OFFICERS]) if not place and what == "reports" else None
        )
        if what in ("full", "special"):  # at one place that asks for visits
            place = None
        since, until = times[when]
        said = MEASURES[what].replace("问题", kind or "问题", 1)
        if what == "rebounds" and kind:
            said = f"{kind}{said}"
        asked[f"{officer or ''}{place or ''}{when}{said}"] = {
            "what": what, "since": since, "until": until, "spots": PLACES.get(place or "", ()),
            "category": KINDS.get(kind or ""), "officer": officer,
        }  # fmt: skip
    return list(asked.items())


def said_number(facts: Counted, now: datetime) -> int:
    """The number that stands in the answer's first line, after the names and the time."""
    head = words.answer(facts, now).text.splitlines()[0].split("（含")[0]
    found = re.findall(r" (\d+) [个次条]", head)
    assert found, head
    return int(found[0])


@pytest.mark.parametrize("seed", [1, 2])
def test_two_hundred_questions_agree_with_the_export(tx: Transaction, seed: int) -> None:
    field, chance = Field(tx), random.Random(seed)
    history(field, chance)
    lines = report_rows(tx, field.bureau, None, None)
    outings = export_rows(tx, field.bureau, None, None)
    assert len(lines) > 150
    reader = QuestionReader(field.bureau)
    numbers = []
    for text, asked in questions(chance, field.now, 200):
        question = reader.read(text, field.now)
        assert question.metrics[0] in METRICS, (text, question)
        facts = answering.answer(tx, None, question, field.bureau, field.now)
        assert isinstance(facts, Counted)
        of_rounds = asked["what"] in ("full", "special")
        wanted = recount_outings(outings, asked) if of_rounds else recount(lines, asked)
        assert facts.numbers[0].total == wanted, (text, question)
        assert said_number(facts, field.now) == wanted, (text, words.answer(facts, field.now).text)
        listed_as_many(field, question, facts, wanted)
        numbers.append(wanted)
    assert len(set(numbers)) > 20, "the questions must not all have the same answer"


def listed_as_many(field: Field, question: Any, facts: Counted, wanted: int) -> None:
    """The list behind the number, and its file, have just as many rows."""
    asked = look(field.tx, None, question, field.bureau, facts.over.span, field.now)
    opened = listing(field.tx, asked, question.metrics[0], None, field.bureau)
    assert len(opened.rows) == opened.total == wanted
    assert len(listings.sheet(opened, field.now).rows) == wanted


def test_the_week_agrees_with_the_export(tx: Transaction) -> None:
    field, chance = Field(tx), random.Random(3)
    history(field, chance)
    lines = report_rows(tx, field.bureau, None, None)
    for back in range(8):
        week = figures.week(tx, field.bureau, field.now - timedelta(days=7 * back))
        asked = {"since": week.span.since, "until": week.span.until, "spots": (),
                 "category": None, "officer": None}  # fmt: skip
        assert week.reports == recount(lines, asked | {"what": "reports"})
        assert week.problems == recount(lines, asked | {"what": "problems"})
        for spot in week.spots:
            at = asked | {"what": "reports", "spots": (spot.code,)}
            assert spot.visits == recount(lines, at)
