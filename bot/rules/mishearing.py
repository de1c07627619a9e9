"""Puts words right that were typed by ear (巡茶 for 巡查, 整该率 for 整改率); reads no question.

Only a word of the bureau with exactly these syllables and at least half of these letters is put
in: who calls must see that the text is understood with it and was not without.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.rules.records import NO_TROUBLE, Bureau
from bot.rules.sounds import syllable
from bot.rules.vocabulary import expand_all

_THINGS = ("patrol", "special", "rebound", "weekly", "photo", "ledger", "problem", "bulletin")
_CUES = (*_THINGS, "report", "closure", "ontime", "rework", "extension", "satisfied", "trend",
         "yoy", "long_term")  # fmt: skip
_PAIR, _LONGEST = 2, 5  # letters: a single one sounds like too many, and longer ones hold these
_LONGEST_NAME = 8


class Mishearing:
    """The words of a bureau by their sound."""

    def __init__(self, bureau: Bureau) -> None:
        self._bureau = bureau
        self._by_sound: dict[tuple[str, ...], str] = {}

    def unfold(self) -> None:
        """Spell out every word now, so that no text waits for it."""
        for word in self._words():
            self._by_sound.setdefault(tuple(map(syllable, word)), word)

    def put_right(self, text: str) -> str | None:
        """The text with every word that only sounds right written right, None where none is."""
        if not self._by_sound:
            self.unfold()
        sounds = tuple(map(syllable, text))
        written, at = list(text), 0
        while at < len(text):
            word = self._heard(text, sounds, at)
            if word is not None:
                written[at : at + len(word)] = word
            at += len(word) if word is not None else 1
        better = "".join(written)
        return better if better != text else None

    def _heard(self, text: str, sounds: tuple[str, ...], at: int) -> str | None:
        for size in range(min(_LONGEST_NAME, len(text) - at), _PAIR - 1, -1):
            word = self._by_sound.get(sounds[at : at + size])
            if word is not None:
                same = sum(a == b for a, b in zip(text[at:], word, strict=False))
                if same * 2 >= size:
                    return word
        return None

    def _words(self) -> Iterator[str]:
        asked = self._bureau.vocabulary.questions
        for spot in self._bureau.spots:
            yield from (n for n in (spot.name, *spot.aliases) if 2 < len(n) <= _LONGEST_NAME)
        for category in self._bureau.categories:
            if category.code != NO_TROUBLE:
                yield from (w for w in (category.name, *category.synonyms) if len(w) >= _PAIR)
        for cue in _CUES:
            words = expand_all(asked.cues.get(cue, ()))
            shortest = _PAIR if cue in _THINGS else _PAIR + 1
            yield from (word for word in words if shortest <= len(word) <= _LONGEST)
        for listed in asked.groups.values():
            yield from (w for w in expand_all(listed) if _PAIR < len(w) <= _LONGEST)
