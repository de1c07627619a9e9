"""Cuts a caption into marked tokens: spots, categories, actions, numbers, times, pauses.

Knows what each stretch of the text is, and nothing of how the stretches belong together. No two
tokens overlap: references beat places, places beat times, times beat words, words beat numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.rules.lexicon import Lexicon, Mark, blanked
from bot.rules.numerals import COUNTED_IN, Amount, amounts
from bot.rules.people import Names, People
from bot.rules.places import Mention, Places
from bot.rules.records import Bureau
from bot.rules.sounds import Sounds
from bot.rules.vocabulary import expand_all
from bot.rules.wordlists import entries, named
from bot.rules.written_times import WrittenTime, find_times

CATEGORY = ("category", "lean", "weak")
PAUSES = {"。": "stop", ";": "stop", "!": "stop", "\n": "stop", ",": "comma", "、": "list",
          "/": "list", " ": "gap", "\t": "gap", ":": "gap", "(": "gap", ")": "gap"}  # fmt: skip
LISTED = frozenset({"和", "及", "与", "以及", "跟"})
LONGEST_ARRIVAL = 5  # letters before a place somebody has come to: 我们已到
SURE_BY_SOUND = 4  # letters of a category's name from which a misspelling is told apart
_FIXED = re.compile(
    r"(?P<ref>[PR]-\d{8}-\d{3,6})"
    r"|(?P<item>(?:(?<=[\s,;。])|^)\(?(?:\d{1,2}[.)](?!\d)|[0-9一二三四五六七八九十]{1,2}、(?![一-九]))"
    r"|[①-⑳])"
    r"|(?P<deadline>限?(?:[0-9]{1,2}|[一二两三五七十半]{1,2})个?(?:天|日|工作日|小时|周|星期|月|分钟)(?:之|以)?内)"
    r"|(?P<skip>第(?![一二三四五六七八九十]{1,2}(?:实验|中学|小学|医院|幼儿园|初级|高级|人民|职业))\s*[0-9零一二三四五六七八九十百]{1,5}[次个家处起条批期轮号户天周名位]?"
    r"|[0-9][0-9-]{6,}(?![0-9:])|[A-Z][A-Z0-9]{4,}|https?://\S{1,200}"
    r"|[0-9]{1,3}路(?:公交)?(?:站[点台牌]?|车)|[0-9一二三四五六七八九十]{1,3}(?:车道|号门|号楼|楼|层|单元)"
    r"|[0-9.]+(?:%|米|公里|平方米|平米|平方|元|分钟|小时|吨|公斤|斤|分贝|度|㎡))",
    re.IGNORECASE,
)
_KINDS = {"ref": "ref", "item": "stop", "deadline": "deadline"}
_BEFORE = re.compile("(?:之|以)?前(?!后)")  # behind a time: until then


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


class Marker:
    """The words of a bureau, ready to mark captions."""

    def __init__(self, bureau: Bureau) -> None:
        words = bureau.vocabulary
        listed = list(entries(bureau))
        spoken = [(code, word) for code, word in named(bureau) if len(word) >= SURE_BY_SOUND]
        self._spoken = Sounds(spoken, (), ())
        self._words = Lexicon(listed)
        self.places = Places(bureau.spots, words, (word for _, _, word in listed))
        patrols = expand_all(word for listed in words.patrols.values() for word in listed)
        self._people = People(words.people, frozenset(patrols))
        self._measures = Lexicon(
            [("heads", "", w) for w in words.counts.heads]
            + [("count", "", w) for w in words.counts.measures]
        )
        self._about = words.counts.about
        self._surely_about = tuple(w for w in self._about if len(w) > 1)
        self._labels = words.counts.labels
        self._or_so = words.counts.or_so
        self._arrived = words.arrived
        self._either = frozenset(words.either)
        self._turns, self._misheard = words.counts.turns, words.counts.misheard

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
        tokens += [_timed(rest, t) for t in times]
        rest = _without(text, tokens)
        tokens += self._meant(rest)
        tokens = [self._counting(text, token, tokens) for token in tokens]
        finds = frozenset(t.start for t in tokens if t.kind in CATEGORY)
        tokens += self._numbers(_without(text, tokens), text, finds)
        tokens += _pauses(_without(text, tokens))
        tokens.sort(key=lambda token: token.start)
        kinds = frozenset(token.kind for token in tokens)
        if any(self._arrives(text, token) for token in tokens):
            kinds |= {"presence"}
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

    def _numbers(self, text: str, whole: str, finds: frozenset[int]) -> Iterator[Token]:
        """The numbers of what no word has taken; `whole` still holds the words."""
        for amount in amounts(text):
            measure = self._measures.mark_at(text + "\0", amount.end)
            kind, end = (measure.kind, measure.end) if measure else ("bare", amount.end)
            single = text[amount.start : amount.end] == "一" and amount.end in finds
            if measure is None and (single or self._is_measured(amount, text, whole)):
                kind = "count"  # 一卖菜三轮车
            if kind == "bare" and self._is_misheard(text, whole, amount.end):
                kind, end = "count", end + 1
            after = next((w for w in self._or_so if text.startswith(w, end)), "")
            bound = bool(after) or amount.approx or self._is_bound(amount, text, whole)
            counted = Amount(amount.value, amount.start, end, bound)
            yield Token(kind, str(amount.value), amount.start, end + len(after), amount=counted)

    def _arrives(self, text: str, token: Token) -> bool:
        """我到松江路了: a place, who is there, and nothing else."""
        before, behind = text[: token.start].strip(), text[token.end :].strip(" 。!了")
        alone = token.kind == "spot" and not behind and len(before) <= LONGEST_ARRIVAL
        return alone and before.endswith(self._arrived)

    def _counting(self, text: str, token: Token, tokens: list[Token]) -> Token:
        """噪音一起: behind a find and before a pause it counts, elsewhere it means together."""
        if token.kind != "plain" or text[token.start : token.end] not in self._either:
            return token
        behind = any(t.kind in CATEGORY and token.start - t.end in (0, 1) for t in tokens)
        if not behind or text[token.end : token.end + 1].isalnum():
            return token
        amount = Amount(1, token.start, token.end)
        return Token("count", "1", token.start, token.end, amount=amount)

    def _is_measured(self, amount: Amount, text: str, whole: str) -> bool:
        """Whether it counts without a measure word of its own: 俩, 一堆垃圾, 数量:5."""
        before = whole[max(0, amount.start - 4) : amount.start].rstrip(" :为是")
        if text[amount.start] in COUNTED_IN:
            return not text.startswith(self._turns, amount.end)
        if before.endswith(self._labels):
            return True
        measure = self._measures.mark_at(whole, amount.end)
        taken = text[amount.end : amount.end + 1] == "\0"
        return taken and measure is not None and measure.end - measure.start == 1

    def _is_misheard(self, text: str, whole: str, at: int) -> bool:
        """两出: a measure word as a voice writes it, with nothing of its own behind it."""
        ends = text[at + 1 : at + 2] == "\0" or not whole[at + 1 : at + 2].isalnum()
        return ends and text[at : at + 1] in self._misheard

    def _is_bound(self, amount: Amount, text: str, whole: str) -> bool:
        """Whether 约 or 不少于 stands before it; a single letter may be a part of another word."""
        near, said = (t[max(0, amount.start - 4) : amount.start].rstrip() for t in (text, whole))
        return near.endswith(self._about) or said.endswith(self._surely_about)


def _timed(text: str, time: WrittenTime) -> Token:
    """A time, or the deadline it is with 前 behind it: 下午5点前收回去."""
    until = _BEFORE.match(text, time.end)
    return Token(
        "deadline" if until else "time", "", time.start, until.end() if until else time.end
    )


def _word(mark: Mark) -> Token:
    return Token(mark.kind, mark.value, mark.start, mark.end)


def _fixed(text: str) -> Iterator[Token]:
    for match in _FIXED.finditer(text):
        kind = _KINDS.get(match.lastgroup or "", "skip")
        yield Token(kind, match[0].upper(), match.start(), match.end())


def _pauses(text: str) -> Iterator[Token]:
    for at, letter in enumerate(text):
        kind = PAUSES.get(letter) or ("list" if letter in LISTED else None)
        if kind is not None:
            yield Token(kind, letter, at, at + 1)


def _without(text: str, tokens: list[Token]) -> str:
    return blanked(text, ((token.start, token.end) for token in tokens))
