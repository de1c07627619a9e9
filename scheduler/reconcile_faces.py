"""The face of the month's reconciliation; reads the facts, hands them to the words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions import reconcile_ledger
from bot.words import ledger_figures as words
from storage.outbox import Owed
from storage.schema import Transaction

if TYPE_CHECKING:
    from scheduler.faces import Face, View


def reconcile(tx: Transaction, row: Owed, view: View) -> Face:
    """The month as it stands when it is shown; nothing where the ledger is gone."""
    first = reconcile_ledger.month_of(row.subject)
    facts = reconcile_ledger.reconciled(tx, view.bureau, first, view.now)
    return words.reconciled(facts) if facts is not None else None


FACES = {"reconcile": reconcile}
"""By kind of card."""
