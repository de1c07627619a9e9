"""Call-backs 回访: whether who complained is satisfied, and whether he says that it is solved.

Recorded by whoever took the case or decides; a later one replaces it, and both are in the journal.
Knows no sentence but refusals.
"""

from __future__ import annotations

from datetime import datetime

from bot.actions.people import require
from bot.errors import NotAllowed, NotFound, Refused
from bot.rules.case_facts import Outcome
from bot.rules.rights import Right, may
from storage import journal, outbox, tickets
from storage.schema import Transaction
from storage.tickets import Ticket


def ticket_of(tx: Transaction, number: str) -> Ticket:
    """The ticket with this number of its source. Raises NotFound."""
    found = tickets.by_number(tx, number)
    if found is None:
        raise NotFound(f"没有编号 {number} 的工单，什么也没改。")
    return found


def record(tx: Transaction, by: int, ticket: int, outcome: Outcome, now: datetime) -> Ticket:
    """The ticket's call-back came to this; as it then stands.

    Raises NotAllowed for whoever neither took it nor decides, Refused before it is answered.
    """
    who = require(tx, by, Right.REPORT)
    found = tickets.by_id(tx, ticket)
    if found is None:
        raise NotFound
    if who.id != found.person and not may(who.roles, Right.DECIDE):
        raise NotAllowed("回访要收这件的人或者领导来记，什么也没改。")
    if found.answered_at is None:
        raise Refused("这件还没办结，办结了再回访。什么也没改。")
    told = {"reached": outcome.reached, "satisfied": outcome.satisfied, "solved": outcome.solved}
    tickets.change(tx, ticket, **told, called_at=now, called_by=who.id)
    journal.write(tx, now, who.id, "call_back", f"ticket/{ticket}", told)
    outbox.owe_again(tx, "callback", ticket, now)
    outbox.owe_again(tx, "case", ticket, now)
    fresh = tickets.by_id(tx, ticket)
    assert fresh is not None
    return fresh


def record_by_number(
    tx: Transaction, by: int, number: str, outcome: Outcome, now: datetime
) -> Ticket:
    """The same, for the ticket with this number of its source. Raises NotFound besides."""
    return record(tx, by, ticket_of(tx, number).id, outcome, now)
