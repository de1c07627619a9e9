"""Rows of the outbox in doubt: the line didn't answer, or the process died while it was asked.

A notice to one person is sent again, marked; what a whole group reads is held until somebody says
whether it is to go again. An edit is in no doubt: sent twice, it shows the same. Knows no words.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update

from storage.outbox import DROPPED, HELD, OWED, SENDING, Owed, c, table
from storage.schema import Transaction

MOST_REPEATS = 5
"""A row whose sending has ended the process so often is held: it may be what ends it."""

_ROW = select(*(c[name] for name in Owed.__slots__))


def recover(tx: Transaction, broadcasts: Collection[str]) -> tuple[int, list[Owed]]:
    """What was being sent when the process died is owed again, or held; how many, and which.

    What their chats show is not known: the last edit may have arrived.
    """
    first = c.message.is_(None)
    doubtful = (c.card.in_(list(broadcasts)) & first) | (c.repeats >= MOST_REPEATS)
    held = [Owed(*row) for row in tx.execute(_ROW.where(c.state == SENDING, doubtful))]
    if held:
        hold(tx, [row.id for row in held])
    lost = tx.execute(
        update(table)
        .where(c.state == SENDING)
        .values(state=OWED, repeats=c.repeats + 1, digest=None)
    )
    return lost.rowcount, held


def hold(tx: Transaction, rows: list[int]) -> None:
    """Nothing is sent of these rows until somebody says so."""
    tx.execute(
        update(table)
        .where(c.id.in_(rows))
        .values(state=HELD, repeats=c.repeats + 1, digest=None, reason="in doubt")
    )


def by_id(tx: Transaction, row: int) -> tuple[Owed, str] | None:
    """The row of the outbox and its state, or None."""
    found = tx.execute(_ROW.add_columns(c.state).where(c.id == row)).first()
    return None if found is None else (Owed(*found[:-1]), found[-1])


def every(tx: Transaction) -> list[Owed]:
    """The rows that are held, the oldest first."""
    return [Owed(*row) for row in tx.execute(_ROW.where(c.state == HELD).order_by(c.id))]


def decide(tx: Transaction, row: int, again: bool, now: datetime) -> bool:
    """The held row is sent again, or never; False where it is not held any more."""
    decided = tx.execute(
        update(table)
        .where(c.id == row, c.state == HELD)
        .values(state=OWED if again else DROPPED, due_at=now, attempts=0)
    )
    return decided.rowcount == 1
