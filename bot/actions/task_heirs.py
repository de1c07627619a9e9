"""Tasks of somebody who leaves or hands over: another is named in his place, nothing is dropped.

Knows no sentence; who may decide it was asked before (bot.actions.leaving).
"""

from __future__ import annotations

from datetime import datetime

from bot.actions.checkers import asked_anew, pass_on_for
from bot.actions.ledger import note
from bot.rules.ledger import TaskState
from storage import journal, task_people, tasks
from storage.people import Person
from storage.schema import Transaction
from storage.task_people import HELPER, LEADER, OWNER
from storage.tasks import Task


def count(tx: Transaction, person: int) -> int:
    """How many tasks that are not signed off lie with the person, or wait for his check."""
    mine = {task.id for task in _of(tx, person)}
    return len(mine | {task.id for task in tasks.to_check(tx, person)})


def hand_over(tx: Transaction, who: Person, heir: Person, now: datetime) -> int:
    """The heir is named wherever the person was, in what is not signed off; how many tasks.

    What the person had to check somebody else checks, chosen by rule.
    """
    moved = {task.id for task in tasks.to_check(tx, who.id)}
    pass_on_for(tx, who.id, now)
    for task in _of(tx, who.id):
        said = task_people.named_in(tx, task.id)
        for part in (OWNER, HELPER, LEADER):
            before = [(m.name, m.person) for m in said if m.part == part]
            after = [(heir.name, heir.id) if p == who.id else (n, p) for n, p in before]
            if after != before:
                task_people.name(tx, task.id, part, list(dict.fromkeys(after)))
        fresh = tasks.by_id(tx, task.id)
        if fresh is not None:
            note(tx, fresh, now, menu=None)
            asked_anew(tx, task.id, now)
        detail = {"from": [who.name], "to": heir.name}
        journal.write(tx, now, None, "task_owner", f"task/{task.number}", detail)
        moved.add(task.id)
    return len(moved)


def _of(tx: Transaction, person: int) -> list[Task]:
    named = {t.id: t for t in (*tasks.owned_by(tx, person), *tasks.led_by(tx, person))}
    return [task for task in named.values() if task.state is not TaskState.SIGNED_OFF]
