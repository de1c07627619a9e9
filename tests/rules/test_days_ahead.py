"""The one day that somebody was asked for, in his words."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from bot.rules.days_ahead import read_day
from bot.rules.records import Bureau


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("6月20日", date(2025, 6, 20)), ("6月20号前", date(2025, 6, 20)),
        ("1月5日", date(2026, 1, 5)), ("六月二十日", date(2025, 6, 20)),
        ("明天", date(2025, 6, 13)), ("下周五", date(2025, 6, 20)), ("6月底", date(2025, 6, 30)),
        ("6.25", date(2025, 6, 25)), ("2025年7月1日", date(2025, 7, 1)),
        ("6月1日", date(2025, 6, 1)), ("3月31日", date(2025, 3, 31)), ("3月1日", date(2026, 3, 1)),
        ("不知道哪天", None), ("", None), ("2月30日", None), ("=1+1", None),
    ],
)  # fmt: skip
def test_a_day_in_words(bureau: Bureau, said: str, day: date | None) -> None:
    now = datetime(2025, 6, 12, 10, 0, tzinfo=bureau.tz)
    assert read_day(said, bureau, now) == day


def test_a_leap_day_that_is_over_is_over(bureau: Bureau) -> None:
    now = datetime(2028, 3, 1, 10, 0, tzinfo=bureau.tz)
    assert read_day("2月29日", bureau, now) == date(2028, 2, 29)
