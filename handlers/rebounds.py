"""Rebounds in the chat: none after all, one more patrol, earlier times, the quarter's review."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.actions import alike_facts, raised, rebound_deeds
from bot.actions.rebounds import before, named
from bot.rules.records import Bureau
from bot.words import rebounds as words
from bot.words.card import Card, Press, Toast
from bot.words.plain import when
from handlers.desk import Write
from handlers.filters import Inside, Pressed
from storage.database import Read
from storage.people import Person
from storage.problems import Problem
from storage.schema import Transaction

PHOTOS = 4
"""So many earlier times are shown by a photo each."""


def build_router() -> Router:
    """Its buttons."""
    router = Router(name="rebounds")
    pressed = router.callback_query.register
    pressed(doubt, Pressed("xn"), Inside())
    pressed(deny, Pressed("xr"), Inside())
    pressed(deny_in_words, Pressed("xw"), Inside())
    pressed(undo, Pressed("xb"), Inside())
    pressed(earlier, Pressed("xl"), Inside())
    pressed(plan, Pressed("xf"), Inside())
    pressed(seen, Pressed("xk"), Inside())
    pressed(put_in, Pressed("xp"), Inside())
    pressed(take_out, Pressed("xq"), Inside())
    return router


async def doubt(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> None:
    """「不算反弹」: why?"""
    await write(rebound_deeds.doubt, person.id, press.subject, now)


async def deny(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """One of the reasons."""
    deed = rebound_deeds.deny_by_choice
    await write(deed, person.id, press.subject, press.number, bureau, now)
    return Toast("不算反弹了")


async def deny_in_words(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> None:
    """「写一句」."""

    def deed(tx: Transaction) -> Card:
        found = rebound_deeds.expect_reason(tx, person.id, press.subject, now)
        return words.ask_reason("".join(named(found, bureau)))

    await write.saying(lambda card: card, deed)


async def undo(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """「还是算反弹」."""
    await write(rebound_deeds.undo_denial, person.id, press.subject, bureau, now)
    return Toast("还是算反弹")


async def earlier(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, read: Read
) -> Card:
    """「看前几次」, with a photo of each of the last."""

    def look(tx: Transaction) -> Card:
        problem = rebound_deeds.earlier(tx, person.id, press.subject)
        found = before(tx, problem, bureau)
        photos = [alike_facts.photos_of(tx, one)[:1] for _, one in found[:PHOTOS]]
        shown = [sha for some in photos for sha in some]
        what, days = "".join(named(problem, bureau)), bureau.loop.often_days
        return words.before([one for one, _ in found], what, days, shown)

    return await read(look)


async def plan(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """「加一次定点巡查」."""
    at = await write(rebound_deeds.plan, person.id, press.subject, bureau, now)
    said = when(at.astimezone(bureau.tz), now.astimezone(bureau.tz))
    return Toast(f"好，{said} 提醒中队长")


async def seen(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> Toast:
    """「知道了」."""
    await write(rebound_deeds.seen, person.id, press.subject, now)
    return Toast("好")


async def put_in(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """「列入研判」."""
    await write(raised.put_in, person.id, press.subject, bureau, now)
    return Toast("列入研判了")


async def take_out(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> Toast:
    """「不列了」."""
    await write(raised.take_out, person.id, press.subject, now)
    return Toast("不列了")


def take_reason(
    tx: Transaction, by: int, problem: int, said: str, bureau: Bureau, now: datetime
) -> Problem:
    """Why it is no rebound, in one's own words."""
    return rebound_deeds.deny(tx, by, problem, said, bureau, now)


def _denied(found: Problem) -> Card:
    return words.denied(found.not_rebound or "")


AWAITED: dict[str, tuple[Callable[..., Any], Callable[[Any], Card]]] = {
    rebound_deeds.REASON: (take_reason, _denied),
}
"""By what is awaited: the deed that takes the words, and what is said of its result."""
