"""Who complained: the one way to read it, for those who have to do with the matter.

Never for a card of a group, a digest, an export, a paper or a log (domain.md 1 row 8). Every look
is in the journal, without what was seen.
"""

from __future__ import annotations

from datetime import datetime

from bot.actions.loop import parts
from bot.actions.people import require
from bot.errors import NotAllowed, NotFound
from bot.rules.loop import Part, Stage
from bot.rules.rights import Right
from storage import journal, problems, tickets
from storage.people import Person
from storage.problems import Problem
from storage.schema import Transaction
from storage.tickets import Complainant, Ticket

MAY_SEE = frozenset({Part.HANDLER, Part.LEADER})


def may_see(tx: Transaction, who: Person, ticket: Ticket) -> bool:
    """Whether he took the case, handles one of its problems, or leads whoever does.

    Where it was merged into what somebody else found, that lies with him until anybody has it.
    """
    if who.id == ticket.person:
        return True
    told = (problems.by_id(tx, one.problem) for one in problems.of_report(tx, ticket.report))
    return any(one is not None and _has_it(who, one) for one in told)


def _has_it(who: Person, problem: Problem) -> bool:
    found = Part.FINDER if problem.stage is Stage.FOUND else Part.HANDLER
    return not parts(who, problem).isdisjoint({*MAY_SEE, found})


def look(tx: Transaction, asker: int, ticket: int, now: datetime) -> Complainant:
    """Who complained. Raises NotAllowed for others, NotFound where nobody is known."""
    who = require(tx, asker, Right.REPORT)
    found = tickets.by_id(tx, ticket)
    if found is None:
        raise NotFound
    if not may_see(tx, who, found):
        raise NotAllowed("投诉人的信息只给经办的人、收这件的人和领导看。")
    complainant = tickets.complainant(tx, ticket)
    if complainant is None:
        raise NotFound("这件没有留投诉人的信息。")
    journal.write(tx, now, who.id, "complainant_seen", f"ticket/{ticket}", {})
    return complainant
