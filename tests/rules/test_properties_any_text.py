"""No text breaks a reader: any letters, and what the readers' own words look like when repeated.

How long the worst of them take is measured in tests/bench.
"""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.captions import reading_json
from bot.rules.questions import question_json
from bot.rules.vocabulary import expand
from tests.rules.sayings import BUREAUS, ask, bureau, names, read

LONGEST = 4096
UNTIMED = settings(deadline=None, max_examples=120)
ANY = st.characters()  # with surrogates, controls and letters nobody has given a meaning
TIMES = (
    "今天", "昨晚", "上周一", "9点半", "九点二十", "9:20", "14:00-18:00", "11月17日", "2025-11-17",
    "半小时前", "近7天", "3月1日到5日", "国庆", "自10月1日以来", "20250617", "13月45日", "25:61",
)  # fmt: skip
SIGNS = (*'，、。；：！？（）() \n\t-/.,;:?"「」>*①', "1.", "2、", "第", "和", "与", "了", "的")
NUMBERS = (
    *"0123456789一二三十百千万两俩仨半几",
    "二十余",
    "二\u3007",
    "9" * 30,
    "P-20251119-001",
    "12345",
)


def words(name: str) -> st.SearchStrategy[str]:
    """A word of the bureau, of its people's speech, a time, a number or a sign."""
    held = bureau(name)
    vocabulary = held.vocabulary
    cues = (w for listed in vocabulary.questions.cues.values() for w in listed)
    places = (*vocabulary.places.tails, *vocabulary.places.suffixes, *vocabulary.places.stops)
    people = (*vocabulary.people.surnames, *vocabulary.people.titles, *vocabulary.people.after)
    pools = (
        sorted(vocabulary.words()), sorted(cues), places, people,
        [said for spot in held.spots for said in names(spot)],
        [said for kind in held.categories for said in (kind.name, *kind.synonyms)],
        vocabulary.counts.measures, TIMES, SIGNS, NUMBERS,
    )  # fmt: skip
    return st.one_of([st.sampled_from(pool).map(lambda word: expand(word)[0]) for pool in pools])


def survived(name: str, text: str) -> None:
    """Both readers read it, and what they read can be shown."""
    assert len(text) <= LONGEST
    shown = json.dumps(reading_json(read(name, text)))
    assert json.loads(shown)["intent"]
    for find in read(name, text).items:
        assert find.count is None or find.count >= 0
    assert json.loads(json.dumps(question_json(ask(name, text))))["metrics"]


@pytest.mark.parametrize("name", BUREAUS)
@UNTIMED
@given(start=st.text(ANY, max_size=60), unit=st.text(ANY, min_size=1, max_size=12), size=st.data())
def test_any_letters_are_survived(name: str, start: str, unit: str, size: st.DataObject) -> None:
    length = size.draw(st.sampled_from((40, 119, 120, 121, 1023, 1024, 1025, LONGEST)))
    survived(name, (start + unit * LONGEST)[:length])


@pytest.mark.parametrize("name", BUREAUS)
@UNTIMED
@given(data=st.data())
def test_words_repeated_are_survived(name: str, data: st.DataObject) -> None:
    start, unit = (
        "".join(data.draw(st.lists(words(name), min_size=least, max_size=6))) for least in (0, 1)
    )
    length = data.draw(st.sampled_from((60, 119, 1024, LONGEST)))
    survived(name, (start + unit * LONGEST)[:length])


@pytest.mark.parametrize("name", BUREAUS)
@UNTIMED
@given(data=st.data())
def test_words_in_any_mix_are_survived(name: str, data: st.DataObject) -> None:
    survived(name, "".join(data.draw(st.lists(words(name), max_size=60)))[:LONGEST])
