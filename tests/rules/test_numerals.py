"""Numerals as officers write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.numerals import amounts, number

DIGITS = "零一二三四五六七八九"
FORMAL = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")


def spoken(value: int) -> str:
    """A number below ten thousand in Chinese."""
    if value == 0:
        return "零"
    written, gap = "", False
    for size, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // size % 10
        if digit:
            written += ("零" if gap and written else "") + DIGITS[digit] + unit
        gap = not digit
    return written


@pytest.mark.parametrize(
    ("written", "value", "approx"),
    [
        ("俩", 2, False),
        ("仨", 3, False),
        ("两", 2, False),
        ("壹", 1, False),
        ("廿三", 23, False),
        ("十", 10, False),
        ("一百二", 120, False),
        ("一万二", 12000, False),
        ("一千零五", 1005, False),
        ("二〇二五", 2025, False),
        ("1,200", 1200, False),
        ("3万", 30000, False),
        ("１２", 12, False),
        ("十几", 10, True),
        ("二十余", 20, True),
        ("20多", 20, True),
        ("十来", 10, True),
        ("两三", 2, True),
        ("七八", 7, True),
        ("十五六", 15, True),
        ("二三十", 20, True),
        ("几十", 20, True),
        ("3-5", 3, True),
        ("三到五", 3, True),
        ("三、四", 3, True),
        ("半", 0, True),
    ],
)
def test_a_numeral_is_read_with_its_bound(written: str, value: int, approx: bool) -> None:
    (amount,) = amounts(written)
    assert (amount.value, amount.approx) == (value, approx)
    assert (amount.start, amount.end) == (0, len(written))


@pytest.mark.parametrize("text", ["", "没有", "2.5", "三点一四", "九" * 40, "8" * 40])
def test_what_is_no_whole_number_of_sensible_size_has_no_value(text: str) -> None:
    assert number(text) is None


def test_numbers_inside_a_sentence_keep_their_places() -> None:
    text = "占道两处，摊贩十几个"
    assert [text[a.start : a.end] for a in amounts(text)] == ["两", "十几"]


@given(st.integers(0, 9999))
def test_every_number_below_ten_thousand_is_read_back(value: int) -> None:
    assert number(str(value)) == value
    assert number(spoken(value)) == value
    assert number(spoken(value).translate(FORMAL)) == value


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    for amount in amounts(text):
        assert 0 <= amount.start < amount.end <= len(text)
        assert amount.value >= 0
