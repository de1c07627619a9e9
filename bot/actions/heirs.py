"""Problems of somebody who leaves or hands over: each goes on in other hands, none is dropped.

Knows no sentence; who may decide it was asked before (bot.actions.people).
"""

from __future__ import annotations

from datetime import datetime

from bot.actions.loop import move
from bot.actions.reviewers import ask_review
from bot.rules.loop import Stage
from bot.rules.records import Bureau
from storage import problems
from storage.people import Person
from storage.problems import Problem
from storage.schema import Transaction


def count(tx: Transaction, person: int) -> int:
    """How many problems lie with the person himself."""
    return len(_of(tx, person))


def hand_over(tx: Transaction, who: Person, heir: Person, bureau: Bureau, now: datetime) -> int:
    """What was in his hands is handed to the heir, what he had to review another reviews.

    How many. What he found and nobody has yet becomes the heir's to handle.
    """
    moved = 0
    for problem in _of(tx, who.id):
        if problem.stage is Stage.HANDLED:
            _other_reviewer(tx, problem, who, bureau, now)
        else:
            fresh = move(
                tx, problem, "hand", None, bureau, now, handler=heir.id, team=None,
                handed_by=None, handed_at=now, taken_at=None, declined_by=None,
            )  # fmt: skip
            move(tx, fresh, "take", heir, bureau, now, taken_at=now)
        moved += 1
    return moved


def _other_reviewer(
    tx: Transaction, problem: Problem, who: Person, bureau: Bureau, now: datetime
) -> None:
    """The heir may have handled it himself: then it is the rule that chooses.

    What still lacks its photo stays handled by whoever did it, who else could review his own work
    once it is his no more; nobody can take the photo any more, so a leader looks at it.
    """
    if problem.handler == who.id:
        ask_review(tx, problem, bureau, now, above=True)
        return
    moved = move(tx, problem, "pass_on", None, bureau, now)
    ask_review(tx, moved, bureau, now, but=frozenset({who.id}))


def _of(tx: Transaction, person: int) -> list[Problem]:
    return problems.in_hands_of(tx, person, ())
