"""Who is away from which day to which: 请假; knows no rule.

A row is never deleted: one that was ended early keeps the days that were, one that was called off
is void.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Index,
    Named,
    Table,
    TypedColumns,
    bindparam,
    insert,
    select,
    update,
)

from storage.schema import BigId, Transaction, UtcDateTime, metadata


class AbsenceColumns(TypedColumns):
    """Away from `first` to `last`, both included; `by` is who said so."""

    id: Named[int] = Column(BigId, primary_key=True, autoincrement=True)
    person: Named[int]
    first: Named[date] = Column(Date)
    last: Named[date] = Column(Date)
    by: Named[int]
    at: Named[datetime] = Column(UtcDateTime)
    void: Named[bool] = Column(Boolean)


table = Table("absences", metadata, AbsenceColumns, sqlite_autoincrement=True)
c = table.c
Index("ix_absences_person", c.person, c.last)


@dataclass(frozen=True, slots=True)
class Absence:
    """A row as read."""

    id: int
    person: int
    first: date
    last: date
    by: int


_ROW = select(c.id, c.person, c.first, c.last, c.by).where(c.void.is_(False))
_ON = _ROW.where(c.first <= bindparam("day", type_=Date), c.last >= bindparam("day", type_=Date))


def add(tx: Transaction, person: int, first: date, last: date, by: int, now: datetime) -> int:
    """The id of a new absence."""
    values = {"person": person, "first": first, "last": last, "by": by, "at": now, "void": False}
    key = tx.execute(insert(table), values).inserted_primary_key
    assert key is not None
    return int(key[0])


def by_id(tx: Transaction, row: int) -> Absence | None:
    """The absence, or None where there is none or it was called off."""
    found = tx.execute(_ROW.where(c.id == row)).first()
    return None if found is None else Absence(*found)


def on(tx: Transaction, day: date) -> dict[int, Absence]:
    """Everybody who is away on the day, by person; of several the one that ends last."""
    rows = tx.execute(_ON.order_by(c.last, c.id), {"day": day})
    return {row.person: Absence(*row) for row in rows}


def is_away(tx: Transaction, person: int, day: date) -> bool:
    """Whether the person is away on the day."""
    found = tx.execute(_ON.where(c.person == bindparam("who")), {"day": day, "who": person})
    return found.first() is not None


def ahead(tx: Transaction, person: int, day: date) -> list[Absence]:
    """The person's absences that end on the day or later, the soonest first."""
    query = _ROW.where(c.person == person, c.last >= day).order_by(c.first, c.id)
    return [Absence(*row) for row in tx.execute(query)]


def end(tx: Transaction, row: int, last: date | None) -> None:
    """The absence ended on that day; None calls it off."""
    values: dict[str, Any] = {"void": True} if last is None else {"last": last}
    tx.execute(update(table).where(c.id == row).values(**values))
