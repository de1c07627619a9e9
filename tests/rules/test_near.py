"""What is offered where a question was not understood is understood itself."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bureau import DEFAULT, build_bureau
from bot.rules.metrics import not_yet
from bot.rules.near import MOST, near
from bot.rules.onward import LABEL
from bot.rules.questions import QuestionReader

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
        assert not_yet(question.metrics, question.filters.state) is None, offer


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
