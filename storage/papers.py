"""Papers: the weekly, the month's draft and the quarter's pack with their steps, and the measures.

A paper is one row a kind and period; its numbers are read anew whenever it is written. Knows no
step's meaning and no word of it.
"""

from __future__ import annotations

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
    UniqueConstraint,
    insert,
    select,
    update,
)

from bot.rules.quotas import Per
from storage.dialect import insert_or_ignore
from storage.schema import BigId, Transaction, UtcDateTime, metadata

WEEK, MONTH, QUARTER = "week", "month", "quarter"
DRAFT, SENT, SKIPPED = "draft", "sent", "skipped"
OPEN, DONE, DROPPED = "open", "done", "dropped"
"""What a measure is: to be done, done, or taken back."""


class PaperColumns(TypedColumns):
    """`start` is the period's first day, `remark` what somebody wrote to be put in."""

    id: Named[int] = Column(BigId, primary_key=True, autoincrement=True)
    kind: Named[str]
    start: Named[date] = Column(Date)
    state: Named[str]
    remark: Named[str | None] = Column(Text)
    version: Named[int]
    made_at: Named[datetime] = Column(UtcDateTime)
    sent_at: Named[datetime | None] = Column(UtcDateTime)


class StepColumns(TypedColumns):
    """Who signed which step, or gave the paper back."""

    id: Named[int] = Column(BigId, primary_key=True, autoincrement=True)
    paper: Named[int] = Column(BigId)
    step: Named[str]
    person: Named[int]
    verdict: Named[str]
    words: Named[str | None] = Column(Text)
    at: Named[datetime] = Column(UtcDateTime)


class MeasureColumns(TypedColumns):
    """A measure that a quarter's review decided; its effect is written in the next quarter's."""

    id: Named[int] = Column(BigId, primary_key=True, autoincrement=True)
    quarter: Named[date] = Column(Date)
    words: Named[str] = Column(Text)
    owner: Named[str | None]
    due: Named[date | None] = Column(Date)
    state: Named[str]
    effect: Named[str | None] = Column(Text)
    person: Named[int]
    at: Named[datetime] = Column(UtcDateTime)
    settled_at: Named[datetime | None] = Column(UtcDateTime)


table = Table(
    "papers", metadata, PaperColumns, UniqueConstraint("kind", "start"), sqlite_autoincrement=True
)
steps = Table("paper_steps", metadata, StepColumns, sqlite_autoincrement=True)
measures = Table("measures", metadata, MeasureColumns, sqlite_autoincrement=True)
c, s, m = table.c, steps.c, measures.c
Index("ix_paper_steps", s.paper, s.id)
Index("ix_measures_quarter", m.quarter)


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper's row."""

    id: int
    kind: Per
    start: date
    state: str
    remark: str | None
    version: int
    made_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Step:
    """A signature, or a return."""

    step: str
    person: int
    verdict: str
    words: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure with what became of it."""

    id: int
    quarter: date
    words: str
    owner: str | None
    due: date | None
    state: str
    effect: str | None
    settled_at: datetime | None


def make(tx: Transaction, kind: str, start: date, now: datetime) -> int:
    """The paper of the period, a draft where it is new; its id."""
    tx.execute(
        insert_or_ignore(tx, table, ("kind", "start")),
        {"kind": kind, "start": start, "state": DRAFT, "version": 1, "made_at": now},
    )
    return int(tx.execute(select(c.id).where(c.kind == kind, c.start == start)).scalar_one())


def by_id(tx: Transaction, paper: int) -> Paper | None:
    """The paper, or None."""
    query = select(*(c[name] for name in Paper.__slots__)).where(c.id == paper)
    row = tx.execute(query).first()
    return None if row is None else Paper(*row)


def of_period(tx: Transaction, kind: str, start: date) -> Paper | None:
    """The paper of the period, or None."""
    query = select(*(c[name] for name in Paper.__slots__)).where(c.kind == kind, c.start == start)
    row = tx.execute(query).first()
    return None if row is None else Paper(*row)


def sent_before(tx: Transaction, kind: str, start: date) -> Paper | None:
    """The last paper of the kind that went out for a period before this one, or None."""
    query = (
        select(*(c[name] for name in Paper.__slots__))
        .where(c.kind == kind, c.start < start, c.state == SENT)
        .order_by(c.start.desc())
    )
    row = tx.execute(query.limit(1)).first()
    return None if row is None else Paper(*row)


def finished(tx: Transaction, kind: str, since: date, until: date) -> list[Paper]:
    """The papers of the kind whose periods begin in [since, until) and that have gone out."""
    query = select(*(c[name] for name in Paper.__slots__)).where(
        c.kind == kind, c.start >= since, c.start < until, c.state == SENT
    )
    return [Paper(*row) for row in tx.execute(query.order_by(c.start))]


def change(tx: Transaction, paper: int, **values: Any) -> None:
    """The row holds `values` and a higher version."""
    tx.execute(update(table).where(c.id == paper).values(version=c.version + 1, **values))


def sign(
    tx: Transaction, paper: int, step: str, person: int, verdict: str, words: str | None,
    now: datetime,
) -> None:  # fmt: skip
    """The step was taken."""
    values = {"paper": paper, "step": step, "person": person, "verdict": verdict, "words": words,
              "at": now}  # fmt: skip
    tx.execute(insert(steps), values)


def steps_of(tx: Transaction, paper: int) -> list[Step]:
    """The paper's steps, oldest first."""
    query = select(*(s[name] for name in Step.__slots__)).where(s.paper == paper).order_by(s.id)
    return [Step(*row) for row in tx.execute(query)]


def decide_measure(
    tx: Transaction, quarter: date, words: str, owner: str | None, due: date | None, person: int,
    now: datetime,
) -> int:  # fmt: skip
    """The quarter's review decided this measure; its id."""
    values = {"quarter": quarter, "words": words, "owner": owner, "due": due, "state": OPEN,
              "person": person, "at": now}  # fmt: skip
    key = tx.execute(insert(measures), values).inserted_primary_key
    assert key is not None
    return int(key[0])


def change_measure(tx: Transaction, measure: int, **values: Any) -> None:
    """The measure's row holds `values`."""
    tx.execute(update(measures).where(m.id == measure).values(**values))


def measure(tx: Transaction, number: int) -> Measure | None:
    """The measure, or None."""
    query = select(*(m[name] for name in Measure.__slots__)).where(m.id == number)
    row = tx.execute(query).first()
    return None if row is None else Measure(*row)


def measures_of(tx: Transaction, quarter: date) -> list[Measure]:
    """The measures that the review of this quarter decided and kept, in order."""
    query = select(*(m[name] for name in Measure.__slots__)).where(
        m.quarter == quarter, m.state != DROPPED
    )
    return [Measure(*row) for row in tx.execute(query.order_by(m.id))]
