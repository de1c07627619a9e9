"""The bytes of a document that somebody sends, as far as they may be read; knows no deed."""

from __future__ import annotations

from aiogram.types import Message

from bot.papers.read_book import BadTable
from bot.papers.read_table import MOST_BYTES
from bot.transports.downloads import download
from bot.transports.line import Line


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
