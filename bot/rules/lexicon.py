"""Finds known words in a text, longest first, in one pass; knows no meaning of any word."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from bot.rules.vocabulary import expand, heads, spelled_from


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch [start, end) of a text that means `kind`; `value` says which of the kind."""

    kind: str
    value: str
    start: int
    end: int


Meanings = dict[str, tuple[str, str]]
"""Kind and value of every spelling."""

Lengths = dict[str, list[int]]
"""By the first two letters of a word: how long such words are, the longest first."""


class Lexicon:
    """Words with their meaning; where a word is given twice, the first meaning stands.

    A word is spelled out when a text first holds the two letters it begins with: most texts need
    few of the words. `unfold` spells out all, so that no text has to wait for it.
    """

    def __init__(
        self,
        entries: Iterable[tuple[str, str, str]],
        without: frozenset[str] = frozenset(),
        several: str | None = None,
    ) -> None:
        """Each entry is (kind, value, word); a word may hold groups of alternatives.

        The spellings `without` are no words. A word of the kind `several` has all the values it is
        given with, a space between them.
        """
        self._without = without
        self._several = several
        self._meanings: Meanings = {}
        self._lengths: Lengths = {}
        self._entries = list(entries)
        self._folded: dict[str, list[tuple[str, str, str]]] = {}
        for entry in self._entries:
            for head in heads(entry[2]):
                self._folded.setdefault(head, []).append(entry)
        first = "".join(sorted({head[0] for head in self._folded}))
        self._first = re.compile(f"[{re.escape(first)}]" if first else "(?!)")

    def unfold(self) -> None:
        """Spell out every word now; lexicons of the same words share what that gives."""
        self._meanings, self._lengths = _spelled_out(
            tuple(self._entries), self._without, self._several
        )
        self._folded = {}

    def _unfold(self, head: str) -> None:
        """Spell out the words that begin so.

        Two threads may do so at once: each ends with the same words before the head is let go.
        """
        found: Meanings = {}
        for kind, value, word in self._folded.get(head, ()):
            for spelled in spelled_from(word, head) if len(head) > 1 else (head,):
                _mean(found, spelled, kind, value, self._without, self._several)
        self._meanings.update(found)
        self._lengths |= _lengths(found, self._meanings)
        self._folded.pop(head, None)

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
        first, head = text[at : at + 1], text[at : at + 2]
        if self._folded:
            for folded in (first, head):
                if folded in self._folded:
                    self._unfold(folded)
        for size in self._lengths.get(head, self._lengths.get(first, ())):
            word = text[at : at + size]
            meaning = self._meanings.get(word)
            if meaning is not None and (first > "z" or not _cuts_a_number(text, at, word)):
                return Mark(*meaning, at, at + len(word))
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


@lru_cache(maxsize=64)
def _spelled_out(
    entries: tuple[tuple[str, str, str], ...], without: frozenset[str], several: str | None
) -> tuple[Meanings, Lengths]:
    """Every spelling with its meaning, and how long those are that begin alike; never changed.

    Kept for the next lexicon of these words: a reader is made anew whenever a spot changes.
    """
    found: Meanings = {}
    for kind, value, word in entries:
        for spelled in expand(word):
            _mean(found, spelled, kind, value, without, several)
    return found, _lengths(found, found)


def _mean(
    found: Meanings, spelled: str, kind: str, value: str, without: frozenset[str],
    several: str | None,
) -> None:  # fmt: skip
    if not spelled or spelled in without:
        return
    known = found.setdefault(spelled, (kind, value))
    if kind == several == known[0] and value not in known[1].split(" "):
        found[spelled] = (kind, f"{known[1]} {value}")


def _lengths(found: Meanings, all_words: Meanings) -> Lengths:
    """The lengths of the words that begin with the same two letters, the longest first."""
    sizes: dict[str, set[int]] = {}
    for word in found:
        sizes.setdefault(word[:2], set()).add(len(word))
    for head, some in sizes.items():
        if head[0] in all_words:
            some.add(1)  # where no longer word fits, the letter itself may
    return {head: sorted(some, reverse=True) for head, some in sizes.items()}
