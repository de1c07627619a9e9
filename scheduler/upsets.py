"""What the sender finds out about chats: shut out, or moved; one deed each."""

from __future__ import annotations

from datetime import datetime

from bot.actions.doors import move_group
from bot.actions.people import tell
from bot.rules.records import Role
from storage import journal, people
from storage.outbox import Owed
from storage.schema import Transaction


def shut_out(tx: Transaction, row: Owed, now: datetime) -> None:
    """Nothing more is sent to the chat; the admins hear whom the bot no longer reaches."""
    person = people.of_chat(tx, row.line, row.chat)
    people.reachable(tx, row.line, row.chat, False)
    journal.write(tx, now, person, "unreachable", f"{row.line}/{row.chat}", {})
    if person is None:
        return
    for admin in people.with_role(tx, Role.ADMIN):
        if admin.id != person:
            tell(tx, admin.id, "unreachable", person, now)


def chat_moved(tx: Transaction, row: Owed, to: int) -> None:
    """A group became a supergroup: what is known of it and owed to it follows."""
    move_group(tx, row.line, row.chat, to)
