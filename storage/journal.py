"""The journal: every deed, append-only, each line chained to the one before by SHA-256.

A line's hash covers its own content and the hash before it, so a changed, removed or inserted line
breaks the chain at that place. Knows no deed by name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Index, Named, Table, Text, TypedColumns, insert, select

from storage.schema import BigId, Transaction, UtcDateTime, dumps, metadata

GENESIS = "0" * 64
"""What the first line is chained to."""


class JournalColumns(TypedColumns):
    """`person` is None for what the house did by itself; `detail` is JSON text as hashed."""

    id: Named[int] = Column(BigId, primary_key=True, autoincrement=True)
    at: Named[datetime] = Column(UtcDateTime)
    person: Named[int | None]
    deed: Named[str]
    subject: Named[str]
    detail: Named[str] = Column(Text)
    hash: Named[str]


table = Table(
    "journal",
    metadata,
    JournalColumns,
    Index("ix_journal_subject", "subject"),
    sqlite_autoincrement=True,
)
c = table.c

_HEAD = select(c.hash).order_by(c.id.desc()).limit(1)
_ADD = insert(table)


def _digest(
    before: str, at: datetime, person: int | None, deed: str, subject: str, detail: str
) -> str:
    line = dumps([before, at.isoformat(timespec="microseconds"), person, deed, subject, detail])
    return hashlib.sha256(line.encode()).hexdigest()


def write(
    tx: Transaction, now: datetime, person: int | None, deed: str, subject: str, detail: Any
) -> None:
    """The deed stands in the journal, chained to the line before."""
    head = tx.execute(_HEAD).scalar() or GENESIS
    text = dumps(detail)
    now = now.astimezone(UTC)
    tx.execute(
        _ADD,
        {"at": now, "person": person, "deed": deed, "subject": subject, "detail": text,
         "hash": _digest(head, now, person, deed, subject, text)},
    )  # fmt: skip


def head(tx: Transaction) -> str:
    """The hash of the newest line: whoever knows it can prove all lines before."""
    return tx.execute(_HEAD).scalar() or GENESIS


def broken(tx: Transaction) -> Iterator[tuple[int, str]]:
    """Each line that doesn't fit: its id and what is wrong; nothing when the chain holds.

    A gap in the ids is told too: a rolled-back deed leaves none, because the id is taken inside
    the transaction of the one writer.
    """
    before, last = GENESIS, 0
    for row in tx.execute(select(table).order_by(c.id)):
        if tx.dialect.name == "sqlite" and row.id != last + 1:
            yield row.id, f"lines {last + 1} to {row.id - 1} are missing"
        good = _digest(before, row.at, row.person, row.deed, row.subject, row.detail)
        if good != row.hash:
            yield row.id, "this line, or the one before it, was changed"
        before, last = row.hash, row.id


def lines(tx: Transaction) -> Iterator[Any]:
    """All lines, oldest first."""
    yield from tx.execute(select(table).order_by(c.id))


def has(tx: Transaction, deed: str, subject: str) -> bool:
    """Whether this deed was done to this subject."""
    found = tx.execute(select(c.id).where(c.deed == deed, c.subject == subject).limit(1)).first()
    return found is not None
