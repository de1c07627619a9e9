"""The device check in the chat: the list of devices, and every button of the check's card."""

from __future__ import annotations

import re
from datetime import datetime

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.actions import devices as deeds
from bot.rules.places import Places
from bot.rules.records import Bureau
from bot.transports.line import Line
from bot.words import devices as words
from bot.words.card import Card, Press, Toast
from handlers.desk import Write
from handlers.filters import Inside, Pressed, Says, Words
from handlers.tasks import here
from storage.database import Read
from storage.people import Person
from storage.schema import Transaction

BEGIN = ("设备检查", "设备检测", "设备月检", "智能设备检查", "智能设备检测", "检查设备")
ADD = r"(?:加|添加|新增)设备[:：]? ?(?P<name>[^ ]{1,40})(?: 在?(?P<spot>\S{1,20}))?"
REMOVE = r"(?:删|删除|去掉)设备[:：]? ?(?P<name>.{1,40})"


def build_router() -> Router:
    """The words, then the buttons."""
    router = Router(name="devices")
    router.message.register(begin, Words(*BEGIN), Inside())
    router.message.register(listed, Words("设备清单", "设备", "智能设备"), Inside())
    router.message.register(add, Says(ADD), Inside())
    router.message.register(remove, Says(REMOVE), Inside())
    presses = router.callback_query
    presses.register(open_card, Pressed("uk"), Inside())
    presses.register(ask, Pressed("ud"), Inside())
    presses.register(fine, Pressed("ug"), Inside())
    presses.register(all_fine, Pressed("ua"), Inside())
    presses.register(open_menu, Pressed("ue", "ub"), Inside())
    return router


async def begin(
    message: Message, person: Person, line: Line, bureau: Bureau, now: datetime, write: Write
) -> None:
    """「设备检查」."""
    where = (line.name, message.chat.id, message.message_id)
    await write(deeds.open_card, person.id, None, *where, bureau, now)


async def open_card(
    query: CallbackQuery, press: Press, person: Person, line: Line, bureau: Bureau, now: datetime,
    write: Write,
) -> None:  # fmt: skip
    """「设备检查」 on the obligation's card."""
    await write(deeds.open_card, person.id, press.subject, *here(query, line), bureau, now)


async def listed(message: Message, bureau: Bureau, read: Read) -> Card:
    """「设备清单」."""
    found = await read(deeds.known, bureau)
    return words.listed([(one.name, _spot(bureau, one.spot)) for one in found])


def _spot(bureau: Bureau, code: str | None) -> str | None:
    spot = bureau.spot(code)
    return spot.name if spot is not None else None


async def add(
    message: Message, said: re.Match[str], person: Person, places: Places, bureau: Bureau,
    now: datetime, write: Write,
) -> Card | None:  # fmt: skip
    """「加设备 1号分类箱 主题公园」."""
    named = [m.code for m in places.find(said["spot"])] if said["spot"] else []
    code = next((one for one in named if one is not None), None)
    if said["spot"] and code is None:
        return words.no_spot(said["spot"])

    def worded(count: int) -> Card:
        return words.added(said["name"], _spot(bureau, code), count)

    await write.saying(worded, deeds.add, person.id, said["name"], code, bureau, now)
    return None


async def remove(
    message: Message, said: re.Match[str], person: Person, bureau: Bureau, now: datetime,
    write: Write,
) -> None:  # fmt: skip
    """「删设备 1号分类箱」."""

    def deed(tx: Transaction) -> Card:
        done = deeds.remove(tx, person.id, said["name"], bureau, now)
        return words.removed(said["name"].strip(), [one.title for one in done])

    await write.saying(_as_it_is, deed)


def _as_it_is(card: Card) -> Card:
    return card


async def ask(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> None:
    """A device was tapped: what is wrong with it?"""
    await write(deeds.ask, person.id, press.subject, press.number, now)


async def fine(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> None:
    """「正常」."""
    await write(deeds.mark_fine, person.id, press.subject, press.number, bureau, now)


async def all_fine(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """「全部正常」, 「其余正常」, 「交上去」."""
    await write(deeds.all_fine, person.id, press.subject, bureau, now)
    return Toast("交上去了")


async def open_menu(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> None:
    """A page of the list, or back."""
    menu = f"items:{press.number}" if press.act == "ue" else None
    await write(deeds.open_menu, person.id, press.subject, menu, now)
