"""The faces of reminders: the morning message, a leader's word; each read anew when it is sent.

What is done meanwhile is not said any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions import morning_facts
from bot.words import mornings as words
from bot.words import reminders as reminder_words
from storage import people
from storage.outbox import Owed
from storage.schema import Transaction

if TYPE_CHECKING:
    from scheduler.faces import Face, View


def morning(tx: Transaction, row: Owed, view: View) -> Face:
    """All that the person hears of today."""
    who = people.of_chat(tx, row.line, row.chat)
    if who is None:
        return None
    facts = morning_facts.morning(
        tx, row.key, who, row.args, view.bureau, view.now, fresh=not row.shown
    )
    return None if facts is None else words.morning(facts)


def urged(tx: Transaction, row: Owed, view: View) -> Face:
    """A leader asks about one matter."""
    who = people.of_chat(tx, row.line, row.chat)
    if who is None:
        return None
    by = (row.args or {}).get("by") or "领导"
    facts = morning_facts.urged(
        tx, row.key, who, by, view.bureau, view.now, fresh=not row.shown
    )  # fmt: skip
    return None if facts is None else reminder_words.urged(facts)


FACES = {"morning": morning, "urged": urged}
"""By kind of card."""
