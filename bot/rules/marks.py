"""Cuts a caption into marked tokens: spots, categories, actions, numbers, times, pauses.

Knows what each stretch of the text is, and nothing of how the stretches belong together. No two
tokens overlap: references beat places, places beat times, times beat words, words beat numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.rules.kinds import Kinds
from bot.rules.lexicon import Lexicon, Mark, blanked
from bot.rules.numerals import COUNTED_IN, Amount, amounts
from bot.rules.people import Names, People
from bot.rules.places import Mention, Places
from bot.rules.records import NO_TROUBLE, Bureau
from bot.rules.scripts import SIMPLIFIED
from bot.rules.sounds import Sounds
from bot.rules.vocabulary import Vocabulary
from bot.rules.written_times import WrittenTime, find_times

PAUSES = {"。": "stop", ";": "stop", "!": "stop", "\n": "stop", ",": "comma", "、": "list",
          "/": "list", " ": "gap", "\t": "gap", ":": "gap", "(": "gap", ")": "gap"}  # fmt: skip
LISTED = frozenset({"和", "及", "与", "以及", "跟"})
SURE_BY_SOUND = 4  # letters of a category's name from which a misspelling is told apart
_FIXED = re.compile(
    r"(?P<ref>[PR]-\d{8}-\d{3,6})"
    r"|(?P<item>(?:(?<=[\s,;。])|^)\(?(?:\d{1,2}[.)](?!\d)|[0-9一二三四五六七八九十]{1,2}、(?![一-九]))"
    r"|[①-⑳])"
    r"|(?P<skip>第\s*[0-9零一二三四五六七八九十百]{1,5}[次个家处起条批期轮号户天周名位]?"
    r"|[0-9][0-9-]{6,}(?![0-9:])|[A-Z][A-Z0-9]{4,}|https?://\S{1,200}"
    r"|[0-9]{1,3}路(?:公交)?(?:站[点台牌]?|车)|[0-9一二三四五六七八九十]{1,3}(?:车道|号门|号楼|楼|层|单元)"
    r"|[0-9.]+(?:%|米|公里|平方米|平米|平方|元|分钟|小时|吨|公斤|斤|分贝|度|㎡))",
    re.IGNORECASE,
)
_WIDE = {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_LIKE = {ord("〔"): "(", ord("〕"): ")", ord("【"): "(", ord("】"): ")", ord("\r"): "\n",
         ord("\u00a0"): " ", ord("｡"): "。"}  # fmt: skip
_LEVEL: dict[int, str | int] = {**SIMPLIFIED, **_WIDE, **_LIKE}


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch [start, end) of the caption and what it is."""

    kind: str
    value: str
    start: int
    end: int
    mention: Mention | None = None
    amount: Amount | None = None


@dataclass(frozen=True)
class Marked:
    """A caption with its tokens from left to right, its times and the people it names."""

    text: str
    tokens: tuple[Token, ...]
    times: tuple[WrittenTime, ...]
    names: tuple[str, ...]
    kinds: frozenset[str] = frozenset()

    def has(self, *kinds: str) -> bool:
        """Whether a token of one of the kinds is there."""
        return not self.kinds.isdisjoint(kinds)

    def first(self, kind: str) -> Token | None:
        """The first token of a kind, or None."""
        return next((token for token in self.tokens if token.kind == kind), None)


def levelled(text: str) -> str:
    """The text in plain signs and simplified letters; every letter keeps its place."""
    return text.translate(_LEVEL)


