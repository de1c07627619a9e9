"""A table of tickets is taken row by row, in one deed: what can't be taken is told by its line.

Knows no file and no sentence but a row's reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.actions.cases import Taken, take_case
from bot.actions.loop import leader_of
from bot.actions.people import require, tell
from bot.actions.readings import Reader
from bot.rules.records import Bureau
from bot.rules.rights import Right
from bot.rules.ticket_sheets import Fault, Row, TicketSheet
from bot.rules.tickets import troubles
from storage import journal, problems
from storage.schema import Transaction

FEW = 10
"""So many rows ring one by one; of more a leader hears the number, and finds them among his own."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows are new cases, how many were known before, and which were not taken."""

    taken: int
    known: int
    faults: tuple[Fault, ...]


def load(
    tx: Transaction, desk: int, sheet: TicketSheet, read: Reader, bureau: Bureau, now: datetime
) -> Loaded:
    """Every row that can be taken is a case; the others are named. Raises NotAllowed."""
    who = require(tx, desk, Right.DECIDE)
    faults: list[Fault] = list(sheet.faults)
    ring = len(sheet.rows) <= FEW
    took = [_take(tx, who.id, row, read, bureau, now, faults, ring) for row in sheet.rows]
    fresh = [one for one in took if one is not None and one.fresh]
    taken, known = len(fresh), sum(one is not None and not one.fresh for one in took)
    if not ring:
        _tell_leaders(tx, fresh, now)
    detail = {"taken": taken, "known": known, "refused": len(faults)}
    journal.write(tx, now, who.id, "load_tickets", f"person/{who.id}", detail)
    return Loaded(taken, known, tuple(sorted(faults, key=lambda one: one.line)))


def _take(
    tx: Transaction, desk: int, row: Row, read: Reader, bureau: Bureau, now: datetime,
    faults: list[Fault], ring: bool,
) -> Taken | None:  # fmt: skip
    """What became of the row; None where it is no case."""
    place = _place(row.place, read, now)
    finds = troubles(read(row.case.words, now), bureau, place)
    if not finds:
        faults.append(Fault(row.line, "没看出在哪里，请写上地点"))
        return None
    return take_case(tx, desk, row.case, finds, bureau, now, ring=ring)


def _tell_leaders(tx: Transaction, fresh: Sequence[Taken], now: datetime) -> None:
    """Each leader hears once how many of them wait for him."""
    told = (problems.by_number(tx, number) for one in fresh for number in one.problems)
    squads = Counter(found.squad for found in told if found is not None)
    waits: Counter[int] = Counter()
    for squad, count in squads.items():
        leader = leader_of(tx, squad)
        if leader is not None:
            waits[leader.id] += count
    for leader_id, count in sorted(waits.items()):
        tell(tx, leader_id, "cases_came", leader_id, now, args={"count": count})


def _place(written: str | None, read: Reader, now: datetime) -> str | None:
    """The spot that an address names, by its code, else the address as written."""
    if written is None:
        return None
    spots: Sequence[str] = [find.spot for find in read(written, now).items if find.spot]
    return next(iter(spots), written)
