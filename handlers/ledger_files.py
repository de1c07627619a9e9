"""The ledger in the chat: a file that an admin sends, its card's buttons, what a task lacks."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from bot.actions import ledger_export, ledger_load, ledger_preview, ledger_set
from bot.errors import BadFile, Refused
from bot.papers.read_ledger import read_ledger
from bot.papers.read_table import MOST_BYTES
from bot.rules.captions import CaptionReader
from bot.rules.ledger_draft import Draft, clean
from bot.rules.records import Bureau
from bot.rules.rights import Right, may
from bot.transports.line import Line
from bot.words import ledger_load as words
from bot.words.card import Card, Press, Toast
from handlers import reports
from handlers.desk import Write
from handlers.documents import bytes_of, is_given
from handlers.filters import Inside, Pressed, Says, Words
from storage.database import Read
from storage.people import Person

IS_TEXT = F.document.file_name.lower().endswith((".docx", ".txt"))
"""A document that may be a ledger in words; what it is is seen when it is read."""

NAMED = re.compile("台账|整改")
"""A file that is called so is meant to be a ledger, whatever is in it."""

LONGEST_NAME = 60


def build_router() -> Router:
    """Asked before the tables of tickets, and before awaited words: a command is none of them."""
    router = Router(name="ledger_files")
    fields = "|".join(ledger_set.FIELDS)
    router.message.register(text, IS_TEXT, Inside())
    router.message.register(export, Words("导出台账", "台账导出", "下载台账"), Inside())
    router.message.register(
        set_field, Inside(),
        Says(rf"任务 ?(?P<number>\d{{1,9}})[号:：]? ?(?P<what>{fields})[:：]? ?(?P<said>.*)"),
    )  # fmt: skip
    presses = router.callback_query
    presses.register(take, Pressed("fi"), Inside())
    presses.register(drop, Pressed("fn"), Inside())
    presses.register(show_list, Pressed("fl"), Inside())
    return router


async def text(
    message: Message, person: Person, line: Line, reader: CaptionReader, bureau: Bureau,
    now: datetime, read: Read, write: Write,
) -> None:  # fmt: skip
    """A Word file or a text: a ledger where an admin sends one, else a file like any other.

    Raises Refused or BadFile for an admin's file that is a ledger by its name alone.
    """
    assert message.document is not None
    draft, named = None, NAMED.search(message.document.file_name or "") is not None
    small = (message.document.file_size or 0) <= MOST_BYTES
    given = await is_given(message, person, line, bureau, now, read)
    if may(person.roles, Right.LEDGER) and small and not given:
        draft = await _read(await bytes_of(message, line), bureau, now, named=named)
    if draft is None:
        await reports.photo(message, person, line, reader, bureau, now, write)
    elif draft.refused is not None:
        raise Refused(draft.refused)
    else:
        await keep(message, draft, person, line, now, write)


async def _read(data: bytes, bureau: Bureau, now: datetime, *, named: bool) -> Draft | None:
    """The ledger that the file is; None for a file that is none, but where it is `named` one."""
    try:
        draft = await asyncio.to_thread(read_ledger, data, now.astimezone(bureau.tz).date())
    except BadFile:
        if named:
            raise
        return None
    return draft if named or draft.refused is None else None


async def keep(
    message: Message, draft: Draft, person: Person, line: Line, now: datetime, write: Write
) -> None:
    """The ledger waits for a word; its card says what it would change."""
    assert message.document is not None
    name = clean(message.document.file_name or "")[-LONGEST_NAME:].strip() or "台账"
    await write(ledger_load.keep, person.id, name, draft, line.name, message.chat.id, now)


async def take(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> Toast:
    """「导入」."""
    if await write(ledger_load.take, person.id, press.subject, press.version, now):
        return Toast("导入好了")
    return Toast("台账刚刚变了，重新比过了。还没导入，请再看一眼。", alert=True)


async def drop(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> Toast:
    """「不要了」."""
    await write(ledger_load.drop, person.id, press.subject, now)
    return Toast("不要了，什么也没改")


async def show_list(query: CallbackQuery, press: Press, person: Person, read: Read) -> Card:
    """「看清单」."""
    return words.list_of(await read(ledger_preview.listed, person.id, press.subject))


async def export(message: Message, person: Person, read: Read) -> Card:
    """「导出台账」."""
    rows = await read(ledger_export.export_for, person.id)
    return words.exported(sum("ref" in row for row in rows))


async def set_field(
    message: Message, said: re.Match[str], person: Person, bureau: Bureau, now: datetime,
    write: Write,
) -> None:  # fmt: skip
    """「任务 27 责任人 王志强」."""
    await write.saying(
        lambda one: words.was_set(one.task.number, one.what, one.value, one.strangers, one.over),
        ledger_set.set_field, person.id, int(said["number"]), said["what"], said["said"], bureau,
        now,
    )  # fmt: skip
