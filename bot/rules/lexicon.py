"""Finds known words in a text, longest first, in one pass; knows no meaning of any word."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.rules.vocabulary import expand


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch [start, end) of a text that means `kind`; `value` says which of the kind."""

    kind: str
    value: str
    start: int
    end: int


class Lexicon:
    """Words with their meaning; where a word is given twice, the first meaning stands."""

    def __init__(self, entries: Iterable[tuple[str, str, str]]) -> None:
        """Each entry is (kind, value, word); a word may hold groups of alternatives."""
        meanings: dict[str, tuple[str, str]] = {}
        for kind, value, word in entries:
            meaning = (kind, value)
            for spelled in expand(word):
                if spelled:
                    meanings.setdefault(spelled, meaning)
        self._meanings = meanings
        first = "".join(sorted({word[0] for word in meanings}))
        self._first = re.compile(f"[{re.escape(first)}]" if first else "(?!)")
        lengths: dict[str, set[int]] = {}
        for word in meanings:
            lengths.setdefault(word[:2], set()).add(len(word))
        self._lengths = {head: sorted(sizes, reverse=True) for head, sizes in lengths.items()}

    def marks(self, text: str) -> list[Mark]:
        """The words of a text from left to right, none overlapping another."""
        found: list[Mark] = []
        end = 0
        for begin in self._first.finditer(text):
            if begin.start() >= end:
                mark = self.mark_at(text, begin.start())
                if mark is not None:
                    found.append(mark)
                    end = mark.end
        return found

    def mark_at(self, text: str, at: int) -> Mark | None:
        """The longest word that begins at a place of the text, or None."""
        for head in (text[at : at + 2], text[at : at + 1]):
            for size in self._lengths.get(head, ()):
                word = text[at : at + size]
                meaning = self._meanings.get(word)
                if meaning is not None and not _cuts_a_number(text, at, word):
                    return Mark(*meaning, at, at + size)
        return None


def _cuts_a_number(text: str, at: int, word: str) -> bool:
    """Whether a word of digits is only a part of a longer number or plate."""
    if not (word[0].isascii() and word[0].isalnum()):
        return False
    before = text[at - 1 : at] if at else ""
    after = text[at + len(word) : at + len(word) + 1]
    return any(c.isascii() and c.isalnum() for c in (before, after))


def blanked(text: str, marks: Iterable[tuple[int, int]], filler: str = "\0") -> str:
    """The text with the given stretches overwritten, so that places in it stay the same."""
    letters = list(text)
    for start, end in marks:
        letters[start:end] = filler * (end - start)
    return "".join(letters)
