"""Words are found longest first; when they are spelled out changes nothing."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.captions import CaptionReader
from bot.rules.lexicon import Lexicon
from bot.rules.questions import QuestionReader
from bot.rules.records import Bureau
from bot.rules.vocabulary import expand, initials

NOW = datetime(2025, 11, 19, 10, 0)
ENTRIES = [
    ("a", "1", "(已|)通知(交警|环卫|)"), ("b", "", "已通知"), ("c", "", "通"), ("d", "", "(|已)"),
]  # fmt: skip
LETTERS = "已通知交警环卫x"


@pytest.mark.parametrize(
    "word", ["通", "(已|)通", "(a|b)", "(|a)(b|)c", "(a|)(|b)", "", "[转]", "转)"]
)
def test_the_letters_a_word_begins_with(word: str) -> None:
    assert set(initials(word)) == {spelled[0] for spelled in expand(word) if spelled}


@given(text=st.text(LETTERS, max_size=12), first=st.text(LETTERS, max_size=3))
def test_a_word_spelled_out_late_is_the_same_word(text: str, first: str) -> None:
    ahead, late = Lexicon(ENTRIES), Lexicon(ENTRIES)
    ahead.unfold()
    late.marks(first)
    assert late.marks(text) == ahead.marks(text)


def test_the_first_meaning_stands_and_what_is_left_out_is_no_word() -> None:
    assert [m.kind for m in Lexicon(ENTRIES).marks("已通知")] == ["a"]
    assert Lexicon(ENTRIES, frozenset({"已通知", "通知"})).marks("已通知")[0].kind == "d"
    assert Lexicon(()).marks("已通知") == []


def test_a_reader_that_spells_nothing_ahead_reads_the_same(bureau: Bureau) -> None:
    now = NOW.replace(tzinfo=bureau.tz)
    for text in ("松江路路口摆摊的两三个 已劝离", "永富路店外经营2家，均已整改", "松江路没有占道"):
        assert CaptionReader(bureau, ahead=False).read(text, now) == CaptionReader(bureau).read(
            text, now
        )
    for text in ("松江路本周几次", "上周占道经营几起", "谁最勤快"):
        assert QuestionReader(bureau, ahead=False).read(text, now) == QuestionReader(bureau).read(
            text, now
        )
