"""What a task gathers over time: milestones 阶段目标, longer times asked for, 回头看; no rule.

asked, granted, refused, withdrawn: an extension   held, failed: a look back, None until it was
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Column,
    Date,
    Named,
    Table,
    Text,
    TypedColumns,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from storage.extensions import ASKED
from storage.schema import BigId, Transaction, UtcDateTime, metadata

HELD, FAILED = "held", "failed"


class MilestoneColumns(TypedColumns):
    """A stage of a long-term task, due on a day; `met_at` is when a leader said that it is met."""

    task: Named[int] = Column(BigId, primary_key=True, autoincrement=False)
    due: Named[date] = Column(Date, primary_key=True)
    text: Named[str] = Column(Text)
    met_at: Named[datetime | None] = Column(UtcDateTime)
    met_by: Named[int | None]


class LongerColumns(TypedColumns):
    """A longer time that was asked for a task, from the day `was` to the day `until`."""

    id: Named[int] = Column(BigId, primary_key=True, autoincrement=True)
    task: Named[int] = Column(BigId, index=True)
    person: Named[int]
    asked_at: Named[datetime] = Column(UtcDateTime)
    was: Named[date] = Column(Date)
    until: Named[date] = Column(Date)
    reason: Named[str] = Column(Text)
    state: Named[str]
    decided_by: Named[int | None]
    decided_at: Named[datetime | None] = Column(UtcDateTime)


class LookBackColumns(TypedColumns):
    """A look back at a task that was signed off: who looked, and what he found."""

    id: Named[int] = Column(BigId, primary_key=True, autoincrement=True)
    task: Named[int] = Column(BigId, index=True)
    on: Named[date] = Column(Date)
    result: Named[str]
    by: Named[int]
    at: Named[datetime] = Column(UtcDateTime)
    note: Named[str] = Column(Text)


milestones = Table("milestones", metadata, MilestoneColumns)
longer = Table("task_extensions", metadata, LongerColumns, sqlite_autoincrement=True)
look_backs = Table("look_backs", metadata, LookBackColumns, sqlite_autoincrement=True)


@dataclass(frozen=True, slots=True)
class Milestone:
    """A stage as read."""

    task: int
    due: date
    text: str
    met_at: datetime | None
    met_by: int | None


@dataclass(frozen=True, slots=True)
class Longer:
    """What was asked for."""

    id: int
    task: int
    person: int
    asked_at: datetime
    was: date
    until: date
    reason: str
    state: str
    decided_by: int | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class LookBack:
    """A look as read."""

    id: int
    task: int
    on: date
    result: str
    by: int
    at: datetime
    note: str


_MILESTONE = select(*(milestones.c[name] for name in Milestone.__slots__))
_LONGER = select(*(longer.c[name] for name in Longer.__slots__))
_LOOK = select(*(look_backs.c[name] for name in LookBack.__slots__))


def set_milestones(tx: Transaction, task: int, wanted: Sequence[tuple[date, str]]) -> None:
    """The stages that are not met yet are these, as (due, text); what was met stays."""
    m = milestones.c
    tx.execute(delete(milestones).where(m.task == task, m.met_at.is_(None)))
    known = {one.due for one in milestones_of(tx, task)}
    rows = [
        {"task": task, "due": due, "text": said} for due, said in wanted if due not in known
    ]  # fmt: skip
    if rows:
        tx.execute(insert(milestones), rows)


def milestones_of(tx: Transaction, task: int) -> list[Milestone]:
    """The stages of the task, the soonest first."""
    query = _MILESTONE.where(milestones.c.task == bindparam("of")).order_by(milestones.c.due)
    return [Milestone(*row) for row in tx.execute(query, {"of": task})]


def all_milestones(tx: Transaction) -> list[Milestone]:
    """The stages of all tasks, by task and day."""
    query = _MILESTONE.order_by(milestones.c.task, milestones.c.due)
    return [Milestone(*row) for row in tx.execute(query)]


def mark_met(tx: Transaction, task: int, due: date, by: int | None, now: datetime | None) -> None:
    """The stage due on that day is met; None takes it back."""
    m = milestones.c
    tx.execute(
        update(milestones).where(m.task == task, m.due == due).values(met_at=now, met_by=by)
    )  # fmt: skip


def ask(tx: Transaction, **values: Any) -> int:
    """The id of a longer time that waits for a word."""
    key = tx.execute(insert(longer), {"state": ASKED} | values).inserted_primary_key
    assert key is not None
    return int(key[0])


def asked(tx: Transaction, row: int) -> Longer | None:
    """What was asked for, or None."""
    found = tx.execute(_LONGER.where(longer.c.id == row)).first()
    return None if found is None else Longer(*found)


def asked_of(tx: Transaction, task: int) -> list[Longer]:
    """All that was asked for the task, the oldest first."""
    query = _LONGER.where(longer.c.task == task).order_by(longer.c.id)
    return [Longer(*row) for row in tx.execute(query)]


def decide(
    tx: Transaction, row: int, state: str, by: int, now: datetime, until: date | None = None
) -> bool:
    """It is granted (till `until`), refused or withdrawn; False where it waits no more."""
    values: dict[str, Any] = {"state": state, "decided_by": by, "decided_at": now}
    if until is not None:
        values["until"] = until
    x = longer.c
    done = tx.execute(update(longer).where(x.id == row, x.state == ASKED).values(**values))
    return done.rowcount == 1


def look(tx: Transaction, **values: Any) -> None:
    """Somebody looked back at the task."""
    tx.execute(insert(look_backs), values)


def looks_of(tx: Transaction, task: int) -> list[LookBack]:
    """The looks back at the task, the oldest first."""
    query = _LOOK.where(look_backs.c.task == task).order_by(look_backs.c.id)
    return [LookBack(*row) for row in tx.execute(query)]
