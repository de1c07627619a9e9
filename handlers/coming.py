"""What the clock will bring, and what is in doubt: seen, brought about, or sent again by hand."""

from __future__ import annotations

from datetime import datetime

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.actions import held
from bot.actions.by_hand import run_due as deed
from bot.actions.people import require
from bot.rules.records import Bureau
from bot.rules.rights import Right
from bot.words import coming as words
from bot.words.card import Card, Press
from handlers.desk import RunDue, WillCome, Write
from handlers.filters import Inside, Pressed, Words
from storage.database import Read
from storage.people import Person

MOST = 60


def build_router() -> Router:
    """「要发什么」, for admins."""
    router = Router(name="coming")
    router.message.register(upcoming, Words("要发什么", "接下来发什么"), Inside())
    presses = router.callback_query
    presses.register(ask, Pressed("da"), Inside())
    presses.register(run, Pressed("db"), Inside())
    presses.register(turn, Pressed("dc"), Inside())
    presses.register(again, Pressed("dd"), Inside())
    presses.register(let_be, Pressed("de"), Inside())
    return router


async def upcoming(
    message: Message, person: Person, bureau: Bureau, now: datetime, read: Read, coming: WillCome
) -> Card:
    """「要发什么」."""
    await read(require, person.id, Right.STATUS)
    return words.upcoming(await coming(MOST), 0, now.astimezone(bureau.tz))


async def turn(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, read: Read,
    coming: WillCome,
) -> Card:  # fmt: skip
    """Another page."""
    await read(require, person.id, Right.STATUS)
    return words.upcoming(await coming(MOST), press.subject, now.astimezone(bureau.tz))


async def ask(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, read: Read,
    coming: WillCome,
) -> Card:  # fmt: skip
    """「第 n 件现在发」: sure?"""
    await read(require, person.id, Right.STATUS)
    here = now.astimezone(bureau.tz)
    found = next((one for one in await coming(500) if one.due == press.subject), None)
    return words.ran(None, here) if found is None else words.sure(found, here)


async def run(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime,
    write: Write, run_due: RunDue,
) -> None:  # fmt: skip
    """「现在发」."""
    here = now.astimezone(bureau.tz)
    await write.saying(
        lambda outcome: words.ran(outcome, here), deed, person.id, press.subject, run_due, now
    )


async def again(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> None:
    """「再发一次」 of a group's card in doubt; the card that asked says so."""
    await write(held.decide, person.id, press.subject, True, now)


async def let_be(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> None:
    """「不用了」."""
    await write(held.decide, person.id, press.subject, False, now)
