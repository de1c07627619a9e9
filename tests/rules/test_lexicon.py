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
from bot.rules.vocabulary import expand, heads, spelled_from

NOW = datetime(2025, 11, 19, 10, 0)
ENTRIES = [
    ("a", "1", "(已|)通知(交警|环卫|)"), ("b", "", "已通知"), ("c", "", "通"), ("d", "", "(|已)"),
]  # fmt: skip
LETTERS = "已通知交警环卫x"


@pytest.mark.parametrize(
    "word",
    [
        "通",
        "通知",
        "(已|)通",
        "(a|b)",
        "(|a)(b|)c",
        "(a|)(|b)",
        "(a|bcd|)(e|fg)",
        "",
        "[转]",
        "转)",
    ],
)
def test_a_word_is_spelled_out_head_by_head(word: str) -> None:
    spelled = {one for one in expand(word) if one}
    assert set(heads(word)) == {one[:2] for one in spelled}
    for head in heads(word):
        assert set(spelled_from(word, head)) == {one for one in spelled if one.startswith(head)}


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


@pytest.mark.parametrize("ahead", [True, False])
def test_a_word_may_have_several_values(ahead: bool) -> None:
    words = [
        ("cue", "b", "几(次|)"),
        ("fine", "", "好"),
        ("cue", "a", "(几|多)次"),
        ("cue", "b", "几次"),
    ]
    lexicon = Lexicon([*words, ("cue", "c", "好")], several="cue")
    if ahead:
        lexicon.unfold()
    found = {m.value for text in ("几次", "多次", "几", "好") for m in lexicon.marks(text)}
    assert found == {"b a", "a", "b", ""}


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
