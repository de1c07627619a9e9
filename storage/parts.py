"""The messages a report is made of, and the files among them: the durable photo queue.

A file's state: expected (to be fetched), stored, or unavailable with its reason. Text parts have
no state. Knows no network and no folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Named,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
    bindparam,
    func,
    insert,
    select,
    text,
    update,
)

from storage.reports import reports
from storage.schema import BigId, Transaction, UtcDateTime, metadata

EXPECTED, STORED, UNAVAILABLE = "expected", "stored", "unavailable"


class PartColumns(TypedColumns):
    """`kind` is text, photo, document, voice or video; `text` its caption as written.

    What is of no report is evidence of a task (storage.evidence).
    """

    id: Named[int] = Column(BigId, primary_key=True, autoincrement=True)
    report: Named[int | None] = Column(BigId, index=True)
    line: Named[str]
    chat: Named[int] = Column(BigId)
    message: Named[int] = Column(BigId)
    kind: Named[str]
    text: Named[str] = Column(Text)
    album: Named[str | None]
    received_at: Named[datetime] = Column(UtcDateTime)
    file_id: Named[str | None] = Column(Text)
    unique_id: Named[str | None]
    file_name: Named[str | None] = Column(Text)
    expected_size: Named[int | None] = Column(BigInteger)
    state: Named[str | None]
    reason: Named[str | None] = Column(Text)
    attempts: Named[int]
    due_at: Named[datetime | None] = Column(UtcDateTime)
    sha256: Named[str | None] = Column(index=True)
    size: Named[int | None] = Column(BigInteger)
    mime: Named[str | None]
    width: Named[int | None]
    height: Named[int | None]
    dhash: Named[str | None]
    phash: Named[str | None]
    taken_at: Named[str | None]
    md5: Named[str | None]
    sent_at: Named[datetime | None] = Column(UtcDateTime)


table = Table(
    "parts",
    metadata,
    PartColumns,
    UniqueConstraint("line", "chat", "message", name="uq_parts_message"),
)
c = table.c
Index(
    "ix_parts_due", c.due_at,
    sqlite_where=text("state = 'expected'"), postgresql_where=text("state = 'expected'"),
)  # fmt: skip


Index(
    "ix_parts_album", c.line, c.chat, c.album,
    sqlite_where=text("album IS NOT NULL"), postgresql_where=text("album IS NOT NULL"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A part as read from the database."""

    id: int
    report: int | None
    line: str
    chat: int
    message: int
    kind: str
    text: str
    file_id: str | None
    expected_size: int | None
    state: str | None
    reason: str | None
    attempts: int
    sha256: str | None
    received_at: datetime
    sent_at: datetime | None
    album: str | None


_PART = select(*(c[name] for name in Part.__slots__))
_OF_REPORT = _PART.where(c.report == bindparam("which")).order_by(c.received_at, c.message, c.id)
_BY_MESSAGE = _PART.where(
    c.line == bindparam("on"), c.chat == bindparam("at_chat"), c.message == bindparam("which")
)
_ALBUM = (
    select(c.report)
    .where(c.line == bindparam("on"), c.chat == bindparam("at_chat"), c.album == bindparam("which"))
    .limit(1)
)
_ADD = insert(table)
_DUE = (
    _PART.where(c.state == EXPECTED, c.due_at <= bindparam("moment"))
    .order_by(c.due_at)
    .limit(bindparam("most"))
)


def add(tx: Transaction, **values: Any) -> int:
    """The part is stored, by this id; a part with a file is expected from now on."""
    key = tx.execute(_ADD, values).inserted_primary_key
    assert key is not None
    return int(key[0])


def of_report(tx: Transaction, report: int) -> list[Part]:
    """The parts of the report in the order they came; what came together, as it was sent."""
    return [Part(*row) for row in tx.execute(_OF_REPORT, {"which": report})]


def awaits(tx: Transaction, report: int) -> bool:
    """Whether a file of the report is still on its way."""
    query = select(c.id).where(c.report == report, c.state == EXPECTED).limit(1)
    return tx.execute(query).first() is not None


def by_message(tx: Transaction, line: str, chat: int, message: int) -> Part | None:
    """The part that this message became, or None."""
    keys = {"on": line, "at_chat": chat, "which": message}
    row = tx.execute(_BY_MESSAGE, keys).first()
    return None if row is None else Part(*row)


def report_of(tx: Transaction, part: int) -> int | None:
    """The report that the part belongs to now, or None."""
    return tx.execute(select(c.report).where(c.id == part)).scalar()


def report_of_album(tx: Transaction, line: str, chat: int, album: str) -> int | None:
    """The report that this album's parts belong to, or None before the first of them."""
    return tx.execute(_ALBUM, {"on": line, "at_chat": chat, "which": album}).scalar()


def move_album(tx: Transaction, line: str, chat: int, album: str, report: int) -> None:
    """All parts of the album belong to this report."""
    tx.execute(
        update(table).where(c.line == line, c.chat == chat, c.album == album).values(report=report)
    )


def move(tx: Transaction, which: Sequence[int], report: int) -> None:
    """These parts belong to this report."""
    tx.execute(update(table).where(c.id.in_(which)).values(report=report))


def reword(tx: Transaction, part: int, words: str) -> None:
    """The part's text is `words`; what it was stands in the journal."""
    tx.execute(update(table).where(c.id == part).values(text=words))


def due(tx: Transaction, now: datetime, most: int) -> list[Part]:
    """Files to fetch now, the longest waiting first."""
    return [Part(*row) for row in tx.execute(_DUE, {"moment": now, "most": most})]


def next_due(tx: Transaction) -> datetime | None:
    """When the next file is to be fetched, or None when all are settled."""
    return tx.execute(select(func.min(c.due_at)).where(c.state == EXPECTED)).scalar_one()


def stored(tx: Transaction, part: int, **facts: Any) -> None:
    """The file is on disk under its hash; `facts` are what was seen in it."""
    tx.execute(
        update(table).where(c.id == part).values(state=STORED, due_at=None, reason=None, **facts)
    )


def later(tx: Transaction, part: int, due_at: datetime, reason: str) -> None:
    """The file is tried again at `due_at`."""
    tx.execute(
        update(table)
        .where(c.id == part)
        .values(attempts=c.attempts + 1, due_at=due_at, reason=reason)
    )


def unavailable(tx: Transaction, part: int, reason: str, **facts: Any) -> None:
    """The file can't be had, for good; the reason is kept."""
    tx.execute(
        update(table)
        .where(c.id == part)
        .values(state=UNAVAILABLE, due_at=None, reason=reason, attempts=c.attempts + 1, **facts)
    )


def census(tx: Transaction) -> dict[str, int]:
    """How many files are in each state."""
    rows = tx.execute(select(c.state, func.count()).where(c.state.is_not(None)).group_by(c.state))
    return {str(state): number for state, number in rows}


def troubled(tx: Transaction, most: int = 50) -> list[tuple[int, str, str]]:
    """The newest files that can't be had: part, report number (or evidence), reason."""
    rows = tx.execute(
        select(c.id, reports.c.number, c.reason)
        .outerjoin(reports, reports.c.id == c.report)
        .where(c.state == UNAVAILABLE)
        .order_by(c.id.desc())
        .limit(most)
    )
    return [(row.id, row.number or "evidence", row.reason or "") for row in rows]


def hashes(tx: Transaction) -> set[str]:
    """The hashes of all files that must be on disk."""
    rows = tx.execute(select(c.sha256).where(c.sha256.is_not(None)).distinct())
    return {str(row.sha256) for row in rows}
