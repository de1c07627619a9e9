"""Shifts at a booth: 「开始值守」, 「结束值守」, and the buttons of their cards."""

from __future__ import annotations

from datetime import datetime

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.actions import shifts
from bot.rules.records import Bureau
from bot.transports.line import Line
from bot.words.card import Press, Toast
from handlers.desk import Write
from handlers.filters import Inside, Pressed, Words
from storage.people import Person

BEGIN = ("开始值守", "岗亭值守", "值守开始", "上岗", "开始岗亭值守", "到岗")
END = ("结束值守", "值守结束", "下岗", "离岗", "交班", "结束岗亭值守")


def build_router() -> Router:
    """Words first, then the buttons."""
    router = Router(name="shifts")
    router.message.register(begin, Words(*BEGIN), Inside())
    router.message.register(end, Words(*END), Inside())
    router.callback_query.register(press_end, Pressed("rh"), Inside())
    router.callback_query.register(withdraw, Pressed("rk"), Inside())
    return router


async def begin(
    message: Message, person: Person, line: Line, bureau: Bureau, now: datetime, write: Write
) -> None:
    """「开始值守」."""
    where = (line.name, message.chat.id, message.message_id)
    await write(shifts.begin, person.id, *where, bureau, now)


async def end(message: Message, person: Person, now: datetime, write: Write) -> None:
    """「结束值守」 in words."""
    await write(shifts.end_going, person.id, now)


async def press_end(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> Toast:
    """「结束值守」."""
    await write(shifts.end, person.id, press.subject, now)
    return Toast("结束了")


async def withdraw(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> None:
    """「撤回」 and 「恢复」 of a shift."""
    await write(shifts.withdraw, person.id, press.subject, now)
