"""Due rows: what the clock has to bring, each once by its key; knows no duty's meaning.

due        waits for its moment, or for a lawful one
done       its deed is committed in the same transaction
dropped    no longer true, or too late, when its turn came; `outcome` says which
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Index,
    Named,
    Table,
    TypedColumns,
    bindparam,
    func,
    select,
    text,
    update,
)

from storage.dialect import insert_or_ignore
from storage.schema import BigId, Json, Transaction, UtcDateTime, metadata

DUE, DONE, DROPPED = "due", "done", "dropped"


class DueColumns(TypedColumns):
    """`key` names the occurrence, such as digest:2026-W47; `args` is what its duty needs."""

    id: Named[int] = Column(BigId, primary_key=True, autoincrement=True)
    key: Named[str] = Column(unique=True)
    duty: Named[str]
    args: Named[Any] = Column(Json, nullable=False)
    due_at: Named[datetime] = Column(UtcDateTime)
    state: Named[str]
    noted_at: Named[datetime] = Column(UtcDateTime)
    settled_at: Named[datetime | None] = Column(UtcDateTime)
    outcome: Named[str | None]


table = Table("dues", metadata, DueColumns, sqlite_autoincrement=True)
c = table.c
Index(
    "ix_dues_due", c.due_at, c.id,
    sqlite_where=text("state = 'due'"), postgresql_where=text("state = 'due'"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Due:
    """A row as read."""

    id: int
    key: str
    duty: str
    args: Any
    due_at: datetime
    state: str
    settled_at: datetime | None
    outcome: str | None


_DUE = select(*(c[name] for name in Due.__slots__))
_RIPE = (
    _DUE.where(c.state == DUE, c.due_at <= bindparam("now"))
    .order_by(c.due_at, c.id)
    .limit(bindparam("most"))
)
_COMING = _DUE.where(c.state == DUE).order_by(c.due_at, c.id).limit(bindparam("most"))
_NEXT = select(func.min(c.due_at)).where(c.state == DUE)
_SETTLE = (
    update(table)
    .where(c.id == bindparam("row"), c.state == DUE)
    .values(state=bindparam("to"), settled_at=bindparam("at", type_=UtcDateTime),
            outcome=bindparam("why"))
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Something that will be due; what is known by the same key already stays as it is."""

    key: str
    duty: str
    due_at: datetime
    args: Any = None


def note(tx: Transaction, occurrences: Sequence[Occurrence], now: datetime) -> int:
    """The occurrences are due rows, each key once for ever; how many are new."""
    rows = [
        {"key": o.key, "duty": o.duty, "args": o.args or {}, "due_at": o.due_at, "state": DUE,
         "noted_at": now}
        for o in occurrences
    ]  # fmt: skip
    if not rows:
        return 0
    return tx.execute(insert_or_ignore(tx, table, ("key",)), rows).rowcount


def ripe(tx: Transaction, now: datetime, most: int) -> list[Due]:
    """The rows whose moment has come, the oldest first."""
    return [Due(*row) for row in tx.execute(_RIPE, {"now": now, "most": most})]


def coming(tx: Transaction, most: int = 50) -> list[Due]:
    """The rows that wait, the soonest first."""
    return [Due(*row) for row in tx.execute(_COMING, {"most": most})]


def by_id(tx: Transaction, row: int) -> Due | None:
    """The row, or None."""
    found = tx.execute(_DUE.where(c.id == row)).first()
    return None if found is None else Due(*found)


def next_due(tx: Transaction) -> datetime | None:
    """When the next row is due, or None."""
    return tx.execute(_NEXT).scalar_one()


def settle(tx: Transaction, row: int, state: str, now: datetime, why: str | None = None) -> bool:
    """The row is done or dropped; False where somebody has settled it before."""
    done = tx.execute(_SETTLE, {"row": row, "to": state, "at": now, "why": why})
    return done.rowcount == 1


def put_off(tx: Transaction, row: int, until: datetime) -> None:
    """The row waits until then: it is not the hour for it."""
    tx.execute(update(table).where(c.id == row, c.state == DUE).values(due_at=until))


def drop_unsettled(tx: Transaction, key_prefix: str, now: datetime, why: str) -> int:
    """Rows that wait and whose key begins so are dropped; how many."""
    query = update(table).where(c.state == DUE, c.key.startswith(key_prefix, autoescape=True))
    return tx.execute(query.values(state=DROPPED, settled_at=now, outcome=why)).rowcount
