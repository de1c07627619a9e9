"""Finds names that are written wrongly but sound right; knows names and syllables, no places.

Only a stretch with exactly the same syllables counts, and only where its suffix (路) or its core
is written as in the name: with the suffix compared by sound too, 诵讲录 would be 松江路.
`sounds.txt` holds a line a syllable, behind it the letters that sound so; the sounds are those of
the pypinyin package (MIT) for single letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path

SHEET = Path(__file__).parent / "sounds.txt"
SHORTEST = 3  # two syllables are too many words' sound


@dataclass(frozen=True)
class Sound:
    """A stretch [start, end) that sounds like a name of these spots."""

    codes: tuple[str, ...]
    start: int
    end: int


class Sounds:
    """Names by their syllables."""

    def __init__(
        self,
        names: Iterable[tuple[str, str]],
        suffixes: tuple[str, ...],
        breakers: tuple[str, ...],
    ) -> None:
        """`names` are (code, name); `breakers` begin like a suffix but are other words."""
        self._suffixes = suffixes
        self._breakers = breakers
        self._listed = listed = list(names)
        letters = re.escape("".join(sorted({letter for _, name in listed for letter in name})))
        self._letters = re.compile(f"[{letters}]" if letters else "(?!)")
        self._longest = max((len(name) for _, name in listed), default=0)

    @cached_property
    def _by_first(self) -> dict[tuple[str, ...], list[tuple[tuple[str, ...], str, str]]]:
        """Names by their first two syllables, longest first; made when a text may hold one."""
        found: dict[tuple[str, ...], list[tuple[tuple[str, ...], str, str]]] = {}
        for code, name in self._listed:
            sound = tuple(syllable(c) for c in name)
            if len(sound) >= SHORTEST:
                found.setdefault(sound[:2], []).append((sound, name, code))
        for entries in found.values():
            entries.sort(key=lambda entry: -len(entry[0]))
        return found

    def find(self, text: str) -> list[Sound]:
        """Stretches that sound like a name, longest first, none overlapping another."""
        found: list[Sound] = []
        end = 0
        for at in self._candidates(text):
            sound = self.at(text, at) if at >= end else None
            if sound is not None:
                found.append(sound)
                end = sound.end
        return found

    def _candidates(self, text: str) -> Iterator[int]:
        """Where a name may begin: not further before one of the names' letters than it is long."""
        seen = 0
        for letter in self._letters.finditer(text):
            yield from range(max(seen, letter.start() - self._longest + 1), letter.end())
            seen = letter.end()

    def at(self, text: str, at: int) -> Sound | None:
        """The longest name that a text sounds like from here on, or None."""
        codes: list[str] = []
        size = 0
        spoken = tuple(map(syllable, text[at : at + 2]))
        for sound, name, code in self._by_first.get(spoken, ()):
            if codes and len(sound) < size:
                break
            stretch = text[at : at + len(sound)]
            if tuple(map(syllable, stretch)) == sound and self._written(text, at, name):
                size = len(sound)
                codes += [code] if code not in codes else []
        return Sound(tuple(codes), at, at + size) if codes else None

    def _written(self, text: str, at: int, name: str) -> bool:
        """Whether the suffix or the core stands as in the name, and no other word begins there."""
        suffix = next((s for s in self._suffixes if name.endswith(s) and s != name), "")
        core = len(name) - len(suffix)
        if suffix and text.startswith(self._breakers, at + core):
            return False
        if text[at : at + core] == name[:core]:
            return True
        if suffix:
            return text[at + core : at + len(name)] == suffix
        return sum(a == b for a, b in zip(text[at:], name, strict=False)) * 2 >= len(name)


@lru_cache(maxsize=8192)
def syllable(letter: str) -> str:
    """How one letter sounds, without its tone; what is no Han letter sounds as itself."""
    sheet = _sheet()
    at = sheet.find(letter) if letter >= "㐀" else -1
    if at < 0:
        return letter
    line = sheet.rfind("\n", 0, at) + 1
    return sheet[line : sheet.index(" ", line)]


@cache
def _sheet() -> str:
    """The lines of all syllables; read at the first text that may hold a name."""
    return SHEET.read_text("utf-8")
