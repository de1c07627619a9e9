"""What the house waits to hear from a person in words: one thing each, until it is too late.

A reason, a sentence for the weekly, what is wrong with an item. Knows no meaning of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Named, Table, TypedColumns, bindparam, delete, select

from storage.dialect import insert_or_replace
from storage.schema import BigId, Json, Transaction, UtcDateTime, metadata


class AwaitedColumns(TypedColumns):
    """`what` says who takes the next words, of which `subject`; after `until` nobody does."""

    person: Named[int] = Column(primary_key=True, autoincrement=False)
    what: Named[str]
    subject: Named[int] = Column(BigId)
    args: Named[Any] = Column(Json, nullable=False)
    until: Named[datetime] = Column(UtcDateTime)


table = Table("awaited", metadata, AwaitedColumns)
c = table.c


@dataclass(frozen=True, slots=True)
class Awaited:
    """What is waited for."""

    what: str
    subject: int
    args: Any


_OF = select(c.what, c.subject, c.args).where(
    c.person == bindparam("who"), c.until > bindparam("now", type_=UtcDateTime)
)


def expect(
    tx: Transaction, person: int, what: str, subject: int, until: datetime, args: Any = None
) -> None:
    """The person's next words are for this; what was waited for before is forgotten."""
    columns = ("what", "subject", "args", "until")
    tx.execute(
        insert_or_replace(tx, table, ("person",), columns),
        {"person": person, "what": what, "subject": subject, "args": args or {}, "until": until},
    )


def of(tx: Transaction, person: int, now: datetime) -> Awaited | None:
    """What the person's next words are for, or None."""
    row = tx.execute(_OF, {"who": person, "now": now}).first()
    return None if row is None else Awaited(*row)


def done(tx: Transaction, person: int) -> None:
    """Nothing is waited for any more."""
    tx.execute(delete(table).where(c.person == person))
