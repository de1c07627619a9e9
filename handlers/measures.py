"""Measures in the chat: decided, taken back, done, and what they did."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.actions import measures, paper_facts, papers
from bot.actions.people import require
from bot.errors import NotFound
from bot.rules import papers as rules
from bot.rules.papers import EFFECTS
from bot.rules.periods import unit_of
from bot.rules.records import Bureau
from bot.rules.rights import Right
from bot.words import measures as words
from bot.words import papers as paper_words
from bot.words.card import Card, Press
from handlers.desk import Write
from handlers.filters import Inside, Pressed, Words
from handlers.papers import Deed, as_it_is, facts_for, first_day
from storage.database import Read
from storage.papers import SENT, Measure
from storage.people import Person
from storage.schema import Transaction


def build_router() -> Router:
    """The word that asks for them, and their buttons."""
    router = Router(name="measures")
    router.message.register(all_measures, Words("措施", "研判措施"), Inside())
    pressed = router.callback_query.register
    pressed(add_measure, Pressed("em"), Inside())
    pressed(effect, Pressed("ep"), Inside())
    pressed(effect_words, Pressed("eq"), Inside())
    pressed(take_back, Pressed("er"), Inside())
    pressed(finish, Pressed("eu"), Inside())
    return router


async def all_measures(
    message: Message, person: Person, bureau: Bureau, now: datetime, write: Write
) -> None:
    """「措施」: those of the quarter that runs, else of the one before."""

    def deed(tx: Transaction) -> Card:
        require(tx, person.id, Right.PAPERS)
        start = first_day(bureau, now, "quarter", 0)
        number = paper_facts.number_of(tx, "quarter", start, now)
        facts = paper_facts.paper(tx, number, bureau, now)
        here, last = paper_facts.both_quarters(tx, facts)
        paper = None if facts.state == SENT else number
        if here or not last:
            return words.measures(here, paper_words.name_of(facts), paper)
        return words.measures(last, "上季度研判", paper)

    await write.saying(as_it_is, deed)


async def add_measure(
    query: CallbackQuery, press: Press, person: Person, now: datetime, read: Read, write: Write
) -> None:
    """「加一条」: a measure is asked for in words."""
    paper = await read(measures.still_open, press.subject)
    card = words.ask_measure(paper_words.name(paper.kind, paper.start))
    await write.saying(lambda _: card, papers.expect, person.id, "measure", press.subject, now)


def _next_effect(tx: Transaction, by: int, paper: int, bureau: Bureau, now: datetime) -> Card:
    facts = facts_for(tx, by, paper, bureau, now)
    waiting = rules.without_effect(facts)
    if not waiting:
        return words.effects_done(paper_words.name_of(facts))
    return words.ask_effect(waiting[0], len(waiting) - 1)


def _after_effect(
    tx: Transaction, by: int, measure: int, said: str, bureau: Bureau, now: datetime
) -> Card:
    """The effect is written; the next measure is asked about."""
    found = measures.effect(tx, by, measure, said, now)
    following = unit_of(datetime.combine(found.quarter, datetime.min.time(), bureau.tz),
                        "quarter", 1).since  # fmt: skip
    assert following is not None
    number = paper_facts.number_of(tx, "quarter", following.date(), now)
    measures.noted_in(tx, number, now)
    return _next_effect(tx, by, number, bureau, now)


async def effect(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> None:
    """「有效」, 「一般」, 「没效果」."""
    if press.arg not in map(str, range(len(EFFECTS))):
        raise NotFound("这个按钮是旧的，点不动了，什么也没改。")
    said = EFFECTS[int(press.arg)]
    await write.saying(as_it_is, _after_effect, person.id, press.subject, said, bureau, now)


async def effect_words(
    query: CallbackQuery, press: Press, person: Person, now: datetime, read: Read, write: Write
) -> None:
    """「自己写」."""
    found = await read(measures.the_measure, press.subject)
    card = words.ask_effect_words(found.words)
    await write.saying(
        lambda _: card, papers.expect, person.id, "measure_effect", press.subject, now
    )


async def take_back(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> None:
    """「撤回」 a measure."""
    await write.saying(_measure_card, measures.take_back, person.id, press.subject, now)


async def finish(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> None:
    """「办完了」."""
    await write(measures.finish, person.id, press.subject, now)


def _measure_card(found: Measure) -> Card:
    return words.measure(found.id, found.words, found.owner, found.due, found.state)


def take_measure(
    tx: Transaction, by: int, number: int, said: str, bureau: Bureau, now: datetime
) -> Card:
    """A measure."""
    found = measures.add(tx, by, number, said, bureau, now)
    return words.measure_added(found.id, found.words, found.owner, found.due, number)


AWAITED: dict[str, tuple[Deed, Callable[[Card], Card]]] = {
    "measure": (take_measure, as_it_is), "measure_effect": (_after_effect, as_it_is),
}  # fmt: skip
"""By what is awaited: the deed that takes the words, and what is said of its result."""
