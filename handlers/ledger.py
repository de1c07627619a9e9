"""The ledger in the chat: lists, the bulletin's sentence, the wall, 对账."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from aiogram import F, Router
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from bot.actions import asking, ledger_figures, ledger_views, reconcile_ledger
from bot.actions.asking import Lately
from bot.errors import NotFound
from bot.rules.periods import week
from bot.rules.records import Bureau, Question
from bot.words import ledger_figures as words
from bot.words.card import Card, Press
from bot.words.ledger_views import NONE
from handlers import answers
from handlers.desk import Write
from handlers.filters import Inside, Pressed, Words, plain
from storage.database import Read
from storage.people import Person

LISTS = {
    "没销号的": ("open", None), "没销号的任务": ("open", None), "未销号的任务": ("open", None),
    "超期的任务": ("overdue", None), "超期任务": ("overdue", None), "超期的": ("overdue", None),
    "长期任务": (None, True), "已销号的任务": ("closed", None), "已完成的任务": ("closed", None),
    "台账": (None, None), "整改台账": (None, None), "ledger": (None, None),
}  # fmt: skip
"""Commands that are lists, with the state and whether long-term ones alone are meant."""

DUE = {"本周到期": 0, "下周到期": 1, "本周到期的任务": 0, "下周到期的任务": 1}
"""And those of what comes due, by how many weeks from this one."""

_WHOSE = re.compile(r"(?P<whose>[一-鿿A-Za-z·]{2,20}?)的?(?:整改)?(?:台账|任务)")


class NamesLedger(Filter):
    """「法制科的台账」, 「王志强的任务」: a department or a person that the house knows.

    The handler gets the list as `question`.
    """

    async def __call__(self, message: Message, read: Read) -> bool | dict[str, Any]:
        """The question, where the words are one and nothing else."""
        found = _WHOSE.fullmatch(plain(message.text or ""))
        question = await read(ledger_views.is_named, found["whose"]) if found else None
        return {"question": question} if question else False


def build_router() -> Router:
    """Asked before the rooms that read a meaning of their own in these words."""
    router = Router(name="ledger")
    message = router.message
    message.register(mine, Words("我的台账", "我的任务", "我的整改任务"), Inside())
    message.register(listed, Words(*LISTS), Inside())
    message.register(due, Words(*DUE), Inside())
    message.register(report, Words("整改情况", "台账报告", "整改报告"), Inside())
    message.register(wall, Words("挂图", "挂图作战", "看挂图", "看看图"), Inside())
    message.register(wall_by_department, Words("挂图按科室", "按科室挂图"), Inside())
    message.register(reconcile, Words("对账", "对账销号", "台账对账"), Inside())
    message.register(
        named, F.text.regexp(r"(?s).*(?:台账|任务)[。！？!?]*\s*$"), Inside(), NamesLedger()
    )
    presses = router.callback_query
    presses.register(press_mine, Pressed("tm"), Inside())
    presses.register(press_late, Pressed("tq"), Inside())
    presses.register(press_wall, Pressed("tg", "td"), Inside())
    presses.register(press_export, Pressed("tx"), Inside())
    return router


async def _answer(
    question: Question, text: str, person: Person, bureau: Bureau, now: datetime, read: Read,
    write: Write,
) -> None:  # fmt: skip
    last = Lately(None)
    await answers.reply(question, text, last, person, bureau, now, read, write)


async def mine(
    message: Message, person: Person, bureau: Bureau, now: datetime, read: Read, write: Write
) -> None:
    """「我的台账」: what the person owns, helps with or leads."""
    await _answer(ledger_views.mine(person.name), "", person, bureau, now, read, write)


async def press_mine(
    query: CallbackQuery, person: Person, bureau: Bureau, now: datetime, read: Read, write: Write
) -> None:
    """The same, by its button."""
    await _answer(ledger_views.mine(person.name), "", person, bureau, now, read, write)


async def press_late(
    query: CallbackQuery, person: Person, bureau: Bureau, now: datetime, read: Read, write: Write
) -> None:
    """「都看看」 of who looks after others' tasks: what is late of those that he may see."""
    await _answer(ledger_views.late(person), "", person, bureau, now, read, write)


async def listed(
    message: Message, person: Person, bureau: Bureau, now: datetime, read: Read, write: Write
) -> None:
    """「台账」, 「没销号的」, 「超期的任务」, 「长期任务」."""
    state, long_term = LISTS[plain(message.text or "")]
    question = ledger_views.wanted(state=state, long_term=long_term)
    await _answer(question, "", person, bureau, now, read, write)


async def due(
    message: Message, person: Person, bureau: Bureau, now: datetime, read: Read, write: Write
) -> None:
    """「下周到期」."""
    span = week(now.astimezone(bureau.tz), DUE[plain(message.text or "")])
    question = ledger_views.wanted(state="open", due=span)
    await _answer(question, "", person, bureau, now, read, write)


async def named(
    message: Message, question: Question, person: Person, bureau: Bureau, now: datetime,
    read: Read, write: Write,
) -> None:  # fmt: skip
    """「法制科的台账」."""
    await _answer(question, "", person, bureau, now, read, write)


async def report(message: Message, bureau: Bureau, now: datetime, read: Read) -> Card:
    """「整改情况」: the bulletin's sentence."""
    return words.report(await read(ledger_figures.report, bureau, now))


async def wall(message: Message, bureau: Bureau, now: datetime, read: Read) -> Card:
    """「挂图」."""
    return await _wall("aspect", bureau, now, read)


async def wall_by_department(message: Message, bureau: Bureau, now: datetime, read: Read) -> Card:
    """「挂图按科室」."""
    return await _wall("department", bureau, now, read)


async def press_wall(
    query: CallbackQuery, press: Press, bureau: Bureau, now: datetime, read: Read
) -> Card:
    """「看挂图」, 「看看图」, 「按科室看」."""
    by = "department" if press.act == "td" else "aspect"
    return await _wall(by, bureau, now, read)


async def _wall(by: str, bureau: Bureau, now: datetime, read: Read) -> Card:
    found = await read(ledger_figures.wall, bureau, now, by)
    return Card(NONE) if found is None else words.wall(found)


async def reconcile(
    message: Message, person: Person, bureau: Bureau, now: datetime, read: Read
) -> Card:
    """「对账」: of the month that runs."""
    first = reconcile_ledger.running(bureau, now)
    return words.reconciled(await read(reconcile_ledger.asked, person.id, bureau, first, now))


async def press_export(
    query: CallbackQuery, person: Person, bureau: Bureau, now: datetime, read: Read, write: Write
) -> None:
    """「导出台账」: every task as a file."""
    question = ledger_views.wanted()
    facts = await read(ledger_views.listing, person, question, 1, bureau, now)
    if not facts.total:
        raise NotFound(NONE)
    await write.saying(
        lambda asked: words.exported(facts.total, asked),
        asking.remember, person.id, question, (), now,
    )  # fmt: skip
