"""The question whether two problems are one: both answers, of any age."""

from __future__ import annotations

from datetime import datetime

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.actions import alike
from bot.rules.records import Bureau
from bot.words.card import Press, Toast
from handlers.desk import Write
from handlers.filters import Inside, Pressed
from storage.people import Person


def build_router() -> Router:
    """Its buttons."""
    router = Router(name="alikes")
    router.callback_query.register(merge, Pressed("xm"), Inside())
    router.callback_query.register(apart, Pressed("xa"), Inside())
    return router


async def merge(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """「是，并到一起」."""
    await write(alike.merge, person.id, press.subject, press.number, bureau, now)
    return Toast("并到一起了")


async def apart(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """「另一个摊，单独记」, or the merged one taken apart again."""
    await write(alike.apart, person.id, press.subject, press.number, bureau, now)
    return Toast("单独记")
