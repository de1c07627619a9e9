"""Answers: a question becomes a card with its number, and the buttons below it open and lead on."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.actions import answering, asking, opened, photo_lists
from bot.actions.asking import Lately
from bot.rules.answers import shares_of, totals_of
from bot.rules.near import near
from bot.rules.onward import LABEL, Offer, onward
from bot.rules.records import Bureau, Question
from bot.words import answers as words
from bot.words import listings, refusals
from bot.words.card import Card, Press
from bot.words.plain import cut
from handlers.desk import ReadQuestion, Write
from handlers.filters import Inside, Pressed
from storage.database import Read
from storage.people import Person


def build_router() -> Router:
    """The buttons below answers; any age."""
    router = Router(name="answers")
    router.callback_query.register(open_number, Pressed("qd"), Inside())
    router.callback_query.register(export, Pressed("qx"), Inside())
    router.callback_query.register(lead_on, Pressed("qn"), Inside())
    router.callback_query.register(more_photos, Pressed("qp"), Inside())
    return router


_MYSELF = re.compile(
    r"(?<![给帮发告诉让叫跟对替把])我(?!们|局|队|科|区|[一二三四五六七八九十]?(?:中队|大队|小队)|单位|镇|街|市|县|所|办"
    r"|想|要|看|问|查|先|需)"
)


def about_me(text: str) -> bool:
    """Whether the asker means himself (我报了几次), not all of us (我们, 我局), nor 给我看看."""
    return _MYSELF.search(text) is not None


async def reply(
    question: Question, text: str, last: Lately, person: Person, bureau: Bureau,
    now: datetime, read: Read, write: Write,
) -> None:  # fmt: skip
    """The answer is owed, and the question is kept for its buttons and for what follows it."""
    if about_me(text) and not question.filters.officers:
        question = replace(question, filters=replace(question.filters, officers=(person.name,)))
    facts = await read(answering.answer, person, question, bureau, now)
    offer = onward(question, last.question, bureau)
    offers = (offer,) if offer is not None else ()

    def worded(asked: int) -> Card:
        return words.answer(facts, now, asked, offers)

    await write.saying(worded, asking.remember, person.id, question, offers, now)


def near_offers(text: str, bureau: Bureau) -> tuple[Offer, ...]:
    """Near questions as buttons; a label is cut, what is asked is not."""
    return tuple(Offer(cut(one, LABEL), said=one) for one in near(text, bureau))


async def refuse(
    question: Question, text: str, person: Person, bureau: Bureau, now: datetime,
    write: Write,
) -> None:  # fmt: skip
    """What can't be answered gets its sentence and three near questions as buttons."""
    offers = near_offers(text, bureau)

    def worded(asked: int) -> Card:
        if question.reason == "rank":
            return refusals.no_ranking()
        if question.reason == "unannounced":
            return refusals.unannounced(offers, asked)
        if question.reason == "other":
            return refusals.not_mine(offers, asked)
        return refusals.not_a_question(offers, asked)

    await write.saying(worded, asking.remember, person.id, None, offers, now)


async def unsure(text: str, person: Person, bureau: Bureau, now: datetime, write: Write) -> None:
    """Words that end as a question and read as a report: neither is guessed."""
    offers = near_offers(text, bureau)

    def worded(asked: int) -> Card:
        return refusals.told_or_asked(offers, asked)

    await write.saying(worded, asking.remember, person.id, None, offers, now)


async def explain(
    named: float | None, last: Lately, person: Person, bureau: Bureau, now: datetime,
    read: Read, write: Write,
) -> Card | None:  # fmt: skip
    """「为什么是32」 opens the number said last; a number that was not said is set right."""
    if last.question is None:
        return refusals.nothing_to_open()
    if not opened.numbers_of(last.question):
        return refusals.no_rows()
    facts = await read(answering.answer, person, last.question, bureau, now)
    totals = totals_of(facts)
    parts = shares_of(facts)
    which = totals.index(int(named)) if named in totals else parts.get(named or -1, 0)
    listing = await read(opened.opened, person, last.number, which, opened.LISTED, bureau, now)
    other = named is not None and totals and named not in totals and named not in parts
    aside = refusals.another_number(f"{named:g}", totals) if other else ""
    question = listing.question

    def worded(asked: int) -> Card:
        card = listings.listing(listing, now, asked, why=True)
        return replace(card, text=f"{aside}\n{card.text}" if aside else card.text)

    await write.saying(worded, asking.remember, person.id, question, (), now)
    return None


async def open_number(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime,
    read: Read, write: Write,
) -> None:  # fmt: skip
    """「看明细」: the rows that the number counts, as they stand now."""
    which = press.number
    listing = await read(opened.opened, person, press.subject, which, opened.LISTED, bureau, now)
    shown = replace(listing, question=replace(listing.question, format="text"))

    def worded(asked: int) -> Card:
        return listings.listing(shown, now, asked, why=True)

    await write.saying(worded, asking.remember, person.id, shown.question, (), now)


async def export(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime,
    read: Read, write: Write,
) -> None:  # fmt: skip
    """「导出」 and 「看全部」: the same rows as a file."""
    listing = await read(opened.opened, person, press.subject, press.number, 1, bureau, now)

    def worded(asked: int) -> Card:
        return listings.exported(listing, now, asked)

    await write.saying(worded, asking.remember, person.id, listing.question, (), now)


_EXPORT = re.compile(
    r"(?:请|帮我|给我|把(?:它|这个|这些))?导出(?:来|一下|成?表格?|表|excel)?[吧。!！]*", re.I
)


def only_export(text: str) -> bool:
    """Whether the words are 导出 and nothing else: of what was just answered."""
    return _EXPORT.fullmatch("".join(text.split())) is not None


async def export_last(
    last: Lately, person: Person, bureau: Bureau, now: datetime, read: Read, write: Write
) -> None:
    """「导出」 in words, after an answer: as the button below it."""
    listing = await read(opened.opened, person, last.number, 0, 1, bureau, now)

    def worded(asked: int) -> Card:
        return listings.exported(listing, now, asked)

    await write.saying(worded, asking.remember, person.id, listing.question, (), now)


async def lead_on(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime,
    read: Read, write: Write, read_question: ReadQuestion,
) -> Card | None:  # fmt: skip
    """A question offered beside an answer is asked: words anew, a reading as it was."""
    offer = await read(asking.offered, press.subject, press.number, bureau)
    if offer is None:
        return Card(opened.GONE)
    last = await read(asking.lately, person.id, bureau, now)
    question = offer.question or read_question(offer.said or "", now)
    said = offer.said or offer.label
    if question.metrics[0] == "refuse":
        await refuse(question, said, person, bureau, now, write)
    else:
        await reply(question, said, last, person, bureau, now, read, write)
    return None


async def more_photos(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime,
    read: Read, write: Write,
) -> None:  # fmt: skip
    """「再看几张」: the next ten."""
    facts = await read(photo_lists.more, person, press.subject, press.number, bureau, now)

    def worded(asked: int) -> Card:
        return listings.photos(facts, now, asked)

    await write.saying(worded, asking.remember, person.id, facts.question, (), now)
