"""How wide a text is when it is drawn, and how it is made to fit; knows no colour and no place.

Widths are those of Noto Sans SC, rounded up, in parts of the letters' height (em).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_NARROW = frozenset("!'(),-./:;I[\\]ijlfrt{|} ")
_WIDE = frozenset("%@MWmw")
_LOWER = frozenset('0123456789acegksvxyzFJLY?"*#$+<=>^_~')
_LONG = {"\u2e3a": 2.0, "\u2e3b": 3.0, "Ю": 1.02}
"""What is wider than a square: dashes of two and three, and one Russian letter."""
_LATIN = re.compile(r"[!-~]+|\s+|.", re.DOTALL)
_CLOSING = frozenset("，。、；：！？）】》〉」』”…·,.;:!?)]}%")
"""What begins no line."""


def clean(text: str) -> str:
    """The text as one line of visible characters, all of them good in XML.

    Control characters, half surrogates, direction marks and joined marks are gone.
    """
    text = unicodedata.normalize("NFC", text)
    kept = (" " if c.isspace() else c for c in text if c.isspace() or _visible(c))
    return " ".join("".join(kept).split())


def _visible(character: str) -> bool:
    if character in "\ufffe\uffff" or "\ufe00" <= character <= "\ufe0f":
        return False
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Mn", "Mc", "Me", "Cn")


def em(text: str) -> float:
    """The width of the text, in parts of its height."""
    return sum(map(_one, text))


@lru_cache(8192)
def _one(character: str) -> float:
    if character in _NARROW:
        return 0.4
    if character in _LOWER:
        return 0.57
    if character in _WIDE or not character.isascii():
        return _LONG.get(character, 1.0)
    return 0.75


def shorten(text: str, room: float) -> str:
    """The text, or as much of its beginning as fits with … into `room` em."""
    if em(text) <= room:
        return text
    kept, used = [], em("…")
    for character in text:
        used += _one(character)
        if used > room:
            break
        kept.append(character)
    return "".join(kept).rstrip() + "…"


def wrap(text: str, room: float, lines: int) -> list[str]:
    """The text in at most `lines` lines of `room` em each; what is left over ends as ….

    Words and numbers of the Latin kind stay whole where they fit a line; no line begins with a
    closing mark.
    """
    told: list[str] = []
    line = ""
    rest = _LATIN.findall(text)
    while rest and len(told) < lines:
        piece = rest[0]
        if em(line + piece) <= room:
            line += rest.pop(0)
        elif not line.strip():
            rest[:1] = list(piece) if len(piece) > 1 else []
            line = "" if len(piece) > 1 else piece
        else:
            if piece in _CLOSING and len(line) > 1:
                rest.insert(0, line[-1])
                line = line[:-1]
            told.append(line)
            line = ""
    if line.strip() and len(told) < lines:
        told.append(line)
    elif rest:
        told[-1] = shorten(told[-1].lstrip() + "".join(rest) + "…", room)
    return [line.strip() for line in told]
