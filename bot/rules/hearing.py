"""Hears the parts of a question: cues, spots, categories, people, times; decides no measure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.rules.lexicon import Lexicon, Mark, blanked
from bot.rules.marks import LISTED
from bot.rules.numerals import amounts
from bot.rules.obligations import Obligations
from bot.rules.people import People
from bot.rules.places import Mention, Places
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
        self._early = Lexicon(
            (cue, "", w) for cue in ("yoy", "before", "other") for w in asked.cues.get(cue, ())
        )
        self._groups = Lexicon(
            ("group", value, w) for value, listed in asked.groups.items() for w in listed
        )
        entries = list(_entries(bureau))
        self._words = Lexicon(entries)
        self._noise = Lexicon(("noise", "", w) for w in asked.cues.get("noise", ()))
        blockers = [word for _, _, word in entries]
        blockers += [word for listed in asked.groups.values() for word in listed]
        blockers += [w for w in asked.cues.get("noise", ()) if len(w) > 1]
        spelled = (w for word in blockers for w in expand_all([word]))
        self._places = Places(bureau.spots, words, spelled)
        self._people = People(words.people)
        self._obligations = Obligations(bureau)
        self._measures = Lexicon(("count", "", w) for w in words.counts.measures)
        endings = "|".join(map(re.escape, expand_all(words.people.departments)))
        squads = "|".join(map(re.escape, bureau.squads)) or "(?!)"
        self._dept = re.compile(f"{squads}|[一-鿿]{{1,4}}(?:{endings or '(?!)'})")
        districts = "|".join(map(re.escape, asked.elsewhere.suffixes)) or "(?!)"
        self._district = re.compile(f"[一-鿿]{{2}}(?:{districts})(?![一-鿿]?域)")
        self._ours = asked.elsewhere.ours

    def hear(self, text: str, now: datetime) -> Heard:
        """The parts of the question asked at `now`."""
        cues = {mark.kind for mark in self._early.marks(text)}
        rest = _without(text, self._early.marks(text))
        mentions = self._places.find(rest)
        rest = blanked(rest, ((m.start, m.end) for m in mentions))
        spans, rest = self._spans(rest, now)
        groups = self._groups.marks(rest)
        rest = _without(rest, groups)
        dept, rest = self._department(rest)
        rest = blanked(rest, ((a.start, a.end) for a in amounts(rest) if a.approx))
        marks = self._words.marks(rest)
        obligation = self._obligations.find(text)
        left = _without(rest, marks)
        if obligation is not None:
            left = blanked(left, self._obligations.letters(text, obligation))
        officers, unknown, strange = self._residue(left)
        found: dict[str, list[str]] = {}
        for mark in marks:
            found.setdefault(mark.kind, []).append(mark.value)
        spots, unknown_places = _spots(mentions)
        heard = {
            "spot": spots, "range": spans, "group": groups, "officer": officers, "dept": dept,
            "long_range": any(_is_long(span) for span in spans), "obligation": obligation, "compare": "yoy" in cues or "before" in cues,
            "group_asked": groups, "group_spot": any(g.value == "spot" for g in groups),
        }  # fmt: skip
        cues |= {cue for cue, said in heard.items() if said}
        cues |= set(found) | set(found.get("format", ()))
        cues.update(*(value.split() for value in found.get("cue", ())))
        group = groups[0].value if groups else None
        if group is None and "spots_word" in cues and {"first", "most"} & cues:
            group = "spot"
        cues |= {"problem"} if group == "category" else set()
        if any(self._measures.mark_at(left + "\0", a.end) for a in amounts(left)):
            cues.add("told")
        counted = [text[m.start : m.end] for m in (*groups, *marks) if m.value in _COUNTED]
        return Heard(
            cues=frozenset(cues),
            spots=spots,
            categories=tuple(dict.fromkeys(found.get("category", ()))),
            officers=officers,
            spans=spans,
            dept=dept,
            source=next(iter(found.get("source", ())), None),
            group=group,
            format=next(iter(found.get("format", ())), None),
            obligation=obligation,
            unknown_places=unknown_places,
            elsewhere=strange,
            unknown_letters=unknown,
            how_many=next((a.value for words in counted for a in amounts(words)), None),
        )

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
            if not _without(tail, self._noise.marks(tail)).strip("\0"):
                if self._people.is_name(run[start:stop]):
                    return run[start:stop]
        return None


_JOINTS = re.compile(f"[{''.join(w for w in LISTED if len(w) == 1)}]")
_COUNTED = frozenset({"spot", "category", "first"})


def _entries(bureau: Bureau) -> Iterator[tuple[str, str, str]]:
    asked = bureau.vocabulary.questions
    for value, listed in asked.states.items():
        for word in listed:
            yield "closed_state" if value == "closed" else value, value, word
    for value, listed in asked.formats.items():
        for word in listed:
            yield "format", value, word
    meanings: dict[str, list[str]] = {}
    for value, listed in asked.cues.items():
        if value not in ("noise", "yoy", "before", "other"):
            for word in expand_all(listed):
                meanings.setdefault(word, []).append(value)
    for word, values in meanings.items():
        yield "cue", " ".join(values), word
    for category in bureau.categories:
        if category.code != NO_TROUBLE:
            for word in (category.name, *category.synonyms):
                yield "category", category.code, word
    for hint in bureau.vocabulary.hints:
        for word in hint.strong:
            yield "category", hint.category, word
    for value, listed in bureau.vocabulary.sources.items():
        for word in listed:
            yield "source", value, word


def _is_long(span: Span) -> bool:
    return span.since is None or span.until - span.since > timedelta(days=1)


def _spots(mentions: list[Mention]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    known = dict.fromkeys(m.code for m in mentions if m.code is not None)
    return tuple(known), tuple(m.text for m in mentions if m.code is None)


def _without(text: str, marks: list[Mark]) -> str:
    return blanked(text, ((m.start, m.end) for m in marks))
