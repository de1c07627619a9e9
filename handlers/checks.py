"""Special checks: 「专项检查」, and every button of their cards."""

from __future__ import annotations

import re
from datetime import datetime

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.actions import checks
from bot.actions.round_cards import check_record
from bot.rules.places import Places
from bot.rules.records import Bureau
from bot.transports.line import Line
from bot.words import checks as words
from bot.words.card import Card, Press, Toast
from handlers.desk import Write
from handlers.filters import Inside, Pressed, Says
from storage.database import Read
from storage.people import Person

BEGIN = r"(?:开始)?(?:重点区域)?专项检查(?:开始)?(?:[ ：:，,](?P<spot>\S{1,20}))?[。！!]?"
STATES = {"ku": checks.UNSEEN, "ko": checks.FINE}


def build_router() -> Router:
    """The word first, then every button of a check's cards."""
    router = Router(name="checks")
    router.message.register(begin, Says(BEGIN), Inside())
    presses = router.callback_query
    presses.register(ask, Pressed("ki"), Inside())
    presses.register(mark, Pressed(*STATES), Inside())
    presses.register(hand_in, Pressed("kf", "ks"), Inside())
    presses.register(open_menu, Pressed("kp", "kb", "km"), Inside())
    presses.register(move, Pressed("kt"), Inside())
    presses.register(give_up, Pressed("kx"), Inside())
    presses.register(restore, Pressed("kr"), Inside())
    presses.register(look, Pressed("kl"), Inside())
    return router


async def begin(
    message: Message, said: re.Match[str], person: Person, line: Line, places: Places,
    bureau: Bureau, now: datetime, write: Write,
) -> Card | None:  # fmt: skip
    """「专项检查」, 「专项检查 永福路」."""
    spot = None
    if said["spot"]:
        named = [m.code for m in places.find(said["spot"]) if m.code is not None]
        if not named:
            return Card(f"没有叫「{said['spot']}」的点位，检查没有开始。\n发「点位」看有哪些。")
        spot = named[0]
    where = (line.name, message.chat.id, message.message_id)
    await write(checks.begin, person.id, *where, spot, bureau, now)
    return None


async def ask(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> None:
    """An item was tapped: what is wrong there?"""
    await write(checks.ask, person.id, press.subject, press.number, now)


async def mark(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> None:
    """「没看」, 「正常」."""
    state = STATES[press.act]
    await write(checks.mark, person.id, press.subject, press.number, state, now)


async def hand_in(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> Toast:
    """「全部正常」, 「提交」."""
    fine = press.act == "kf"
    await write(checks.hand_in, person.id, press.subject, now, all_fine=fine)
    return Toast("交了")


async def open_menu(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> None:
    """A page of the list, another spot, or back."""
    menu = {"kp": f"items:{press.number}", "km": f"spots:{press.number}", "kb": None}[press.act]
    await write(checks.open_menu, person.id, press.subject, menu, now)


async def move(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> None:
    """Another spot was picked."""
    await write(checks.move, person.id, press.subject, press.arg, bureau, now)


async def give_up(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> Toast:
    """「不查了」, 「撤回」."""
    await write(checks.give_up, person.id, press.subject, now)
    return Toast("撤回了")


async def restore(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> Toast:
    """「恢复」."""
    await write(checks.restore, person.id, press.subject, now)
    return Toast("恢复了")


async def look(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, read: Read
) -> Card:
    """「看记录」."""
    return words.record(*await read(check_record, person.id, press.subject, bureau))