class Marker:
    """The words of a bureau, ready to mark captions."""

    def __init__(self, bureau: Bureau) -> None:
        words = bureau.vocabulary
        entries = list(_entries(bureau))
        known = [c for c in bureau.categories if c.code != NO_TROUBLE]
        named = [(c.code, word) for c in known for word in (c.name, *c.synonyms)]
        self._spoken = Sounds([(c, w) for c, w in named if len(w) >= SURE_BY_SOUND], (), ())
        self._words = Lexicon(entries)
        self.places = Places(bureau.spots, words, (word for _, _, word in entries))
        self._people = People(words.people)
        self._measures = Lexicon(
            [("heads", "", w) for w in words.counts.heads]
            + [("count", "", w) for w in words.counts.measures]
        )
        self._about = words.counts.about
        self._labels = words.counts.labels
        self._or_so = words.counts.or_so

    def unfold(self) -> None:
        """Spell out every word now, so that no text waits for it."""
        self._words.unfold()
        self._measures.unfold()
        self.places.unfold()

    def mark(self, text: str, now: datetime) -> Marked:
        """The caption in tokens; `text` has been levelled."""
        tokens = list(_fixed(text))
        if "第" in text:  # 市第二中学 may be a spot
            named = self.places.named(text)
            tokens = [t for t in tokens if not any(a <= t.start < b for a, b in named)]
        rest = _without(text, tokens)
        tokens += [
            Token("spot", m.code or "", m.start, m.end, mention=m) for m in self.places.find(rest)
        ]
        rest = _without(text, tokens)
        people = self._people.find(rest) or Names((), ())
        tokens += [Token("people", "", *span) for span in people.spans]
        rest = _without(text, tokens)
        times = tuple(find_times(rest, now))
        tokens += [Token("time", "", t.start, t.end) for t in times]
        rest = _without(text, tokens)
        tokens += self._meant(rest)
        tokens += self._numbers(_without(text, tokens), text)
        tokens += _pauses(_without(text, tokens))
        tokens.sort(key=lambda token: token.start)
        kinds = frozenset(token.kind for token in tokens)
        return Marked(text, tuple(tokens), times, people.names, kinds)

    def _meant(self, text: str) -> list[Token]:
        """The words of the text; a category's name misspelt (流动滩贩) only where none is right."""
        marks = self._words.marks(text)
        if any(mark.kind == "category" for mark in marks):
            return [_word(mark) for mark in marks]
        heard = [
            Token("category", sound.codes[0], sound.start, sound.end)
            for sound in self._spoken.find(text)
            if len(sound.codes) == 1
        ]
        return heard + [_word(m) for m in (self._words.marks(_without(text, heard)))]

    def _numbers(self, text: str, whole: str) -> Iterator[Token]:
        """The numbers of what no word has taken; `whole` still holds the words."""
        for amount in amounts(text):
            measure = self._measures.mark_at(text + "\0", amount.end)
            kind, end = (measure.kind, measure.end) if measure else ("bare", amount.end)
            if measure is None and self._is_measured(amount, text, whole):
                kind = "count"
            after = next((w for w in self._or_so if text.startswith(w, end)), "")
            bound = bool(after) or amount.approx or self._is_bound(amount, text, whole)
            counted = Amount(amount.value, amount.start, end, bound)
            yield Token(kind, str(amount.value), amount.start, end + len(after), amount=counted)

    def _is_measured(self, amount: Amount, text: str, whole: str) -> bool:
        """Whether it counts without a measure word of its own: 俩, 一堆垃圾, 数量:5."""
        before = whole[max(0, amount.start - 4) : amount.start].rstrip(" :为是")
        if text[amount.start] in COUNTED_IN or before.endswith(self._labels):
            return True
        measure = self._measures.mark_at(whole, amount.end)
        taken = text[amount.end : amount.end + 1] == "\0"
        return taken and measure is not None and measure.end - measure.start == 1

    def _is_bound(self, amount: Amount, text: str, whole: str) -> bool:
        """Whether 约 or 不少于 stands before it; a single letter may be a part of another word."""
        near, said = (t[max(0, amount.start - 4) : amount.start].rstrip() for t in (text, whole))
        return near.endswith(self._about) or any(
            len(w) > 1 and said.endswith(w) for w in self._about
        )


def _entries(bureau: Bureau) -> Iterator[tuple[str, str, str]]:
    """Every word with its kind and value; the first meaning of a word stands."""
    for category in bureau.categories:
        if category.code != NO_TROUBLE:
            for word in (category.name, *category.synonyms):
                yield "category", category.code, word
    yield from _plain_lists(bureau.vocabulary)
    for category in bureau.categories:
        if category.code == NO_TROUBLE:
            for word in (category.name, *category.synonyms):
                yield "fine", "", word
    for hint in Kinds(bureau).hints():
        for word in hint.strong:
            yield "category", hint.category, word
        for word in hint.weak:
            yield "weak", hint.category, word


def _plain_lists(words: Vocabulary) -> Iterator[tuple[str, str, str]]:
    counts = words.counts
    for action in words.actions:
        for word in action.words:
            yield "action", f"{action.action} {action.state}", word
    for kind, named in (("source", words.sources), ("patrol", words.patrols)):
        for value, listed in named.items():
            for word in listed:
                yield kind, value, word
    for word in words.wrong:
        yield "correction", "not", word
    for kind, listed in (
        ("how", words.how), ("negation", words.negations), ("fine", words.fine),
        ("rebound", words.rebound),
        ("still", words.still), ("after", words.after), ("correction", words.correction),
        ("late", words.late), ("presence", words.presence), ("trouble", words.trouble),
        ("not_yet", words.not_yet), ("progress", words.progress), ("all", words.all_of_them),
        ("each", counts.each), ("respectively", counts.respectively),
        ("rest", counts.rest), ("checked", counts.checked),
        ("force", counts.force), ("one", counts.this_one), ("found", words.found),
        ("denial", words.denials), ("promise", words.promises), ("slip", words.slips),
        ("say", words.says),
        ("order", words.orders), ("start", words.starting),
        ("demand", words.demands), ("within", words.within),
        ("plan", words.plan), ("past", words.past), ("chat", words.chat),
        ("forwarded", words.forwarded), ("ask", words.asking), ("span", words.spans),
        ("plain", words.plain), ("pointing", words.pointing), ("picture", words.picture),
    ):  # fmt: skip
        for word in listed:
            yield kind, "", word


def _word(mark: Mark) -> Token:
    return Token(mark.kind, mark.value, mark.start, mark.end)


def _fixed(text: str) -> Iterator[Token]:
    for match in _FIXED.finditer(text):
        kind = {"ref": "ref", "item": "stop", "skip": "skip"}[match.lastgroup or "skip"]
        yield Token(kind, match[0].upper(), match.start(), match.end())


def _pauses(text: str) -> Iterator[Token]:
    for at, letter in enumerate(text):
        kind = PAUSES.get(letter) or ("list" if letter in LISTED else None)
        if kind is not None:
            yield Token(kind, letter, at, at + 1)


def _without(text: str, tokens: list[Token]) -> str:
    return blanked(text, ((token.start, token.end) for token in tokens))
