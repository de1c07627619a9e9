"""Hears the parts of a question: cues, spots, categories, people, times; decides no measure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.rules.kinds import Kinds
from bot.rules.lexicon import Lexicon, Mark, blanked
from bot.rules.marks import LISTED
from bot.rules.numerals import amounts
from bot.rules.obligations import Obligations
from bot.rules.people import People
from bot.rules.places import Places
from bot.rules.records import NO_TROUBLE, Bureau, Span
from bot.rules.spoken_spans import Calendar
from bot.rules.vocabulary import ObligationWords, expand_all
from bot.rules.written_periods import find_periods


@dataclass(frozen=True)
class Heard:
    """The parts of one question, and how many of its letters no word explains."""

    cues: frozenset[str]
    spots: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    officers: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    dept: str | None = None
    source: str | None = None
    group: str | None = None
    format: str | None = None
    obligation: ObligationWords | None = None
    unknown_places: tuple[str, ...] = ()
    elsewhere: bool = False
    unknown_letters: int = 0
    how_many: int | None = None


class Hearing:
    """The question words of a bureau."""

    def __init__(self, bureau: Bureau) -> None:
        words = bureau.vocabulary
        asked = words.questions
        self._bureau = bureau
        self._early = Lexicon((cue, "", w) for cue in _EARLY for w in asked.cues.get(cue, ()))
        self._groups = Lexicon(
            ("group", value, w) for value, listed in asked.groups.items() for w in listed
        )
        entries = list(_entries(bureau))
        self._words = Lexicon(entries)
        self._noise = Lexicon(("noise", "", w) for w in asked.cues.get("noise", ()))
        blockers = [word for _, _, word in entries]
        blockers += [word for listed in asked.groups.values() for word in listed]
        blockers += [w for w in asked.cues.get("noise", ()) if len(w) > 1]
        self._places = Places(bureau.spots, words, blockers)
        self._people = People(words.people)
        self._obligations = Obligations(bureau)
        self._measures = Lexicon(("count", "", w) for w in words.counts.measures)
        endings = "|".join(map(re.escape, expand_all(words.people.departments)))
        squads = "|".join(map(re.escape, bureau.squads)) or "(?!)"
        self._dept = re.compile(f"{squads}|[一-鿿]{{1,4}}(?:{endings or '(?!)'})")
        districts = "|".join(map(re.escape, asked.elsewhere.suffixes)) or "(?!)"
        self._district = re.compile(f"[一-鿿]{{2}}(?:{districts})(?![一-鿿]?域)")
        self._ours = asked.elsewhere.ours

    def unfold(self) -> None:
        """Spell out every word now, so that no text waits for it."""
        for lexicon in (self._early, self._groups, self._words, self._noise, self._measures):
            lexicon.unfold()
        self._places.unfold()

    def hear(self, text: str, now: datetime) -> Heard:
        """The parts of the question asked at `now`."""
        early = self._early.marks(text)
        rest = _without(text, early)
        mentions = self._places.find(rest)
        spans, rest = self._spans(blanked(rest, ((m.start, m.end) for m in mentions)), now)
        groups = self._groups.marks(rest)
        dept, rest = self._department(_without(rest, groups))
        rest = blanked(rest, ((a.start, a.end) for a in amounts(rest) if a.approx))
        marks = self._words.marks(rest)
        obligation = self._obligations.find(text)
        left = _without(rest, marks)
        if obligation is not None:
            left = blanked(left, self._obligations.letters(text, obligation))
        officers, unknown, elsewhere = self._residue(left)
        counted = [text[m.start : m.end] for m in (*groups, *marks) if m.value in _COUNTED]
        heard = Heard(
            cues=frozenset(_said(early, marks)),
            spots=tuple(dict.fromkeys(m.code for m in mentions if m.code is not None)),
            categories=_values(marks, "category"),
            officers=officers,
            spans=spans,
            dept=dept,
            source=next(iter(_values(marks, "source")), None),
            group=groups[0].value if groups else None,
            format=next(iter(_values(marks, "format")), None),
            obligation=obligation,
            unknown_places=tuple(m.text for m in mentions if m.code is None),
            elsewhere=elsewhere,
            unknown_letters=unknown,
            how_many=next((a.value for words in counted for a in amounts(words)), None),
        )
        told = any(self._measures.mark_at(left + "\0", a.end) for a in amounts(left))
        return _completed(heard, told=told)

    def _spans(self, text: str, now: datetime) -> tuple[tuple[Span, ...], str]:
        due = any(m.value == "due" for m in self._words.marks(text))
        calendar = Calendar(now, self._bureau.since, self._bureau.vocabulary.holidays, ahead=due)
        periods = find_periods(text, calendar)
        rest = blanked(text, ((p.start, p.end) for p in periods))
        return tuple(period.span for period in periods), rest

    def _department(self, text: str) -> tuple[str | None, str]:
        match = self._dept.search(text)
        if match is None:
            return None, text
        start = match.start()
        while (mark := self._noise.mark_at(text, start)) and match[0] not in self._bureau.squads:
            start = mark.end
        name = text[start : match.end()]
        if len(name) < 2 or self._words.mark_at(text, start):
            return None, text
        return name, blanked(text, [(start, match.end())])

    def _residue(self, text: str) -> tuple[tuple[str, ...], int, bool]:
        """Names among the letters no word explains, how many others, and another district."""
        officers: list[str] = []
        unknown, elsewhere = 0, False
        for run in re.findall(r"[^\W\d_]+", text):
            left = "".join(re.findall(r"[^\W\d_]+", _without(run, self._noise.marks(run))))
            district = self._district.search(run)
            if district is not None and not district[0].endswith(self._ours):
                elsewhere = True
            names = [self._name(part) for part in _JOINTS.split(run)] if left else []
            known = [name for name in names if name is not None]
            officers += known
            unknown += 0 if known else len(left)
        return tuple(officers), unknown, elsewhere

    def _name(self, run: str) -> str | None:
        """The name a run of letters is, with noise around it left out."""
        start, end = 0, len(run)
        while start < end and (mark := self._noise.mark_at(run, start)):
            start = mark.end
        for stop in range(end, start + 1, -1):
            tail = run[stop:]
            noise = not _without(tail, self._noise.marks(tail)).strip("\0")
            if noise and self._people.is_name(run[start:stop]):
                return run[start:stop]
        return None


_JOINTS = re.compile(f"[{''.join(w for w in LISTED if len(w) == 1)}]")
_EARLY = ("yoy", "before", "other")  # heard before places and times, which they hold
_COUNTED = frozenset({"spot", "category", "first"})


def _said(early: list[Mark], marks: list[Mark]) -> set[str]:
    """The cues that words say; one word may say several."""
    said = {mark.kind for mark in (*early, *marks)} | set(_values(marks, "format"))
    said.update(*(value.split() for value in _values(marks, "cue")))
    return said | ({"compare"} if {"yoy", "before"} & said else set())


def _completed(heard: Heard, *, told: bool) -> Heard:
    """The question with the cues that its parts are."""
    group = heard.group
    if group is None and "spots_word" in heard.cues and {"first", "most"} & heard.cues:
        group = "spot"
    parts = {
        "spot": heard.spots, "range": heard.spans, "group": group, "group_asked": group,
        "officer": heard.officers, "dept": heard.dept, "obligation": heard.obligation,
        "group_spot": group == "spot", "problem": group == "category", "told": told,
        "long_range": any(_is_long(span) for span in heard.spans),
    }  # fmt: skip
    cues = heard.cues | {cue for cue, there in parts.items() if there}
    return replace(heard, cues=cues, group=group)


def _values(marks: list[Mark], kind: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(mark.value for mark in marks if mark.kind == kind))


def _entries(bureau: Bureau) -> Iterator[tuple[str, str, str]]:
    """Every word with its kind and value; the first meaning of a word stands."""
    asked, words = bureau.vocabulary.questions, bureau.vocabulary
    states = {("closed_state" if s == "closed" else s): w for s, w in asked.states.items()}
    yield from ((state, state, word) for state, listed in states.items() for word in listed)
    yield from (("format", form, word) for form, listed in asked.formats.items() for word in listed)
    yield from (("cue", " ".join(cues), word) for word, cues in _meanings(asked.cues).items())
    for category in bureau.categories:
        if category.code != NO_TROUBLE:
            spoken = (category.name, *category.synonyms)
            yield from (("category", category.code, word) for word in spoken)
    hints = Kinds(bureau).hints()
    yield from (("category", hint.category, word) for hint in hints for word in hint.strong)
    yield from (
        ("source", source, word) for source, listed in words.sources.items() for word in listed
    )


def _meanings(cues: dict[str, tuple[str, ...]]) -> dict[str, list[str]]:
    """The cues each word is; a word may be several."""
    meanings: dict[str, list[str]] = {}
    for cue, listed in cues.items():
        if cue not in ("noise", *_EARLY):
            for word in expand_all(listed):
                meanings.setdefault(word, []).append(cue)
    return meanings


def _is_long(span: Span) -> bool:
    return span.since is None or span.until - span.since > timedelta(days=1)


def _without(text: str, marks: list[Mark]) -> str:
    return blanked(text, ((m.start, m.end) for m in marks))
