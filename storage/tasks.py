"""The ledger's tasks: a row each; knows no rule.

A recurring obligation's run 周期任务 is a task as well (`kind` is duty): evidence, checking,
reminders and views are one way for both. A row is only changed by who has seen its version.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Index,
    Named,
    Table,
    Text,
    TypedColumns,
    bindparam,
    case,
    func,
    insert,
    not_,
    select,
    text,
    union_all,
    update,
)

from bot.rules.ledger import OWING, TaskState
from storage import people
from storage.schema import BigId, Transaction, UtcDateTime, metadata
from storage.task_people import HELPER, LEADER, OWNER, named

LEDGER, DUTY = "ledger", "duty"


class TaskColumns(TypedColumns):
    """`number` is what people call it by, `ref` what its own ledger does; `path` is its heading.

    `wants` is what is to be handed in, `due` the last day that is on time, `due_first` the first
    such day it had; `given_at` is when its evidence was handed in last, by `given_by`. `asked`
    counts the askings of a checker. `met` counts the stages that were met, `lapsed` those that
    count no more since it was reopened. `look_on` is the day of its next 回头看, `stuck` why its
    owner says that he can't. `code` and `period` tell which run of which obligation it is, `loaded`
    in which state it came in.
    """

    id: Named[int] = Column(BigId, primary_key=True, autoincrement=True)
    number: Named[int] = Column(unique=True)
    kind: Named[str]
    ref: Named[str | None]
    code: Named[str | None]
    period: Named[date | None] = Column(Date)
    path: Named[str | None]
    title: Named[str] = Column(Text)
    text: Named[str] = Column(Text)
    wants: Named[str] = Column(Text)
    note: Named[str] = Column(Text)
    phase: Named[str | None]
    department: Named[str | None]
    due: Named[date | None] = Column(Date)
    due_first: Named[date | None] = Column(Date)
    long_term: Named[bool] = Column(Boolean)
    urgent: Named[bool] = Column(Boolean)
    state: Named[str]
    loaded: Named[str]
    given_at: Named[datetime | None] = Column(UtcDateTime)
    given_by: Named[int | None]
    checker: Named[int | None]
    asked: Named[int]
    asked_at: Named[datetime | None] = Column(UtcDateTime)
    checked_at: Named[datetime | None] = Column(UtcDateTime)
    signed_by: Named[int | None]
    signed_at: Named[datetime | None] = Column(UtcDateTime)
    met: Named[int]
    lapsed: Named[int]
    returned: Named[int]
    reopened: Named[int]
    extended: Named[int]
    reason: Named[str | None] = Column(Text)
    stuck: Named[str | None] = Column(Text)
    look_on: Named[date | None] = Column(Date)
    void: Named[bool] = Column(Boolean)
    menu: Named[str | None]
    created_at: Named[datetime] = Column(UtcDateTime)
    version: Named[int]


table = Table("tasks", metadata, TaskColumns, sqlite_autoincrement=True)
c = table.c
_OPEN = "state IN ('not_started', 'under_way', 'reopened', 'lasting')"
Index("ix_tasks_due", c.due, sqlite_where=text(_OPEN), postgresql_where=text(_OPEN))
Index("ix_tasks_code", c.code, c.period)
Index("ix_tasks_look", c.look_on)
Index("ix_tasks_department", c.department)
Index("ix_tasks_checker", c.state, c.checker)


@dataclass(frozen=True, slots=True)
class Task:
    """A row as read; moments are aware and in UTC, days are the bureau's own."""

    id: int
    number: int
    kind: str
    ref: str | None
    code: str | None
    period: date | None
    path: str | None
    title: str
    text: str
    wants: str
    note: str
    phase: str | None
    department: str | None
    due: date | None
    due_first: date | None
    long_term: bool
    urgent: bool
    state: TaskState
    loaded: str
    given_at: datetime | None
    given_by: int | None
    checker: int | None
    asked: int
    asked_at: datetime | None
    checked_at: datetime | None
    signed_by: int | None
    signed_at: datetime | None
    met: int
    lapsed: int
    returned: int
    reopened: int
    extended: int
    reason: str | None
    stuck: str | None
    look_on: date | None
    void: bool
    menu: str | None
    version: int


_TASK = select(*(c[name] for name in Task.__slots__))
_BY_ID = _TASK.where(c.id == bindparam("task"))
_CHANGE = update(table).where(c.id == bindparam("row"), c.version == bindparam("seen"))


def _read(row: Any) -> Task:
    values = dict(row._mapping)
    values["state"] = TaskState(row.state)
    return Task(**values)


def some(tx: Transaction, query: Any) -> list[Task]:
    """The tasks of a SELECT made with `query`."""
    return [_read(row) for row in tx.execute(query)]


def query() -> Any:
    """SELECT of whole tasks that are not void, to be narrowed and ordered."""
    return _TASK.where(c.void.is_(False))


