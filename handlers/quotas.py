"""Quotas in the chat: what is asked, the holidays, decisions about a period, why one was missed."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from aiogram import F, Router
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from bot.actions import calendar as calendar_deeds
from bot.actions import decisions, misses
from bot.actions import quotas as figures
from bot.actions.decisions import Settled
from bot.errors import NotFound
from bot.rules.decisions import Decision, read_decision
from bot.rules.notices import looks_like_notice, read_notice
from bot.rules.quotas import EXEMPT, KEPT, MOVED, PERS, Per, period_of
from bot.rules.records import Bureau
from bot.rules.rights import Right, may
from bot.words import calendar as calendar_words
from bot.words import decisions as decision_words
from bot.words import quotas as words
from bot.words.card import Card, Press
from handlers.desk import Write
from handlers.filters import Inside, Pressed, Says, Words
from handlers.spots import Refresh
from storage.database import Read
from storage.people import Person

FIRST, LAST = date(2000, 1, 1), date(2999, 12, 31)
"""No quota has a day outside of these; near the ends of all dates there is none to step to."""

VERDICTS = {"k": KEPT, "e": EXEMPT, "m": MOVED}


class Notices(Filter):
    """An admin's text that tells of holidays as the yearly notice does."""

    async def __call__(self, message: Message, person: Person | None = None) -> bool:
        """Whether it is one; what others write of a holiday is a report."""
        text = message.text or ""
        if person is None or not (may(person.roles, Right.CALENDAR) or "节假日安排" in text):
            return False
        return looks_like_notice(text)


class Decides(Filter):
    """Words that decide about a period; the handler gets what was read as `decision`."""

    async def __call__(
        self, message: Message, bureau: Bureau, now: datetime
    ) -> bool | dict[str, Any]:
        """The decision, where the words are one and nothing else."""
        today = now.astimezone(bureau.tz).date()
        decision = read_decision(message.text or "", today, bureau.calendar)
        return {"decision": decision} if decision else False


def build_router() -> Router:
    """Asked before patrols: 国庆那周全域巡查免了 begins no round."""
    router = Router(name="quotas")
    router.message.register(quotas, Words("指标", "次数要求"), Inside())
    router.message.register(
        holidays, Says(r"/?(?P<when>今年|明年|去年|20\d\d年?)?的?放假安排(?P<year> ?20\d\d年?)?"),
        Inside(),
    )  # fmt: skip
    router.message.register(paste, F.text, Inside(), Notices())
    router.message.register(decide, F.text, Inside(), Decides())
    presses = router.callback_query
    presses.register(keep_notice, Pressed("gb"), Inside())
    presses.register(refuse_notice, Pressed("gc"), Inside())
    presses.register(settle_week, Pressed("gd"), Inside())
    presses.register(change_mind, Pressed("ge"), Inside())
    presses.register(explain, Pressed("gf"), Inside())
    presses.register(write_reason, Pressed("gg"), Inside())
    presses.register(lacking, Pressed("gh"), Inside())
    return router


def day_of(number: int) -> date:
    """The day of a button's number. Raises NotFound for none that a quota can have."""
    if not FIRST.toordinal() <= number <= LAST.toordinal():
        raise NotFound
    return date.fromordinal(number)


def _period(press: Press) -> tuple[Per, date]:
    """The period of a button's number. Raises NotFound for none that a quota can have."""
    per, start = period_of(press.subject)
    return per, day_of(start.toordinal())


async def quotas(message: Message, bureau: Bureau, now: datetime, read: Read) -> Card:
    """「指标」."""
    here = now.astimezone(bureau.tz)
    return words.quotas(await read(figures.overview, bureau, here.date()), here)


async def holidays(message: Message, said: re.Match[str], bureau: Bureau, now: datetime) -> Card:
    """「放假安排」, 「明年放假安排」, 「放假安排 2027」."""
    today = now.astimezone(bureau.tz).date()
    digits = re.search(r"\d+", said["year"] or said["when"] or "")
    wanted = today.year + {"明": 1, "去": -1}.get((said["when"] or "今")[0], 0)
    return calendar_words.year(bureau.calendar, int(digits[0]) if digits else wanted, today)


async def paste(
    message: Message, person: Person, bureau: Bureau, now: datetime, write: Write
) -> None:
    """A notice: what was understood is shown, nothing is kept before 「记下」."""
    text = message.text or ""
    found = read_notice(text, now.astimezone(bureau.tz).date())
    known = calendar_deeds.same(bureau.calendar, found.days)
    await write.saying(
        lambda number: calendar_words.understood(number, found, known),
        calendar_deeds.paste, person.id, text, now,
    )  # fmt: skip


async def keep_notice(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime,
    write: Write, refresh: Refresh,
) -> None:  # fmt: skip
    """「记下」."""
    await write.saying(
        lambda done: calendar_words.kept(*done),
        calendar_deeds.keep_notice, person.id, press.subject, bureau, now,
    )  # fmt: skip
    await refresh()


async def refuse_notice(query: CallbackQuery, press: Press, person: Person, write: Write) -> None:
    """「不是」."""
    await write.saying(
        lambda _: calendar_words.refused(), calendar_deeds.refuse_notice, person.id, press.subject
    )


async def decide(
    message: Message, decision: Decision, person: Person, bureau: Bureau, now: datetime,
    write: Write,
) -> None:  # fmt: skip
    """「国庆那周全域巡查免了，放假」."""
    here = now.astimezone(bureau.tz)
    await write.saying(
        lambda done: _said(done, here), decisions.decide, person.id, decision, bureau, now
    )


def _said(done: Settled, here: datetime) -> Card:
    return decision_words.decided(
        done.per, done.start, done.whats, done.verdict, done.moved_to, done.reason, done.squad, here
    )


async def settle_week(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> None:
    """A verdict pressed under the question; its card says what became of it."""
    per, start = _period(press)
    decision = Decision((), per, start, VERDICTS.get(press.arg, KEPT))
    await write(decisions.decide, person.id, decision, bureau, now)


async def change_mind(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> None:
    """「改主意」."""
    here = now.astimezone(bureau.tz)
    per, _, whats = press.arg.partition("/")
    if per not in PERS:
        raise NotFound
    await write.saying(
        lambda done: _said(done, here), decisions.change_mind, person.id, per,
        day_of(press.subject), tuple(whats.split("+")), bureau, now,
    )  # fmt: skip


async def explain(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> None:
    """A usual reason; the card shows it."""
    reason = words.REASONS[min(press.number, len(words.REASONS) - 1)]
    _period(press)
    await write(misses.explain, person.id, press.subject, reason, bureau, now)


async def write_reason(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> None:
    """「我来写」, 「改原因」."""
    _period(press)
    await write.saying(words.write_reason, misses.expect_words, person.id, press.subject, now)


async def lacking(
    query: CallbackQuery, press: Press, bureau: Bureau, now: datetime, read: Read
) -> Card:
    """「还差什么」 under a nudge."""
    day = day_of(press.subject)
    return words.lacking(await read(misses.short_on, bureau, day), day, now.astimezone(bureau.tz))
