"""The names in the ledger and who bears them: whoever comes under a name gets its tasks.

Knows no sentence and no card but those that show a task.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.actions.ledger import owe_cards
from storage import journal, people, task_people
from storage.schema import Transaction

Finder = Callable[[str], int | None]
"""Whose name it is: the one active person of it, or None."""


def finder(tx: Transaction) -> Finder:
    """Finds people by their names as they are now; a name that two bear is nobody's."""
    known: dict[str, int | None] = {}
    for who in people.everyone(tx):
        if who.active:
            known[who.name] = None if who.name in known else who.id
    return known.get


def matched(names: Sequence[str], find: Finder) -> list[tuple[str, int | None]]:
    """The names with whose they are."""
    return [(name, find(name)) for name in names]


def came(tx: Transaction, person: int, now: datetime) -> list[int]:
    """The tasks that name the person, who was not there before, are his; their ids.

    Nothing where another active person bears the same name.
    """
    who = people.by_id(tx, person)
    if who is None or finder(tx)(who.name) != person:
        return []
    found = task_people.came(tx, who.name, person)
    if found:
        journal.write(tx, now, person, "named_in_tasks", f"person/{person}", {"tasks": found})
        for task in found:
            owe_cards(tx, task, now)
    return found
