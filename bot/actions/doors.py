"""Strangers and group chats: who is let in, and what those outside are told; knows no figures."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from bot.actions.people import require, tell
from bot.rules.records import Role
from bot.rules.rights import Right
from storage import doors, journal, outbox, people
from storage.schema import Transaction

ONCE_A = timedelta(days=1)
"""A stranger is answered once a day: whoever writes a hundred times learns nothing more."""


def meet_stranger(tx: Transaction, line: str, user: int, chat: int, now: datetime) -> None:
    """The attempt is in the journal, once a day; the stranger is owed the refusal with a number."""
    known = doors.stranger(tx, line, user)
    if known is None:
        code = _free_code(tx)
        doors.meet(tx, line, user, code, now)
    elif now - known.told_at < ONCE_A:
        return
    else:
        code = known.code
        doors.told(tx, line, user, now)
    journal.write(tx, now, None, "stranger", code, {"line": line, "user": user})
    key = f"stranger:{line}:{user}:{now:%Y%m%d%H%M%S}"
    outbox.owe(tx, line, chat, "stranger", 0, now, key=key, args={"code": code})


def _free_code(tx: Transaction) -> str:
    while True:
        code = secrets.token_hex(2).upper()
        if doors.stranger_by_code(tx, code) is None:
            return code


def meet_group(
    tx: Transaction, line: str, chat: int, title: str, by: int | None, now: datetime
) -> None:
    """The bot is in a group nobody has allowed: the admins are asked, once.

    They are asked again where the bot was shut out meanwhile.
    """
    known = doors.chat(tx, line, chat)
    if known is not None and known.state != "gone":
        return
    doors.set_chat(tx, line, chat, title, "asked", now, by)
    journal.write(tx, now, by, "group", f"{line}/{chat}", {"title": title})
    for admin in people.with_role(tx, Role.ADMIN):
        tell(tx, admin.id, "group", chat, now, args={"line": line, "title": title})


def know_group(tx: Transaction, line: str, chat: int, title: str, now: datetime) -> None:
    """A group that whoever runs the house has set up himself is served, without asking."""
    known = doors.chat(tx, line, chat)
    if known is None or (known.title, known.state) != (title, "allowed"):
        doors.set_chat(tx, line, chat, title, "allowed", now, None)
        journal.write(tx, now, None, "allow_group", f"{line}/{chat}", {"title": title})


def decide_group(
    tx: Transaction, by: int, line: str, chat: int, allowed: bool, now: datetime
) -> None:
    """The group is served, or left alone for good; the admins' cards say so."""
    require(tx, by, Right.CHATS)
    known = doors.chat(tx, line, chat)
    title = known.title if known else ""
    doors.set_chat(tx, line, chat, title, "allowed" if allowed else "refused", now, by)
    deed = "allow_group" if allowed else "refuse_group"
    journal.write(tx, now, by, deed, f"{line}/{chat}", {"title": title})
    outbox.owe_again(tx, "group", chat, now)
    if allowed:
        outbox.owe(tx, line, chat, "group_hello", chat, now)


def is_allowed(tx: Transaction, line: str, chat: int) -> bool:
    """Whether an admin has allowed the group chat."""
    known = doors.chat(tx, line, chat)
    return known is not None and known.state == "allowed"


def reached(tx: Transaction, line: str, chat: int, can: bool, now: datetime) -> None:
    """Somebody blocked the bot, or let it back in; what is known already is not noted again."""
    person = people.of_chat(tx, line, chat)
    if people.is_reachable(tx, line, chat) is can:
        return
    people.reachable(tx, line, chat, can)
    journal.write(tx, now, person, "reachable" if can else "blocked", f"{line}/{chat}", {})


def deleted(tx: Transaction, line: str, chat: int, title: str, now: datetime) -> None:
    """Who is no more in the directory that vouched for him is frozen at once; the admins hear."""
    reached(tx, line, chat, False, now)
    person = people.of_chat(tx, line, chat)
    who = people.by_id(tx, person) if person is not None else None
    if who is None or not who.active:
        return
    people.change(tx, who.id, state=people.FROZEN)
    journal.write(tx, now, None, people.FROZEN, f"person/{who.id}", {"by": f"{line}/directory"})
    for admin in people.with_role(tx, Role.ADMIN):
        tell(tx, admin.id, "deleted", who.id, now, args={"title": title})


def move_group(tx: Transaction, line: str, old: int, new: int) -> None:
    """The group is known, and owed what it was owed, under its new number."""
    doors.move_chat(tx, line, old, new)
    outbox.move_chat(tx, line, old, new)
