"""What is offered where a question was not understood is understood itself."""

from __future__ import annotations

import tomllib
from datetime import datetime
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bureau import DEFAULT, build_bureau
from bot.rules.near import MOST, near
from bot.rules.onward import LABEL
from bot.rules.questions import QuestionReader
from bot.rules.records import NO_TROUBLE

BUREAU = build_bureau(DEFAULT)
READER = QuestionReader(BUREAU)
NOW = datetime(2025, 11, 19, 10, tzinfo=BUREAU.tz)
NAMED = st.sampled_from(
    [s.name for s in BUREAU.spots] + [c.name for c in BUREAU.categories] + ["上个月", "怎么样", "?"]
)


@given(st.lists(NAMED, max_size=4).map("".join) | st.text(max_size=20))
def test_every_offer_is_understood_and_can_be_answered(text: str) -> None:
    offers = near(text, BUREAU)
    assert len(offers) == MOST
    assert text.strip() not in offers
    for offer in offers:
        question = READER.read(offer, NOW)
        assert question.reason is None, offer


@pytest.mark.parametrize(
    ("text", "first"),
    [("永福路那个情况说说", "永福路本周几次"), ("下周天气", "松江路本周几次"),
     ("岗亭那边咋样", "岗亭本周几次")],
)  # fmt: skip
def test_the_spot_that_was_named_is_kept(text: str, first: str) -> None:
    offers = near(text, BUREAU)
    assert offers[0] == first
    assert all(len(offer) <= LABEL for offer in offers)


def test_the_kind_that_was_named_is_kept() -> None:
    assert near("上个月占道经营说说", BUREAU)[1] == "占道经营上月几起"


@pytest.mark.parametrize("time", ["昨天", "上周", "本季度", "去年"])
def test_the_time_that_was_named_is_kept(time: str) -> None:
    assert near(f"松江路{time}夜里咋整", BUREAU)[0] == f"松江路{time}几次"


@pytest.mark.parametrize("file", ["gangting", "yunxi", "qujiang"])
def test_another_bureaus_spots_and_kinds_are_understood_too(file: str) -> None:
    path = Path(__file__).parent / "other_bureau" / f"{file}.toml"
    bureau = build_bureau(DEFAULT | tomllib.loads(path.read_text("utf-8")))
    reader = QuestionReader(bureau)
    kinds = [category for category in bureau.categories if category.code != NO_TROUBLE]
    for spot, kind in product(bureau.spots, kinds):
        visits, finds, _ = (reader.read(one, NOW) for one in near(spot.name + kind.name, bureau))
        assert visits.filters.spots == (spot.code,)
        assert finds.filters.categories == (kind.code,)
