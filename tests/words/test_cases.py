"""The words of cases: what was taken, until when, what a call-back came to."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.bureau import DEFAULT, build_bureau
from bot.rules.case_facts import CaseFacts, CaseMatter, Outcome
from bot.words import cases
from bot.words.card import read_press

NOW = datetime(2025, 6, 12, 16, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
BUREAU = build_bureau(DEFAULT)
MATTER = CaseMatter(
    "W-20250612-001", "松江路", "占道经营", "待处置", NOW + timedelta(minutes=100),
    datetime(2025, 6, 13, 12, tzinfo=NOW.tzinfo),
)  # fmt: skip
OPEN = CaseFacts(
    7, 3, "hotline", "2025061200123", (MATTER,), "孙涛", known=True, answered_at=None, void=False,
    outcome=None, called_at=None, called_by=None,
)  # fmt: skip
DONE = replace(
    OPEN, answered_at=NOW,
    matters=(replace(MATTER, stands="已整改", respond_by=None, handle_by=None),),
)  # fmt: skip


def labels(card: cases.Card) -> list[str]:
    return [button.label for row in card.rows for button in row]


def test_a_case_says_until_when_and_who_was_told() -> None:
    card = cases.case(OPEN, NOW, BUREAU)
    assert card.text.splitlines() == [
        "已收 · 12345 转来", "编号 2025061200123", "松江路 · 占道经营，待处置（W-20250612-001）",
        "17:40 前签收，明天 12:00 前办结。", "已告诉孙涛。",
    ]  # fmt: skip
    assert labels(card) == ["投诉人"]


def test_where_nobody_is_known_nobody_is_offered() -> None:
    assert labels(cases.case(replace(OPEN, known=False), NOW, BUREAU)) == []


def test_a_case_that_is_over_promises_nothing() -> None:
    for facts, state in ((DONE, "已办结"), (replace(OPEN, void=True), "已作废")):
        text = cases.case(facts, NOW, BUREAU).text
        assert text.startswith(f"{state} · 12345 转来")
        assert "前办结" not in text
        assert "已告诉" not in text


def test_a_call_back_is_asked_for_and_then_said() -> None:
    asked = cases.call_back(DONE, NOW)
    assert asked.text.endswith("松江路占道经营，16:00 办结了。回访了吗？")
    pressed = [read_press(button.data) for row in asked.rows for button in row]
    assert [one.arg for one in pressed if one] == list(cases.ANSWERS)
    told = replace(DONE, outcome=Outcome(True, False, True), called_at=NOW, called_by="王芳")
    assert "回访：不满意，已解决（王芳 6月12日 16:00）。" in cases.call_back(told, NOW).text
    assert labels(cases.call_back(told, NOW)) == ["改回访"]


SAID = {
    "满意，已解决": Outcome(True, True, True), "不满意，没解决": Outcome(True, False, False),
    "满意": Outcome(True, True), "没解决": Outcome(True, None, False), "没打通": Outcome(False),
}  # fmt: skip


@pytest.mark.parametrize("words", list(SAID))
def test_what_a_call_back_came_to_is_said(words: str) -> None:
    assert cases.said(SAID[words]) == words


@pytest.mark.parametrize(
    ("taken", "known", "faults", "says"),
    [
        (3, 0, 0, ["收了 3 件。"]), (0, 2, 0, ["没有新的工单，2 件以前收过，没有重复收。"]),
        (1, 0, 1, ["收了 1 件。1 行没收，改好再发一次就行：", "第 2 行：没有工单编号"]),
    ],
    ids=["all", "known", "one refused"],
)  # fmt: skip
def test_a_table_is_told(taken: int, known: int, faults: int, says: list[str]) -> None:
    rows = [(n + 2, "没有工单编号") for n in range(faults)]
    assert cases.loaded(taken, known, rows).text.splitlines() == says


def test_many_refused_rows_are_cut() -> None:
    lines = cases.loaded(0, 0, [(n, "没有工单编号") for n in range(40)]).text.splitlines()
    assert (len(lines), lines[-1]) == (cases.LISTED + 2, "还有 28 行。")
