"""Who is named in a task of the ledger: owners, helpers, leaders; knows no task's row.

A name stands for itself until somebody of that name is in the bureau.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    Index,
    Named,
    Table,
    TypedColumns,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from storage.schema import BigId, Transaction, metadata

OWNER, HELPER, LEADER = "owner", "helper", "leader"


class NamedColumns(TypedColumns):
    """Who is named in a task as its owner 责任人, helper or leader 责任领导, in order.

    `person` is None until somebody of that name is in the bureau.
    """

    task: Named[int] = Column(BigId, primary_key=True, autoincrement=False)
    part: Named[str] = Column(primary_key=True)
    position: Named[int] = Column(primary_key=True, autoincrement=False)
    name: Named[str]
    person: Named[int | None]


named = Table("task_people", metadata, NamedColumns)
Index("ix_task_people_person", named.c.person, named.c.part)
Index("ix_task_people_name", named.c.name)


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody named in a task."""

    task: int
    part: str
    position: int
    name: str
    person: int | None


_NAMED = select(*(named.c[name] for name in Mention.__slots__))
_OF_TASK = _NAMED.where(named.c.task == bindparam("of")).order_by(
    named.c.part, named.c.position
)  # fmt: skip


def named_in(tx: Transaction, task: int) -> list[Mention]:
    """Everybody named in the task: helpers, leaders, owners, each in order."""
    return [Mention(*row) for row in tx.execute(_OF_TASK, {"of": task})]


def all_named(tx: Transaction, tasks: Sequence[int] | None = None) -> dict[int, list[Mention]]:
    """The same of these tasks, or of all, by task."""
    wanted = _NAMED.order_by(named.c.task, named.c.part, named.c.position)
    found: dict[int, list[Mention]] = {}
    if tasks is None:
        chunks: list[Any] = [wanted]
    else:
        chunks = [
            wanted.where(named.c.task.in_(tasks[at : at + 500])) for at in range(0, len(tasks), 500)
        ]
    for chunk in chunks:
        for row in tx.execute(chunk):
            found.setdefault(row.task, []).append(Mention(*row))
    return found


def name(tx: Transaction, task: int, part: str, who: Sequence[tuple[str, int | None]]) -> None:
    """These, as (name, person), are the task's owners, helpers or leaders, and no others."""
    tx.execute(delete(named).where(named.c.task == task, named.c.part == part))
    rows = [
        {"task": task, "part": part, "position": at, "name": said, "person": person}
        for at, (said, person) in enumerate(who)
    ]
    if rows:
        tx.execute(insert(named), rows)


def came(tx: Transaction, name_: str, person: int) -> list[int]:
    """Whoever was named so and nobody knew is this person from now on; the tasks' ids."""
    mine = named.c.name == name_, named.c.person.is_(None)
    found = [row.task for row in tx.execute(select(named.c.task).where(*mine).distinct())]
    if found:
        tx.execute(update(named).where(*mine).values(person=person))
    return found
