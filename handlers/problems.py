"""Every button of a problem's cards: take, hand over, handled, review, and the reasons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.actions import problem_deeds as deeds
from bot.errors import NotAllowed, NotFound
from bot.rules.records import Bureau
from bot.transports.line import Line
from bot.words import problems as words
from bot.words.card import Card, Press, Toast
from handlers.desk import Write
from handlers.filters import Inside, Pressed
from storage.people import Person

MENUS: dict[str, str] = {
    "zt": "back", "zu": "unable", "zn": "nophoto", "ze": "disown", "zg": "reopen", "zh": "hand",
}  # fmt: skip
"""Which list a press opens on the presser's card."""

PICKS: dict[str, str] = {
    "zx": "back", "zv": "unable", "za": "nophoto", "zr": "why", "zl": "disown",
    "zj": "reopen",
}  # fmt: skip
"""Which reason a press picks."""

AWAITED: dict[str, tuple[Callable[..., Any], Callable[[Any], Card]]] = {
    f"problem_{kind}": (deed, words.noted) for kind, deed in deeds.REASONED.items()
}
"""Reasons in words, for handlers/awaited.py."""


def build_router() -> Router:
    """Buttons only: what is said in words is read with the reports."""
    router = Router(name="problems")
    presses = router.callback_query
    presses.register(handle, Pressed("zk"), Inside())
    presses.register(take, Pressed("zm"), Inside())
    presses.register(menu, Pressed(*MENUS), Inside())
    presses.register(close_menu, Pressed("zb"), Inside())
    presses.register(hand_over, Pressed("zo"), Inside())
    presses.register(decline, Pressed("zd"), Inside())
    presses.register(picked, Pressed(*PICKS), Inside())
    presses.register(write_reason, Pressed("zw"), Inside())
    presses.register(approve, Pressed("zy"), Inside())
    presses.register(pass_on, Pressed("zp"), Inside())
    presses.register(undo, Pressed("zi"), Inside())
    presses.register(rethink, Pressed("zc"), Inside())
    presses.register(show, Pressed("zs"), Inside())
    presses.register(show_all, Pressed("zf"), Inside())
    presses.register(ask_leader, Pressed("zq"), Inside())
    return router


async def handle(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """「当场处置了」, 「处置了」."""
    lacks = await write(deeds.handle, person.id, press.subject, bureau, now)
    return Toast("再发一张处置后的照片" if lacks else "记下了，请人复核")


async def take(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """「我来办」, 「签收」."""
    await write(deeds.take, person.id, press.subject, bureau, now)
    return Toast("好，您来办")


async def menu(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> None:
    """A list opens on the card: whom to hand it to, or the reasons."""
    kind = MENUS[press.act]
    await write(deeds.open_menu, person.id, press.subject, kind, press.number, now)


async def close_menu(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> None:
    """「先不转」, 「算了」, 「不写」: the card as it was."""
    await write(deeds.open_menu, person.id, press.subject, None, 0, now)


async def hand_over(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """Somebody was picked."""
    name = await write(deeds.hand_over, person.id, press.subject, press.arg, bureau, now)
    return Toast(words.handed(name))


async def decline(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """「不归我」."""
    leader = await write(deeds.decline, person.id, press.subject, bureau, now)
    return Toast(f"好，请{leader or '领导'}改派")


async def picked(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """A usual reason."""
    kind = PICKS[press.act]
    reason = words.pick(words.REASONS[kind], press.number)
    await write(deeds.REASONED[kind], person.id, press.subject, reason, bureau, now)
    return Toast("记下了")


async def write_reason(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> None:
    """「写一句」."""
    await write.saying(
        lambda _: words.ask_words(press.arg), deeds.expect_words, person.id, press.subject,
        press.arg, now,
    )  # fmt: skip


async def approve(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """「没问题，办结」; whoever handled it himself is told who reviews it instead."""
    try:
        await write(deeds.approve, person.id, press.subject, bureau, now)
    except NotAllowed as refused:
        return await _instead(refused, press, person, bureau, now, write)
    return Toast("办结了")


async def _instead(
    refused: NotAllowed, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """「自己办的不能自己复核，已转给李红梅。」 (conversations.md 2.20)."""
    if not refused.sentence.startswith("自己办的"):
        raise refused
    name = await write(deeds.review_by_other, person.id, press.subject, bureau, now)
    return Toast(f"自己办的不能自己复核，已转给{name}。" if name else refused.sentence, alert=True)


async def pass_on(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """「不是我看」."""
    name = await write(deeds.pass_on, person.id, press.subject, bureau, now)
    return Toast(f"好，请{name}看" if name else "好，现在没有别人能看，先放着")


async def undo(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """「不是这件事」."""
    await write(deeds.undo, person.id, press.subject, bureau, now)
    return Toast("好，还没处置")


async def rethink(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """「改主意」."""
    await write(deeds.rethink, person.id, press.subject, bureau, now)
    return Toast("好，再看一遍")


async def show(
    query: CallbackQuery, press: Press, person: Person, line: Line, bureau: Bureau, now: datetime,
    write: Write,
) -> None:  # fmt: skip
    """「看记录」, 「看照片」: the problem's card, with its photos, below."""
    if query.message is None:
        raise NotFound
    where = (line.name, query.message.chat.id, query.message.message_id)
    await write(deeds.show, person.id, press.subject, *where, bureau, now)


async def show_all(
    query: CallbackQuery, press: Press, person: Person, line: Line, bureau: Bureau, now: datetime,
    write: Write,
) -> None:  # fmt: skip
    """「看 3 件」: a card of each problem of the report."""
    if query.message is None:
        raise NotFound
    where = (line.name, query.message.chat.id, query.message.message_id)
    await write(deeds.show_all, person.id, press.subject, *where, bureau, now)


async def ask_leader(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """「请孙涛改」: the leader gets the card of what only he can undo."""
    name = await write(deeds.ask_to_change, person.id, press.subject, bureau, now)
    return Toast(f"好，告诉{name}了")
