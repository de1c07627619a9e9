"""Writes traditional characters as simplified ones, letter by letter; knows no word.

`traditional.txt` holds pairs of lines: traditional letters, and below them what each is written as.
The pairs are those of OpenCC's TSCharacters (Apache License 2.0) that both old sets of letters,
Big5 and GB 2312, know; where one letter may become several, the usual one is taken.
"""

from __future__ import annotations

from pathlib import Path

_LINES = (Path(__file__).parent / "traditional.txt").read_text("utf-8").splitlines()
SIMPLIFIED: dict[int, str] = {
    ord(old): new
    for olds, news in zip(_LINES[::2], _LINES[1::2], strict=True)
    for old, new in zip(olds, news, strict=True)
}
"""For `str.translate`: every letter keeps its place."""
