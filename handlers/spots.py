"""What an admin decides about places that are in no table."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.actions import places as deeds
from bot.actions.people import require
from bot.rules.records import Bureau
from bot.rules.rights import Right
from bot.words import help as words
from bot.words.card import Card, Press
from handlers.desk import Write
from handlers.filters import Inside, Pressed, Words
from storage import spots
from storage.database import Read
from storage.people import Person

Refresh = Callable[[], Awaitable[None]]
"""Lets readers and cards know the spots as they now stand."""


def build_router() -> Router:
    """New place names, for admins."""
    router = Router(name="spots")
    router.message.register(new_names, Words("新地名"), Inside())
    presses = router.callback_query
    presses.register(add_spot, Pressed("pa"), Inside())
    presses.register(ignore, Pressed("pi"), Inside())
    presses.register(which, Pressed("pl"), Inside())
    presses.register(alias, Pressed("px"), Inside())
    return router


async def new_names(message: Message, person: Person, read: Read) -> Card:
    """「新地名」."""
    await read(require, person.id, Right.SPOTS)
    rows = await read(spots.new_names)
    names = [(row.id, row.name, row.times) for row in rows]
    return words.new_places(names) if names else words.no_new_places()


async def add_spot(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write,
    refresh: Refresh,
) -> None:  # fmt: skip
    """「加为点位」."""
    await write.saying(
        lambda name: words.place_done(name, "added"),
        deeds.add_spot,
        person.id,
        press.subject,
        bureau,
        now,
    )
    await refresh()


async def ignore(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> None:
    """「忽略」."""
    await write.saying(
        lambda name: words.place_done(name, "ignored"), deeds.ignore, person.id, press.subject, now
    )


async def which(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, read: Read
) -> Card:
    """「是某处的别名」: of which?"""
    await read(require, person.id, Right.SPOTS)
    row = await read(spots.place_name, press.subject)
    options = [(spot.code, spot.name) for spot in bureau.spots]
    return words.which_spot(press.subject, row.name if row else "", options, press.number)


async def alias(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime,
    write: Write, refresh: Refresh,
) -> None:  # fmt: skip
    """The spot was picked."""
    await write.saying(
        lambda names: words.place_done(*names),
        deeds.make_alias, person.id, press.subject, press.arg, bureau, now,
    )  # fmt: skip
    await refresh()
