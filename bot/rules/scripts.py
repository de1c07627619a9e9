"""Writes traditional characters as simplified ones, and leaves pictures out; knows no word.

`traditional.txt` holds pairs of lines: traditional letters, and below them what each is written as.
The pairs are those of OpenCC's TSCharacters (Apache License 2.0) that both old sets of letters,
Big5 and GB 2312, know; where one letter may become several, the usual one is taken.
"""

from __future__ import annotations

import re
from pathlib import Path

_LINES = (Path(__file__).parent / "traditional.txt").read_text("utf-8").splitlines()
SIMPLIFIED: dict[int, str] = {
    ord(old): new
    for olds, news in zip(_LINES[::2], _LINES[1::2], strict=True)
    for old, new in zip(olds, news, strict=True)
}
"""For `str.translate`: every letter keeps its place."""

_WIDE = {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_LIKE = {ord("〔"): "(", ord("〕"): ")", ord("【"): "(", ord("】"): ")", ord("\r"): "\n",
         ord("\u00a0"): " ", ord("｡"): "。", ord("→"): ","}  # fmt: skip
_LEVEL: dict[int, str | int] = {**SIMPLIFIED, **_WIDE, **_LIKE}

_PICTURES = re.compile(
    "[0-9#*]\ufe0f?\u20e3"  # a key's cap: 1️⃣
    "|[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]"  # joins, turns, changes
    "|[\u231a-\u231b\u23e9-\u23fa\u2600-\u2775\u2794-\u27bf\u2b05-\u2b55\u3030]"
    "|[\U0001f000-\U0001faff\U000e0020-\U000e007f]"
)


def without_pictures(text: str) -> str:
    """The text without emoji and signs that nobody sees: 松江路😊占道 says 松江路占道."""
    return _PICTURES.sub("", text)


def levelled(text: str) -> str:
    """The text in plain signs and simplified letters; every letter keeps its place."""
    return text.translate(_LEVEL)


def written(name: str) -> tuple[str, ...]:
    """A name as levelled texts may hold it, as words of a lexicon: 广场（东门）, 广场东门."""
    level = levelled(name)
    if "(" not in level:
        return (level,)
    return level.replace("(", "((|)"), level.replace("(", "").replace(")", "")
