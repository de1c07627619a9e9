"""Who was told of which task, of which stage of it, and on which card; knows no rule.

A row is written when a message is planned. Whether it was told is what became of its card in the
outbox: what was dropped, or never left, was not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    Date,
    Index,
    Named,
    Table,
    TypedColumns,
    and_,
    bindparam,
    func,
    insert,
    literal_column,
    or_,
    select,
    text,
    update,
)

from bot.rules.ladder import Rung, What
from bot.rules.ledger import TaskState
from storage import outbox, task_people, tasks
from storage.schema import BigId, Transaction, UtcDateTime, metadata

OWED_NOW = "tasks.state IN ('not_started', 'under_way', 'reopened', 'lasting')"
"""As the partial index of tasks has it, so that it is used."""


class RemindedColumns(TypedColumns):
    """`since` is the day from which the stage is counted, `on` the day for which it was planned.

    `stage` is in days from `since`, `rung` as whom the person is told, `key` that of the card,
    which was to leave `at` that moment.
    """

    task: Named[int] = Column(BigId, primary_key=True, autoincrement=False)
    person: Named[int] = Column(primary_key=True, autoincrement=False)
    what: Named[str] = Column(primary_key=True)
    on: Named[date] = Column(Date, primary_key=True)
    since: Named[date] = Column(Date)
    stage: Named[int]
    rung: Named[str]
    key: Named[str]
    at: Named[datetime] = Column(UtcDateTime)


table = Table("reminded", metadata, RemindedColumns)
c = table.c
Index("ix_reminded_key", c.key)
t, n, o = tasks.c, task_people.named.c, outbox.c


class Matter(NamedTuple):
    """A task about which somebody may have to be told, as much of it as that takes.

    A tuple, since ten thousand are read at once: a frozen dataclass takes five times as long.
    """

    id: int
    kind: str
    state: str
    due: date | None
    urgent: bool
    department: str | None
    checker: int | None
    given_at: datetime | None
    given_by: int | None
    checked_at: datetime | None
    look_on: date | None


@dataclass(frozen=True, slots=True)
class Reminder:
    """A row as read."""

    task: int
    person: int
    what: What
    on: date
    since: date
    stage: int
    rung: Rung
    key: str
    at: datetime


_MATTER = tuple(t[name] for name in Matter._fields)
_ROW = tuple(c[name] for name in Reminder.__slots__)
_ASKED = and_(
    t.void.is_(False),
    or_(
        and_(text(OWED_NOW), t.due <= bindparam("until", type_=Date)),
        text(f"tasks.state IN ('{TaskState.HANDED_IN}', '{TaskState.CHECKED}')"),
        and_(
            text(f"tasks.state = '{TaskState.SIGNED_OFF}'"),
            t.look_on <= bindparam("today", type_=Date),
        ),
    ),
)
"""What could be due to be told: owed by `until`, waiting for a word, or to be looked back at."""

_MATTERS = select(*_MATTER).where(_ASKED)
_NAMED = (
    select(n.task, n.part, n.person)
    .join(tasks.table, t.id == n.task)
    .where(_ASKED, n.person.is_not(None))
    .order_by(n.task, n.part.desc(), n.position)
)
_TOLD = (
    select(c.task, c.person, c.what, c.since, func.max(c.stage))
    .join(tasks.table, t.id == c.task)
    .join(outbox.table, o.key == c.key)
    .where(_ASKED, o.shown > 0)
    .group_by(c.task, c.person, c.what, c.since)
)
_URGENT: Any = select(literal_column("1")).where(
    t.void.is_(False), text(OWED_NOW), t.urgent,
    t.due.in_([bindparam("day", type_=Date), bindparam("before", type_=Date)]),
)  # fmt: skip
_OF_KEY = select(*_ROW).where(c.key == bindparam("of")).order_by(c.task, c.what)
_NEWER = (
    select(c.task, c.what, func.max(c.on))
    .where(
        c.person == bindparam("who"), c.on > bindparam("than", type_=Date),
        c.task.in_(bindparam("those", expanding=True)),
    )
    .group_by(c.task, c.what)
)  # fmt: skip
_SHOWN_OF = (
    select(*_ROW)
    .join(outbox.table, o.key == c.key)
    .where(c.task == bindparam("of"), o.shown > 0)
    .order_by(c.at, c.person)
)


def matters(tx: Transaction, today: date, until: date) -> list[Matter]:
    """Every task of which somebody may have to be told today; `until` is the furthest due day."""
    rows = tx.execute(_MATTERS, {"today": today, "until": until}).all()
    return [Matter._make(row) for row in rows]


def mentions(tx: Transaction, today: date, until: date) -> dict[int, list[tuple[str, int]]]:
    """Who is named in these, as (part, person): owners, leaders, helpers, each in order."""
    found: dict[int, list[tuple[str, int]]] = {}
    for task, part, person in tx.execute(_NAMED, {"today": today, "until": until}).all():
        if person is not None:
            found.setdefault(task, []).append((part, person))
    return found


def told(tx: Transaction, today: date, until: date) -> dict[tuple[int, int, str, date], int]:
    """The newest stage that was told of these, by (task, person, what, since)."""
    rows = tx.execute(_TOLD, {"today": today, "until": until}).all()
    return {(task, person, what, since): stage for task, person, what, since, stage in rows}


def has_urgent(tx: Transaction, day: date, before: date) -> bool:
    """Whether something urgent is owed that is due on one of the two days."""
    return tx.execute(_URGENT.limit(1), {"day": day, "before": before}).first() is not None


def note(tx: Transaction, rows: Iterable[tuple[Any, ...]]) -> None:
    """These are planned, as (task, person, what, on, since, stage, rung, key, at)."""
    names = Reminder.__slots__
    values = [dict(zip(names, row, strict=True)) for row in rows]
    if values:
        tx.execute(insert(table), values)


def of_key(tx: Transaction, key: str) -> list[Reminder]:
    """What is told on this card."""
    return [_read(row) for row in tx.execute(_OF_KEY, {"of": key})]


def newer(
    tx: Transaction, person: int, those: Sequence[int], than: date
) -> dict[tuple[int, str], date]:
    """On which later day the person is told of these tasks again, by (task, what)."""
    values = {"who": person, "than": than, "those": list(those)}
    rows = tx.execute(_NEWER, values) if those else ()
    return {(task, what): on for task, what, on in rows}


def shown_of(tx: Transaction, task: int) -> list[Reminder]:
    """Everybody who was told of the task, the oldest first."""
    return [_read(row) for row in tx.execute(_SHOWN_OF, {"of": task})]


def planned_on(tx: Transaction, task: int, what: What, on: date) -> bool:
    """Whether anybody is told this of the task on that day."""
    query = select(c.task).where(c.task == task, c.what == what, c.on == on)
    return tx.execute(query.limit(1)).first() is not None


def owe_older(tx: Transaction, day: date, due_at: datetime) -> None:
    """Cards that were shown before, of what is told on the day again, are owed their present look.

    They lose their buttons; one statement for all.
    """
    today, before = table.alias("today"), table.alias("before")
    older = (
        select(before.c.key)
        .join(
            today,
            and_(
                today.c.task == before.c.task, today.c.person == before.c.person,
                today.c.what == before.c.what,
            ),
        )
        .where(today.c.on == day, before.c.on < day)
    )  # fmt: skip
    _owe_anew(tx, o.key.in_(older), due_at)


def owe_cards(tx: Transaction, task: int, now: datetime) -> None:
    """Every reminder of the task that is out there is owed its present look."""
    _owe_anew(tx, o.key.in_(select(c.key).where(c.task == task)), now)


def _owe_anew(tx: Transaction, which: Any, due_at: datetime) -> None:
    tx.execute(
        update(outbox.table)
        .where(which, o.state == outbox.SHOWN)
        .values(wanted=o.wanted + 1, state=outbox.OWED, due_at=due_at, attempts=0)
    )


def _read(row: Any) -> Reminder:
    task, person, what, on, since, stage, rung, key, at = row
    return Reminder(task, person, What(what), on, since, stage, Rung(rung), key, at)
