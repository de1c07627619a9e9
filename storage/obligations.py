"""Recurring obligations as rows: what an admin set of each, and their runs; knows no rule.

A run is a task of its own (storage.tasks); here stands which period of which obligation it is, and
whether somebody exempted it. A row of a run is never taken away.
"""

from __future__ import annotations

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
    UniqueConstraint,
    insert,
    select,
    update,
)

from bot.rules.ledger import OWING
from bot.rules.obligations_due import Changed
from storage import tasks
from storage.dialect import insert_or_replace
from storage.schema import BigId, Transaction, UtcDateTime, metadata


class SetColumns(TypedColumns):
    """What an admin set; null is as the file says. `owed_from` is the first day periods count."""

    code: Named[str] = Column(primary_key=True)
    per: Named[str | None]
    due: Named[str | None]
    days: Named[int | None]
    owner: Named[str | None]
    owed_from: Named[date | None] = Column(Date)


class RunColumns(TypedColumns):
    """The period [first, until) of an obligation, or the day of an event that `said` names.

    `exempt_by` decided that it need not be done; `menu` is what its device card shows to whom.
    """

    task: Named[int] = Column(BigId, primary_key=True, autoincrement=False)
    code: Named[str]
    first: Named[date] = Column(Date)
    until: Named[date] = Column(Date)
    said: Named[str]
    exempt_by: Named[int | None]
    exempt_at: Named[datetime | None] = Column(UtcDateTime)
    exempt_why: Named[str | None] = Column(Text)
    menu: Named[str | None]


settings = Table("obligations", metadata, SetColumns)
runs = Table(
    "runs", metadata, RunColumns, UniqueConstraint("code", "first", "said", name="uq_runs_period")
)
s, c = settings.c, runs.c


@dataclass(frozen=True, slots=True)
class Run:
    """A run as read."""

    task: int
    code: str
    first: date
    until: date
    said: str
    exempt_by: int | None
    exempt_at: datetime | None
    exempt_why: str | None
    menu: str | None

    @property
    def exempt(self) -> bool:
        """Whether it need not be done."""
        return self.exempt_by is not None


_RUN = select(*(c[name] for name in Run.__slots__))


def changed(tx: Transaction) -> dict[str, Changed]:
    """What admins set, by the obligation's code."""
    rows = tx.execute(select(s.code, s.per, s.due, s.days, s.owner))
    return {row.code: Changed(row.per, row.due, row.days, row.owner) for row in rows}


def owed_from(tx: Transaction) -> dict[str, date | None]:
    """The first day from which periods of each obligation count, where it was seen before."""
    return {row.code: row.owed_from for row in tx.execute(select(s.code, s.owed_from))}


def keep(tx: Transaction, code: str, said: Changed, owed_from: date | None) -> None:
    """The obligation is set so."""
    columns = ("per", "due", "days", "owner", "owed_from")
    tx.execute(
        insert_or_replace(tx, settings, ("code",), columns),
        {"code": code, "per": said.per, "due": said.due, "days": said.days, "owner": said.owner,
         "owed_from": owed_from},
    )  # fmt: skip


def add(tx: Transaction, task: int, code: str, first: date, until: date, said: str = "") -> None:
    """The task is the run of that period, or of that event."""
    tx.execute(
        insert(runs), {"task": task, "code": code, "first": first, "until": until, "said": said}
    )  # fmt: skip


def of_task(tx: Transaction, task: int) -> Run | None:
    """The run that the task is, or None."""
    row = tx.execute(_RUN.where(c.task == task)).first()
    return None if row is None else Run(*row)


def of_code(tx: Transaction, code: str) -> list[Run]:
    """The runs of the obligation, the oldest first."""
    return [Run(*row) for row in tx.execute(_RUN.where(c.code == code).order_by(c.first, c.task))]


def everything(tx: Transaction) -> dict[str, list[Run]]:
    """The runs of every obligation, the oldest first, by its code."""
    found: dict[str, list[Run]] = {}
    for row in tx.execute(_RUN.order_by(c.first, c.task)):
        found.setdefault(row.code, []).append(Run(*row))
    return found


def owing(tx: Transaction) -> set[int]:
    """The tasks of all runs in which somebody has something to do."""
    query = select(tasks.c.id).where(
        tasks.c.kind == tasks.DUTY, tasks.c.state.in_(OWING), tasks.c.void.is_(False)
    )
    return set(tx.execute(query).scalars())


def change(tx: Transaction, task: int, **values: Any) -> None:
    """The run holds `values`."""
    tx.execute(update(runs).where(c.task == task).values(**values))
