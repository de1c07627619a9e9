"""The faces of clocks: what is late, a longer time, a review that is nobody's; read anew when sent.

What has moved on meanwhile is not said any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions import late_facts
from bot.words import clocks as words
from bot.words import extensions as extension_words
from storage import outbox, people
from storage.outbox import Owed
from storage.schema import Transaction

if TYPE_CHECKING:
    from scheduler.faces import Face, View


def late(tx: Transaction, row: Owed, view: View) -> Face:
    """What the person was to be told of, as it is now."""
    args = row.args or {}
    items, more = args.get("items", ()), args.get("more", 0)
    who = people.of_chat(tx, row.line, row.chat)
    rows = late_facts.late_facts(tx, items, who, view.bureau, view.now)
    newest = outbox.newest(tx, row.card, row.subject, row.line, row.chat) == row.id
    return words.late(rows, more, bool(row.shown), newest)


def extension(tx: Transaction, row: Owed, view: View) -> Face:
    """A longer time that was asked for, to whoever asked or decides, or what was decided."""
    refusal = (row.args or {}).get("reason") or ""
    facts = late_facts.extension_facts(tx, row.subject, refusal, view.bureau, view.now)
    return None if facts is None else EXTENSION_WORDS[row.card](facts)


def unreviewed(tx: Transaction, row: Owed, view: View) -> Face:
    """A handled problem that nobody can review; dropped where somebody has by then."""
    facts = late_facts.unreviewed_facts(tx, row.subject, view.bureau)
    if facts is None or not (facts.waits or row.shown):
        return None
    return words.unreviewed(facts)


EXTENSION_WORDS = {
    "extension": extension_words.decide, "extension_own": extension_words.asked,
    "extension_told": extension_words.told,
}  # fmt: skip

FACES = {
    "late": late, "unreviewed": unreviewed, "extension": extension, "extension_own": extension,
    "extension_told": extension,
}  # fmt: skip
"""By kind of card."""
