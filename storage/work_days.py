"""The days that are not what their weekday says: holidays and the working days moved for them.

Rows come of the State Council's yearly notices; a year is known where it has any. Knows no
arithmetic of working days.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Column, Date, Named, Table, Text, TypedColumns, select

from storage.dialect import insert_or_replace
from storage.schema import Transaction, UtcDateTime, metadata

REST, WORK = "rest", "work"


class WorkDayColumns(TypedColumns):
    """`kind` is rest or work, `name` the holiday's, `source` where that stands."""

    day: Named[date] = Column(Date, primary_key=True)
    kind: Named[str]
    name: Named[str | None]
    source: Named[str] = Column(Text)
    noted_at: Named[datetime] = Column(UtcDateTime)


table = Table("work_days", metadata, WorkDayColumns)
c = table.c


@dataclass(frozen=True, slots=True)
class MovedDay:
    """A day with what it is and why."""

    day: date
    kind: str
    name: str | None
    source: str


def keep(tx: Transaction, days: Iterable[MovedDay], now: datetime) -> None:
    """The days are so; what was known of them before is overwritten."""
    rows = [
        {"day": d.day, "kind": d.kind, "name": d.name, "source": d.source, "noted_at": now}
        for d in days
    ]
    if rows:
        columns = ("kind", "name", "source", "noted_at")
        tx.execute(insert_or_replace(tx, table, ("day",), columns), rows)


def everything(tx: Transaction) -> list[MovedDay]:
    """Every day that is not what its weekday says, in order."""
    query = select(c.day, c.kind, c.name, c.source).order_by(c.day)
    return [MovedDay(*row) for row in tx.execute(query)]
