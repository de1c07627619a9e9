"""How periods stand against their quotas, decisions about them, and misses with their reason.

`standings` is the one place where a quota's figure is counted: the digest, the board, papers,
answers and nudges ask it. Knows no sentence but refusals.
"""

from __future__ import annotations

from datetime import date, datetime

from bot.rules.dates import step, unit_start
from bot.rules.metrics import Measure
from bot.rules.periods import midnight
from bot.rules.quotas import (
    EXEMPT,
    KEPT,
    MOVED,
    PERS,
    Decided,
    Missed,
    Owing,
    Per,
    QuotaStanding,
    Slot,
    general,
    owing,
    slot_of,
    standing_since,
)
from bot.rules.records import Bureau
from storage import counts, papers, people, quotas
from storage.counts import Scope
from storage.quotas import Decision
from storage.schema import Transaction

COUNTED: dict[str, Measure] = {"patrol": "patrols", "special": "specials", "visit": "reports"}
"""What is counted for a quota; a review is a signed pack."""


def standings(
    tx: Transaction, bureau: Bureau, per: Per, day: date, until: datetime | None = None
) -> tuple[QuotaStanding, ...]:
    """Everything owed in the week, month or quarter that holds the day, as it stood by `until`."""
    return Ledger(tx, bureau, until).period(per, unit_start(day, per))


def visits_owed(tx: Transaction, bureau: Bureau, day: date) -> dict[str, int]:
    """How many visits each spot owes in the week that holds the day, by the spot's code.

    A spot that owes none, by no quota or by a decision, is not in it.
    """
    return Ledger(tx, bureau).visits(unit_start(day, "week"))


def overview(
    tx: Transaction, bureau: Bureau, today: date
) -> list[tuple[QuotaStanding, int, date | None, int | None]]:
    """Every quota with one of its standings, how many of these are short, since when it holds.

    The last is its count before that day; None where it always held.
    """
    ledger = Ledger(tx, bureau)
    found = []
    for per in PERS:
        start = unit_start(today, per)
        standings = {one.key: one for one in ledger.period(per, start)}
        slots: dict[Slot, list[Owing]] = {}
        for one in owing(bureau, per, start):
            slots.setdefault(slot_of(one.quota), []).append(one)
        for members in slots.values():
            rows = [standings[one.key] for one in members]
            since, before = standing_since(bureau, members[0].quota)
            found.append((rows[0], sum(row.short > 0 for row in rows), since, before))
    return found


class Ledger:
    """Reads periods with one look at the decisions; good within one transaction.

    With `until` it counts what was done before that moment, by what was decided before it: a paper
    that went out then goes on saying what it said. Else to the end of each period.
    """

    def __init__(self, tx: Transaction, bureau: Bureau, until: datetime | None = None) -> None:
        self._tx, self._bureau, self._until = tx, bureau, until
        self._decisions = quotas.decided(tx, until)
        self._names: dict[int, str] = {}

    def period(self, per: Per, start: date, *, spots: bool = True) -> tuple[QuotaStanding, ...]:
        """The period of that unit that begins on `start`, with what `spots` owe or without."""
        noted = {
            one.quota: Missed(one.id, one.owed, one.done, one.reason)
            for one in quotas.missed(self._tx, start, step(start, "day", 1))
        }
        return tuple(
            self._standing(one, start, noted.get(one.key))
            for one in owing(self._bureau, per, start)
            if spots or one.quota.of != "spot"
        )

    def visits(self, start: date) -> dict[str, int]:
        """What the spots owe in the week, counted only where a decision asks for it."""
        found = {}
        for one in owing(self._bureau, "week", start):
            if one.quota.what != "visit" or one.quota.of != "spot" or one.whose is None:
                continue
            decision = self._decision(one.key, start)
            if decision is None or decision.decision == KEPT:
                found[one.whose] = one.quota.count + self._carried(one.key, "week", start)
        return found

    def _standing(self, one: Owing, start: date, missed: Missed | None) -> QuotaStanding:
        quota, decision = one.quota, self._decision(one.key, start)
        done = self._done(one, start)
        carried = self._carried(one.key, quota.per, start)
        owed = quota.count + carried
        if decision is not None and decision.decision == EXEMPT:
            owed = 0
        elif decision is not None and decision.decision == MOVED:
            owed = min(owed, done)
        return QuotaStanding(
            one.key, quota.what, quota.per, start, one.whose, one.name, done, owed, quota.count,
            carried, None if decision is None else self._said(decision), missed,
        )  # fmt: skip

    def _decision(self, key: str, start: date) -> Decision | None:
        """The newest decision about it, be it about all of its kind."""
        found = [self._decisions.get((name, start)) for name in dict.fromkeys((general(key), key))]
        return max((one for one in found if one), key=lambda one: one.id, default=None)

    def _carried(self, key: str, per: Per, start: date) -> int:
        """What earlier periods have left to this one: what was owed there and not done."""
        left = 0
        for since in sorted({since for (_, since), d in self._decisions.items()
                             if d.moved_to == start and since < start}):  # fmt: skip
            decision = self._decision(key, since)
            if decision is None or decision.decision != MOVED or decision.moved_to != start:
                continue
            for one in owing(self._bureau, per, since):
                if one.key == key:
                    owed = one.quota.count + self._carried(key, per, since)
                    left += max(0, owed - self._done(one, since))
        return left

    def _done(self, one: Owing, start: date) -> int:
        quota, tz = one.quota, self._bureau.tz
        until = step(start, quota.per, 1)
        if quota.what == "review":
            found = papers.finished(self._tx, papers.QUARTER, start, until)
            return sum(self._until is None or one.sent_at is None or one.sent_at <= self._until
                       for one in found)  # fmt: skip
        end = midnight(until, tz)
        scope = Scope(
            midnight(start, tz), end if self._until is None else min(end, self._until),
            spots=(one.whose,) if quota.of == "spot" and one.whose else (),
            squads=(one.whose,) if quota.of == "squad" and one.whose else (),
        )  # fmt: skip
        return counts.number(self._tx, COUNTED[quota.what], scope)

    def _said(self, decision: Decision) -> Decided:
        if decision.person not in self._names:
            who = people.by_id(self._tx, decision.person)
            self._names[decision.person] = who.name if who else "已离开的人"
        return Decided(
            decision.decision, decision.moved_to, decision.reason, self._names[decision.person],
            decision.at,
        )  # fmt: skip
