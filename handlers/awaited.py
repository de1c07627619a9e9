"""Words that the house asked for: a reason, a sentence, what is wrong; one table of who takes them.

A command or a question is never taken for an answer, nor a report for a reason, and 「算了」 ends
the waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from aiogram import F, Router
from aiogram.filters import Filter
from aiogram.types import Message

from bot.actions import acceptance, misses
from bot.actions import checks as check_deeds
from bot.actions import devices as device_deeds
from bot.actions.taking import add
from bot.actions.task_evidence import GIVING, stop, takes
from bot.rules.captions import CaptionReader
from bot.rules.records import Bureau, Reading
from bot.transports.line import Line
from bot.words import quotas as quota_words
from bot.words.card import Card
from handlers import (
    checks,
    clocks,
    devices,
    measures,
    obligations,
    papers,
    patrols,
    problems,
    questions,
    quotas,
    rebounds,
    shifts,
    task_longer,
    tasks,
)
from handlers.desk import ReadQuestion, Write
from handlers.filters import Inside, Says, Words, plain
from handlers.incoming import incoming
from storage import awaited
from storage.awaited import Awaited
from storage.database import Read
from storage.people import Person
from storage.schema import Transaction

Deed = Callable[[Transaction, int, int, str, Bureau, datetime], Any]
"""What is done with the words: (tx, person, subject, words, bureau, now)."""

REASONS = frozenset({
    acceptance.REASON, misses.REASON, *problems.AWAITED, *rebounds.AWAITED, *clocks.AWAITED,
    *tasks.AWAITED, *task_longer.AWAITED, GIVING, *obligations.AWAITED,
})  # fmt: skip
"""Answers that name no place and its trouble."""

LATER = (quotas, patrols, shifts, checks, papers, measures, tasks, obligations, devices,
         questions)  # fmt: skip
"""The rooms asked after this one: a command of theirs is none the less theirs."""

NOTICE = "节假日安排"
"""Who pastes the yearly notice of holidays answers nothing."""

ENOUGH = frozenset({"算了", "取消", "不写了", "不用了", "不改了"})

AWAITED: dict[str, tuple[Deed, Callable[[Any], Card]]] = {
    acceptance.REASON: (
        acceptance.take_reason, lambda reason: Card(f"认可了，理由是「{reason}」。"),
    ),
    misses.REASON: (misses.explain, quota_words.explained),
    **papers.AWAITED, **measures.AWAITED, **problems.AWAITED, **rebounds.AWAITED,
    **clocks.AWAITED, **tasks.AWAITED, **task_longer.AWAITED,
    **obligations.AWAITED,
}  # fmt: skip
"""By what is awaited: the deed that takes the words, and what is said of its result."""

FINDINGS: dict[str, tuple[Callable[..., str | None], str]] = {
    check_deeds.ITEM: (check_deeds.finding, "position"),
    device_deeds.DEVICE: (device_deeds.finding, "device"),
}
"""What is wrong with an item or a device: the deed, and which of them it is about."""

MENUS: dict[str, Callable[..., None]] = {
    check_deeds.ITEM: check_deeds.open_menu, device_deeds.DEVICE: device_deeds.open_menu,
}  # fmt: skip
"""How the card that asked shows its plain face again."""


class Awaits(Filter):
    """Text of somebody from whom words are awaited; the handler gets what for as `wanted`.

    A command and a question are what they are, and where a reason is awaited a report is. What is
    wrong with an item of a check, and what a paper says of a place, read just as reports do.
    """

    def __init__(self, commands: Sequence[Words | Says]) -> None:
        self.commands = commands

    async def __call__(
        self, message: Message, person: Person, now: datetime, read: Read,
        read_question: ReadQuestion, reader: CaptionReader,
    ) -> bool | dict[str, Any]:  # fmt: skip
        """What is awaited, where the text is an answer to it."""
        wanted = await read(awaited.of, person.id, now)
        if wanted is None or wanted.what not in (*AWAITED, *FINDINGS, GIVING):
            return False
        if wanted.what == GIVING and not await read(takes, person.id, wanted.subject):
            return False
        if wanted.what == device_deeds.DEVICE and not await read(
            device_deeds.takes, person.id, wanted
        ):
            return False
        text = message.text or ""
        if plain(text) in ENOUGH:
            return {"wanted": wanted}
        if NOTICE in text or any([await command(message) for command in self.commands]):
            return False
        if read_question(text, now).metrics[0] != "refuse":
            return False
        if wanted.what in REASONS and tells_trouble(reader.read(text, now)):
            return False
        return {"wanted": wanted}


def tells_trouble(reading: Reading) -> bool:
    """Whether the words alone report a problem: what, and where."""
    placed = any(item.spot and item.category for item in reading.items)
    return reading.intent == "problem" and placed


def build_router() -> Router:
    """Asked before the rooms that read a round or a decision in free words."""
    router = Router(name="awaited")
    router.message.register(take, F.text, Inside(), Awaits(commands()))
    return router


def commands() -> list[Words | Says]:
    """The commands of the rooms asked later."""
    return [
        one.callback
        for room in LATER for handler in room.build_router().message.handlers
        for one in handler.filters or () if isinstance(one.callback, Words | Says)
    ]  # fmt: skip


async def take(
    message: Message, wanted: Awaited, person: Person, line: Line, reader: CaptionReader,
    bureau: Bureau, now: datetime, write: Write,
) -> Card | None:  # fmt: skip
    """The words are taken for what was asked, or the waiting ends."""
    words = (message.text or "").strip()
    if plain(words) in ENOUGH:
        fine = Card("好，不写了。")
        if wanted.what in FINDINGS:
            back = (person.id, wanted.subject, None, now)
            await write.saying(lambda _: fine, MENUS[wanted.what], *back)
        elif wanted.what == GIVING:
            stopped = Card("好，先不交。发过的都留着，要交再点「已完成，交佐证」。")
            await write.saying(lambda _: stopped, stop, person.id, wanted.subject, now)
        else:
            await write.saying(lambda _: fine, awaited.done, person.id)
        return None
    if wanted.what == GIVING:
        came = incoming(message, line, bureau.limits, now)
        await write(add, person.id, wanted.subject, came, now)
        return None
    if wanted.what in FINDINGS:
        finding, named = FINDINGS[wanted.what]
        came, item = incoming(message, line, bureau.limits, now), wanted.args[named]
        where = (person.id, wanted.subject, item)
        await write(finding, *where, came, reader.read, bureau, now)
        return None
    deed, said = AWAITED[wanted.what]
    await write.saying(said, deed, person.id, wanted.subject, words, bureau, now)
    return None
