"""What waits for one person: reports without a place, problems in his hands, tasks; only reads."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from bot.actions.checkers import away, to_sign_by
from bot.actions.loop import leader_of, name_of
from bot.actions.problem_facts import facts_of
from bot.actions.task_files import SOON
from bot.rules.facts import Matters, TaskTodo, Todo
from bot.rules.ledger import OWING
from bot.rules.loop import Stage
from bot.rules.records import Bureau, Role
from storage import people, problems, reports, tasks
from storage.people import Person
from storage.problems import Problem
from storage.schema import Transaction
from storage.tasks import Task

MOST = 6
"""So many problems are shown with their words; the others are counted."""


def todo(tx: Transaction, person: int, bureau: Bureau, now: datetime) -> Matters:
    """Everything that waits for this person: reviews first, then what is due the soonest."""
    waiting = reports.waiting_for(tx, person)
    mine = waits_for(tx, person)
    mine.sort(key=lambda p: (p.stage is not Stage.HANDLED, p.handle_by or p.found_at, p.id))
    ledger = _tasks(tx, person, bureau, now)
    return Matters(
        tuple(Todo(r.number, r.received_at, r.id) for r in waiting),
        tuple(facts_of(tx, found, person, bureau, now) for found in mine[:MOST]),
        len(waiting) + len(mine) + len(ledger), tuple(ledger),
    )  # fmt: skip


def _tasks(tx: Transaction, person: int, bureau: Bureau, now: datetime) -> list[TaskTodo]:
    """Evidence to check, tasks to sign off, and his own that are due within a week; so ordered."""
    who = people.by_id(tx, person)
    if who is None or not who.active:
        return []
    today = now.astimezone(bureau.tz).date()
    signs = to_sign_by(tx, person, away(tx, bureau, now))
    own = [
        task for task in tasks.lying_with(tx, person)
        if task.state in OWING and task.due is not None and task.due <= today + SOON
    ]  # fmt: skip
    named: tuple[tuple[Literal["check", "sign", "own"], list[Task]], ...] = (
        ("check", tasks.to_check(tx, person)), ("sign", signs), ("own", own)
    )  # fmt: skip
    return [
        TaskTodo(
            task.id, task.version, task.number, task.title, why, name_of(tx, task.given_by),
            task.due, max((today - task.due).days, 0) if task.due else 0,
        )
        for why, found in named for task in found
    ]  # fmt: skip


def waits_for(tx: Transaction, person: int) -> list[Problem]:
    """The problems that are this person's to move: handed to him, to review, or to give on."""
    who = people.by_id(tx, person)
    if who is None or not who.active:
        return []
    groups = [group for group in (who.squad, who.department) if group]
    found = problems.in_hands_of(tx, who.id, groups)
    if not who.roles.isdisjoint({Role.LEADER, Role.SUPERVISOR}):
        known = {problem.id for problem in found}
        found += [p for p in problems.declined(tx) if p.id not in known and _gives(tx, who, p)]
    return found


def _gives(tx: Transaction, who: Person, problem: Problem) -> bool:
    leader = leader_of(tx, problem.squad, frozenset({problem.declined_by or 0}))
    return leader is not None and leader.id == who.id
