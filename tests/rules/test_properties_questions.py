"""What must not change how a question is read: order, the spot's other names, how it is typed."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules import sayings
from tests.rules.sayings import BUREAUS, DISGUISES, EMOJI, ask

CORPUS = Path(__file__).parent / "corpus"
FILES = {"this": "questions.jsonl", "other": "questions-other.jsonl"}
UNTIMED = settings(deadline=None, max_examples=150)

KNOWN = {
    "暴露垃圾中转站": "the name 垃圾中转站 takes a part of the category before it",
    "暴露垃圾压缩站": "the name 垃圾压缩站 takes a part of the category before it",
}
"""Letters that are misread, and why."""

EXAMPLES = {
    "暴露垃圾中转站": ("本周暴露垃圾中转站几起", "中转站本周暴露垃圾几起"),
    "暴露垃圾压缩站": ("本周暴露垃圾压缩站几起", "压缩站本周暴露垃圾几起"),
}


def known(text: str) -> bool:
    return any(letters in text for letters in KNOWN)


@pytest.mark.parametrize("name", BUREAUS)
@UNTIMED
@given(data=st.data())
def test_the_order_of_what_narrows_it_changes_nothing(name: str, data: st.DataObject) -> None:
    parts, asked = data.draw(sayings.questions(name))
    texts = ["".join(data.draw(st.permutations(parts))) + asked for _ in range(2)]
    if not any(map(known, texts)):
        first, other = (ask(name, text) for text in texts)
        assert first == other
        assert first.metrics != ("refuse",)
        assert len(first.filters.spots) == 1
        assert len(first.filters.categories) == len(parts) - 2
        assert first.range is not None


@pytest.mark.parametrize("name", BUREAUS)
@UNTIMED
@given(data=st.data())
def test_how_it_is_typed_changes_nothing(name: str, data: st.DataObject) -> None:
    parts, asked = data.draw(sayings.questions(name))
    text = other = "".join(parts) + asked + data.draw(st.sampled_from(("", "？", "。")))
    for disguise in data.draw(st.lists(st.sampled_from(DISGUISES), min_size=1, max_size=3)):
        other = disguise(other)
    assert ask(name, other) == ask(name, text)


@pytest.mark.parametrize("name", BUREAUS)
@UNTIMED
@given(data=st.data())
def test_pictures_between_the_words_change_nothing(name: str, data: st.DataObject) -> None:
    parts, asked = data.draw(sayings.questions(name))
    pictured = data.draw(sayings.pictured([*parts, asked]))
    assert ask(name, pictured) == ask(name, "".join(parts) + asked)


@pytest.mark.parametrize("name", BUREAUS)
def test_any_name_of_the_spot_will_do(name: str) -> None:
    for spot, said in sayings.aliases(name):
        for category in sayings.troubles(name):
            question = ask(name, f"{said}本周{category.name}几起")
            assert question.metrics == ("problem_count",), said
            assert question.filters.spots == (spot.code,), said
            assert question.filters.categories == (category.code,), said


@pytest.mark.parametrize("letters", KNOWN)
def test_a_known_miss_is_still_missed(letters: str) -> None:
    missed, other = EXAMPLES[letters]
    assert letters in missed
    assert ask("this", missed) != ask("this", other), "it is read: take it off the list"


@pytest.mark.parametrize("name", BUREAUS)
def test_pictures_anywhere_change_no_question_of_the_corpus(name: str) -> None:
    chance = random.Random(3)
    for line in (CORPUS / FILES[name]).read_text("utf-8").splitlines():
        text = json.loads(line)["text"]
        other = text
        for at in sorted({0, len(text), chance.randrange(len(text) + 1)}, reverse=True):
            other = other[:at] + chance.choice(EMOJI) + other[at:]
        assert ask(name, other) == ask(name, text), other
