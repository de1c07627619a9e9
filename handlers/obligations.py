"""Recurring obligations in the chat: the list, one of them, what admins set, 免, 登记."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.actions import obligation_runs as runs
from bot.actions import obligations as deeds
from bot.actions.obligation_runs import EXEMPT_WHY
from bot.actions.people import require
from bot.errors import Refused
from bot.rules.obligation_facts import RunFacts
from bot.rules.obligation_words import day_in, due_said, meant, nearest_period, per_said
from bot.rules.records import Bureau, Obligation
from bot.rules.rights import Right
from bot.words import obligations as words
from bot.words.card import Card, Press
from handlers.desk import Write
from handlers.filters import Inside, Pressed, Says, Words
from storage import awaited
from storage.database import Read
from storage.people import Person
from storage.schema import Transaction

NAME = r"(?P<name>[^ 。！？!?]{1,20})"
PER = r"(?:[改定设]?[成为]?)(?P<per>[每按]一?个?(?:周|星期|月|季度|季|年|次)(?:[1一]次)?)"


def take_reason(
    tx: Transaction, person: int, task: int, said: str, bureau: Bureau, now: datetime
) -> RunFacts:
    """The reason that was asked for: the run is exempt."""
    return deeds.run_facts(tx, runs.exempt_run(tx, person, task, said, now), bureau)


AWAITED: dict[str, tuple[Callable[..., Any], Callable[[Any], Card]]] = {
    EXEMPT_WHY: (take_reason, words.exempted),
}  # fmt: skip
"""The words this room waits for."""


def build_router() -> Router:
    """The words, then the buttons of the cards."""
    router = Router(name="obligations")
    said = router.message.register
    said(everything, Words("周期任务", "周期工作", "定期任务"), Inside())
    said(to_be_said, Words("待明确周期", "待明确", "周期待明确"), Inside())
    said(missed, Words("漏办", "漏办的", "周期任务漏办", "漏了哪些"), Inside())
    said(set_period, Says(rf"周期(?:任务)?[:：]? ?{NAME} ?{PER}[。]?"), Inside())
    said(set_owner, Says(
        rf"周期(?:任务)? ?{NAME} (?:责任|负责)(?:人|科室|部门)?[:：]? ?(?P<owner>.{{1,30}}?)[。]?"
    ), Inside())  # fmt: skip
    said(set_due, Says(
        rf"周期(?:任务)? ?{NAME} (?:时限|期限|截止)[:：]? ?(?P<due>.{{1,20}}?)[。]?"
    ), Inside())  # fmt: skip
    said(one_of, Says(rf"周期任务[:：]? ?{NAME}"), Inside())
    said(not_set, Says(rf"周期(?:任务)?[:：]? ?{NAME} .+"), Inside())
    said(exempt, Says(rf"免(?:掉|了|除)? {NAME}(?: (?P<rest>.*))?"), Inside())
    said(owe_again, Says(rf"(?:不免了?|恢复周期任务) {NAME}(?: (?P<rest>.*))?"), Inside())
    said(register, Says(rf"登记[:：]? ?{NAME}(?: (?P<rest>.*))?"), Inside())
    pressed = router.callback_query.register
    pressed(turn, Pressed("ul"), Inside())
    pressed(look, Pressed("uo"), Inside())
    pressed(pick_period, Pressed("up"), Inside())
    pressed(ask_why, Pressed("ux"), Inside())
    pressed(restore, Pressed("ur"), Inside())
    return router


def _today(bureau: Bureau, now: datetime) -> date:
    return now.astimezone(bureau.tz).date()


async def everything(message: Message, bureau: Bureau, now: datetime, read: Read) -> Card:
    """「周期任务」."""
    return words.everything(await read(deeds.overview, bureau, now), 0, _today(bureau, now))


async def to_be_said(message: Message, bureau: Bureau, now: datetime, read: Read) -> Card:
    """「待明确周期」."""
    return words.to_be_said(await read(deeds.overview, bureau, now))


async def missed(message: Message, bureau: Bureau, now: datetime, read: Read) -> Card:
    """「漏办」."""
    return words.missed(await read(deeds.overview, bureau, now), _today(bureau, now))


async def turn(
    query: CallbackQuery, press: Press, bureau: Bureau, now: datetime, read: Read
) -> Card:
    """「还有」: the next page."""
    found = await read(deeds.overview, bureau, now)
    return words.everything(found, press.subject, _today(bureau, now))


async def look(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, read: Read
) -> Card:
    """One of the list."""
    found = await read(deeds.one_of, press.arg, bureau, now)
    return words.one_of(found, person.roles, _today(bureau, now))


async def one_of(
    message: Message, said: re.Match[str], person: Person, bureau: Bureau, now: datetime, read: Read
) -> Card:
    """「周期任务 设备月检」."""
    known = await read(runs.all_standing, bureau)
    found = meant(bureau, known, said["name"])
    if found is None:
        return words.which([one.name for one in known], said["name"])
    facts = await read(deeds.one_of, found.code, bureau, now)
    return words.one_of(facts, person.roles, _today(bureau, now))


# ---- what admins set ----


async def set_period(
    message: Message, said: re.Match[str], person: Person, bureau: Bureau, now: datetime,
    write: Write,
) -> None:  # fmt: skip
    """「周期 账务检查 每月」."""
    per = per_said(said["per"])

    def deed(tx: Transaction) -> Card:
        one = _named(tx, person, Right.OBLIGATIONS, said["name"], bureau)
        if isinstance(one, Card) or per is None:
            return one if isinstance(one, Card) else Card("没听懂多久一次，什么也没改。")
        return words.set_to(deeds.set_period(tx, person.id, one.code, per, bureau, now))

    await write.saying(_as_it_is, deed)


async def not_set(
    message: Message, said: re.Match[str], person: Person, bureau: Bureau, read: Read
) -> Card:  # fmt: skip
    """「周期 账务检查 每」: half an order is none, and no word that it is done."""
    known = await read(runs.all_standing, bureau)
    found = meant(bureau, known, said["name"])
    if found is None:
        return words.which([one.name for one in known], said["name"])
    return words.not_set(found.name)


async def pick_period(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> None:
    """「每月」 on the card of one without a period."""
    per, _, code = press.arg.partition("/")
    if per not in words.OFFERED:
        raise Refused("这个按钮不对，什么也没改。")

    def deed(tx: Transaction) -> Card:
        return words.set_to(deeds.set_period(tx, person.id, code, per, bureau, now))  # type: ignore[arg-type]

    await write.saying(_as_it_is, deed)


async def set_owner(
    message: Message, said: re.Match[str], person: Person, bureau: Bureau, now: datetime,
    write: Write,
) -> None:  # fmt: skip
    """「周期任务 设备月检 责任人 王志强」, 责任科室."""

    def deed(tx: Transaction) -> Card:
        one = _named(tx, person, Right.OBLIGATIONS, said["name"], bureau)
        if isinstance(one, Card):
            return one
        return words.set_to(deeds.set_owner(tx, person.id, one.code, said["owner"], bureau, now))

    await write.saying(_as_it_is, deed)


async def set_due(
    message: Message, said: re.Match[str], person: Person, bureau: Bureau, now: datetime,
    write: Write,
) -> None:  # fmt: skip
    """「周期任务 设备月检 时限 25日」."""
    rule = due_said(said["due"])

    def deed(tx: Transaction) -> Card:
        one = _named(tx, person, Right.OBLIGATIONS, said["name"], bureau)
        if isinstance(one, Card):
            return one
        if rule is None:
            return words.no_rule()
        return words.set_to(deeds.set_due(tx, person.id, one.code, *rule, bureau, now))

    await write.saying(_as_it_is, deed)


def _named(
    tx: Transaction, person: Person, right: Right, name: str, bureau: Bureau
) -> Obligation | Card:
    """The obligation of that name, or what is said where there is none. Raises NotAllowed."""
    require(tx, person.id, right)
    known = runs.all_standing(tx, bureau)
    return meant(bureau, known, name) or words.which([one.name for one in known], name)


# ---- 免, 恢复, 登记 ----


def _period(rest: str, bureau: Bureau, now: datetime) -> tuple[date | None, str]:
    """The first day of the period that the words begin with, and what is left: the reason."""
    first, _, left = rest.strip().partition(" ")
    found = nearest_period(first, bureau, now)
    if found is None or found.span.since is None or found.start > 0:
        return None, _reason(rest)
    return found.span.since.date(), _reason(f"{first[found.end :]} {left}")


def _reason(words: str) -> str:
    return re.sub(r"^[的，,。：: ]*(?:原因是?|因为|理由是?)?[:： ]*", "", words).strip(" 。")


async def exempt(
    message: Message, said: re.Match[str], person: Person, bureau: Bureau, now: datetime,
    write: Write,
) -> None:  # fmt: skip
    """「免 设备月检 7月 设备改造停用」."""
    first, why = _period(said["rest"] or "", bureau, now)

    def deed(tx: Transaction) -> Card:
        one = _named(tx, person, Right.EXEMPT, said["name"], bureau)
        if isinstance(one, Card):
            return one
        run = runs.exempt(tx, person.id, one.code, first, why, bureau, now)
        return words.exempted(deeds.run_facts(tx, run, bureau))

    await write.saying(_as_it_is, deed)


async def owe_again(
    message: Message, said: re.Match[str], person: Person, bureau: Bureau, now: datetime,
    write: Write,
) -> None:  # fmt: skip
    """「不免 设备月检 7月」."""
    first, _ = _period(said["rest"] or "", bureau, now)

    def deed(tx: Transaction) -> Card:
        one = _named(tx, person, Right.EXEMPT, said["name"], bureau)
        if isinstance(one, Card):
            return one
        day = first or _today(bureau, now)
        held = [run for run in deeds.runs(tx, one.code, bureau) if run.first <= day < run.until]
        if not held:
            raise Refused(f"那一期的{one.name}没有免过，什么也没改。")
        runs.owe_run(tx, person.id, held[0].task, now)
        return words.owed_again(_facts(tx, held[0].task, bureau))

    await write.saying(_as_it_is, deed)


async def register(
    message: Message, said: re.Match[str], person: Person, bureau: Bureau, now: datetime,
    write: Write,
) -> None:  # fmt: skip
    """「登记 第一议题 6月11日」, 「登记 车辆维修审批单 鲁D12345」."""
    on, what = day_in(said["rest"] or "", bureau, now)

    def deed(tx: Transaction) -> Card:
        one = _named(tx, person, Right.REGISTER, said["name"], bureau)
        if isinstance(one, Card):
            return one
        found = runs.register(tx, person.id, one.code, on, what, bureau, now)
        return words.registered(_facts(tx, found.id, bureau))

    await write.saying(_as_it_is, deed)


async def ask_why(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> None:
    """「这期免了」: for what reason?"""

    def deed(tx: Transaction) -> Card:
        require(tx, person.id, Right.EXEMPT)
        facts = _facts(tx, press.subject, bureau)
        awaited.expect(tx, person.id, EXEMPT_WHY, press.subject, now + runs.WAIT)
        return words.ask_why(facts)

    await write.saying(_as_it_is, deed)


async def restore(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> None:
    """「恢复」."""

    def deed(tx: Transaction) -> Card:
        runs.owe_run(tx, person.id, press.subject, now)
        return words.owed_again(_facts(tx, press.subject, bureau))

    await write.saying(_as_it_is, deed)


def _facts(tx: Transaction, task: int, bureau: Bureau) -> RunFacts:
    return deeds.run_facts(tx, runs.run_of(tx, task)[0], bureau)


def _as_it_is(card: Card) -> Card:
    return card
