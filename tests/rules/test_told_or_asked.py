"""Words without a photo: no question becomes a record, no report becomes a question."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.rules.captions import CaptionReader
from bot.rules.onward import opens
from bot.rules.questions import QuestionReader
from bot.rules.records import Bureau
from bot.rules.told_or_asked import looks_asked, told_or_asked

CORPUS = Path(__file__).parent / "corpus"
TELLS = ("problem", "patrol_ok", "followup", "obligation")


def records(name: str) -> list[dict[str, Any]]:
    lines = (CORPUS / name).read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


@pytest.fixture(scope="module")
def readers() -> tuple[CaptionReader, QuestionReader, Bureau]:
    from bot.bureau import DEFAULT, build_bureau

    bureau = build_bureau(DEFAULT)
    return CaptionReader(bureau), QuestionReader(bureau), bureau


def does(readers: tuple[CaptionReader, QuestionReader, Bureau], record: dict[str, Any]) -> str:
    captions, questions, bureau = readers
    at = datetime.fromisoformat(record["now"]).replace(tzinfo=bureau.tz)
    reading = captions.read(record["text"], at)
    if reading.intent not in TELLS:
        return "asked"
    return told_or_asked(record["text"], reading, questions.read(record["text"], at))


def test_questions_are_not_filed(readers: Any) -> None:
    asked = [r for r in records("questions.jsonl") if r["expect"]["metrics"] != ["refuse"]]
    filed = [r["text"] for r in asked if does(readers, r) == "told"]
    print(f"questions filed as reports: {len(filed)} of {len(asked)}: {filed}")
    assert len(filed) <= len(asked) // 50


def test_reports_are_not_taken_for_questions(readers: Any) -> None:
    told = [r for r in records("captions.jsonl") if r["expect"]["intent"] in TELLS]
    lost = [r["text"] for r in told if does(readers, r) == "asked" and _read(readers, r)]
    print(f"reports taken for questions: {len(lost)} of {len(told)}: {lost}")
    assert len(lost) <= len(told) // 200


def _read(readers: Any, record: dict[str, Any]) -> bool:
    at = datetime.fromisoformat(record["now"]).replace(tzinfo=readers[2].tz)
    return readers[0].read(record["text"], at).intent in TELLS


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("今天处理了几个问题", "asked"), ("永福路有几个摆摊的，劝走了", "told"),
     ("松江路占道经营1处", "told"), ("没整改完的问题有哪些", "asked"),
     ("12345工单上月按时办理率满意率解决率", "asked"), ("永福路没什么问题", "told"),
     ("上报 永福路占道几处", "told"), ("永福路的问题整改完没", "unclear")],
)  # fmt: skip
def test_what_words_do(readers: Any, text: str, wanted: str) -> None:
    captions, questions, bureau = readers
    at = datetime(2025, 11, 19, 10, tzinfo=bureau.tz)
    question = questions.read(text, at)
    found = told_or_asked(text, captions.read(text, at), question)
    assert found == wanted or (wanted == "unclear" and question.metrics[0] != "refuse")


@pytest.mark.parametrize(
    ("text", "found"),
    [("为什么", (True, None)), ("为什么是32", (True, 32)), ("为什么是66.7%", (True, 66.7)),
     ("看明细", (True, None)),
     ("这个数怎么来的？", (True, None)), ("都是哪些", (True, None)), ("哪几个", (True, None)),
     ("松江路为什么", (False, None)), ("松江路占道", (False, None)), ("", (False, None))],
)  # fmt: skip
def test_words_that_open_a_number(text: str, found: tuple[bool, float | None]) -> None:
    assert opens(text) == found


def test_what_looks_asked() -> None:
    assert looks_asked("本周几次")
    assert looks_asked("这个能行吗")
    assert not looks_asked("松江路正常")
