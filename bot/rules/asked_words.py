"""The words a bureau's questions are made of; and what only the place of a word tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from bot.rules.kinds import Kinds
from bot.rules.lexicon import Mark
from bot.rules.records import NO_TROUBLE, Bureau
from bot.rules.scripts import written

_KINDS = ("category", "hint")
EARLY = ("yoy", "before", "other")  # heard before places and times, which they hold
_FINAL = re.compile(r"(?:没有|没得|没|未|冇)(?=(?:呢|啊|呀|嘛|哦|了)?[?!。.,;\s]*(?:$|[,;?。]))")
_NO_QUESTION = tuple(",;。 都也还直全实均本来并")  # before 没有: it is told
_FEW = re.compile(
    r"(?:排?名?前|[Tt][Oo][Pp])\s*(?:1?[0-9]|20|[二两三四五六七八九十])(?:名|位|个|类|种|条|项|家|处|大)?"
    r"(?![0-9]|个?(?:半|月|天|日|周|季|年|星期|礼拜|次))"
)


def at_the_end(text: str, left: str) -> list[Mark]:
    """整改完没, 搞掂未: behind all else 没 asks."""
    match = _FINAL.search(left)
    asking = match is not None and match.start() and text[match.start() - 1] not in _NO_QUESTION
    return [Mark("yesno", "", *match.span())] if match and asking else []


def first_few(text: str) -> list[Mark]:
    """前5, top3: so many of a ranking."""
    match = _FEW.search(text)
    return [Mark("first", "first", *match.span())] if match else []


def entries(bureau: Bureau) -> Iterator[tuple[str, str, str]]:
    """Every word with its kind and value; the first meaning of a word stands."""
    asked, words = bureau.vocabulary.questions, bureau.vocabulary
    yield from (("source", s, word) for s, listed in asked.sources.items() for word in listed)
    states = {("closed_state" if s == "closed" else s): w for s, w in asked.states.items()}
    yield from ((state, state, word) for state, listed in states.items() for word in listed)
    yield from (("format", form, word) for form, listed in asked.formats.items() for word in listed)
    for cue, listed in asked.cues.items():
        if cue not in ("noise", "of_obligations", *EARLY):
            yield from (("cue", cue, word) for word in listed)
    for category in bureau.categories:
        if category.code != NO_TROUBLE:
            spoken = (category.name, *category.synonyms)
            names = (name for word in spoken for name in written(word))
            yield from (("category", category.code, name) for name in names)
    hints = Kinds(bureau).hints()
    yield from (("hint", hint.category, word) for hint in hints for word in hint.strong)
    yield from (
        ("source", source, word) for source, listed in words.sources.items() for word in listed
    )


def named_once(marks: list[Mark], yielding: tuple[str, ...]) -> list[Mark]:
    """The words with one category where two stand right behind each other (电马儿乱停, 占道烧烤).

    The bureau's own word beats a hint, and what yields to others does so.
    """
    silent = {
        _weaker(a, b, yielding)
        for a, b in pairwise(marks)
        if a.kind in _KINDS and b.kind in _KINDS and a.value != b.value and a.end == b.start
    }
    return [
        replace(mark, kind="filler" if mark in silent else "category")
        if mark.kind in _KINDS
        else mark
        for mark in marks
    ]


def _weaker(a: Mark, b: Mark, yielding: tuple[str, ...]) -> Mark | None:
    if a.kind != b.kind:
        return a if a.kind == "hint" else b
    return next((mark for mark in (a, b) if mark.value in yielding), None)
