"""The inbox: every raw update, stored before it is acknowledged, and what became of it.

A row ends in exactly one named state. Knows no handler and no line's format.

    pending      waits for its lane
    done         a deed was committed together with this mark, or an answer was owed
    ignored      nothing in the house concerns itself with it
    quarantined  not readable as an update; kept raw
    failed       tried N times in vain; the sender and the admin are told
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Index,
    Named,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
    bindparam,
    case,
    func,
    select,
    text,
    update,
)

from storage.dialect import insert_or_ignore
from storage.schema import BigId, Transaction, UtcDateTime, dumps, metadata

PENDING, DONE, IGNORED, QUARANTINED, FAILED = "pending", "done", "ignored", "quarantined", "failed"


class InboxColumns(TypedColumns):
    """`lane` is the chat whose messages are handled one after the other."""

    id: Named[int] = Column(BigId, primary_key=True, autoincrement=True)
    line: Named[str]
    key: Named[str]
    lane: Named[str]
    raw: Named[str] = Column(Text)
    received_at: Named[datetime] = Column(UtcDateTime)
    state: Named[str]
    attempts: Named[int]
    reason: Named[str | None] = Column(Text)
    settled_at: Named[datetime | None] = Column(UtcDateTime)


table = Table(
    "inbox",
    metadata,
    InboxColumns,
    UniqueConstraint("line", "key", name="uq_inbox_line_key"),
    Index(
        "ix_inbox_pending",
        "id",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
    sqlite_autoincrement=True,
)
c = table.c


@dataclass(frozen=True, slots=True)
class Arrival:
    """A raw update as a line hands it over: its own key, and the lane it belongs to."""

    key: str
    lane: str
    raw: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """A pending inbox row."""

    id: int
    line: str
    key: str
    lane: str
    raw: str
    received_at: datetime
    attempts: int

    @property
    def chat(self) -> int | None:
        """The chat's number; None where the lane is no number that a chat can have."""
        number = int(self.lane) if self.lane.removeprefix("-").isdecimal() else None
        return number if number is not None and abs(number) < 1 << 63 else None


_PAGE = (
    select(c.id, c.line, c.key, c.lane, c.raw, c.received_at, c.attempts)
    .where(c.state == PENDING, c.id > bindparam("after"))
    .order_by(c.id)
    .limit(bindparam("most"))
)
_SETTLE = (
    update(table)
    .where(c.id == bindparam("row"), c.state == PENDING)
    .values(
        state=bindparam("to"),
        settled_at=bindparam("at"),
        reason=bindparam("why"),
        # What was done with is kept as facts only: no track of locations, no strangers' words.
        raw=case((bindparam("to").in_([DONE, IGNORED]), ""), else_=c.raw),
    )
)
_TRIED = (
    update(table)
    .where(c.id == bindparam("row"))
    .values(attempts=c.attempts + 1, reason=bindparam("why"))
)


class AlreadySettled(Exception):
    """A second deed for one message: the handler is wrong, and nothing of it is kept."""


def take_in(tx: Transaction, line: str, arrivals: Iterable[Arrival], now: datetime) -> int:
    """The arrivals are stored, each key once; how many rows were offered."""
    rows = [
        {"line": line, "key": a.key, "lane": a.lane, "raw": dumps(a.raw), "received_at": now,
         "state": PENDING, "attempts": 0}
        for a in arrivals
    ]  # fmt: skip
    if rows:
        tx.execute(insert_or_ignore(tx, table, ("line", "key")), rows)
    return len(rows)


def page(tx: Transaction, after: int, most: int) -> list[Row]:
    """The oldest pending rows with an id above `after`, at most `most` of them."""
    return [Row(*row) for row in tx.execute(_PAGE, {"after": after, "most": most})]


def settle(tx: Transaction, row: int, state: str, now: datetime, reason: str | None = None) -> None:
    """The row has its final state; raises AlreadySettled where it had one before."""
    done = tx.execute(_SETTLE, {"row": row, "to": state, "at": now, "why": reason})
    if done.rowcount != 1:
        raise AlreadySettled(row)


def tried(tx: Transaction, row: int, reason: str) -> None:
    """The row counts one attempt more and keeps why it failed."""
    tx.execute(_TRIED, {"row": row, "why": reason})


def census(tx: Transaction) -> dict[str, int]:
    """How many rows are in each state; the sum is all that was ever received."""
    found = tx.execute(select(c.state, func.count()).group_by(c.state))
    return {row[0]: row[1] for row in found}


def oldest_pending(tx: Transaction) -> datetime | None:
    """When the oldest row that still waits was received."""
    return tx.execute(select(func.min(c.received_at)).where(c.state == PENDING)).scalar_one()


def troubled(tx: Transaction, most: int = 50) -> Sequence[tuple[int, str, str, str, str, datetime]]:
    """The newest quarantined and failed rows: id, line, state, reason, raw, received_at."""
    rows = tx.execute(
        select(c.id, c.line, c.state, c.reason, c.raw, c.received_at)
        .where(c.state.in_([QUARANTINED, FAILED]))
        .order_by(c.id.desc())
        .limit(most)
    )
    return [(r.id, r.line, r.state, r.reason or "", r.raw, r.received_at) for r in rows]
