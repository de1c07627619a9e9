"""The bureau's people and the house's state, for admins."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from aiogram import Router
from aiogram.types import Message

from bot.actions import leaving
from bot.actions import people as deeds
from bot.actions.people import require
from bot.actions.state import state
from bot.rules.records import Bureau
from bot.rules.rights import Right
from bot.words import help as help_words
from bot.words import people as words
from bot.words.card import Card
from bot.words.plain import when
from handlers.desk import Write
from handlers.filters import Inside, Says, Words
from storage import people
from storage.database import Read
from storage.people import Person

NAME = r"[^\s，。、]{2,4}(?:·\S{1,8})?|[^\u4e00-\u9fff\s]\S*"
"""A person's name; a sentence of the street that begins with the same word is none."""

Health = Callable[[], Sequence[tuple[str, bool]]]
"""The lines by the names people know, and whether each works."""


def build_router() -> Router:
    """Who is here, who goes, and how the house is."""
    router = Router(name="roster")
    router.message.register(roster, Words("人员"), Inside())
    router.message.register(status, Words("状态", "status"), Inside())
    router.message.register(freeze, Says(rf"/?停用 (?P<name>{NAME})"), Inside())
    router.message.register(thaw, Says(rf"/?恢复 (?P<name>{NAME})"), Inside())
    router.message.register(
        leave, Says(rf"/?离开 (?P<name>{NAME})(?: 交给 ?(?P<heir>{NAME}))?"), Inside()
    )
    router.message.register(
        hand_over, Says(rf"/?移交 (?P<name>{NAME}) ?给 ?(?P<heir>{NAME})"), Inside()
    )
    return router


async def roster(message: Message, person: Person, read: Read) -> Card:
    """「人员」."""
    await read(require, person.id, Right.PEOPLE)
    found = await read(people.everyone)
    return words.roster([(p.name, p.squad, p.roles, p.state) for p in found])


async def status(
    message: Message, person: Person, bureau: Bureau, now: datetime, read: Read, health: Health
) -> Card:
    """「状态」: the queues and the lines; the message that asks is not counted."""
    await read(require, person.id, Right.STATUS)
    facts, oldest = await read(state)
    said = "没有"
    if facts["pending"] > 1 and oldest is not None:
        said = when(oldest.astimezone(bureau.tz), now.astimezone(bureau.tz))
    asked = facts | {"pending": facts["pending"] - 1, "received": facts["received"] - 1}
    return help_words.status(asked, said, health())


async def freeze(
    message: Message, said: re.Match[str], person: Person, now: datetime, write: Write
) -> None:
    """「停用 姓名」."""
    await write.saying(
        lambda who: words.state_changed(who.name, people.FROZEN),
        deeds.set_state, person.id, said["name"], people.FROZEN, now,
    )  # fmt: skip


async def thaw(
    message: Message, said: re.Match[str], person: Person, now: datetime, write: Write
) -> None:
    """「恢复 姓名」."""
    await write.saying(
        lambda who: words.state_changed(who.name, people.ACTIVE),
        deeds.set_state, person.id, said["name"], people.ACTIVE, now,
    )  # fmt: skip


async def leave(
    message: Message, said: re.Match[str], person: Person, bureau: Bureau, now: datetime,
    write: Write,
) -> None:  # fmt: skip
    """「离开 姓名 交给 姓名」."""
    await write.saying(
        lambda done: words.has_left(done[0].name, done[1].name if done[1] else None, done[2]),
        leaving.leave, person.id, said["name"], said["heir"], bureau, now,
    )  # fmt: skip


async def hand_over(
    message: Message, said: re.Match[str], person: Person, bureau: Bureau, now: datetime,
    write: Write,
) -> None:  # fmt: skip
    """「移交 姓名 给 姓名」."""
    await write.saying(
        lambda done: words.moved(done[0].name, done[1].name, done[2]),
        leaving.hand_over, person.id, said["name"], said["heir"], bureau, now,
    )  # fmt: skip
