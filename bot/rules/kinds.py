"""Which of a bureau's categories the vocabulary's hints mean; knows no text.

The shipped hints speak of the shipped categories. A bureau that renames its categories need not
rewrite them: hints for a code it does not have go to the category that shares most words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.rules.vocabulary import Hint, expand_all

if TYPE_CHECKING:
    from bot.rules.records import Bureau

TELLING = 5  # a part of a name tells more than a word of the street
SHORTEST = 2  # one letter is in too many words


class Kinds:
    """The categories of a bureau by the codes its vocabulary uses."""

    def __init__(self, bureau: Bureau) -> None:
        self._hints = bureau.vocabulary.hints
        self._own = {c.code: (c.name, *c.synonyms) for c in bureau.categories}
        unknown = (hint for hint in self._hints if hint.category not in self._own)
        self._renamed = {hint.category: self._most_like(hint) for hint in unknown}

    def code(self, category: str) -> str | None:
        """The bureau's code for a category of the vocabulary, None where it has no such thing."""
        return category if category in self._own else self._renamed.get(category)

    def codes(self, categories: tuple[str, ...]) -> tuple[str, ...]:
        """The bureau's codes of all of them that it has."""
        return tuple(code for c in categories if (code := self.code(c)) is not None)

    def hints(self) -> Iterator[Hint]:
        """The hints that mean one of the bureau's categories."""
        for hint in self._hints:
            code = self.code(hint.category)
            if code is not None:
                yield replace(hint, category=code)

    def _most_like(self, hint: Hint) -> str | None:
        hinted = expand_all(hint.strong)
        shared = {
            code: TELLING * sum(any(part in w for part in hint.like) for w in words)
            + sum(len(w) >= SHORTEST and any(w in h for h in hinted) for w in words)
            for code, words in self._own.items()
        }
        best = max(shared, key=lambda code: shared[code], default=None)
        return best if best is not None and shared[best] else None
