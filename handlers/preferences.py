"""A person's own settings in the chat: 「设置」, its buttons, and the same in words."""

from __future__ import annotations

import re
from datetime import datetime, time

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.actions import preferences as deeds
from bot.errors import NotFound
from bot.rules.own_hours import stretch_in
from bot.rules.records import Bureau
from bot.words import preferences as words
from bot.words.card import Card, Press
from handlers.desk import Write
from handlers.filters import Inside, Pressed, Says, Words
from storage.database import Read
from storage.people import Person

MORNING = (
    r"(?:每天)?(?:早上|上午)? ?(?P<hour>\d{1,2}) ?(?:[:：](?P<minute>[0-5]\d)|点(?P<half>半)?)"
    r" ?(?:再)?提醒我?。?"
)


def build_router() -> Router:
    """Words first, then the buttons."""
    router = Router(name="preferences")
    router.message.register(show, Words("设置", "settings", "我的设置"), Inside())
    router.message.register(write_quiet, Says(r"/?(?:我的)?免打扰 ?(?P<hours>.{1,40})"), Inside())
    router.message.register(ask_quiet_words, Words("免打扰", "我的免打扰"), Inside())
    router.message.register(write_morning, Says(MORNING), Inside())
    pressed = router.callback_query.register
    pressed(ask_quiet, Pressed("bq"), Inside())
    pressed(ask_morning, Pressed("bm"), Inside())
    pressed(set_morning, Pressed("bn"), Inside())
    pressed(set_quiet, Pressed("bp"), Inside())
    pressed(set_brief, Pressed("bw"), Inside())
    return router


async def show(message: Message, person: Person, bureau: Bureau, read: Read) -> Card:
    """「设置」."""
    return words.settings(await read(deeds.shown, person.id, bureau))


async def ask_quiet(query: CallbackQuery, person: Person) -> Card:
    """「我的免打扰」: which hours?"""
    return words.ask_quiet()


async def ask_quiet_words(message: Message, person: Person) -> Card:
    """The same in words."""
    return words.ask_quiet()


async def ask_morning(query: CallbackQuery, person: Person) -> Card:
    """「早上几点提醒」."""
    return words.ask_morning()


async def set_morning(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> None:
    """One of the hours."""
    at = _time(*divmod(press.number, 60))
    if at is None:
        raise NotFound
    await write.saying(words.settings, deeds.set_morning, person.id, at, bureau, now)


async def set_quiet(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> None:
    """One of the stretches."""
    if press.number >= len(words.QUIETS):
        raise NotFound
    _, begins, ends = words.QUIETS[press.number]
    await write.saying(words.settings, deeds.set_quiet, person.id, begins, ends, bureau, now)


async def set_brief(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> None:
    """「字少一点」 and 「照常写」."""
    brief = press.arg == "1"
    await write.saying(words.settings, deeds.set_brief, person.id, brief, bureau, now)


async def write_quiet(
    message: Message, said: re.Match[str], person: Person, bureau: Bureau, now: datetime,
    write: Write,
) -> Card | None:  # fmt: skip
    """「免打扰 12:30 到 14:00」, 「免打扰 不设」."""
    if said["hours"].strip("。 ") in ("不设", "取消", "没有", "不另设", "关", "关掉"):
        begins, ends = None, None
    else:
        found = stretch_in(said["hours"])
        if found is None:
            return words.which_hours()
        begins, ends = found
    await write.saying(words.settings, deeds.set_quiet, person.id, begins, ends, bureau, now)
    return None


async def write_morning(
    message: Message, said: re.Match[str], person: Person, bureau: Bureau, now: datetime,
    write: Write,
) -> Card | None:  # fmt: skip
    """「早上 9:15 提醒」."""
    at = _time(int(said["hour"]), 30 if said["half"] else int(said["minute"] or 0))
    if at is None:
        return words.which_hours()
    await write.saying(words.settings, deeds.set_morning, person.id, at, bureau, now)
    return None


def _time(hour: int, minute: int) -> time | None:
    return time(hour, minute) if 0 <= hour < 24 and 0 <= minute < 60 else None
