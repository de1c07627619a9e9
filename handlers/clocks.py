"""Buttons of what is late: a longer time asked for and decided, 不计超期, 知道了; their words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.actions import exemptions, extensions, late, late_facts
from bot.actions.loop import known, name_of
from bot.actions.people import require
from bot.errors import NotAllowed, NotFound
from bot.rules.records import Bureau
from bot.rules.rights import Right
from bot.words import clocks as words
from bot.words import extensions as extension_words
from bot.words.card import Card, Press, Toast
from handlers.desk import Write
from handlers.filters import Inside, Pressed
from storage.database import Read
from storage.people import Person
from storage.schema import Transaction

LAST = date(9999, 12, 31).toordinal()


def build_router() -> Router:
    """Presses only: the words they ask for are taken in handlers/awaited.py."""
    router = Router(name="clocks")
    pressed = router.callback_query.register
    pressed(ask_day, Pressed("ya"), Inside())
    pressed(ask_reason, Pressed("yb"), Inside())
    pressed(ask, Pressed("yc"), Inside())
    pressed(write_reason, Pressed("yd"), Inside())
    pressed(grant, Pressed("yg"), Inside())
    pressed(ask_refusal, Pressed("yn"), Inside())
    pressed(refuse, Pressed("yo"), Inside())
    pressed(write_refusal, Pressed("yp"), Inside())
    pressed(withdraw, Pressed("yw"), Inside())
    pressed(ask_exempt, Pressed("yx"), Inside())
    pressed(exempt, Pressed("ye"), Inside())
    pressed(write_exempt, Pressed("yf"), Inside())
    pressed(take_back, Pressed("yr"), Inside())
    pressed(know, Pressed("yk"), Inside())
    return router


def day_of(text: str) -> date:
    """The day of a button. Raises NotFound for none."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else 0
    if not 0 < number <= LAST:
        raise NotFound
    return date.fromordinal(number)


async def ask_day(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, read: Read
) -> Card:
    """「申请延期」: until when?"""
    problem, days = await read(extensions.choices, person.id, press.subject, bureau, now)
    name = late_facts.name(problem, bureau)
    return extension_words.ask_day(problem.id, problem.version, name, days)


async def ask_reason(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, read: Read
) -> Card:
    """A day was picked: why?"""
    problem, _ = await read(extensions.choices, person.id, press.subject, bureau, now)
    return extension_words.ask_reason(problem.id, problem.version, day_of(press.arg))


async def ask(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """A usual reason: the leader is asked."""
    day, _, number = press.arg.partition("-")
    reason = usual(extension_words.REASONS, number)
    await write(extensions.ask, person.id, press.subject, day_of(day), reason, bureau, now)
    return Toast("申请了")


async def write_reason(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> None:
    """「写一句」 why a longer time is needed."""
    await write.saying(
        lambda _: words.write_reason(), extensions.expect_reason, person.id, press.subject,
        day_of(press.arg), bureau, now,
    )  # fmt: skip


async def grant(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """「同意」."""
    await write(extensions.grant, person.id, press.subject, bureau, now)
    return Toast("同意了")


async def ask_refusal(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, read: Read
) -> Card:
    """「不同意」: why?"""

    def asked(tx: Transaction) -> Card:
        row = extensions.ask_refusal(tx, person.id, press.subject, bureau)
        return extension_words.ask_refusal(row.id, name_of(tx, row.person))

    return await read(asked)


async def refuse(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """A usual reason against it."""
    reason = usual(extension_words.REFUSALS, press.arg)
    await write(extensions.refuse, person.id, press.subject, reason, bureau, now)
    return Toast("跟他说了")


async def write_refusal(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> None:
    """「写一句」 why not."""
    await write.saying(
        lambda _: words.write_reason(), extensions.expect_refusal, person.id, press.subject,
        bureau, now,
    )  # fmt: skip


async def withdraw(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> Toast:
    """「撤回申请」."""
    await write(extensions.withdraw, person.id, press.subject, now)
    return Toast("撤回了")


async def ask_exempt(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, read: Read
) -> Card:
    """「不计超期」: why?"""
    problem = await read(exemptions.check, person.id, press.subject, now)
    return words.ask_exempt(problem.id, problem.version, late_facts.name(problem, bureau))


async def exempt(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """A usual reason why it is let off; the card shows it."""
    reason = usual(words.EXEMPT_REASONS, press.arg)
    await write(exemptions.exempt, person.id, press.subject, reason, bureau, now)
    return Toast("不计超期了")


async def write_exempt(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> None:
    """「写一句」 why it is let off."""
    await write.saying(
        lambda _: words.write_reason(), exemptions.expect_reason, person.id, press.subject, now
    )


async def take_back(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """「还是算」."""
    await write(exemptions.take_back, person.id, press.subject, bureau, now)
    return Toast("还是算超期")


async def know(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> Toast:
    """「知道了」 of a leader: this is not said to him again."""
    await write(_know, person.id, press.subject, now)
    return Toast("好")


def _know(tx: Transaction, person: int, problem: int, now: datetime) -> None:
    who, found = require(tx, person, Right.REPORT), known(tx, problem)
    if not late.leads(who, found):
        raise NotAllowed("这个是给领导看的，什么也没改。")
    late.know(tx, person, found, now)


def usual(reasons: tuple[str, ...], number: str) -> str:
    """The reason of a button. Raises NotFound for none."""
    if not (number.isascii() and number.isdecimal() and len(number) < 3):
        raise NotFound
    if int(number) >= len(reasons):
        raise NotFound
    return reasons[int(number)]


def _refuse_words(
    tx: Transaction, person: int, row: int, said: str, bureau: Bureau, now: datetime
) -> Card:
    asked = extensions.refuse(tx, person, row, said, bureau, now)
    return extension_words.refused(name_of(tx, asked.person), said)


def _exempt_words(
    tx: Transaction, person: int, problem: int, said: str, bureau: Bureau, now: datetime
) -> Card:
    fresh = exemptions.exempt(tx, person, problem, said, bureau, now)
    return words.exempted(late_facts.name(fresh, bureau), fresh.exempt or "")


def _as_it_is(card: Card) -> Card:
    return card


AWAITED: dict[str, tuple[Callable[..., Any], Callable[[Any], Card]]] = {
    extensions.REASON: (extensions.take_reason, lambda _: Card("好，申请了。")),
    extensions.REFUSAL: (_refuse_words, _as_it_is),
    exemptions.REASON: (_exempt_words, _as_it_is),
}
"""What is done with the words that were asked for here, and what is said of it."""
