"""Reads a caption into a `Reading`; knows words, clocks and places, and nothing that is stored.

The way of a caption: level its signs, blank what is quoted, mark tokens, gather finds, decide
what it is for.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from bot.rules.gathering import Gatherer
from bot.rules.intents import Case, case_of, intent_of, is_correction, items_of
from bot.rules.kinds import Kinds
from bot.rules.lexicon import blanked
from bot.rules.marks import Marked, Marker
from bot.rules.obligations import Obligations
from bot.rules.put_right import said_right
from bot.rules.records import (
    Ask,
    Bureau,
    Find,
    Flag,
    Intent,
    PatrolType,
    Reading,
    Source,
)
from bot.rules.scripts import levelled, without_pictures
from bot.rules.speaking import comes_back
from bot.rules.written_times import occurred

_QUOTED = re.compile(
    r"「[^」]{8,}」|『[^』]{8,}』|“[^”]{8,}”|\"[^\"\n]{8,}\"|^>.*$|^-[- ]{5,}$", re.MULTILINE
)
_SOURCES: tuple[Source, ...] = ("hotline", "camera", "public", "review")
_NO_PICTURE = ("chat", "ask", "how", "forwarded", "plan", "span", "order")
LONGEST = 1024  # letters a photo's caption may hold; what a longer text goes on to say is not read
CHANT = 256  # letters that are read of a text that says the same over and over
_MINUTE = "%Y-%m-%dT%H:%M"


class CaptionReader:
    """Reads captions in the words of one bureau."""

    def __init__(self, bureau: Bureau, *, ahead: bool = True) -> None:
        """Every word is spelled out `ahead`; who reads only one text need not wait for that."""
        self._bureau = bureau
        self._words = bureau.vocabulary
        self._marker = Marker(bureau)
        self._obligations = Obligations(bureau)
        self._kinds = Kinds(bureau)
        self.places = self._marker.places
        self._remembered = lru_cache(maxsize=128)(self._read)
        if ahead:
            self._marker.unfold()

    def read(self, text: str, now: datetime, reply_to: str | None = None) -> Reading:
        """What the caption says, sent at `now`; `reply_to` is the number it answers, if any.

        Remembered for a while: who routes a message and who files it read the same words.
        """
        return self._remembered(text, now, reply_to)

    def _read(self, text: str, now: datetime, reply_to: str | None) -> Reading:
        now = now.astimezone(self._bureau.tz)
        said = text[: CHANT if _is_a_chant(text[:LONGEST]) else LONGEST]
        level = levelled(without_pictures(said))
        own = blanked(level, (m.span() for m in _QUOTED.finditer(level)), filler="\n")
        if not own.strip():
            return Reading(ask=() if text.strip() else ("spot", "category"))
        marked = self._marker.mark(own, now)
        source = self._source(marked)
        stretches = Gatherer(marked, self._words, self._kinds).gather()
        obligation = self._obligations.find(own)
        case = case_of(marked, stretches, source, reply_to, obligation is not None)
        return self._reading(case, now)

    def _source(self, marked: Marked) -> Source:
        """Who saw it; a second look that is named first outweighs what is looked at again."""
        said: list[Source] = []
        planned = False
        for token in marked.tokens:
            planned = planned or token.kind == "plan"
            if token.kind == "action" and token.value.startswith("recheck"):
                said.append("review")
            elif token.kind == "source" and not (planned and token.value == "review"):
                said.append(cast(Source, token.value))
        if said[:1] == ["review"]:
            return "review"
        return next((source for source in _SOURCES if source in said), "patrol")

    def _reading(self, case: Case, now: datetime) -> Reading:
        intent = intent_of(case)
        if intent == "unknown":
            return self._unfiled(case)
        items = items_of(case, intent)
        at = self._occurred(case, now)
        obligation = self._obligations.find(case.marked.text) if intent == "obligation" else None
        period = obligation and self._obligations.period(case.marked.text, obligation, now).since
        flags = self._flags(case, intent, items, at, now)
        corrects = intent == "followup" and is_correction(case)
        return Reading(
            intent=intent,
            patrol_type=_patrol_type(case.marked) if intent != "obligation" else None,
            items=items,
            at=at,
            source=cast(Source, case.source),
            officers=case.marked.names,
            ask=_asked(case, intent, items),
            flags=flags,
            ref=case.ref if intent == "followup" else None,
            obligation=obligation.code if obligation else None,
            period=period.strftime("%Y-%m") if period else None,
            right=said_right(case.marked) if corrects else None,
        )

    def _unfiled(self, case: Case) -> Reading:
        """A caption that files nothing: noise is let be, a photo's empty words are asked about."""
        marked = case.marked
        if marked.has("how") and any(word in marked.text for word in self._words.how_to_use):
            return Reading(flags=("help",))
        seen = marked.has("found") and marked.has("spot") and marked.has("bare", "heads", "count")
        if seen and not marked.has(*_NO_PICTURE):
            return Reading(ask=("category",))  # 永福路发现有两个人在吵架
        both: tuple[Ask, ...] = ("spot", "category")
        asks_of_it = marked.has("pointing") and marked.has("how")
        shows_it = marked.has("picture") and not marked.has(*_NO_PICTURE)
        crew = marked.names if marked.has("patrol") else ()  # 和李红梅全域巡查，各点位正常
        return Reading(ask=both if asks_of_it or shows_it else (), officers=crew)

    def _occurred(self, case: Case, now: datetime) -> datetime | None:
        """The written time of the thing; a time of what was before (昨天那家) is not its own."""
        text, again = case.marked.text, case.marked.has("rebound")
        due = [t.start for t in case.marked.tokens if t.kind == "deadline"]
        said = [t.end for t in case.marked.tokens if t.kind in ("promise", "say")]
        own = [
            time
            for time in case.marked.times
            if time.start not in due
            and time.start not in said
            and not text.startswith(self._words.earlier, time.end)
            and not text[: time.start].endswith(self._words.than)
            and (time.has_clock or not again)
        ]
        return occurred(own, now)

    def _flags(
        self,
        case: Case,
        intent: Intent,
        items: tuple[Find, ...],
        at: datetime | None,
        now: datetime,
    ) -> tuple[Flag, ...]:
        marked = case.marked
        mentions = [token.mention for token in marked.tokens if token.mention is not None]
        said: dict[Flag, bool] = {
            "homophone": any(m.how == "sound" for m in mentions),
            "rebound": marked.has("rebound"),
            "late": marked.has("late") or (at is not None and at.date() < now.date()),
            "ref_prev": intent == "followup"
            or (case.source == "review" and bool(case.troubles))
            or comes_back(marked, self._words),
            "approx": _is_approximate(marked, items),
        }
        return tuple(flag for flag, holds in said.items() if holds)


