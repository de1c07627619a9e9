"""成效数据: figures that the house does not count, as people wrote them down; knows no rule.

Nothing is overwritten: a correction is a new row of the same name, the newest one that was not
withdrawn stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Column,
    Date,
    Index,
    Named,
    Table,
    Text,
    TypedColumns,
    func,
    insert,
    or_,
    select,
    update,
)

from storage.schema import BigId, Transaction, UtcDateTime, metadata


class CounterColumns(TypedColumns):
    """`amount` is as written (40余), `part` the photo or file that proves it, `note` the words.

    `told_with` is the first row of the message that told it; None of that row itself.
    """

    id: Named[int] = Column(BigId, primary_key=True, autoincrement=True)
    name: Named[str]
    amount: Named[str]
    unit: Named[str]
    as_of: Named[date] = Column(Date)
    note: Named[str] = Column(Text)
    part: Named[int | None] = Column(BigId, nullable=True)
    told_with: Named[int | None] = Column(BigId, nullable=True)
    person: Named[int]
    at: Named[datetime] = Column(UtcDateTime)
    withdrawn_at: Named[datetime | None] = Column(UtcDateTime)
    withdrawn_by: Named[int | None]


table = Table("counters", metadata, CounterColumns, sqlite_autoincrement=True)
c = table.c
Index("ix_counters_name", c.name, c.id)


@dataclass(frozen=True, slots=True)
class Counter:
    """A row as read."""

    id: int
    name: str
    amount: str
    unit: str
    as_of: date
    note: str
    part: int | None
    told_with: int | None
    person: int
    at: datetime
    withdrawn_at: datetime | None
    withdrawn_by: int | None


_COUNTER = select(*(c[name] for name in Counter.__slots__))


def add(tx: Transaction, **values: Any) -> int:
    """The id of a new figure, which stands for its name from now on."""
    key = tx.execute(insert(table), values).inserted_primary_key
    assert key is not None
    return int(key[0])


def by_id(tx: Transaction, counter: int) -> Counter | None:
    """The row, or None."""
    row = tx.execute(_COUNTER.where(c.id == counter)).first()
    return None if row is None else Counter(*row)


def of_name(tx: Transaction, name: str, most: int = 2) -> list[Counter]:
    """The newest rows of the name that were not withdrawn, the one that stands first."""
    query = _COUNTER.where(c.name == name, c.withdrawn_at.is_(None))
    return [Counter(*row) for row in tx.execute(query.order_by(c.id.desc()).limit(most))]


def of_message(tx: Transaction, one: Counter) -> list[Counter]:
    """What was written down in the same message, in order."""
    first = one.told_with or one.id
    query = _COUNTER.where(or_(c.id == first, c.told_with == first)).order_by(c.id)
    return [Counter(*row) for row in tx.execute(query)]


def standing(tx: Transaction, until: date | None = None) -> list[Counter]:
    """The figure that stands for each name, in the order in which the names first came.

    With `until` as it was said to be on that day or before.
    """
    dated = [c.as_of <= until] if until is not None else []
    latest = select(func.max(c.id).label("id")).where(c.withdrawn_at.is_(None), *dated)
    newest = latest.group_by(c.name)
    other = table.alias()
    first = select(func.min(other.c.id)).where(other.c.name == c.name).scalar_subquery()
    query = _COUNTER.where(c.id.in_(newest)).order_by(first)
    return [Counter(*row) for row in tx.execute(query)]


def withdraw(tx: Transaction, rows: Sequence[int], by: int, now: datetime) -> int:
    """The rows don't stand any more; how many of them did."""
    done = tx.execute(
        update(table)
        .where(c.id.in_(rows), c.withdrawn_at.is_(None))
        .values(withdrawn_at=now, withdrawn_by=by)
    )
    return done.rowcount
