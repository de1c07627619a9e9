"""What waits for one person: reports without a place, and problems in his hands; only reads."""

from __future__ import annotations

from datetime import datetime

from bot.actions.loop import leader_of
from bot.actions.problem_facts import facts_of
from bot.rules.facts import Matters, Todo
from bot.rules.loop import Stage
from bot.rules.records import Bureau, Role
from storage import people, problems, reports
from storage.people import Person
from storage.problems import Problem
from storage.schema import Transaction

MOST = 6
"""So many problems are shown with their words; the others are counted."""


def todo(tx: Transaction, person: int, bureau: Bureau, now: datetime) -> Matters:
    """Everything that waits for this person: reviews first, then what is due the soonest."""
    waiting = reports.waiting_for(tx, person)
    mine = waits_for(tx, person)
    mine.sort(key=lambda p: (p.stage is not Stage.HANDLED, p.handle_by or p.found_at, p.id))
    return Matters(
        tuple(Todo(r.number, r.received_at, r.id) for r in waiting),
        tuple(facts_of(tx, found, person, bureau, now) for found in mine[:MOST]),
        len(waiting) + len(mine),
    )


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
