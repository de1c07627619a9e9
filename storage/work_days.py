"""The days that are not what their weekday says: holidays and the working days moved for them.

Rows come of the State Council's yearly notices; of one that was pasted the text is kept, and what
became of it. Knows no arithmetic of working days.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    Column,
    Date,
    Named,
    Table,
    Text,
    TypedColumns,
    delete,
    insert,
    select,
    update,
)

from bot.rules.calendar import MovedDay
from storage.dialect import insert_or_replace
from storage.schema import BigId, Transaction, UtcDateTime, metadata


class WorkDayColumns(TypedColumns):
    """`kind` is rest or work, `name` the holiday's, `source` where that stands."""

    day: Named[date] = Column(Date, primary_key=True)
    kind: Named[str]
    name: Named[str | None]
    source: Named[str] = Column(Text)
    noted_at: Named[datetime] = Column(UtcDateTime)


class NoticeColumns(TypedColumns):
    """A notice as an admin pasted it; `state` is asked, kept or refused."""

    id: Named[int] = Column(BigId, primary_key=True, autoincrement=True)
    person: Named[int]
    text: Named[str] = Column(Text)
    state: Named[str]
    at: Named[datetime] = Column(UtcDateTime)


table = Table("work_days", metadata, WorkDayColumns)
notices = Table("holiday_notices", metadata, NoticeColumns, sqlite_autoincrement=True)
c, n = table.c, notices.c

ASKED, KEPT, REFUSED = "asked", "kept", "refused"


@dataclass(frozen=True, slots=True)
class Notice:
    """A pasted notice; `at` is when, from which its year is read again alike."""

    id: int
    person: int
    text: str
    state: str
    at: datetime


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


def forget(tx: Transaction, days: Iterable[date]) -> None:
    """Nothing is known of the days any more: they are what their weekday says."""
    tx.execute(delete(table).where(c.day.in_(list(days))))


def paste(tx: Transaction, person: int, text: str, now: datetime) -> int:
    """The id of a notice that was pasted and is asked about."""
    values = {"person": person, "text": text, "state": ASKED, "at": now}
    key = tx.execute(insert(notices), values).inserted_primary_key
    assert key is not None
    return int(key[0])


def notice(tx: Transaction, number: int) -> Notice | None:
    """The pasted notice, or None."""
    query = select(*(n[name] for name in Notice.__slots__)).where(n.id == number)
    row = tx.execute(query).first()
    return None if row is None else Notice(*row)


def settle(tx: Transaction, number: int, state: str) -> None:
    """The notice was kept, or refused."""
    tx.execute(update(notices).where(n.id == number).values(state=state))
