"""Whose message it is: by his account, by the kindred line, by the line's directory; in that order.

Somebody whom the platform vouches for is in before his first message is handled, so that it counts.
Knows no handler.
"""

from __future__ import annotations

from datetime import datetime

from aiogram.types import ChatMemberUpdated, Update

from bot.actions import doors, members
from bot.actions.members import Account
from bot.transports.line import Line
from storage import people
from storage.database import Database
from storage.people import Person


async def person_of(
    database: Database, line: Line, update: Update, user: int | None, now: datetime
) -> Person | None:
    """Who sent the update, or None for a stranger and for what nobody sent."""
    if user is None:
        return None
    known, reached = await database.read(people.by_account, line.name, user)
    if known is not None and not reached and _is_private(update, user):
        # Whoever writes can be written to again, and not every platform tells so.
        await database.write(doors.reached, line.name, user, True, now)
    if known is not None or not _is_private(update, user):
        return known
    account = Account(line.name, user, user, line.title)
    if line.kin:
        known = await database.read(people.by_identity, line.kin, user)
        if known is not None:
            return await database.write(members.same_person, account, line.kin, now)
    if line.directory is None or not _acts(update):
        return None
    member = await line.directory(user)
    if member is None:
        return None
    return await database.write(members.come_in, account, member.name, member.department, now)


def _acts(update: Update) -> bool:
    """Whether he did something himself: to be allowed to use the app is not to come in."""
    event = update.event
    return not isinstance(event, ChatMemberUpdated) or bool(event.via_join_request)


def _is_private(update: Update, user: int) -> bool:
    """Whether it happened in the person's own chat, and he has not just gone away."""
    event = update.event
    if isinstance(event, ChatMemberUpdated) and event.new_chat_member.status in ("left", "kicked"):
        return False
    chat = getattr(event, "chat", None) or getattr(getattr(event, "message", None), "chat", None)
    return chat is None or chat.id == user
