"""Finds the places a text names and the spots near a coordinate; knows no trouble and no count.

A name as written beats an alias, an alias beats what only sounds alike; a place that is no spot is
kept as written. What cannot be told is left open: `code` None, with the candidates beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from bot.rules.crossings import crossed, nested
from bot.rules.distances import nearest
from bot.rules.houses import house_number, is_counted
from bot.rules.lexicon import Lexicon, Mark, blanked
from bot.rules.scripts import written
from bot.rules.sounds import Sounds
from bot.rules.vocabulary import Vocabulary, expand_all

if TYPE_CHECKING:
    from bot.rules.records import Spot

LONGEST_NAME = 8
LISTING, SURE_JUNCTION = ("、", "/"), 3  # 松江路、永福路路口 may be two places, …交叉口 is one
SHORTEST_CORE, LONGEST_CORE = 3, 4  # letters of a name that may stand without its suffix

How = Literal["exact", "alias", "sound", "unknown"]


@dataclass(frozen=True)
class Mention:
    """A place as written at [start, end); `code` None where it is no spot or may be several.

    A `vague` mention names only a kind of place (学校门口), so that which one must be asked.
    """

    code: str | None
    text: str
    start: int
    end: int
    how: How
    alternatives: tuple[str, ...] = ()
    vague: bool = False


class Places:
    """The spots of a bureau, ready to be found in texts."""

    def __init__(
        self,
        spots: tuple[Spot, ...],
        vocabulary: Vocabulary | None = None,
        words: Iterable[str] = (),
    ) -> None:
        """`words` are further words that are never part of an unknown place's name."""
        vocabulary = vocabulary or Vocabulary()
        parts = vocabulary.places
        self._spots = {spot.code: spot for spot in spots}
        self._spoken = {spot.code: spot.name for spot in spots}
        self._suffixes = expand_all(parts.suffixes)
        names = [("exact", spot.code, w) for spot in spots for w in written(spot.name)]
        others = [(spot.code, w) for spot in spots for w in (*spot.aliases, self._short(spot))]
        aliases = [("alias", code, w) for code, word in others if word for w in written(word)]
        self._names = Lexicon([*names, *aliases])
        self._sounds = Sounds(
            [(code, name) for _, code, name in names + aliases if "(" not in name],
            self._suffixes,
            parts.breakers,
        )
        self._tails = Lexicon(("tail", "", w) for w in parts.tails)
        self._junctions = Lexicon(("junction", "", w) for w in parts.junctions)
        self._joints, self._crossing = expand_all(parts.joints), expand_all(parts.junctions)
        self._vague = Lexicon(("vague", "", w) for w in parts.vague)
        self._ends = Lexicon(("suffix", "", w) for w in parts.suffixes)
        self._roads = expand_all(parts.roads)
        self._generic = frozenset(parts.generic)
        directions = "|".join(map(re.escape, parts.directions))
        self._elsewhere = re.compile(f"(?:{directions})?(?:{'|'.join(self._suffixes)})")
        stops = {*parts.stops, *vocabulary.words(), *words}
        self._stops = Lexicon((("stop", "", w) for w in stops), frozenset(self._suffixes))

    def unfold(self) -> None:
        """Spell out every word now, so that no text waits for it."""
        for lexicon in (self._names, self._tails, self._junctions, self._vague, self._ends):
            lexicon.unfold()
        self._stops.unfold()

    def find(self, text: str) -> list[Mention]:
        """The places named in the text from left to right, none overlapping another."""
        known = self._known(text)
        known = [self._other_road(text, m) for m in known]
        known = self._joined(text, known)
        known = [self._with_tail(text, m) for m in known]
        known = nested(known, self._spoken, self._roads)
        both = sorted(known + self._unknown(text, known), key=lambda m: m.start)
        return crossed(text, both, self._joints, self._crossing)

    def named(self, text: str) -> list[tuple[int, int]]:
        """The stretches at which spots are named as they are written."""
        return [(mark.start, mark.end) for mark in self._names.marks(text)]

    def near(self, lat: float, lon: float) -> list[tuple[Spot, float]]:
        """The spots with coordinates and their distance in metres, the nearest first."""
        return nearest(self._spots.values(), lat, lon)

    def _short(self, spot: Spot) -> str:
        """西石沟 of 西石沟村: a name without its suffix, where enough of it is left to tell."""
        suffix = next((s for s in self._suffixes if spot.name.endswith(s)), "")
        core = spot.name[: len(spot.name) - len(suffix)]
        return core if suffix and SHORTEST_CORE <= len(core) <= LONGEST_CORE else ""

    def _known(self, text: str) -> list[Mention]:
        written = [self._whole(text, mark) for mark in self._names.marks(text)]
        rest = blanked(text, ((m.start, m.end) for m in written))
        heard = [
            Mention(
                sound.codes[0] if len(sound.codes) == 1 else None,
                text[sound.start : sound.end],
                sound.start,
                sound.end,
                "sound",
                () if len(sound.codes) == 1 else sound.codes,
            )
            for sound in self._sounds.find(rest)
        ]
        return sorted(written + heard, key=lambda m: m.start)

    def _whole(self, text: str, mark: Mark) -> Mention:
        """A name as marked; where the alias 松江 begins what sounds like 松江路, the latter."""
        if mark.kind == "alias":
            sound = self._sounds.at(text, mark.start)
            if sound is not None and sound.codes == (mark.value,) and sound.end > mark.end:
                stretch = text[mark.start : sound.end]
                return Mention(mark.value, stretch, mark.start, sound.end, "sound")
        return _mention(text, mark)

    def _other_road(self, text: str, mention: Mention) -> Mention:
        """An alias with another suffix behind it (松江南路) is another place than the spot's."""
        if mention.how != "alias" or mention.text.endswith(self._suffixes):
            return mention
        match = self._elsewhere.match(text, mention.end)
        word = self._stops.mark_at(text, mention.end)
        crossing = self._junctions.mark_at(text + "\0", mention.end)
        if match is None or crossing or (word is not None and word.end > match.end()):
            return mention  # 岗亭路面脏
        stretch = (text[mention.start : match.end()], mention.start, match.end())
        return Mention(None, *stretch, "unknown", (mention.code or "",))

    def _joined(self, text: str, mentions: list[Mention]) -> list[Mention]:
        """Two roads with a junction word behind them are one place: their junction."""
        joined: list[Mention] = []
        for mention in mentions:
            if joined and mention.start < joined[-1].end:
                continue  # 交汇处 may be a name of its own
            merged = self._junction(text, joined[-1], mention) if joined else None
            if merged is not None:
                joined[-1] = merged
            else:
                joined.append(mention)
        return joined

    def _junction(self, text: str, first: Mention, second: Mention) -> Mention | None:
        if first.code is None or second.code is None or first.code == second.code:
            return None
        tail = self._junctions.mark_at(text + "\0", second.end)
        between = text[first.end : second.start]
        if tail is None or between not in self._joints:
            return None
        if between in LISTING and tail.end - tail.start < SURE_JUNCTION:
            return None
        codes = self._containing(first.code, second.code)
        how: How = "sound" if "sound" in (first.how, second.how) else "alias"
        stretch = (text[first.start : tail.end], first.start, tail.end)
        if len(codes) == 1:
            return Mention(codes[0], *stretch, how)
        return Mention(None, *stretch, "unknown", (first.code, second.code))

    def _containing(self, *codes: str) -> tuple[str, ...]:
        """The other spots whose names contain the names of all given ones."""
        names = [self._spots[code].name for code in codes]
        return tuple(
            spot.code
            for spot in self._spots.values()
            if spot.code not in codes and all(name in spot.name for name in names)
        )

    def _with_tail(self, text: str, mention: Mention) -> Mention:
        end, crossing = mention.end, False
        while end < len(text):
            mark = self._tails.mark_at(text, end) or house_number(text, end)
            if mark is None or self._starts_a_word(text, mark):
                break
            crossing = crossing or self._junctions.mark_at(text, end) is not None
            end = mark.end
        if end == mention.end:
            return mention
        others = mention.alternatives
        if crossing and mention.code is not None and not others:
            others = self._containing(mention.code)
        return replace(mention, text=text[mention.start : end], end=end, alternatives=others)

    def _starts_a_word(self, text: str, tail: Mark) -> bool:
        """Whether the tail is only the beginning of another word: 上 of 上周, 口 of 口头教育."""
        word = self._stops.mark_at(text, tail.start)
        return word is not None and word.end > tail.end

    def _unknown(self, text: str, known: list[Mention]) -> list[Mention]:
        rest = blanked(text, ((m.start, m.end) for m in known))
        ends = [m.start for m in (*self._ends.marks(rest), *self._vague.marks(rest))]
        if not ends:
            return []
        free = _free(rest, [(m.start, m.end) for m in self._stops.marks(rest)])
        found: list[Mention] = []
        for at in sorted(set(ends)):
            if free[at] and (mention := self._unknown_at(text, at, free)) is not None:
                free[mention.start : mention.end] = bytes(mention.end - mention.start)
                found.append(mention)
        return found

    def _unknown_at(self, text: str, at: int, free: bytearray) -> Mention | None:
        """The unknown place whose suffix begins here, or None."""
        vague = self._vague.mark_at(text, at)
        if (suffix := self._ends.mark_at(text, at) or vague) is None:
            return None
        start = at
        while start > 0 and at - start < LONGEST_NAME and free[start - 1]:
            start -= 1
        end = max(suffix.end, vague.end if vague else 0)
        name = text[start:end]
        if name in self._generic or (start == at and vague is None) or is_counted(name):
            return None
        mention = Mention(None, name, start, end, "unknown", vague=start == at)
        if mention.vague:
            return replace(mention, alternatives=self._ending(name))
        return self._with_tail(text, mention)

    def _ending(self, name: str) -> tuple[str, ...]:
        return tuple(s.code for s in self._spots.values() if name in s.name)


def _mention(text: str, mark: Mark) -> Mention:
    how: How = "exact" if mark.kind == "exact" else "alias"
    return Mention(mark.value, text[mark.start : mark.end], mark.start, mark.end, how)


def _free(text: str, taken: list[tuple[int, int]]) -> bytearray:
    """One for every letter that may belong to the name of an unknown place."""
    free = bytearray(c.isalnum() for c in text)
    for start, end in taken:
        free[start:end] = bytes(end - start)
    return free
