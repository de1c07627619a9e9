"""Tickets: what stands beside a report that nobody on the street made, and who complained.

A ticket is the paper of a case: whose number it has outside, by when it has to be answered, what a
call-back said. Complainants lie in a table of their own, which one function of the actions reads
(bot.actions.complainants). Knows no rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Named,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
    insert,
    select,
    update,
)

from storage.schema import BigId, Transaction, UtcDateTime, metadata


class TicketColumns(TypedColumns):
    """`external` is the number or id that the source knows it by, or None where it has none.

    `handle_by` is when its last problem has to be handled, `answered_at` when that was done; both
    follow the problems (bot.actions.case_cards). `void` says that none of them stands any more.
    `reached`, `satisfied` and `solved` are what the last call-back came to.
    """

    id: Named[int] = Column(BigId, primary_key=True, autoincrement=True)
    source: Named[str]
    external: Named[str | None]
    report: Named[int] = Column(BigId, unique=True)
    person: Named[int]
    department: Named[str | None]
    device: Named[str | None]
    received_at: Named[datetime] = Column(UtcDateTime)
    handle_by: Named[datetime | None] = Column(UtcDateTime)
    answered_at: Named[datetime | None] = Column(UtcDateTime)
    void: Named[bool] = Column(Boolean)
    reached: Named[bool | None] = Column(Boolean)
    satisfied: Named[bool | None] = Column(Boolean)
    solved: Named[bool | None] = Column(Boolean)
    called_at: Named[datetime | None] = Column(UtcDateTime)
    called_by: Named[int | None]
    version: Named[int]


class ComplainantColumns(TypedColumns):
    """Who complained: `words` is what was written before names and telephone were cut out of it."""

    ticket: Named[int] = Column(BigId, primary_key=True, autoincrement=False)
    name: Named[str | None]
    phone: Named[str | None]
    words: Named[str] = Column(Text)


table = Table(
    "tickets",
    metadata,
    TicketColumns,
    UniqueConstraint("source", "external", name="uq_tickets_external"),
    sqlite_autoincrement=True,
)
complainants = Table("complainants", metadata, ComplainantColumns)
c = table.c
Index("ix_tickets_due", c.handle_by)
Index("ix_tickets_called", c.called_at)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A row as read; moments are aware and in UTC."""

    id: int
    source: str
    external: str | None
    report: int
    person: int
    department: str | None
    device: str | None
    received_at: datetime
    handle_by: datetime | None
    answered_at: datetime | None
    void: bool
    reached: bool | None
    satisfied: bool | None
    solved: bool | None
    called_at: datetime | None
    called_by: int | None
    version: int


@dataclass(frozen=True, slots=True)
class Complainant:
    """Who complained, as told; for the eyes of those who handle the matter."""

    name: str | None
    phone: str | None
    words: str


_TICKET = select(*(c[name] for name in Ticket.__slots__))


def _one(tx: Transaction, query: Any) -> Ticket | None:
    row = tx.execute(query).first()
    return None if row is None else Ticket(*row)


def add(tx: Transaction, **values: Any) -> int:
    """The id of a new ticket, which nobody has answered or called back about."""
    key = tx.execute(insert(table), {"void": False, "version": 1} | values).inserted_primary_key
    assert key is not None
    return int(key[0])


def by_id(tx: Transaction, ticket: int) -> Ticket | None:
    """The ticket, or None."""
    return _one(tx, _TICKET.where(c.id == ticket))


def by_external(tx: Transaction, source: str, external: str) -> Ticket | None:
    """The ticket that the source knows by this number, or None."""
    return _one(tx, _TICKET.where(c.source == source, c.external == external))


def by_number(tx: Transaction, external: str) -> Ticket | None:
    """The newest ticket of any source with this number, or None."""
    return _one(tx, _TICKET.where(c.external == external).order_by(c.id.desc()).limit(1))


def of_reports(tx: Transaction, reports: Iterable[int]) -> list[Ticket]:
    """The tickets of these reports, the oldest first; other reports have none."""
    query = _TICKET.where(c.report.in_(list(reports))).order_by(c.id)
    return [Ticket(*row) for row in tx.execute(query)]


def change(tx: Transaction, ticket: int, **values: Any) -> None:
    """The ticket's row holds `values` and a higher version."""
    tx.execute(update(table).where(c.id == ticket).values(version=c.version + 1, **values))


def know_complainant(
    tx: Transaction, ticket: int, name: str | None, phone: str | None, words: str
) -> None:
    """Who complained about it is kept, apart from everything else."""
    row = {"ticket": ticket, "name": name, "phone": phone, "words": words}
    tx.execute(insert(complainants), row)


def complainant(tx: Transaction, ticket: int) -> Complainant | None:
    """Who complained, or None. For bot.actions.complainants alone, which knows who may see it."""
    k = complainants.c
    query = select(k.name, k.phone, k.words).where(k.ticket == ticket)
    row = tx.execute(query).first()
    return None if row is None else Complainant(*row)


def known(tx: Transaction, source: str, externals: Sequence[str]) -> set[str]:
    """Which of these numbers the source has given before."""
    query = select(c.external).where(c.source == source, c.external.in_(list(externals)))
    return {str(row[0]) for row in tx.execute(query)}


def has_complainant(tx: Transaction, ticket: int) -> bool:
    """Whether anything is known of who complained."""
    query = select(complainants.c.ticket).where(complainants.c.ticket == ticket)
    return tx.execute(query).first() is not None
