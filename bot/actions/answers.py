"""Saying something that is no card of a thing: an answer, a refusal, a fault; owed like the rest.

An answer is a statement of its moment, so it is stored as it was said; one retry layer sends it
(docs/decisions/0002-answers-through-the-outbox.md). Knows no chat library.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.actions.people import tell
from bot.rules.records import Role
from storage import inbox, journal, outbox, people
from storage.inbox import Row
from storage.schema import Transaction


def say(tx: Transaction, row: Row, said: dict[str, Any], now: datetime) -> None:
    """The chat is owed this card as the answer to its message, once however often this runs."""
    if row.chat is not None:
        key = f"answer:{row.id}"
        outbox.owe(tx, row.line, row.chat, "answer", row.id, now, key=key, args=said)


def give_up(tx: Transaction, row: Row, reason: str, now: datetime) -> None:
    """The row is failed; its sender and the admins are told, its raw text stays."""
    inbox.settle(tx, row.id, inbox.FAILED, now, reason)
    journal.write(tx, now, None, "failed", f"inbox/{row.id}", {"reason": reason})
    if row.chat is not None:
        outbox.owe(tx, row.line, row.chat, "failed", row.id, now)
    for admin in people.with_role(tx, Role.ADMIN):
        tell(tx, admin.id, "failed_admin", row.id, now, args={"reason": reason[:80]})
