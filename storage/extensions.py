"""Longer times that were asked for: a row each, and what became of it; knows no rule.

asked       waits for a leader's word
granted     the problem has the longer time
refused     it has not; the journal says why
withdrawn   whoever asked doesn't want it any more
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from storage.problems import extensions as table
from storage.schema import Transaction

ASKED, GRANTED, REFUSED, WITHDRAWN = "asked", "granted", "refused", "withdrawn"
c = table.c


@dataclass(frozen=True, slots=True)
class Extension:
    """A row as read; moments are aware and in UTC."""

    id: int
    problem: int
    person: int
    asked_at: datetime
    until: datetime
    reason: str
    state: str
    decided_by: int | None
    decided_at: datetime | None


_ROW = select(*(c[name] for name in Extension.__slots__))
_BY_ID = _ROW.where(c.id == bindparam("row"))
_OF = _ROW.where(c.problem == bindparam("of")).order_by(c.id)


def add(tx: Transaction, **values: Any) -> int:
    """The id of a new request that waits for a word."""
    key = tx.execute(insert(table), {"state": ASKED} | values).inserted_primary_key
    assert key is not None
    return int(key[0])


def by_id(tx: Transaction, row: int) -> Extension | None:
    """The request, or None."""
    found = tx.execute(_BY_ID, {"row": row}).first()
    return None if found is None else Extension(*found)


def of_problem(tx: Transaction, problem: int) -> list[Extension]:
    """All that was asked for the problem, the oldest first."""
    return [Extension(*row) for row in tx.execute(_OF, {"of": problem})]


def decide(tx: Transaction, row: int, state: str, by: int, now: datetime) -> bool:
    """What was asked for is granted, refused or withdrawn; False where it waits no more."""
    done = tx.execute(
        update(table)
        .where(c.id == row, c.state == ASKED)
        .values(state=state, decided_by=by, decided_at=now)
    )
    return done.rowcount == 1
