"""A ticket follows the problems of its report: answered with the last of them, void without any.

Called wherever a problem moves. Whoever took the case sees its card change, and is asked to call
back once it is answered. Knows no move and no sentence.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.actions.people import tell
from bot.rules.loop import Outcome, Stage
from storage import outbox, problems, tickets
from storage.problems import Problem
from storage.schema import Transaction
from storage.tickets import Ticket


def follow(tx: Transaction, reports: Iterable[int], now: datetime) -> None:
    """The tickets of these reports are as their problems are, and their cards are owed."""
    for ticket in tickets.of_reports(tx, reports):
        told = [problems.by_id(tx, one.problem) for one in problems.of_report(tx, ticket.report)]
        standing = [one for one in told if one is not None and one.outcome is not Outcome.VOID]
        answered = _answered_at(standing)
        fresh = {
            "void": not standing, "answered_at": answered,
            "handle_by": _handle_by(tx, ticket.report),
        }  # fmt: skip
        if any(getattr(ticket, name) != value for name, value in fresh.items()):
            tickets.change(tx, ticket.id, **fresh)
        outbox.owe_again(tx, "case", ticket.id, now)
        if answered is not None and ticket.answered_at is None:
            _ask_call(tx, ticket, now)


def _handle_by(tx: Transaction, report: int) -> datetime | None:
    """When the last of them has to be handled; what was merged keeps its own time limit.

    The ticket is due when it was, however late the problem is that it went into.
    """
    merged = {one.position: one for one in problems.merged_of(tx, report)}
    own = [
        merged.get(told.position) or problems.by_id(tx, told.problem)
        for told in problems.of_report(tx, report)
    ]
    standing = [one for one in own if one is not None and one.outcome is not Outcome.VOID]
    return max((one.handle_by for one in standing if one.handle_by), default=None)


def _answered_at(standing: list[Problem]) -> datetime | None:
    """When the last of them was handled, once none of them is under way any more."""
    if not standing or any(one.stage is not Stage.CLOSED for one in standing):
        return None
    ends = [one.handled_at or one.closed_at for one in standing]
    return max((at for at in ends if at is not None), default=None)


def _ask_call(tx: Transaction, ticket: Ticket, now: datetime) -> None:
    """Who took it is asked for the call-back; of what a camera saw there is nobody to call."""
    if ticket.source != "camera":
        tell(tx, ticket.person, "callback", ticket.id, now, key=f"callback:{ticket.id}")
