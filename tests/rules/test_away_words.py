"""From when to when somebody is away, as people write it."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.away_words import away_in

MONDAY = datetime(2025, 6, 9, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("6月10日到12日", (6, 10), (6, 12)),
        ("6月10日至6月12日", (6, 10), (6, 12)),
        ("6月10号-12号", (6, 10), (6, 12)),
        ("6月28日到7月2日", (6, 28), (7, 2)),
        ("6月10日", (6, 10), (6, 10)),
        ("明天", (6, 10), (6, 10)),
        ("今天", (6, 9), (6, 9)),
        ("三天", (6, 9), (6, 11)),
        ("3天", (6, 9), (6, 11)),
        ("到6月13日", (6, 9), (6, 13)),
        ("下周", (6, 16), (6, 22)),
        ("6月5日到6月11日", (6, 5), (6, 11)),
    ],
)
def test_days_are_read(said: str, first: tuple[int, int], last: tuple[int, int]) -> None:
    assert away_in(said, MONDAY) == (date(2025, *first), date(2025, *last))


@pytest.mark.parametrize(
    "said",
    [
        "",
        "几天",
        "6月1日到6月3日",
        "6月12日到10日",
        "2月30日",
        "500天",
        "0天",
        "有人在路上",
        "天气不好",
    ],
)
def test_what_names_no_days_is_none(said: str) -> None:
    assert away_in(said, MONDAY) is None


@given(st.text(max_size=40))
def test_whatever_is_said_is_taken_or_left(said: str) -> None:
    found = away_in(said, MONDAY)
    assert found is None or (found[0] <= found[1] and found[1] >= MONDAY.date())
