"""Rounds: 「开始巡查」, the buttons of their cards, and what a reviewer says to one."""

from __future__ import annotations

from datetime import datetime

from aiogram import F, Router
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from bot.actions import acceptance, round_reports, rounds
from bot.actions.round_cards import record
from bot.rules.captions import CaptionReader
from bot.rules.records import Bureau
from bot.rules.rounds import tells_whole
from bot.transports.line import Line
from bot.words import round_ends as words
from bot.words.card import Card, Press, Toast
from handlers.desk import Write
from handlers.filters import Inside, Pressed, Words
from handlers.incoming import incoming
from storage.database import Read
from storage.people import Person

BEGIN = (
    "开始巡查",
    "开始全域巡查",
    "巡查开始",
    "开始巡逻",
    "出发巡查",
    "全域巡查开始",
    "全域巡查",
    "patrol",
)
END = ("结束巡查", "巡查结束", "结束全域巡查", "全域巡查结束", "收队", "巡完了", "巡查完毕", "巡完")
MENUS = {"rw": "crew", "ru": "undo", "rb": None}
"""Which list of the round's card a press opens; None is its plain face."""


def build_router() -> Router:
    """Words first, then every button of a round's cards."""
    router = Router(name="patrols")
    router.message.register(begin, Words(*BEGIN), Inside())
    router.message.register(end, Words(*END), Inside())
    router.message.register(tell, F.text, TellsWhole(), Inside())
    presses = router.callback_query
    presses.register(tick, Pressed("rt"), Inside())
    presses.register(untick, Pressed("rx"), Inside())
    presses.register(open_menu, Pressed(*MENUS), Inside())
    presses.register(turn_page, Pressed("rp"), Inside())
    presses.register(add_mate, Pressed("rj"), Inside())
    presses.register(join, Pressed("ri"), Inside())
    presses.register(apart, Pressed("rn"), Inside())
    presses.register(press_end, Pressed("re"), Inside())
    presses.register(later, Pressed("ra"), Inside())
    presses.register(close, Pressed("rc"), Inside())
    presses.register(go_on, Pressed("rg"), Inside())
    presses.register(withdraw, Pressed("rd"), Inside())
    presses.register(restore, Pressed("rz"), Inside())
    presses.register(look, Pressed("rl"), Inside())
    presses.register(ask_acceptance, Pressed("rq"), Inside())
    presses.register(why_accept, Pressed("ro"), Inside())
    presses.register(accept, Pressed("rv"), Inside())
    presses.register(refuse, Pressed("rr"), Inside())
    return router


class TellsWhole(Filter):
    """Words without a spot that tell of a whole round: 全域巡查，各点位正常."""

    async def __call__(self, message: Message, reader: CaptionReader, now: datetime) -> bool:
        """Whether they do."""
        text = message.text or ""
        if not tells_whole(text):
            return False
        return not any(item.spot for item in reader.read(text, now).items)


async def tell(
    message: Message, person: Person, line: Line, reader: CaptionReader, bureau: Bureau,
    now: datetime, write: Write,
) -> None:  # fmt: skip
    """A whole round that was told of in one sentence."""
    came = incoming(message, line, bureau.limits, now)
    reading = reader.read(came.words, came.at)
    where = (line.name, message.chat.id)
    await write(round_reports.words, person.id, *where, came.words, reading, came.at, bureau, now)


async def begin(
    message: Message, person: Person, line: Line, bureau: Bureau, now: datetime, write: Write
) -> None:
    """「开始巡查」: a round begins, or the one that is going shows its card."""
    where = (line.name, message.chat.id, message.message_id)
    await write(rounds.begin, person.id, *where, bureau, now)


async def end(message: Message, person: Person, now: datetime, write: Write) -> None:
    """「结束巡查」 in words."""
    await write(rounds.end_going, person.id, now)


async def tick(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """A spot was reached."""
    name = await write(rounds.tick, person.id, press.subject, press.arg, bureau, now)
    return Toast(f"{name}记上了")


async def untick(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> Toast:
    """A spot was not reached after all."""
    await write(rounds.untick, person.id, press.subject, press.arg, now)
    return Toast("去掉了")


async def open_menu(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> None:
    """「和谁一起」, 「点错了」, or back."""
    await write(rounds.open_menu, person.id, press.subject, MENUS[press.act], now)


async def turn_page(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> None:
    """More spots than fit."""
    await write(rounds.open_menu, person.id, press.subject, f"page:{press.number}", now)


async def add_mate(
    query: CallbackQuery, press: Press, person: Person, line: Line, now: datetime, write: Write
) -> Toast:
    """Somebody else is on the round too."""
    where = (line.name, chat_of(query), 0)
    await write(rounds.join, person.id, press.subject, press.number, where, now)
    return Toast("加上了")


async def join(
    query: CallbackQuery, press: Press, person: Person, line: Line, now: datetime, write: Write
) -> None:
    """「一起巡」."""
    where = (line.name, chat_of(query), message_of(query))
    await write(rounds.join, person.id, press.subject, person.id, where, now)


async def apart(
    query: CallbackQuery, person: Person, line: Line, bureau: Bureau, now: datetime, write: Write
) -> None:
    """「另开一次」."""
    where = (line.name, chat_of(query), message_of(query))
    await write(rounds.begin, person.id, *where, bureau, now, apart=True)


async def press_end(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> None:
    """「结束巡查」."""
    await write(rounds.end, person.id, press.subject, now)


async def later(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """「晚点补」."""
    await write(rounds.later, person.id, press.subject, bureau, now)
    return Toast("好，晚点补")


async def close(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> Toast:
    """「就这样结束」."""
    await write(rounds.close, person.id, press.subject, now)
    return Toast("结束了")


async def go_on(
    query: CallbackQuery, press: Press, person: Person, line: Line, bureau: Bureau, now: datetime,
    write: Write,
) -> None:  # fmt: skip
    """「接着巡」, 「重新打开」."""
    where = (line.name, chat_of(query), message_of(query))
    await write(rounds.go_on, person.id, press.subject, *where, bureau, now)


async def withdraw(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> Toast:
    """「撤回」."""
    await write(rounds.withdraw, person.id, press.subject, now)
    return Toast("撤回了")


async def restore(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> Toast:
    """「恢复」."""
    await write(rounds.restore, person.id, press.subject, now)
    return Toast("恢复了")


async def look(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, read: Read
) -> Card:
    """「看记录」."""
    facts, numbers = await read(record, person.id, press.subject, bureau, now)
    return words.record(facts, numbers)


async def ask_acceptance(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> Toast:
    """「请领导认可」."""
    names = await write(acceptance.ask, person.id, press.subject, now)
    return Toast(f"发给{'、'.join(names[:3])}了", alert=True)


async def why_accept(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> None:
    """「认可」: first the reason, by a button or in words."""
    asked = words.why_accept(press.subject, press.version)
    await write.saying(lambda _: asked, acceptance.ask_why, person.id, press.subject, now)


async def accept(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> Toast:
    """One of the usual reasons."""
    reason = words.REASONS[min(press.number, len(words.REASONS) - 1)]
    await write(acceptance.accept, person.id, press.subject, reason, now)
    return Toast("认可了")


async def refuse(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> Toast:
    """「不认可」."""
    await write(acceptance.refuse, person.id, press.subject, now)
    return Toast("不认可了")


def chat_of(query: CallbackQuery) -> int:
    """The chat the button stands in."""
    return query.message.chat.id if query.message else query.from_user.id


def message_of(query: CallbackQuery) -> int:
    """The message the button stands below."""
    return query.message.message_id if query.message else 0
