"""Makes the ledger's tables as files: ledger.xlsx as it stands, draft-12.xlsx what a load does.

Read anew when they are sent. Knows no line and no message.
"""

from __future__ import annotations

import asyncio
from datetime import datetime

from bot.actions import ledger_export, ledger_preview
from bot.errors import NotFound
from bot.rules.ledger_preview import Preview
from bot.rules.records import Bureau
from bot.words import ledger_sheet
from bot.words.filenames import file_name
from bot.words.ledger_load import LEDGER, LIST
from bot.words.sheet import Sheet
from bot.words.spreadsheet import xlsx
from storage.database import Database
from storage.schema import Transaction


def makes(paper: str) -> bool:
    """Whether the file is one of the ledger's."""
    return paper.startswith((f"{LEDGER}.", f"{LIST}-"))


async def make(
    paper: str, database: Database, bureau: Bureau, now: datetime
) -> tuple[str, bytes]:  # fmt: skip
    """The file's name and bytes. Raises NotFound for a draft that is over."""

    def reading(tx: Transaction) -> Sheet:
        if paper.startswith(f"{LEDGER}."):
            rows = ledger_export.export_rows(tx)
            return ledger_sheet.exported(rows, now.astimezone(bureau.tz).date())
        found = ledger_preview.preview(tx, int(paper.removeprefix(f"{LIST}-").partition(".")[0]))
        if not isinstance(found, Preview):
            raise NotFound
        return ledger_sheet.listed(found)

    sheet = await database.study(reading)
    return file_name(sheet.name, ".xlsx"), await asyncio.to_thread(xlsx, sheet)