def add(tx: Transaction, number: int, now: datetime, **values: Any) -> int:
    """The id of a new task; not started, of the ledger, where `values` say nothing else."""
    fresh: dict[str, Any] = {
        "kind": LEDGER, "text": "", "wants": "", "note": "", "long_term": False, "urgent": False,
        "state": TaskState.NOT_STARTED, "asked": 0, "met": 0, "lapsed": 0, "returned": 0,
        "reopened": 0, "extended": 0, "void": False, "version": 1,
    }  # fmt: skip
    fresh |= values
    fresh.setdefault("due_first", fresh.get("due"))
    fresh.setdefault("loaded", fresh["state"])
    key = tx.execute(
        insert(table), fresh | {"number": number, "created_at": now}
    ).inserted_primary_key
    assert key is not None
    return int(key[0])


def by_id(tx: Transaction, task: int) -> Task | None:
    """The task, or None."""
    row = tx.execute(_BY_ID, {"task": task}).first()
    return None if row is None else _read(row)


def by_number(tx: Transaction, number: int) -> Task | None:
    """The task that people call by this number, or None."""
    return next(iter(some(tx, query().where(c.number == number))), None)


def of_run(tx: Transaction, code: str, period: date) -> Task | None:
    """The run of the obligation in the period that begins on that day, or None."""
    found = some(tx, _TASK.where(c.code == code, c.period == period))
    return next(iter(found), None)


def everything(tx: Transaction, kind: str | None = LEDGER) -> list[Task]:
    """All tasks of the kind that are not void, by number; None is every kind."""
    wanted = query() if kind is None else query().where(c.kind == kind)
    return some(tx, wanted.order_by(c.number))


def standings(tx: Transaction) -> list[tuple[TaskState, bool, int, int]]:
    """(state, long-term or not, 1 where a stage was met, how many) of the ledger's tasks."""
    met = case((c.met > 0, 1), else_=0)
    wanted = select(c.state, c.long_term, met, func.count()).where(
        c.kind == LEDGER, c.void.is_(False)
    )
    rows: list[Any] = list(tx.execute(wanted.group_by(c.state, c.long_term, met)))
    return [(TaskState(row[0]), row[1], row[2], row[3]) for row in rows]


def next_number(tx: Transaction, wanted: int | None = None, least: int = 1) -> int:
    """`wanted` where no task has it, else the number after the highest, at least `least`."""
    if wanted is not None:
        known = tx.execute(select(c.id).where(c.number == wanted)).first()
        if known is None:
            return wanted
    return max((tx.execute(select(func.max(c.number))).scalar() or 0) + 1, least)


def change(tx: Transaction, task: Task, **values: Any) -> bool:
    """The row holds `values` and a higher version; False where it is not as it was read."""
    done = tx.execute(
        _CHANGE.values(version=task.version + 1, **values), {"row": task.id, "seen": task.version}
    )
    return done.rowcount == 1


def owned_by(tx: Transaction, person: int) -> list[Task]:
    """The tasks that the person owns or helps with, not void, the soonest due first."""
    mine = select(named.c.task).where(
        named.c.person == person, named.c.part.in_([OWNER, HELPER])
    )  # fmt: skip
    return some(tx, query().where(c.id.in_(mine)).order_by(c.due.is_(None), c.due, c.number))


def ids_owned_by(person: int, *also: Any) -> Any:
    """SELECT of the ids: he owns it or helps, or it is of his department and nobody owns it.

    And those of the SELECTs in `also`.
    """
    p = people.people.c
    owns = named.c.part.in_([OWNER, HELPER])
    room = select(p.department).where(p.id == person).scalar_subquery()
    known = select(named.c.person).where(named.c.task == c.id, owns, named.c.person.is_not(None))
    mine = select(named.c.task).where(named.c.person == person, owns)
    return union_all(*also, mine, select(c.id).where(c.department == room, not_(known.exists())))


def lying_with(tx: Transaction, person: int) -> list[Task]:
    """The same as owned_by, and those of his department that nobody in the house owns."""
    wanted = query().where(c.id.in_(ids_owned_by(person)))
    return some(tx, wanted.order_by(c.due.is_(None), c.due, c.number))


def led_by(tx: Transaction, person: int) -> list[Task]:
    """The tasks whose 责任领导 the person is."""
    mine = select(named.c.task).where(named.c.person == person, named.c.part == LEADER)
    return some(tx, query().where(c.id.in_(mine)).order_by(c.due.is_(None), c.due, c.number))


def to_check(tx: Transaction, person: int) -> list[Task]:
    """The tasks whose evidence waits for the person to check it."""
    wanted = query().where(c.checker == person, c.state == TaskState.HANDED_IN)
    return some(tx, wanted.order_by(c.given_at, c.id))


def to_sign(tx: Transaction) -> list[Task]:
    """The tasks that were checked and wait for a leader's word."""
    wanted = query().where(c.state == TaskState.CHECKED)
    return some(tx, wanted.order_by(c.checked_at, c.id))


def last_asked(tx: Transaction) -> dict[int, datetime]:
    """When each person was last asked to check; who never was is left out."""
    wanted = select(c.checker, func.max(c.asked_at)).where(c.asked_at.is_not(None))
    rows: list[Any] = list(tx.execute(wanted.group_by(c.checker)))
    return {row[0]: row[1] for row in rows if row[0] is not None}


def owing(tx: Transaction, until: date) -> list[Task]:
    """The tasks in whose hands something lies and that are due on that day or before."""
    wanted = query().where(c.state.in_(OWING), c.due <= until)
    return some(tx, wanted.order_by(c.due, c.number))
