"""Buttons and words of a longer time for a task: asked for, granted, refused, another day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.actions import task_longer as deeds
from bot.actions.ledger import name_of
from bot.errors import Refused
from bot.rules.days_ahead import read_day
from bot.rules.records import Bureau
from bot.words import task_longer as words
from bot.words.card import Card, Press, Toast
from handlers.clocks import day_of, usual
from handlers.desk import Write
from handlers.filters import Inside, Pressed
from storage import awaited
from storage.database import Read
from storage.people import Person
from storage.schema import Transaction

REFUSAL = "task_longer_refusal"


def build_router() -> Router:
    """Presses only: the words they ask for are taken in handlers/awaited.py."""
    router = Router(name="task_longer")
    pressed = router.callback_query.register
    pressed(ask_day, Pressed("lx"), Inside())
    pressed(ask_reason, Pressed("oa"), Inside())
    pressed(ask, Pressed("ob"), Inside())
    pressed(write_reason, Pressed("oc"), Inside())
    pressed(write_day, Pressed("od"), Inside())
    pressed(withdraw, Pressed("ow"), Inside())
    pressed(grant, Pressed("og"), Inside())
    pressed(ask_refusal, Pressed("on"), Inside())
    pressed(refuse, Pressed("of"), Inside())
    pressed(write_refusal, Pressed("ov"), Inside())
    pressed(other_day, Pressed("oh"), Inside())
    pressed(give_day, Pressed("lj"), Inside())
    pressed(pick_day, Pressed("ly"), Inside())
    return router


async def ask_day(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, read: Read
) -> Card:
    """「申请延期」: until when?"""
    task, days = await read(deeds.ask_day, person.id, press.subject, bureau, now)
    return words.ask_day(task.id, task.version, task.number, days)


async def ask_reason(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, read: Read
) -> Card:
    """A day was picked: why?"""
    day = day_of(press.arg)
    task = await read(deeds.check_day, person.id, press.subject, day, bureau, now)
    return words.ask_reason(task.id, task.version, task.number, day)


async def ask(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """A usual reason: the leader is asked."""
    day, _, number = press.arg.partition("-")
    reason = usual(words.REASONS, number)
    await write(deeds.ask, person.id, press.subject, day_of(day), reason, bureau, now)
    return Toast("申请了")


async def write_reason(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> None:
    """「写一句」 why."""
    day = day_of(press.arg)
    await write.saying(
        lambda _: words.write_reason(), deeds.expect_reason, person.id, press.subject, day, bureau,
        now,
    )  # fmt: skip


async def write_day(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> None:
    """「写日期」."""
    await write.saying(
        lambda _: words.write_day(), deeds.expect_day, person.id, press.subject, now
    )  # fmt: skip


async def withdraw(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> Toast:
    """「撤回申请」."""
    await write(deeds.withdraw, person.id, press.subject, now)
    return Toast("撤回了")


async def grant(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """「同意」."""
    await write(deeds.grant, person.id, press.subject, bureau, now)
    return Toast("同意了")


async def ask_refusal(
    query: CallbackQuery, press: Press, person: Person, now: datetime, read: Read
) -> Card:
    """「不同意」: what is said to whoever asked?"""
    asker = await read(_asker, person.id, press.subject)
    return words.ask_refusal(press.subject, asker)


def _asker(tx: Transaction, person: int, row: int) -> str:
    asked, _ = deeds.decidable(tx, person, row)
    return name_of(tx, asked.person)


async def refuse(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """A usual reason against it."""
    reason = usual(words.REFUSALS, press.arg)
    await write(deeds.refuse, person.id, press.subject, reason, bureau, now)
    return Toast("跟他说了")


async def write_refusal(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> None:
    """「写一句」 why not."""
    await write.saying(words.write_refusal, _expect_refusal, person.id, press.subject, now)


def _expect_refusal(tx: Transaction, person: int, row: int, now: datetime) -> str:
    asker = _asker(tx, person, row)
    awaited.expect(tx, person, REFUSAL, row, now + deeds.WAIT)
    return asker


async def other_day(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> None:
    """「改个日期」."""
    await write.saying(
        lambda _: words.write_other_day(), deeds.expect_other, person.id, press.subject, now
    )  # fmt: skip


async def give_day(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """「同意延到 6月18日」 of a leader."""
    day = day_of(press.arg)
    await write(deeds.give_day, person.id, press.subject, day, bureau, now)
    return Toast("改好了")


async def pick_day(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, read: Read
) -> Card:
    """「改期」 of a leader: till when?"""
    task, days = await read(deeds.may_give, person.id, press.subject, bureau, now)
    return words.pick_day(task.id, task.version, task.number, days)


def _day_said(
    tx: Transaction, person: int, task: int, said: str, bureau: Bureau, now: datetime
) -> Card:
    day = read_day(said, bureau, now)
    if day is None:
        return words.no_day()
    found = deeds.check_day(tx, person, task, day, bureau, now)
    awaited.done(tx, person)
    return words.ask_reason(found.id, found.version, found.number, day)


def _other_said(
    tx: Transaction, person: int, row: int, said: str, bureau: Bureau, now: datetime
) -> Card:
    day = read_day(said, bureau, now)
    if day is None:
        return words.no_day()
    deeds.grant(tx, person, row, bureau, now, day)
    awaited.done(tx, person)
    return words.granted(day)


def _reason_said(
    tx: Transaction, person: int, task: int, said: str, bureau: Bureau, now: datetime
) -> Card:
    deeds.take_reason(tx, person, task, said, bureau, now)
    return Card("好，申请了。")


def _refusal_said(
    tx: Transaction, person: int, row: int, said: str, bureau: Bureau, now: datetime
) -> Card:
    if not said.strip():
        raise Refused("写一句原因。")
    asked = deeds.refuse(tx, person, row, said, bureau, now)
    return Card(f"好，跟{name_of(tx, asked.person)}说了。")


def _as_it_is(card: Card) -> Card:
    return card


AWAITED: dict[str, tuple[Callable[..., Any], Callable[[Any], Card]]] = {
    deeds.DAY: (_day_said, _as_it_is), deeds.OTHER_DAY: (_other_said, _as_it_is),
    deeds.REASON: (_reason_said, _as_it_is), REFUSAL: (_refusal_said, _as_it_is),
}  # fmt: skip
"""What is done with the words that were asked for here, and what is said of it."""
