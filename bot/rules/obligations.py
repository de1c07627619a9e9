"""Recognises the obligation and the period a text speaks of; knows no due dates and no evidence."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from bot.rules.obligations_due import unit_of_per
from bot.rules.periods import unit_of
from bot.rules.records import Bureau, Span
from bot.rules.scripts import levelled
from bot.rules.spoken_spans import Calendar
from bot.rules.vocabulary import ObligationWords, expand_all
from bot.rules.written_periods import find_periods


class Obligations:
    """The obligations of a bureau by their words."""

    def __init__(self, bureau: Bureau) -> None:
        self._since = bureau.since
        self._holidays = bureau.vocabulary.holidays
        known = bureau.vocabulary.obligations
        self._names = {one.code: levelled(one.name) for one in bureau.obligations if not one.counts}
        self._words = tuple(
            (obligation, tuple(expand_all(group) for group in obligation.words))
            for obligation in (*known, *_by_name(bureau, {one.code for one in known}))
        )

    def find(self, text: str) -> ObligationWords | None:
        """The obligation the text names, or None."""
        for obligation, groups in self._words:
            if groups and all(any(word in text for word in group) for group in groups):
                return obligation
        return None

    def letters(self, text: str, obligation: ObligationWords) -> list[tuple[int, int]]:
        """Where the words that name the obligation stand in the text."""
        words = next(groups for known, groups in self._words if known is obligation)
        found = [(text.find(word), len(word)) for group in words for word in group]
        return [(at, at + size) for at, size in found if at >= 0]

    def full_name(self, text: str, obligation: ObligationWords) -> list[tuple[int, int]]:
        """Where its whole name stands: no word within it means anything else (第一议题归档)."""
        name = self._names.get(obligation.code, "")
        at = text.find(name) if name else -1
        return [(at, at + len(name))] if at >= 0 else []

    def period(self, text: str, obligation: ObligationWords, now: datetime) -> Span:
        """The period the text names, or the one that runs at `now`."""
        calendar = Calendar(now, self._since, self._holidays)
        unit = obligation.per
        for period in find_periods(text, calendar):
            if period.span.since is not None and period.span.since < period.span.until:
                within = unit_of(period.span.since, unit)
                if within.until >= period.span.until:
                    return within
        return unit_of(now, unit)


def _by_name(bureau: Bureau, worded: Collection[str]) -> Iterator[ObligationWords]:
    """The obligations that have no words of their own are meant by their names.

    None of those that quotas or long-term tasks count: their names are asked about as patrols.
    """
    for one in bureau.obligations:
        if one.code not in worded and not one.counts:
            per = unit_of_per(one.per) or unit_of_per(one.propose) or "month"
            yield ObligationWords(one.code, per, ((levelled(one.name),),))
