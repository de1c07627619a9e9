"""Cases in the chat: 12345工单 …, 群众电话举报 …, who complained, what a call-back came to."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime
from typing import Any

from aiogram import F, Router
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from bot.actions import callbacks, case_sheets, cases, complainants
from bot.actions.case_facts import case_facts
from bot.errors import NotFound, Refused
from bot.papers.read_table import pages_of
from bot.rules.captions import CaptionReader
from bot.rules.case_facts import read_outcome
from bot.rules.ledger_columns import is_ledger, is_sure
from bot.rules.ledger_rows import read_pages
from bot.rules.records import Bureau
from bot.rules.rights import Right, may
from bot.rules.ticket_sheets import read_sheet
from bot.rules.tickets import ToldCase, read_case, troubles
from bot.rules.told_or_asked import looks_asked
from bot.transports.line import Line
from bot.words import cases as words
from bot.words.card import Card, Press, Toast
from handlers import ledger_files, reports
from handlers.desk import ReadQuestion, Write
from handlers.documents import bytes_of, is_given
from handlers.filters import Inside, Pressed, Says
from handlers.incoming import incoming, words_of
from storage import tickets
from storage.database import Read
from storage.people import Person


class TellsCase(Filter):
    """Text that begins as a case does; the handler gets what was read as `told`.

    Without a ticket's number a question stays one, and what tells of a deed (群众举报松江路占道，
    已劝离) is the report of whoever did it; so is it with the number of a ticket that is known.
    """

    async def __call__(
        self, message: Message, bureau: Bureau, reader: CaptionReader,
        read_question: ReadQuestion, now: datetime, read: Read,
    ) -> bool | dict[str, Any]:  # fmt: skip
        """The case, where the text is one."""
        text = words_of(message)
        told = read_case(text, now.astimezone(bureau.tz), bureau.hours.work_to)
        if told is None or not told.words:
            return False
        reading = reader.read(told.words, now)
        done = any(one.state == "closed" for one in reading.items) or reading.intent == "followup"
        if told.external is not None:
            known = await read(tickets.by_external, told.source, told.external)
            return False if done and known else {"told": told}
        if done or message.text is None or looks_asked(text):
            return False
        return {"told": told} if read_question(text, now).metrics[0] == "refuse" else False


IS_TABLE = F.document.file_name.lower().endswith((".csv", ".xlsx", ".xls", ".ods"))
"""A document that is a table by its name; what it is by its bytes is looked at later."""


def build_router() -> Router:
    """Asked before awaited words: a case is none of them."""
    router = Router(name="cases")
    number = r"(?P<number>[A-Za-z0-9-]{4,40})"
    router.message.register(call_back, Says(rf"回访[:：]? ?{number}(?P<rest>.*)"), Inside())
    router.message.register(who, Says(rf"投诉人[:：]? ?{number}"), Inside())
    router.message.register(take, F.text, Inside(), TellsCase())
    router.message.register(sheet, IS_TABLE, Inside())
    router.message.register(take, reports.NUMBERED, Inside(), TellsCase())
    router.message.register(report, reports.NUMBERED, Inside())
    presses = router.callback_query
    presses.register(answer, Pressed("va"), Inside())
    presses.register(ask_again, Pressed("vb"), Inside())
    presses.register(who_pressed, Pressed("vc"), Inside())
    return router


async def take(
    message: Message, told: ToldCase, person: Person, line: Line, reader: CaptionReader,
    bureau: Bureau, now: datetime, write: Write,
) -> None:  # fmt: skip
    """A case that was typed or forwarded, perhaps with a photo."""
    came = incoming(message, line, bureau.limits, now)
    finds = troubles(reader.read(told.words, now), bureau)
    await write(cases.take_by_chat, person.id, told, finds, came, bureau, now)


async def report(
    message: Message, person: Person, line: Line, reader: CaptionReader, bureau: Bureau,
    now: datetime, write: Write,
) -> None:  # fmt: skip
    """A photo whose words begin as a ticket's and tell none: a report like any."""
    await reports.photo(message, person, line, reader, bureau, now, write)


async def sheet(
    message: Message, person: Person, line: Line, reader: CaptionReader, bureau: Bureau,
    now: datetime, read: Read, write: Write,
) -> None:  # fmt: skip
    """A table of tickets, or by its head a ledger that an admin sends.

    From whoever may load neither, and of a task's evidence, it is a file like any other.
    """
    given = await is_given(message, person, line, bureau, now, read)
    if given or not may(person.roles, Right.DECIDE):
        await reports.photo(message, person, line, reader, bureau, now, write)
        return
    data = await bytes_of(message, line)
    pages = await asyncio.to_thread(pages_of, data)
    found = read_sheet(pages[0].rows, bureau.tz, bureau.hours.work_to)
    if may(person.roles, Right.LEDGER) and (
        is_sure(pages) or (found.refused is not None and is_ledger(pages))
    ):
        today = now.astimezone(bureau.tz).date()
        draft = await asyncio.to_thread(read_pages, pages, today)
        if draft.refused is not None:
            raise Refused(draft.refused)
        await ledger_files.keep(message, draft, person, line, now, write)
        return
    if found.refused is not None:
        raise Refused(found.refused)
    await write.saying(
        lambda one: words.loaded(one.taken, one.known, [(f.line, f.why) for f in one.faults]),
        case_sheets.load, person.id, found, reader.read, bureau, now,
    )  # fmt: skip


async def call_back(
    message: Message, said: re.Match[str], person: Person, now: datetime, write: Write
) -> Card | None:
    """「回访 2025061200123 满意 已解决」."""
    outcome = read_outcome(said["rest"])
    if outcome is None:
        return words.how_to_call()
    noted = Card(f"记下了：{said['number']} 回访{words.said(outcome)}。")
    deed = callbacks.record_by_number
    await write.saying(lambda _: noted, deed, person.id, said["number"], outcome, now)
    return None


async def who(
    message: Message, said: re.Match[str], person: Person, now: datetime, read: Read, write: Write
) -> None:
    """「投诉人 2025061200123」."""
    ticket = await read(callbacks.ticket_of, said["number"])
    await _show_complainant(ticket.id, person, now, write)


async def who_pressed(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> None:
    """「投诉人」."""
    await _show_complainant(press.subject, person, now, write)


async def _show_complainant(ticket: int, person: Person, now: datetime, write: Write) -> None:
    """The words are forgotten once they were shown, as those of every answer."""
    await write.saying(
        lambda one: words.complainant(one.name, one.phone, one.words),
        complainants.look, person.id, ticket, now,
    )  # fmt: skip


async def answer(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> Toast:
    """What the call-back came to, by a button."""
    outcome = words.ANSWERS.get(press.arg)
    if outcome is None:
        raise NotFound
    await write(callbacks.record, person.id, press.subject, outcome, now)
    return Toast(f"记下了：{words.said(outcome)}")


async def ask_again(query: CallbackQuery, press: Press, bureau: Bureau, read: Read) -> Card:
    """「改回访」."""
    facts = await read(case_facts, press.subject, bureau)
    if facts is None:
        raise NotFound
    return words.ask_again(facts)
