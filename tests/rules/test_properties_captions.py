"""What must not change how a caption is read: order, the spot's other names, how it is typed."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules import sayings
from tests.rules.sayings import BUREAUS, DISGUISES, EMOJI, FORMS, STOPS, items, read

CORPUS = Path(__file__).parent / "corpus"
FILES = {"this": "captions.jsonl", "other": "captions-other.jsonl"}
UNTIMED = settings(deadline=None, max_examples=150)

KNOWN: dict[tuple[str, str, str], str] = {}
"""(bureau, name of a spot, word of a category) that are misread together, and why."""

SPLIT_OTHERWISE = "松江+路面脏 may be 松江路+面脏: the name with its suffix is longer and wins"
KNOWN |= {("this", "松江", "路面脏"): SPLIT_OTHERWISE, ("this", "永福", "路面脏"): SPLIT_OTHERWISE}


@pytest.mark.parametrize("name", BUREAUS)
@UNTIMED
@given(data=st.data())
def test_the_order_of_clauses_changes_nothing(name: str, data: st.DataObject) -> None:
    told = data.draw(sayings.clauses(name))
    stop = data.draw(st.sampled_from(STOPS))
    for order in (told, data.draw(st.permutations(told))):
        reading = read(name, stop.join(one.text for one in order))
        assert items(reading) == sayings.Counter(one.item for one in told)
        assert (reading.intent, reading.ask) == ("problem", ())


@pytest.mark.parametrize("name", BUREAUS)
@UNTIMED
@given(data=st.data())
def test_how_it_is_typed_changes_nothing(name: str, data: st.DataObject) -> None:
    told = data.draw(sayings.clauses(name, most=2))
    text = data.draw(st.sampled_from(STOPS)).join(one.text for one in told)
    other = text
    for disguise in data.draw(st.lists(st.sampled_from(DISGUISES), min_size=1, max_size=3)):
        other = disguise(other)
    assert read(name, other) == read(name, text)


@pytest.mark.parametrize("name", BUREAUS)
@UNTIMED
@given(data=st.data())
def test_pictures_between_the_words_change_nothing(name: str, data: st.DataObject) -> None:
    (told,) = data.draw(sayings.clauses(name, most=1))
    assert read(name, data.draw(sayings.pictured(told.parts))) == read(name, told.text)


@pytest.mark.parametrize("name", BUREAUS)
def test_any_name_of_the_spot_will_do(name: str) -> None:
    """Every name of every spot with every word of every category; the list of misses is exact."""
    missed = set()
    for spot, said in sayings.aliases(name):
        for category in sayings.troubles(name):
            for word in (category.name, *category.synonyms):
                one = sayings.clause(FORMS[0], spot, said, category, word, 3, "已整改")
                if [*map(sayings.item, read(name, one.text).items)] != [one.item]:
                    missed.add((name, said, word))
    assert missed == {key for key in KNOWN if key[0] == name}


@pytest.mark.parametrize("name", BUREAUS)
def test_pictures_anywhere_change_no_caption_of_the_corpus(name: str) -> None:
    chance = random.Random(3)
    for line in (CORPUS / FILES[name]).read_text("utf-8").splitlines():
        text = json.loads(line)["text"]
        if text.strip():
            places = [0, len(text), *(chance.randrange(len(text)) for _ in range(3))]
            other = text
            for at in sorted(places, reverse=True):
                other = other[:at] + chance.choice(EMOJI) + other[at:]
            assert read(name, other) == read(name, text), other


@pytest.mark.parametrize("text", ["👌", "😊😊", "1️⃣", "\u200b", " ✅ "])
def test_pictures_alone_file_nothing_and_ask_nothing(text: str) -> None:
    assert read("this", text) == read("this", "收到")
