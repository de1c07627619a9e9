"""Hears the parts of a question: cues, spots, categories, people, times; decides no measure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from bot.rules.asked_words import EARLY, at_the_end, entries, first_few, named_once
from bot.rules.kinds import Kinds
from bot.rules.lexicon import Lexicon, Mark, blanked
from bot.rules.marks import LISTED
from bot.rules.numerals import amounts
from bot.rules.obligations import Obligations
from bot.rules.people import People
from bot.rules.places import Places
from bot.rules.records import Bureau, Span
from bot.rules.spoken_spans import Calendar
from bot.rules.vocabulary import ObligationWords, expand_all
from bot.rules.written_periods import Period, find_periods

LONGEST_NAME = 4  # letters: two of the surname, two given
WHOLE = 3  # letters: an ending of departments so long is a department's name by itself


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
    announced: bool = True
    asks: int = 0  # how many numbers are asked for


class Hearing:
    """The question words of a bureau."""

    def __init__(self, bureau: Bureau) -> None:
        words = bureau.vocabulary
        asked = words.questions
        self._bureau = bureau
        self._early = Lexicon((cue, "", w) for cue in EARLY for w in asked.cues.get(cue, ()))
        people = [("person", "", w) for w in asked.cues.get("person", ())]  # 哪个队员 is no 哪个队
        self._groups = Lexicon(
            people + [("group", value, w) for value, listed in asked.groups.items() for w in listed]
        )
        self._of_obligations = Lexicon(("", "", w) for w in asked.cues.get("of_obligations", ()))
        listed = list(entries(bureau))
        self._words = Lexicon(listed, several="cue")
        self._noise = Lexicon(("noise", "", w) for w in asked.cues.get("noise", ()))
        blockers = [word for _, _, word in listed]
        blockers += [word for listed in asked.groups.values() for word in listed]
        blockers += [w for w in asked.cues.get("noise", ()) if len(w) > 1]
        self._places = Places(bureau.spots, words, blockers)
        self._people = People(words.people)
        self._obligations = Obligations(bureau)
        self._yielding = Kinds(bureau).codes(words.yielding)
        self._measures = Lexicon(("count", "", w) for w in words.counts.measures)
        endings = "|".join(map(re.escape, expand_all(words.people.departments)))
        self._endings = expand_all(words.people.departments)
        squads = "|".join(map(re.escape, bureau.squads)) or "(?!)"
        numbered = f"第?(?:[0-9]{{1,2}}|[一二三四五六七八九十]{{1,2}})(?:{endings or '(?!)'})"
        self._dept = re.compile(f"{squads}|{numbered}|[一-鿿]{{0,4}}(?:{endings or '(?!)'})")
        self._numbered = re.compile(numbered)
        districts = "|".join(map(re.escape, asked.elsewhere.suffixes)) or "(?!)"
        self._district = re.compile(f"[一-鿿]{{2}}(?:{districts})(?![一-鿿]?域|[民容场政])")
        self._ours = asked.elsewhere.ours

    def unfold(self) -> None:
        """Spell out every word now, so that no text waits for it."""
        for lexicon in self._lexicons():
            lexicon.unfold()
        self._places.unfold()
        a_text = f"{self._bureau.spots[0].name}陆上周几次"  # patterns are made at the first need
        self.hear(a_text, datetime.combine(self._bureau.since, time(), self._bureau.tz))

    def _lexicons(self) -> tuple[Lexicon, ...]:
        asked = (self._early, self._groups, self._words, self._noise)
        return (*asked, self._measures, self._of_obligations)

    def hear(self, text: str, now: datetime) -> Heard:
        """The parts of the question asked at `now`."""
        obligation = self._obligations.find(text)
        name = self._obligations.full_name(text, obligation) if obligation else []
        early = self._early.marks(blanked(text, name))
        rest = _without(blanked(text, name), early)
        mentions = self._places.find(rest)
        periods, rest = self._spans(blanked(rest, ((m.start, m.end) for m in mentions)), now)
        groups = [mark for mark in self._groups.marks(rest) if mark.kind == "group"]
        dept, rest = self._department(_without(rest, groups))
        another, rest = self._department(rest) if dept else (None, rest)
        rest = blanked(rest, ((a.start, a.end) for a in amounts(rest) if a.approx))
        marks = named_once(self._words.marks(rest), self._yielding)
        left = _without(rest, marks)
        early += [*at_the_end(text, left), *first_few(left)]
        left = _without(left, early)
        if obligation is not None:
            left = blanked(left, self._obligations.letters(text, obligation))
            left = _without(left, self._of_obligations.marks(left))
        officers, unknown, elsewhere = self._residue(left)
        counted = [text[m.start : m.end] for m in (*groups, *marks, *early) if m.value in _COUNTED]
        heard = Heard(
            cues=frozenset(_said(early, marks)),
            spots=tuple(dict.fromkeys(m.code for m in mentions if m.code is not None)),
            categories=_values(marks, "category"),
            officers=officers,
            spans=tuple(period.span for period in periods),
            announced=all(period.announced for period in periods),
            dept=dept,
            source=next(iter(_values(marks, "source")), None),
            group=groups[0].value if groups else None,
            format=next(iter(_values(marks, "format")), None),
            obligation=obligation,
            unknown_places=tuple(m.text for m in mentions if m.code is None),
            elsewhere=elsewhere,
            unknown_letters=unknown + len(another or ""),
            how_many=next((a.value for words in counted for a in amounts(words)), None),
        )
        told = any(self._measures.mark_at(left + "\0", a.end) for a in amounts(left))
        return _completed(heard, told=told)

    def _spans(self, text: str, now: datetime) -> tuple[list[Period], str]:
        due = any("due" in m.value.split() for m in self._words.marks(text) if m.kind == "cue")
        calendar = Calendar(now, self._bureau.since, self._bureau.vocabulary.holidays, ahead=due)
        periods = find_periods(text, calendar)
        return periods, blanked(text, ((p.start, p.end) for p in periods))

    def _department(self, text: str) -> tuple[str | None, str]:
        match = self._dept.search(text)
        if match is None:
            return None, text
        start = match.start()
        whole = match[0] in self._bureau.squads or self._numbered.fullmatch(match[0])
        while not whole and (mark := self._word_at(text, start)) and mark.end < match.end():
            start = mark.end
        name = text[start : match.end()]
        ending = next((e for e in self._endings if match[0].endswith(e)), "")
        if not whole and len(name) <= len(ending) < WHOLE:
            return None, text
        return name, blanked(text, [(start, match.end())])

    def _word_at(self, text: str, at: int) -> Mark | None:
        return self._words.mark_at(text, at) or self._noise.mark_at(text, at)

    def _residue(self, text: str) -> tuple[tuple[str, ...], int, bool]:
        """Names among the letters no word explains, how many others, and another district."""
        officers: list[str] = []
        unknown, elsewhere = 0, False
        for run in re.findall(r"[^\W_]+", text):
            left = "".join(re.findall(r"[^\W_]+", _without(run, self._noise.marks(run))))
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
        for stop in range(min(end, start + LONGEST_NAME), start + 1, -1):
            if self._people.is_name(run[start:stop]):
                tail = run[stop:]
                if not _without(tail, self._noise.marks(tail)).strip("\0"):
                    return run[start:stop]
        return None


_JOINTS = re.compile(f"[{''.join(w for w in LISTED if len(w) == 1)}]")
_COUNTED = frozenset({"spot", "category", "first"})


def _said(early: list[Mark], marks: list[Mark]) -> set[str]:
    """The cues that words say; one word may say several."""
    said = {mark.kind for mark in (*early, *marks)} | set(_values(marks, "format"))
    said.update(*(value.split() for value in _values(marks, "cue")))
    said |= {"most"} if "least" in said else set()
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


def _is_long(span: Span) -> bool:
    return span.since is None or span.until - span.since > timedelta(days=1)


def _without(text: str, marks: list[Mark]) -> str:
    return blanked(text, ((m.start, m.end) for m in marks))
