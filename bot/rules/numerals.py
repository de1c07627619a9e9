"""Reads Chinese and Arabic numerals; knows no measure words and nothing that is counted.

A number said as a bound is read as its lower bound with `approx`: 十几 is 10, 两三 is 2,
二十余 is 20, 七八 is 7, 半 is 0.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

DIGITS = {c: i for i, group in enumerate(
    ("零〇", "一壹", "二两贰俩", "三叁仨", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
) for c in group}  # fmt: skip
UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
MYRIAD = "万"
SCORES = {"廿": 20, "卅": 30}
COUNTED_IN = frozenset("俩仨")
"""Numerals that hold their measure word: 俩 is 两个."""

_DIGIT = "".join(DIGITS)
_UNIT = "".join(UNITS) + MYRIAD + "".join(SCORES)
_SMALL = "一二两三四五六七八九"
_NUMBER = re.compile(
    rf"(?P<range>(?P<low>\d{{1,4}}|[{_SMALL}]十?)\s*[-~—到至]\s*(?P<high>\d{{1,4}}|[{_SMALL}]十?)(?![\d.:点]))"
    rf"|(?P<listed>[{_SMALL}]、[{_SMALL}](?![{_DIGIT}{_UNIT}]))"
    rf"|(?P<decimal>\d+\.\d+)"
    rf"|(?P<grouped>\d{{1,3}}(?:,\d{{3}})+(?!\d))"
    rf"|(?P<arabic>\d+(?:[十百千万])?)(?P<arabic_more>[余多几来]?)"
    rf"|(?P<some>[几数][十百千万]+|上[百千万]+)"
    rf"|(?P<chinese>[{_DIGIT}{_UNIT}]+)(?P<more>(?<=[{_UNIT}])[余多几来])?"
    rf"|(?P<half>半)"
)
_LONGEST = 12  # digits; what is longer is a telephone or a ticket, never a count


@dataclass(frozen=True)
class Amount:
    """A number written at [start, end) of a text; a bound where `approx`."""

    value: int
    start: int
    end: int
    approx: bool = False


def amounts(text: str) -> list[Amount]:
    """Every whole number of the text from left to right; decimals and giants are left out."""
    found = (_amount(match) for match in _NUMBER.finditer(text))
    return [amount for amount in found if amount is not None]


def number(text: str) -> int | None:
    """The value of a text that is one numeral and nothing else, or None."""
    match = _NUMBER.fullmatch(text.strip())
    amount = _amount(match) if match else None
    return amount.value if amount else None


def _amount(match: re.Match[str]) -> Amount | None:
    blank = Amount(0, match.start(), match.end())
    if match["range"] is not None:
        low, high = _value(match["low"]), _value(match["high"])
        return replace(blank, value=low, approx=True) if low is not None and high else None
    if match["arabic"] is not None:
        return _arabic(match["arabic"], bool(match["arabic_more"]), blank)
    if match["chinese"] is not None:
        return _chinese(match["chinese"], bool(match["more"]), blank)
    return _oddity(match, blank)


def _oddity(match: re.Match[str], blank: Amount) -> Amount | None:
    if match["listed"] is not None:
        return replace(blank, value=DIGITS[match["listed"][0]], approx=True)
    if match["grouped"] is not None:
        return replace(blank, value=int(match["grouped"].replace(",", "")))
    if match["some"] is not None:
        value = _value("一" + match["some"][1:])
        times = 1 if match["some"][0] == "上" else 2
        return None if value is None else replace(blank, value=times * value, approx=True)
    return replace(blank, approx=True) if match["half"] is not None else None


def _arabic(written: str, more: bool, blank: Amount) -> Amount | None:
    digits = written.rstrip("十百千万")
    if len(digits) > _LONGEST:
        return None
    factor = _value("一" + written[len(digits) :]) if len(digits) < len(written) else 1
    return replace(blank, value=int(digits) * (factor or 1), approx=more)


def _chinese(written: str, more: bool, blank: Amount) -> Amount | None:
    if len(written) > _LONGEST:
        return None
    guess = _neighbours(written)
    value = _value(guess or written)
    return None if value is None else replace(blank, value=value, approx=more or bool(guess))


def _neighbours(written: str) -> str | None:
    """What 七八, 十五六, 三五 or 二三十 says at least, or None where it is a plain numeral."""
    match = re.fullmatch(rf"(.*[{_UNIT}]|)([{_SMALL}])([{_SMALL}])([{_UNIT}]*)", written)
    if match is None:
        return None
    head, low, high, tail = match.groups()
    step = DIGITS[high] - DIGITS[low]
    return head + low + tail if step == 1 or (low, high) == ("三", "五") else None


def _value(written: str) -> int | None:
    """The value of a plain numeral, or None where the signs make no number."""
    if written.isdecimal():
        return int(written)
    if all(c in DIGITS for c in written):
        return int("".join(str(DIGITS[c]) for c in written))
    total = section = digit = 0
    unit = 1
    for c in written:
        if c in DIGITS:
            digit = DIGITS[c]
            unit = unit if c not in "零〇" else 1
        elif c in SCORES:
            section, digit, unit = section + SCORES[c], 0, 10
        elif c in UNITS:
            section, digit, unit = section + (digit or 1) * UNITS[c], 0, UNITS[c]
        elif c == MYRIAD:
            total, section, digit = total + (section + digit or 1) * 10000, 0, 0
            unit = 10000
        else:
            return None
    # 一百二 is 120 and 一万二 is 12000: a last digit counts in the next smaller unit.
    trailing = unit // 10 if unit >= 100 and _ends_short(written) else 1
    return total + section + digit * trailing


def _ends_short(written: str) -> bool:
    return len(written) > 1 and written[-1] in DIGITS and written[-2] not in "零〇"
