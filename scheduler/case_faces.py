"""The faces of cases: the one whoever took it sees, and the call-back he is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions.case_facts import case_facts
from bot.words import cases as words
from storage.outbox import Owed
from storage.schema import Transaction

if TYPE_CHECKING:
    from scheduler.faces import Face, View


def case(tx: Transaction, row: Owed, view: View) -> Face:
    """The case as it stands."""
    facts = case_facts(tx, row.subject, view.bureau)
    return None if facts is None else words.case(facts, view.now, view.bureau)


def call_back(tx: Transaction, row: Owed, view: View) -> Face:
    """Nothing for a case that was never shown and is not answered any more."""
    facts = case_facts(tx, row.subject, view.bureau)
    if facts is None or (facts.answered_at is None and not row.shown):
        return None
    return words.call_back(facts, view.now.astimezone(view.bureau.tz))


def came(tx: Transaction, row: Owed, view: View) -> Face:  # noqa: ARG001
    """How many of a table wait for the leader."""
    return words.came(int((row.args or {}).get("count", 0)))


FACES = {"case": case, "callback": call_back, "cases_came": came}
"""By kind of card."""
