"""Those outside: strangers, the frozen, links opened, and the bot put into groups or blocked."""

from __future__ import annotations

from datetime import datetime

from aiogram import Router
from aiogram.filters import CommandStart
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message

from bot.actions import doors as deeds
from bot.transports.line import Line
from bot.words import people as words
from bot.words.card import Card, Press, Toast
from handlers import welcome
from handlers.desk import Write
from handlers.filters import Inside, Outside, Pressed, Says
from storage.people import Person


def build_router() -> Router:
    """Nobody outside gets past this router, except with a link."""
    router = Router(name="doors")
    router.message.register(welcome.opened, CommandStart(deep_link=True), Outside())
    router.message.register(welcome.by_code, Says(welcome.CODE), Outside())
    router.message.register(stranger, Outside())
    router.edited_message.register(silent, Outside())
    router.callback_query.register(stranger_pressed, ~Pressed("jy", "jn"), Outside())
    router.callback_query.register(group_decided, Pressed("ga", "gr"), Inside())
    router.my_chat_member.register(membership)
    return router


async def stranger(
    message: Message, line: Line, now: datetime, write: Write, person: Person | None
) -> Card | None:
    """One neutral sentence a day with a number; the frozen hear that they are."""
    if person is not None:
        return words.frozen()
    user = message.from_user.id if message.from_user else message.chat.id
    await write(deeds.meet_stranger, line.name, user, message.chat.id, now)
    return None


async def silent(message: Message) -> None:
    """An edit from outside is nobody's business."""


async def stranger_pressed(query: CallbackQuery, person: Person | None) -> Toast:
    """A forwarded button in strange hands does nothing; the frozen hear that they are."""
    if person is not None:
        return Toast("您的账号现在停用了，什么也没改。要恢复请找管理员。", alert=True)
    return Toast("这里是内部用的，这个按钮您用不了。", alert=True)


async def group_decided(
    query: CallbackQuery, press: Press, person: Person, line: Line, now: datetime, write: Write
) -> None:
    """An admin allows a group, or doesn't."""
    allowed = press.act == "ga"
    await write(deeds.decide_group, person.id, line.name, press.subject, allowed, now)


async def membership(
    event: ChatMemberUpdated, line: Line, now: datetime, write: Write, person: Person | None
) -> None:
    """The bot was put into a group, out of it, or blocked and unblocked by a person."""
    status = event.new_chat_member.status
    inside = status in ("member", "administrator", "restricted", "creator")
    if event.chat.type == "private" and status == "kicked" and line.directory is not None:
        await write(deeds.deleted, line.name, event.chat.id, line.title, now)
    elif event.chat.type == "private":
        await write(deeds.reached, line.name, event.chat.id, inside, now)
    elif inside:
        title, by = event.chat.title or "", person.id if person else None
        await write(deeds.meet_group, line.name, event.chat.id, title, by, now)
