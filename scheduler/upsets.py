"""What the sender finds out about chats: shut out, moved, or in doubt; one deed each.

Whoever answers for the bureau's word hears of it: the supervisors and the admins.
"""

from __future__ import annotations

from datetime import datetime

from bot.actions.doors import move_group
from bot.actions.people import tell
from bot.rules.records import Role
from scheduler.doubts import BROADCASTS
from storage import doors, held, journal, outbox, people
from storage.outbox import Owed
from storage.schema import Transaction


def shut_out(tx: Transaction, row: Owed, now: datetime) -> None:
    """Nothing more is sent to the chat; who answers for it hears so, once."""
    group = doors.chat(tx, row.line, row.chat)
    if group is not None:
        if group.state == "allowed":
            doors.set_chat(tx, row.line, row.chat, group.title, "gone", now, None)
            journal.write(tx, now, None, "shut_out", f"{row.line}/{row.chat}", {})
            tell_all(tx, "group_lost", row.chat, now, args={"title": group.title})
        return
    person = people.of_chat(tx, row.line, row.chat)
    if journal.last_deed(tx, f"{row.line}/{row.chat}") == "unreachable":
        return  # told since he was last reached; that he blocked the bot was told to nobody
    people.reachable(tx, row.line, row.chat, False)
    journal.write(tx, now, person, "unreachable", f"{row.line}/{row.chat}", {})
    if person is not None:
        tell_all(tx, "unreachable", person, now, but=person)


def chat_moved(tx: Transaction, row: Owed, to: int, now: datetime) -> None:
    """A group became a supergroup: what is known of it and owed to it follows."""
    group = doors.chat(tx, row.line, row.chat)
    move_group(tx, row.line, row.chat, to)
    if group is not None:
        journal.write(tx, now, None, "group_moved", f"{row.line}/{row.chat}", {"to": to})
        tell_all(tx, "group_moved", to, now, args={"title": group.title})


def recover(tx: Transaction, now: datetime) -> tuple[int, int]:
    """What was being sent when the process ended is owed again, or held; how many of each."""
    again, doubtful = held.recover(tx, BROADCASTS)
    for row in doubtful:
        hold(tx, row, now)
    return again, len(doubtful)


def hold(tx: Transaction, row: Owed, now: datetime) -> None:
    """Who answers for the group's word is asked whether it is to be sent again."""
    journal.write(tx, now, None, "held", f"outbox/{row.id}", {"card": row.card})
    for person in _answerable(tx):
        tell(tx, person, "held", row.id, now, key=f"held:{row.id}:{row.repeats}:{person}")


def no_pin(tx: Transaction, row: Owed, now: datetime) -> None:
    """The board can't be pinned: the admins hear so once for this group."""
    group = doors.chat(tx, row.line, row.chat)
    args = {"title": group.title if group is not None else ""}
    for admin in people.with_role(tx, Role.ADMIN):
        key = f"no_pin:{row.line}:{row.chat}:{admin.id}"
        if not outbox.is_known(tx, key):
            tell(tx, admin.id, "no_pin", row.chat, now, args=args, key=key)


def tell_all(
    tx: Transaction, card: str, subject: int, now: datetime, *, but: int | None = None,
    args: object = None,
) -> None:  # fmt: skip
    """Who answers for the bureau's word is owed the card; not the person it is about."""
    for person in _answerable(tx):
        if person != but:
            tell(tx, person, card, subject, now, args=args)


def _answerable(tx: Transaction) -> list[int]:
    """The supervisors and the admins, each once."""
    found = [*people.with_role(tx, Role.SUPERVISOR), *people.with_role(tx, Role.ADMIN)]
    return list(dict.fromkeys(person.id for person in found))