def reading_json(reading: Reading) -> dict[str, Any]:
    """The reading in the schema of `gangting read`: every key is there, times are local minutes."""
    return {
        "intent": reading.intent,
        "patrol_type": reading.patrol_type,
        "items": [_item_json(find) for find in reading.items],
        "at": reading.at.strftime(_MINUTE) if reading.at else None,
        "source": reading.source,
        "officers": list(reading.officers),
        "ask": list(reading.ask),
        "flags": list(reading.flags),
        "ref": reading.ref,
        "obligation": reading.obligation,
        "period": reading.period,
    }


def _item_json(find: Find) -> dict[str, Any]:
    item: dict[str, Any] = {
        "spot": find.spot,
        "category": find.category,
        "count": find.count,
        "action": find.action,
        "state": find.state,
    }
    if find.spot_alt:
        item["spot_alt"] = list(find.spot_alt)
    if find.category_alt:
        item["category_alt"] = list(find.category_alt)
    return item


def _is_a_chant(text: str) -> bool:
    """Whether few stretches of four letters make up the whole text."""
    return len(text) > CHANT and len({text[at : at + 4] for at in range(len(text))}) <= CHANT // 2


def _patrol_type(marked: Marked) -> PatrolType | None:
    token = marked.first("patrol")
    return cast(PatrolType, token.value) if token else None


def _asked(case: Case, intent: Intent, items: tuple[Find, ...]) -> tuple[Ask, ...]:
    """What must be asked before it can be filed; a place as written is enough of a place."""
    if intent not in ("problem", "patrol_ok"):
        return ()
    vague = {t.mention.text for t in case.marked.tokens if t.mention and t.mention.vague}
    asked: list[Ask] = []
    if any(f.spot is None and (f.spot_text is None or f.spot_text in vague) for f in items):
        asked.append("spot")
    if any(f.category is None for f in items):
        asked.append("category")
    return tuple(asked)


def _is_approximate(marked: Marked, items: tuple[Find, ...]) -> bool:
    counts = {find.count for find in items} | {sum(find.count or 0 for find in items)}
    return any(t.amount and t.amount.approx and t.amount.value in counts for t in marked.tokens)
