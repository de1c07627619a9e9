"""A document that somebody sends: its bytes, as far as they may be read; whether it is evidence."""

from __future__ import annotations

from datetime import datetime

from aiogram.types import Message

from bot.actions import taking
from bot.papers.read_book import BadTable
from bot.papers.read_table import MOST_BYTES
from bot.rules.records import Bureau
from bot.transports.downloads import download
from bot.transports.line import Line
from handlers.incoming import incoming
from storage.database import Read
from storage.people import Person


async def bytes_of(message: Message, line: Line) -> bytes:
    """The document; one byte more than may be shows that it is too big. Raises BadTable for that.

    One that the line announces as too big is not fetched at all.
    """
    assert message.document is not None
    if (message.document.file_size or 0) > MOST_BYTES:
        raise BadTable(f"这个表太大，我最多收 {MOST_BYTES >> 20} MB，一行也没收。请分几次发。")
    data = bytearray()
    async for chunk in download(line.bot, message.document.file_id):
        data += chunk
        if len(data) > MOST_BYTES:
            break
    return bytes(data)


async def is_given(
    message: Message, person: Person, line: Line, bureau: Bureau, now: datetime, read: Read
) -> bool:
    """Whether the document is evidence of a task, whatever is in it; not one that is too big."""
    if message.document is None or (message.document.file_size or 0) > MOST_BYTES:
        return False
    return await read(taking.is_given, person.id, incoming(message, line, bureau.limits, now), now)
