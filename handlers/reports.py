"""Reporting by photo, and every button of a report's card; the first router to be asked."""

from __future__ import annotations

import re
from datetime import datetime

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from bot.actions import corrections, obligation_told
from bot.actions.corrections import Here, Place
from bot.actions.loop import Reviewed
from bot.rules.captions import CaptionReader
from bot.rules.menus import Kind, choice, menu_of
from bot.rules.places import Places
from bot.rules.records import Bureau
from bot.transports.line import Line
from bot.words import places as place_words
from bot.words.card import Card, Press, Toast
from bot.words.problems import closed_already
from handlers.desk import Write
from handlers.filters import Inside, Pressed, Says
from handlers.incoming import datum_of, incoming, when_sent, words_of
from storage.people import Person

KINDS: dict[str, Kind] = {"ms": "spots", "mc": "categories"}
"""Which list a press opens."""

WITH_FILE = F.photo | F.document | F.voice | F.video | F.video_note
NO_TABLE = ~F.document.file_name.lower().endswith(
    (".csv", ".xlsx", ".xls", ".ods", ".docx", ".txt")
)
NUMBERED = F.caption.regexp(r"\s*[【(（]?(?:12345|[^，。,\s]{0,6}工单)[^，。,]{0,12}\d{8}")
"""A table of tickets, a ledger and a ticket's photo are no reports; what proves to be one comes
back here (handlers.cases, handlers.ledger_files)."""


def build_router() -> Router:
    """Photos first: most messages end here."""
    router = Router(name="reports")
    router.message.register(photo, WITH_FILE, NO_TABLE, ~NUMBERED, Inside())
    router.message.register(place, F.location, Inside())
    router.message.register(
        card_of, Says(r"(?:编号 ?)?(?:R-)?(?:20\d\d)?(?P<number>\d{4}-\d{3,5})"), Inside()
    )
    router.edited_message.register(edited, Inside())
    presses = router.callback_query
    presses.register(set_spot, Inside(), Pressed("sp"))
    presses.register(set_category, Inside(), Pressed("ct"))
    presses.register(open_menu, Inside(), Pressed("ms", "mc", "mb"))
    presses.register(open_here, Inside(), Pressed("mt"))
    presses.register(withdraw, Inside(), Pressed("wd"))
    presses.register(restore, Inside(), Pressed("rs"))
    presses.register(picked_place, Inside(), Pressed("hs"))
    presses.register(ask_place, Inside(), Pressed("hl"))
    presses.register(not_here, Inside(), Pressed("hn"))
    return router


async def photo(
    message: Message, person: Person, line: Line, reader: CaptionReader, bureau: Bureau,
    now: datetime, write: Write,
) -> None:  # fmt: skip
    """A photo, paper, voice or film is a report, a part of the last one, or evidence of a task."""
    came = incoming(message, line, bureau.limits, now)
    await write(obligation_told.take, person.id, came, reader.read, bureau, now)


async def place(
    message: Message, person: Person, line: Line, bureau: Bureau, places: Places,
    now: datetime, write: Write,
) -> Card | None:  # fmt: skip
    """A location places the photo that waits for one, or the photos of the next minutes."""
    assert message.location is not None
    near = places.near(message.location.latitude, message.location.longitude)
    accuracy = message.location.horizontal_accuracy or 0
    reach = max(accuracy, bureau.limits.spot_metres)
    within = [(spot, away) for spot, away in near if away <= reach]
    vague = accuracy > bureau.limits.spot_metres
    if len(within) != 1 or vague:
        return place_words.which(within, near, vague)
    ((spot, away),) = within
    where = (line.name, message.chat.id, message.message_id, spot.code, away)
    at = Here(*where, datum_of(message.location))
    await write(corrections.here, person.id, at, when_sent(message, now), bureau, now)
    return None


async def ask_place(query: CallbackQuery, person: Person) -> Card:
    """「发送位置」 on the card: a button can't send a location, a key can."""
    return place_words.ask(person.roles)


async def picked_place(
    query: CallbackQuery, press: Press, person: Person, line: Line, bureau: Bureau,
    now: datetime, write: Write,
) -> None:  # fmt: skip
    """Which of two near spots was meant."""
    if query.message is not None:
        at = Here(line.name, query.message.chat.id, query.message.message_id, press.arg, None)
        await write(corrections.here, person.id, at, now, bureau, now)


async def not_here(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> Toast:
    """「不是…」: the location is forgotten."""
    await write(corrections.not_here, person.id, now)
    return Toast("好，不按这个位置记", alert=False)


async def edited(
    message: Message, person: Person, line: Line, reader: CaptionReader, bureau: Bureau,
    now: datetime, write: Write,
) -> None:  # fmt: skip
    """New words for a photo already reported: the finds follow, the journal keeps the old."""
    await write(
        corrections.edit_words, person.id, line.name, message.chat.id, message.message_id,
        words_of(message), reader.read, bureau, now,
    )  # fmt: skip


async def set_spot(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """A spot was picked on the card."""
    await write(corrections.set_spot, person.id, press.subject, *choice(press.arg), bureau, now)
    return Toast("改好了")


async def set_category(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """A category was picked on the card."""
    await write(corrections.set_category, person.id, press.subject, *choice(press.arg), bureau, now)
    return Toast("改好了")


async def open_menu(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> None:
    """The card shows its list of spots or categories, another page of it, or its plain face."""
    menu = None if press.act == "mb" else menu_of(KINDS[press.act], press.arg)
    await write(corrections.open_menu, person.id, press.subject, menu, now)


async def open_here(
    query: CallbackQuery, press: Press, person: Person, line: Line, now: datetime, write: Write
) -> None:
    """「选地点」 of a reminder or a to-do: the card, which asks, comes here."""
    if query.message is not None:
        at = Place(line.name, query.message.chat.id, query.message.message_id)
        await write(corrections.show, person.id, press.subject, at, now)


async def card_of(
    message: Message, said: re.Match[str], person: Person, line: Line, bureau: Bureau,
    now: datetime, write: Write,
) -> None:  # fmt: skip
    """「0612-007」: the card of that report, for whoever may change it."""
    at = Place(line.name, message.chat.id, message.message_id)
    await write(corrections.show_number, person.id, said["number"], at, bureau, now)


async def withdraw(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast | Card:
    """「撤回」; what was reviewed and closed only a leader takes back, who can be asked."""
    try:
        await write(corrections.withdraw, person.id, press.subject, bureau, now)
    except Reviewed as closed:
        found = closed.problem
        return closed_already(found.id, found.version, closed.sentence, closed.leader)
    return Toast("撤回了")


async def restore(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """「恢复」."""
    await write(corrections.restore, person.id, press.subject, bureau, now)
    return Toast("恢复了")
