"""House numbers, and numbers that only look like a name of a place; knows no place."""

from __future__ import annotations

import re

from bot.rules.lexicon import Mark

_SOME = re.compile(r"[0-9一两二三四五六七八九十几多好半整]+[家个处所座间排条]|[0-9]+路")
_HOUSE = re.compile(r"\d{1,4}(?:-\d{1,3})?号(?:院|楼)?")


def house_number(text: str, at: int) -> Mark | None:
    """The number of a house that begins here, or None."""
    match = _HOUSE.match(text, at)
    return Mark("tail", "", at, match.end()) if match else None


def is_counted(name: str) -> bool:
    """Whether it is a number of places and no name: 三家饭店, 3路."""
    return _SOME.match(name) is not None
