"""`gangting load tickets`: a table of hotline tickets, as an admin may send one in the chat."""

from __future__ import annotations

from pathlib import Path

import click

from bot.actions import case_sheets
from bot.clock import Clock
from bot.errors import BadSetting
from bot.papers.read_book import BadTable
from bot.papers.read_table import MOST_BYTES, rows_of
from bot.rules.captions import CaptionReader
from bot.rules.ticket_sheets import MOST_ROWS, read_sheet
from bot.settings import Settings
from storage import people
from storage.database import Database


async def load_tickets(settings: Settings, file: Path, name: str | None) -> None:
    """Every row is taken or named; works beside a running bot, in one deed.

    Raises BadSetting for a file or a person that is none.
    """
    bureau, now = settings.bureau, Clock().now()
    try:
        with file.open("rb") as held:
            data = held.read(MOST_BYTES + 1)
    except OSError as fault:
        raise BadSetting(f"{file} can't be read: {fault.strerror}") from None
    try:
        rows = rows_of(data)
    except BadTable:
        most = MOST_BYTES >> 20
        raise BadSetting(f"{file} is no CSV or .xlsx table of at most {most} MB") from None
    sheet = read_sheet(rows, bureau.tz, bureau.hours.work_to)
    if sheet.refused is not None:
        raise BadSetting(
            f"{file} has no columns 工单编号 and 诉求内容, or more than {MOST_ROWS} rows"
        )
    reader = CaptionReader(bureau)
    database = await Database.open(settings.database_url, exclusive=False, create=False)
    try:
        named = await database.read(people.named, name or settings.intake.desk or "")
        if len(named) != 1:
            raise BadSetting("say with --as NAME in whose name the tickets are filed")
        loaded = await database.write(
            case_sheets.load, named[0].id, sheet, reader.read, bureau, now
        )
    finally:
        await database.close()
    click.echo(f"{loaded.taken} taken, {loaded.known} known before, {len(loaded.faults)} refused")
    for one in loaded.faults:
        click.echo(f"line {one.line}: {one.why}", err=True)
