"""How many tasks there are, and which: the one place where the ledger is counted.

Answers, the digest, the wall, papers and the reconciliation ask it. Knows no person's rights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Integer, and_, case, cast, func, literal, not_, or_, select, true

from bot.rules.ledger import OWING, TaskState
from bot.rules.ledger_facts import Lot
from storage import task_people, tasks
from storage.extensions import GRANTED
from storage.schema import Transaction
from storage.task_people import LEADER, OWNER, named
from storage.task_stages import longer
from storage.tasks import LEDGER, Task, c

OPEN, CLOSED, OVERDUE = "open", "closed", "overdue"
"""What a question narrows tasks to: not done, done, beyond their day."""


@dataclass(frozen=True, slots=True)
class TaskScope:
    """Which tasks; those that are void never.

    `kind` None is runs of obligations too, of which those that are over are left out. `person`
    owns, helps with or leads it; `seen_by` is whose own tasks and whose department's these must be.
    `since` and `until` (not included) are of the due day; what is settled is then left out of the
    open ones.
    """

    today: date
    kind: str | None = LEDGER
    department: str | None = None
    person: int | None = None
    seen_by: tuple[int, str | None] | None = None
    state: str | None = None
    long_term: bool | None = None
    since: date | None = None
    until: date | None = None


_DONE = or_(
    and_(c.long_term.is_(False), c.state == TaskState.SIGNED_OFF),
    and_(c.long_term.is_(True), c.met > 0, c.state != TaskState.REOPENED),
)
"""bot.rules.ledger.is_done, as the store asks it."""

_TURN = case((c.state.in_(OWING), 0), (c.state == TaskState.SIGNED_OFF, 2), else_=1)
"""What somebody has to do something about comes first, what is over last."""


def _late(today: date) -> Any:
    return and_(c.state.in_(OWING), c.due < today)


def _named_in(person: int) -> Any:
    led = select(named.c.task).where(named.c.person == person, named.c.part == LEADER)
    return c.id.in_(tasks.ids_owned_by(person, led))


def _where(scope: TaskScope) -> Any:
    wanted: list[Any] = [c.void.is_(False)]
    if scope.kind is None:
        wanted.append(or_(c.kind == LEDGER, c.state != TaskState.SIGNED_OFF))
    else:
        wanted.append(c.kind == scope.kind)
    if scope.department is not None:
        wanted.append(c.department == scope.department)
    if scope.person is not None:
        wanted.append(_named_in(scope.person))
    if scope.seen_by is not None:
        person, department = scope.seen_by
        mates = c.department == department if department else literal(False)
        wanted.append(or_(_named_in(person), mates))
    if scope.long_term is not None:
        wanted.append(c.long_term.is_(scope.long_term))
    return and_(*wanted, *_of_state(scope), *_of_day(scope))


def _of_state(scope: TaskScope) -> list[Any]:
    if scope.state == OVERDUE:
        return [_late(scope.today)]
    if scope.state == CLOSED:
        return [_DONE]
    if scope.state == OPEN and (scope.since or scope.until):
        return [c.state != TaskState.SIGNED_OFF]
    return [not_(_DONE)] if scope.state == OPEN else []


def _of_day(scope: TaskScope) -> list[Any]:
    since = [c.due >= scope.since] if scope.since else []
    return [*since, c.due < scope.until] if scope.until else since


def number(tx: Transaction, scope: TaskScope) -> int:
    """How many tasks there are in the scope."""
    query = select(func.count()).select_from(tasks.table).where(_where(scope))
    return int(tx.execute(query).scalar_one())


def rows(tx: Transaction, scope: TaskScope, most: int | None = None) -> list[Task]:
    """The tasks in the scope: those with something to do first, by day; all of them for None."""
    wanted = tasks.query().where(_where(scope))
    wanted = wanted.order_by(_TURN, c.due.is_(None), c.due, c.number)
    return tasks.some(tx, wanted.limit(most))


def lots(tx: Transaction, scope: TaskScope) -> list[Lot]:
    """The tasks in the scope, counted apart by what tells them apart."""
    late = cast(case((_late(scope.today), 1), else_=0), Integer)
    done = cast(case((_DONE, 1), else_=0), Integer)
    dated = cast(case((c.due.is_(None), 0), else_=1), Integer)
    apart = (c.department, c.state, c.long_term, done, late, dated)
    query = select(*apart, func.count()).where(_where(scope)).group_by(*apart)
    found = []
    for one in tx.execute(query):
        long_term, is_done, is_late, has_day = map(bool, one[2:6])
        found.append(Lot(one[0], TaskState(one[1]), long_term, is_done, is_late, has_day, one[6]))
    return sorted(found, key=lambda one: (one.department or "", one.state, one.late))


def cells(tx: Transaction) -> list[Any]:
    """Of every task of the ledger what a picture needs, by number."""
    query = select(
        c.number, c.path, c.department, c.state, c.long_term, c.met, c.due
    ).where(c.void.is_(False), c.kind == LEDGER).order_by(c.number)  # fmt: skip
    return list(tx.execute(query))


def paths(tx: Transaction) -> dict[str | None, int]:
    """How many tasks of the ledger lie under each heading; None is under none."""
    query = select(c.path, func.count()).where(c.void.is_(False), c.kind == LEDGER)
    return {row[0]: int(row[1]) for row in tx.execute(query.group_by(c.path))}


def unclear(tx: Transaction) -> tuple[int, int, int]:
    """How many unsettled tasks of the ledger have no owner, no leader, no day."""
    open_ = and_(c.void.is_(False), c.kind == LEDGER, c.state != TaskState.SIGNED_OFF)

    def without(part: str) -> Any:
        return not_(c.id.in_(select(named.c.task).where(named.c.part == part)))

    def count(what: Any) -> int:
        query = select(func.count()).select_from(tasks.table).where(open_, what)
        return int(tx.execute(query).scalar_one())

    no_day = and_(c.due.is_(None), c.long_term.is_(False))
    return count(without(OWNER)), count(without(LEADER)), count(no_day)


def moved(tx: Transaction, since: datetime, until: datetime) -> tuple[int, int, int]:
    """Signed off, met a stage, and longer times granted within the span, of the ledger.

    What was signed off or met before it was loaded has no moment here, and counts in none.
    """
    ledger = select(c.id).where(c.void.is_(False), c.kind == LEDGER)

    def count(query: Any) -> int:
        return int(tx.execute(query).scalar_one())

    x = longer.c
    here = and_(c.signed_at >= since, c.signed_at < until)
    settled = select(func.count()).select_from(tasks.table).where(
        c.void.is_(False), c.kind == LEDGER, here
    )  # fmt: skip
    signed = settled.where(c.state == TaskState.SIGNED_OFF)
    met = settled.where(c.long_term.is_(True), c.met > 0)
    granted = select(func.count()).select_from(longer).where(
        x.task.in_(ledger), x.state == GRANTED, x.decided_at >= since, x.decided_at < until
    )  # fmt: skip
    return count(signed), count(met), count(granted)


def departments(tx: Transaction) -> list[str]:
    """The departments that tasks are of."""
    query = select(c.department).where(c.void.is_(False), c.department.is_not(None)).distinct()
    return sorted(str(row[0]) for row in tx.execute(query))


def any_task(tx: Transaction) -> bool:
    """Whether there is a ledger at all."""
    query = select(true()).where(c.void.is_(False), c.kind == LEDGER).limit(1)
    return tx.execute(query).first() is not None


Names = tuple[tuple[str, ...], tuple[str, ...]]
"""Who owns a task, and who leads it."""


def names_of(tx: Transaction, found: Sequence[Task]) -> dict[int, Names]:
    """Who owns and who leads each of the tasks, as they are named, by task."""
    said = task_people.all_named(tx, [one.id for one in found])

    def named_as(task: int, part: str) -> tuple[str, ...]:
        return tuple(m.name for m in said[task] if m.part == part)

    return {task: (named_as(task, OWNER), named_as(task, LEADER)) for task in said}
