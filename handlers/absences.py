"""Being away in the chat, and reminders: 请假, 销假, 再催一次, 「任务 31 提醒过谁」."""

from __future__ import annotations

import re
from datetime import datetime

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.actions import absences as deeds
from bot.actions import escalation, put_with
from bot.rules.away_words import away_in
from bot.rules.records import Bureau
from bot.words import preferences as words
from bot.words import reminders as reminder_words
from bot.words.card import Card, Press, Toast
from handlers.desk import Write
from handlers.filters import Inside, Pressed, Says, Words
from handlers.roster import NAME
from storage.database import Read
from storage.people import Person

WHO = r"/?任务 ?(?P<number>\d{1,9}) ?(?:的?(?:提醒|催)过谁|谁被提醒过|都提醒了谁)[？?。]?"
DAYS = r"(?P<days>.{0,30}?(?:\d|[今明后]天|天|周|星期|月|号).{0,30})"
"""Days of some kind: a sentence that only mentions 请假 is left to the other rooms."""


def build_router() -> Router:
    """Words first, then the buttons."""
    router = Router(name="absences")
    router.message.register(how, Words("请假", "我要请假"), Inside())
    router.message.register(away, Says(rf"/?(?:我要?)?请假[ ：:，,]?{DAYS}"), Inside())
    router.message.register(away, Says(rf"/?(?P<name>{NAME}) 请假[ ：:，,]?{DAYS}"), Inside())
    router.message.register(back, Says(rf"/?(?:(?P<name>{NAME}) )?销假了?。?"), Inside())
    router.message.register(told_of, Says(WHO), Inside())
    pressed = router.callback_query.register
    pressed(call_off, Pressed("bd"), Inside())
    pressed(urge, Pressed("bu"), Inside())
    pressed(answer, Pressed("ba"), Inside())
    return router


async def how(message: Message, person: Person) -> Card:
    """「请假」 alone."""
    return words.which_days()


async def away(
    message: Message, said: re.Match[str], person: Person, bureau: Bureau, now: datetime,
    write: Write,
) -> Card | None:  # fmt: skip
    """「请假 6月10日到12日」, 「张建国 请假 6月10日」."""
    days = away_in(said["days"], now.astimezone(bureau.tz))
    if days is None:
        return words.which_days()
    name = said.groupdict().get("name")
    await write.saying(words.away, deeds.away, person.id, name, *days, bureau, now)
    return None


async def back(
    message: Message, said: re.Match[str], person: Person, bureau: Bureau, now: datetime,
    write: Write,
) -> None:  # fmt: skip
    """「销假」, 「张建国 销假」."""
    await write.saying(words.away, deeds.back, person.id, said["name"], bureau, now)


async def call_off(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> None:
    """「不请了」."""
    await write.saying(words.away, deeds.call_off, person.id, press.subject, bureau, now)


async def urge(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """「再催一次」."""
    done = await write(escalation.urge, person.id, press.subject, bureau, now)
    return Toast(reminder_words.urging(done))


async def answer(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """「去回答」: what waits to be asked comes as its own card."""
    count = await write(put_with.ask, person.id, press.subject, bureau, now)
    return Toast("" if count else "都答过了")


async def told_of(
    message: Message, said: re.Match[str], person: Person, bureau: Bureau, read: Read
) -> Card:
    """「任务 31 提醒过谁」."""
    number = int(said["number"])
    return reminder_words.told_of(await read(escalation.told_of, person.id, number, bureau))
