"""The journal: every deed, append-only, each line chained to the one before by SHA-256.

A line's hash covers its number, its own content and the hash before it, so a changed, removed or
inserted line breaks the chain at that place; the count of lines, kept apart, tells when the last
ones are gone. Knows no deed by name.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Column,
    Index,
    Named,
    Table,
    Text,
    TypedColumns,
    bindparam,
    insert,
    select,
    type_coerce,
)

from storage.dialect import insert_or_count
from storage.reports import numbers
from storage.schema import BigId, Transaction, UtcDateTime, dumps, metadata

GENESIS = "0" * 64
"""What the first line is chained to."""

SERIES = "journal"
"""The row of `numbers` that counts the lines."""


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
_HASH_OF = select(c.hash).where(c.id == bindparam("line"))
_ADD = insert(table)


def _digest(
    before: str, line: int, at: datetime, person: int | None, deed: str, subject: str, detail: str
) -> str:
    told = [before, line, at.isoformat(timespec="microseconds"), person, deed, subject, detail]
    return hashlib.sha256(dumps(told).encode()).hexdigest()


def write(
    tx: Transaction, now: datetime, person: int | None, deed: str, subject: str, detail: Any
) -> None:
    """The deed stands in the journal, chained to the line before.

    Counting the line also keeps two writers of one PostgreSQL apart until the first has committed,
    so that no two lines follow the same one.
    """
    count = insert_or_count(tx, numbers, ("series",), "last")
    line = tx.execute(count, {"series": SERIES, "last": 1}).scalar_one()
    before = tx.execute(_HASH_OF, {"line": line - 1}).scalar() or GENESIS
    text = dumps(detail)
    now = now.astimezone(UTC)
    tx.execute(
        _ADD,
        {"id": line, "at": now, "person": person, "deed": deed, "subject": subject, "detail": text,
         "hash": _digest(before, line, now, person, deed, subject, text)},
    )  # fmt: skip


def head(tx: Transaction) -> str:
    """The hash of the newest line: whoever knows it can prove all lines before."""
    return tx.execute(_HEAD).scalar() or GENESIS


def broken(tx: Transaction) -> Iterator[tuple[int, str]]:
    """Each line that doesn't fit: its id and what is wrong; nothing when the chain holds."""
    before, last = GENESIS, 0
    # The moment as stored: a spoilt one must be named, not end the check.
    at = type_coerce(c.at, Text).label("at")
    query = select(c.id, at, c.person, c.deed, c.subject, c.detail, c.hash).order_by(c.id)
    for row in tx.execute(query):
        if row.id > last + 1:
            yield row.id, f"lines {last + 1} to {row.id - 1} are missing"
        if row.hash != _again(before, row):
            yield row.id, "this line, or the one before it, was changed"
        before, last = str(row.hash), row.id
    written = tx.execute(select(numbers.c.last).where(numbers.c.series == SERIES)).scalar() or 0
    if written > last:
        yield written, f"lines {last + 1} to {written} are missing"
    elif written < last:
        yield last, f"only {written} lines were written by the house"


def _again(before: str, row: Any) -> str | None:
    """The hash that the row ought to have; None where its content is none that we ever write."""
    moment = _moment(row.at)
    if moment is None:
        return None
    try:
        return _digest(before, row.id, moment, row.person, row.deed, row.subject, row.detail)
    except TypeError:
        return None


def _moment(stored: Any) -> datetime | None:
    """The stored moment; SQLite keeps it as text, of which one form only is ours."""
    if isinstance(stored, datetime):
        return stored.astimezone(UTC)
    try:
        moment = datetime.fromisoformat(stored)
    except (TypeError, ValueError):
        return None
    ours = moment.tzinfo is None and moment.isoformat(" ", "microseconds") == stored
    return moment.replace(tzinfo=UTC) if ours else None


def lines(tx: Transaction) -> Iterator[Any]:
    """All lines' person, deed, subject and detail, oldest first."""
    yield from tx.execute(select(c.person, c.deed, c.subject, c.detail).order_by(c.id))


def has(tx: Transaction, deed: str, subject: str) -> bool:
    """Whether this deed was done to this subject."""
    found = tx.execute(select(c.id).where(c.deed == deed, c.subject == subject).limit(1)).first()
    return found is not None


@dataclass(frozen=True, slots=True)
class Line:
    """A line as read; `detail` is what was written with it."""

    at: datetime
    person: int | None
    deed: str
    detail: Any


def newest(tx: Transaction, deeds: Sequence[str], subject: str) -> Line | None:
    """The newest of these deeds that was done to the subject, or None."""
    query = (
        select(c.at, c.person, c.deed, c.detail)
        .where(c.subject == subject, c.deed.in_(list(deeds)))
        .order_by(c.id.desc())
    )
    row = tx.execute(query.limit(1)).first()
    return None if row is None else Line(row.at, row.person, row.deed, json.loads(row.detail))


def doers(tx: Transaction, deed: str, subject: str, since: datetime) -> set[int]:
    """Who did this deed to the subject since then; the house is nobody."""
    query = select(c.person).where(c.subject == subject, c.deed == deed, c.at >= since)
    return {row.person for row in tx.execute(query.distinct()) if row.person is not None}


def last_deed(tx: Transaction, subject: str) -> str | None:
    """The newest deed done to the subject, or None."""
    query = select(c.deed).where(c.subject == subject).order_by(c.id.desc()).limit(1)
    return tx.execute(query).scalar()
