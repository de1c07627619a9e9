"""The face of a ledger that was sent: what it would change, what it changed, or that it is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions.ledger_preview import preview
from bot.rules.ledger_preview import Loaded
from bot.words import ledger_load as words
from storage.outbox import Owed
from storage.schema import Transaction

if TYPE_CHECKING:
    from scheduler.faces import Face, View


def draft(tx: Transaction, row: Owed, view: View) -> Face:  # noqa: ARG001
    """The draft as it stands."""
    facts = preview(tx, row.subject)
    if facts is None:
        return words.dropped()
    return words.loaded(facts) if isinstance(facts, Loaded) else words.preview(facts)


FACES = {"ledger_draft": draft}
"""By kind of card."""
