"""成效数据 in the chat: 「记数 官网发布 66 篇」, 「成效数据」, taking one back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from aiogram import F, Router
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from bot.actions import counters
from bot.rules import counters as rules
from bot.rules.counters import Told, Wrong
from bot.rules.records import Bureau
from bot.transports.line import Line
from bot.words import counters as words
from bot.words.card import Card, Press
from handlers.desk import Write
from handlers.filters import Inside, Pressed, Words
from storage import awaited
from storage.database import Read
from storage.people import Person


class TellsFigure(Filter):
    """Words that write a figure down; the handler gets what was read as `figure`.

    「成效」 begins other sentences too: it is one only with a figure behind it, and not where the
    person was asked for words.
    """

    async def __call__(
        self, message: Message, person: Person, bureau: Bureau, now: datetime, read: Read
    ) -> bool | dict[str, Any]:
        """What is told, or why it can't be taken."""
        told = rules.read(message.text or "", now.astimezone(bureau.tz).date())
        if told is None:
            return False
        sure = not isinstance(told, Told) or told.plain
        if not sure and await read(awaited.of, person.id, now) is not None:
            return False
        return {"figure": told}


class TakesBack(Filter):
    """「撤回成效 官网发布」; the handler gets the name as `name`."""

    async def __call__(self, message: Message) -> bool | dict[str, Any]:
        """The name, where it is one."""
        name = rules.takes_back(message.text or "")
        return {"name": name} if name else False


def build_router() -> Router:
    """Asked before words that are awaited, as commands are."""
    router = Router(name="counters")
    router.message.register(listed, Words("成效数据", "成效", "记数"), Inside())
    router.message.register(withdraw_named, F.text, Inside(), TakesBack())
    router.message.register(keep, F.text, Inside(), TellsFigure())
    router.callback_query.register(withdraw, Pressed("tw"), Inside())
    return router


async def listed(message: Message, read: Read) -> Card:
    """「成效数据」."""
    return words.listed(await read(counters.standing))


async def keep(
    message: Message, figure: Told | Wrong, person: Person, line: Line, now: datetime, write: Write
) -> Card | None:
    """「记数 官网发布 66 篇」."""
    if not isinstance(figure, Told):
        return words.wrong(figure)
    answered = message.reply_to_message.message_id if message.reply_to_message else None
    await write.saying(
        lambda found: words.kept(found, answered is not None),
        counters.keep, person.id, figure, now, (line.name, message.chat.id, answered),
    )  # fmt: skip
    return None


async def withdraw(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> None:
    """「撤回」 under what was written down: all figures of that message."""
    await write.saying(words.withdrawn, counters.withdraw, person.id, press.subject, now)


async def withdraw_named(
    message: Message, name: str, person: Person, now: datetime, write: Write
) -> None:
    """「撤回成效 官网发布」."""
    await write.saying(words.withdrawn, counters.withdraw_named, person.id, name, now)
