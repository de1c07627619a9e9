"""The words a bureau's people use, as data of `gangting.toml`; knows no reading rule.

A word may hold groups of alternatives: "(已|)通知(交警|环卫)" stands for four words. `expand`
spells them out; everything else of this module is lists by meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cache
from itertools import product
from typing import Literal


@dataclass(frozen=True)
class ActionWords:
    """Words for one action; `state` is what the find is in after it."""

    action: str
    state: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hint:
    """Words beyond a category's synonyms that point to it; weak ones yield to any other.

    Leaning ones (支到人行道上) are finds of their own, and yield to what else is named beside them.
    """

    category: str
    strong: tuple[str, ...] = ()
    lean: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    like: tuple[str, ...] = ()  # parts of names other bureaus give the category


@dataclass(frozen=True)
class ObligationWords:
    """An obligation is meant where every group has a word in the text."""

    code: str
    per: Literal["week", "month", "quarter", "year"]
    words: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Holiday:
    """A holiday of one year, both days included."""

    name: str
    first: date
    last: date


@dataclass(frozen=True)
class PlaceWords:
    """What names of places are made of."""

    suffixes: tuple[str, ...] = ()  # what a place's name ends with
    generic: tuple[str, ...] = ()  # looks like a place, names none
    vague: tuple[str, ...] = ()  # a kind of place: which one must be asked
    roads: tuple[str, ...] = ()  # the suffixes of places one goes along: others lie at them
    tails: tuple[str, ...] = ()  # may follow a spot without changing it
    beside: tuple[str, ...] = ()  # before a place that only tells where another one is
    where: tuple[str, ...] = ()  # behind a find and before the place it was at
    joints: tuple[str, ...] = ()  # between the two roads of a junction
    junctions: tuple[str, ...] = ()  # after the two roads of a junction
    directions: tuple[str, ...] = ()  # between a name and a suffix that make another road
    breakers: tuple[str, ...] = ()  # words that begin like a suffix: no place sounds there
    stops: tuple[str, ...] = ()  # an unknown place begins after these


@dataclass(frozen=True)
class CountWords:
    """What stands around numbers."""

    measures: tuple[str, ...] = ()  # a problem is counted with these
    heads: tuple[str, ...] = ()  # people are counted with these
    each: tuple[str, ...] = ()
    respectively: tuple[str, ...] = ()  # the numbers after it go to what was listed, one by one
    labels: tuple[str, ...] = ()  # before a number alone: it is the count
    about: tuple[str, ...] = ()  # before a number: a bound
    or_so: tuple[str, ...] = ()  # after a measure word: a bound
    checked: tuple[str, ...] = ()  # the number after it counts what was looked at
    force: tuple[str, ...] = ()  # beside it a number counts those who went
    rest: tuple[str, ...] = ()
    this_one: tuple[str, ...] = ()  # "that" before a measure word: one
    turns: tuple[str, ...] = ()  # behind 俩 or 仨: times and measures
    misheard: tuple[str, ...] = ()  # measure words as a voice writes them: 两出


@dataclass(frozen=True)
class PeopleWords:
    """How companions are named."""

    surnames: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()  # surnames that are common words too
    before: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()  # before a name, with or without a colon
    after: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()  # what a department's name ends with
    never: tuple[str, ...] = ()  # letters no name holds behind its surname


@dataclass(frozen=True)
class Elsewhere:
    """How names of other districts end, and the words that only look like one."""

    suffixes: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()


@dataclass(frozen=True)
class QuestionWords:
    """Cues of questions by name; `questions.py` says what follows from which."""

    cues: dict[str, tuple[str, ...]] = field(default_factory=dict)
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    formats: dict[str, tuple[str, ...]] = field(default_factory=dict)
    states: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sources: dict[str, tuple[str, ...]] = field(default_factory=dict)  # beyond those of captions
    elsewhere: Elsewhere = field(default_factory=Elsewhere)


@dataclass(frozen=True)
class Vocabulary:
    """Word lists by meaning; each is looked for as written, longest first."""

    actions: tuple[ActionWords, ...] = ()
    hints: tuple[Hint, ...] = ()
    yielding: tuple[str, ...] = ()  # categories that yield to any other beside them
    doubtful: dict[str, tuple[str, ...]] = field(default_factory=dict)  # word -> other categories
    sources: dict[str, tuple[str, ...]] = field(default_factory=dict)
    patrols: dict[str, tuple[str, ...]] = field(default_factory=dict)
    obligations: tuple[ObligationWords, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    places: PlaceWords = field(default_factory=PlaceWords)
    counts: CountWords = field(default_factory=CountWords)
    people: PeopleWords = field(default_factory=PeopleWords)
    questions: QuestionWords = field(default_factory=QuestionWords)
    fine: tuple[str, ...] = ()
    trouble: tuple[str, ...] = ()
    negations: tuple[str, ...] = ()
    not_yet: tuple[str, ...] = ()
    excepting: tuple[str, ...] = ()  # what was named before is fine: 除了
    just: tuple[str, ...] = ()  # before a deed, with 又 behind it: it was done before
    sent: tuple[str, ...] = ()  # orders that are told with what came of them
    complements: tuple[str, ...] = ()  # right behind a deed: what came of it
    supposed: tuple[str, ...] = ()  # what follows may not be so: 以为
    either: tuple[str, ...] = ()  # right behind a find a count, else no number: 一起
    at_once: tuple[str, ...] = ()  # before a deed with 了: done at once
    arrived: tuple[str, ...] = ()  # before a place and nothing else: who is there
    few: tuple[str, ...] = ()  # the first so many of what was named: 前两项
    compounded: tuple[str, ...] = ()  # behind a word of a category: still that one
    undone: tuple[str, ...] = ()  # a deed that behind a number was not done: 3家没收
    unvisited: tuple[str, ...] = ()  # the place named before was not seen
    demands: tuple[str, ...] = ()  # a deed after it is asked of somebody
    within: tuple[str, ...] = ()  # what follows is a part of the number before
    progress: tuple[str, ...] = ()
    all_of_them: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    rebound: tuple[str, ...] = ()
    still: tuple[str, ...] = ()
    presence: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    correction: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()
    late: tuple[str, ...] = ()
    denials: tuple[str, ...] = ()  # what was said before is not so: 都没有, 不属实
    promises: tuple[str, ...] = ()  # a deed after it is only promised
    says: tuple[str, ...] = ()  # before a time to come: a promise too
    than: tuple[str, ...] = ()  # before a time: it is only compared with
    slips: tuple[str, ...] = ()  # what was named before is taken back: 不对
    restored: tuple[str, ...] = ()  # how it is after what was done: 恢复正常
    owners: tuple[str, ...] = ()  # who takes away what is his own when he is called
    bygone: tuple[str, ...] = ()  # how a time begins that is over: 昨天, 上周
    undoing: tuple[str, ...] = ()  # verbs of deeds as they are told of a time that is over
    orders: tuple[str, ...] = ()  # speaks to others: what follows is to be done
    starting: tuple[str, ...] = ()  # of a patrol: it only begins
    plan: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    spans: tuple[str, ...] = ()  # stretches no single report speaks of: 本周
    already: tuple[str, ...] = ()  # between two deeds: the second is done, not ordered
    wrong: tuple[str, ...] = ()  # what follows is corrected
    chat: tuple[str, ...] = ()
    forwarded: tuple[str, ...] = ()
    picture: tuple[str, ...] = ()
    asking: tuple[str, ...] = ()
    how: tuple[str, ...] = ()
    how_to_use: tuple[str, ...] = ()
    pointing: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()

    def words(self) -> frozenset[str]:
        """Every word of every list but the parts of names, as written there."""
        lists = (getattr(self, f.name) for f in fields(self) if f.name not in _PARTS_OF_NAMES)
        return frozenset(text for one in lists for text in _texts(one))


_PARTS_OF_NAMES = (
    "places", "people", "questions", "counts", "holidays", "yielding", "asking",
    "owners", "bygone", "undoing",
)  # fmt: skip
_GROUP = re.compile(r"\(([^)]*)\)")


@cache
def expand(word: str) -> tuple[str, ...]:
    """Every spelling of a word with groups of alternatives; a word without groups is itself.

    Kept, because several lexicons hold the same words: they share the strings.
    """
    return tuple("".join(choice) for choice in product(*alternatives(word)))


def alternatives(word: str) -> list[list[str]]:
    """The parts of a word, each with what may stand there; every other one is a group."""
    parts = _GROUP.split(word)
    return [part.split("|") if i % 2 else [part] for i, part in enumerate(parts)]


@cache
def heads(word: str) -> frozenset[str]:
    """The first two letters of each spelling of a word, or its only one."""
    if "(" not in word:
        return frozenset({word[:2]} - {""})
    begun = {""}
    for choices in alternatives(word):
        begun = {one if len(one) == 2 else (one + more)[:2] for one in begun for more in choices}
    return frozenset(begun - {""})


def spelled_from(word: str, head: str) -> list[str]:
    """The spellings of a word that begin with these letters."""
    found = [""]
    for choices in alternatives(word):
        longer = (one + more for one in found for more in choices)
        found = [one for one in longer if one.startswith(head) or head.startswith(one)]
    return [one for one in found if one.startswith(head)]


def expand_all(words: Iterable[str]) -> tuple[str, ...]:
    """Every spelling of all words, the longest first."""
    return tuple(sorted({w for word in words for w in expand(word)}, key=lambda w: (-len(w), w)))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(key)
            yield from _texts(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, ActionWords | ObligationWords):
        yield from _texts(value.words)
    elif isinstance(value, Hint):
        yield from value.strong + value.lean + value.weak
