"""What was decided about single periods of a quota, and the periods that were missed.

A quota is named by its key (bot.rules.quotas.key_of), a period by its first day. Decisions are
never overwritten: the newest stands. Knows no quota's meaning.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    Column,
    Date,
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

from storage.dialect import insert_or_ignore
from storage.schema import BigId, Transaction, UtcDateTime, metadata


class DecisionColumns(TypedColumns):
    """A period is kept, exempt, or owed together with the one that begins on `moved_to`."""

    id: Named[int] = Column(BigId, primary_key=True, autoincrement=True)
    quota: Named[str]
    start: Named[date] = Column(Date)
    decision: Named[str]
    moved_to: Named[date | None] = Column(Date)
    reason: Named[str] = Column(Text)
    person: Named[int]
    at: Named[datetime] = Column(UtcDateTime)


class MissColumns(TypedColumns):
    """A period that ended short; the reason is the leader's answer."""

    id: Named[int] = Column(BigId, primary_key=True, autoincrement=True)
    quota: Named[str]
    start: Named[date] = Column(Date)
    owed: Named[int]
    done: Named[int]
    noted_at: Named[datetime] = Column(UtcDateTime)
    reason: Named[str | None] = Column(Text)
    answered_by: Named[int | None]
    answered_at: Named[datetime | None] = Column(UtcDateTime)


decisions = Table("period_decisions", metadata, DecisionColumns, sqlite_autoincrement=True)
misses = Table(
    "misses", metadata, MissColumns, UniqueConstraint("quota", "start"), sqlite_autoincrement=True
)
d, m = decisions.c, misses.c
Index("ix_period_decisions", d.quota, d.start)


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of a period, by whom and why."""

    id: int
    quota: str
    start: date
    decision: str
    moved_to: date | None
    reason: str
    person: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Miss:
    """A period that ended short."""

    id: int
    quota: str
    start: date
    owed: int
    done: int
    noted_at: datetime
    reason: str | None
    answered_by: int | None
    answered_at: datetime | None


def decide(
    tx: Transaction, quota: str, start: date, decision: str, moved_to: date | None, reason: str,
    person: int, now: datetime,
) -> None:  # fmt: skip
    """It was decided so; what was decided before is kept, and stands no more."""
    values = {"quota": quota, "start": start, "decision": decision, "moved_to": moved_to,
              "reason": reason, "person": person, "at": now}  # fmt: skip
    tx.execute(insert(decisions), values)


def decided(tx: Transaction, until: datetime | None = None) -> dict[tuple[str, date], Decision]:
    """The decision that stands for each period that has one, or that stood at `until`."""
    query = select(*(d[name] for name in Decision.__slots__)).order_by(d.id)
    if until is not None:
        query = query.where(d.at <= until)
    found = (Decision(*row) for row in tx.execute(query))
    return {(one.quota, one.start): one for one in found}


def last_by(tx: Transaction, person: int) -> Decision | None:
    """What the person decided last, or None."""
    query = select(*(d[name] for name in Decision.__slots__)).where(d.person == person)
    row = tx.execute(query.order_by(d.id.desc()).limit(1)).first()
    return None if row is None else Decision(*row)


def miss(tx: Transaction, quota: str, start: date, owed: int, done: int, now: datetime) -> bool:
    """The period is noted as missed, once; whether that is new."""
    values = {"quota": quota, "start": start, "owed": owed, "done": done, "noted_at": now}
    known = select(m.id).where(m.quota == quota, m.start == start)
    if tx.execute(known).first() is not None:
        return False
    tx.execute(insert_or_ignore(tx, misses, ("quota", "start")), values)
    return True


def missed(tx: Transaction, since: date, until: date) -> list[Miss]:
    """The periods that began in [since, until) and ended short, oldest first."""
    query = select(*(m[name] for name in Miss.__slots__))
    query = query.where(m.start >= since, m.start < until)
    return [Miss(*row) for row in tx.execute(query.order_by(m.start, m.id))]


def miss_of(tx: Transaction, number: int) -> Miss | None:
    """The missed period, or None."""
    query = select(*(m[name] for name in Miss.__slots__)).where(m.id == number)
    row = tx.execute(query).first()
    return None if row is None else Miss(*row)


def explain(tx: Transaction, number: int, reason: str, person: int, now: datetime) -> None:
    """The missed period has this reason."""
    values = {"reason": reason, "answered_by": person, "answered_at": now}
    tx.execute(update(misses).where(m.id == number).values(**values))
