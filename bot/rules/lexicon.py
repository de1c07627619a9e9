"""Finds known words in a text, longest first, in one pass; knows no meaning of any word."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.rules.vocabulary import expand, initials


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch [start, end) of a text that means `kind`; `value` says which of the kind."""

    kind: str
    value: str
    start: int
    end: int


class Lexicon:
    """Words with their meaning; where a word is given twice, the first meaning stands.

    A word is spelled out when a text first holds a letter it may begin with: most texts need few
    of the words. `unfold` spells out all, so that no text has to wait for it.
    """

    def __init__(
        self, entries: Iterable[tuple[str, str, str]], without: frozenset[str] = frozenset()
    ) -> None:
        """Each entry is (kind, value, word); a word may hold groups of alternatives.

        The spellings `without` are no words.
        """
        self._without = without
        self._meanings: dict[str, tuple[str, str]] = {}
        self._lengths: dict[str, list[int]] = {}
        self._folded: dict[str, list[tuple[str, str, str]]] = {}
        for entry in entries:
            for letter in initials(entry[2]):
                self._folded.setdefault(letter, []).append(entry)
        first = "".join(sorted(self._folded))
        self._first = re.compile(f"[{re.escape(first)}]" if first else "(?!)")

    def unfold(self) -> None:
        """Spell out every word now."""
        for letter in list(self._folded):
            self._unfold(letter)

    def _unfold(self, letter: str) -> None:
        """Spell out the words with this first letter.

        Two threads may do so at once: each ends with the same words before the letter is let go.
        """
        found: dict[str, tuple[str, str]] = {}
        for kind, value, word in self._folded.get(letter, ()):
            meaning = (kind, value)
            for spelled in expand(word):
                if spelled[:1] == letter and spelled not in self._without:
                    found.setdefault(spelled, meaning)
        sizes: dict[str, set[int]] = {}
        for word in found:
            sizes.setdefault(word[:2], set()).add(len(word))
        if letter in sizes:
            for some in sizes.values():
                some.add(1)  # where no longer word fits, the letter itself may
        self._meanings.update(found)
        self._lengths.update({head: sorted(some, reverse=True) for head, some in sizes.items()})
        self._folded.pop(letter, None)

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
        first = text[at : at + 1]
        if first in self._folded:
            self._unfold(first)
        for size in self._lengths.get(text[at : at + 2], self._lengths.get(first, ())):
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
