"""`gangting load`: a ledger or a table of tickets, as an admin may send one in the chat."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from bot.actions import case_sheets, ledger_load, ledger_preview
from bot.actions.ledger_diff import EMPTY, Difference, difference
from bot.clock import Clock
from bot.errors import BadFile, BadSetting, NoStore
from bot.papers.read_book import BadTable
from bot.papers.read_ledger import read_ledger
from bot.papers.read_table import MOST_BYTES, rows_of
from bot.rules.captions import CaptionReader
from bot.rules.ledger_draft import Draft, clean
from bot.rules.ledger_preview import Preview
from bot.rules.ticket_sheets import MOST_ROWS, read_sheet
from bot.settings import Settings
from bot.words import ledger_load as words
from storage import people
from storage.database import Database


async def load_tickets(settings: Settings, file: Path, name: str | None) -> None:
    """Every row is taken or named; works beside a running bot, in one deed.

    Raises BadSetting for a file or a person that is none.
    """
    bureau, now = settings.bureau, Clock().now()
    try:
        rows = rows_of(_read(file))
    except BadTable:
        most = MOST_BYTES >> 20
        raise BadSetting(f"{file} is no CSV or Excel table of at most {most} MB") from None
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


def _read(file: Path) -> bytes:
    """The file as far as it may be read: one byte more shows that it is too big."""
    try:
        with file.open("rb") as held:
            return held.read(MOST_BYTES + 1)
    except OSError as fault:
        raise BadSetting(f"{file} can't be read: {fault.strerror}") from None


async def load_ledger(settings: Settings, file: Path, write: bool) -> None:
    """What the file would change is printed, and with `write` it is done; beside a running bot.

    Raises BadSetting for a file that can't be read or is no ledger.
    """
    now = Clock().now()
    data = _read(file)
    try:
        draft = read_ledger(data, now.astimezone(settings.bureau.tz).date())
    except BadFile as fault:
        raise BadSetting(f"{file}: {fault.sentence}") from None
    if draft.refused is not None:
        raise BadSetting(f"{file}: {draft.refused}")
    name = clean(file.name) or "台账"
    _tell(await _done(settings, name, draft, write, now), name)
    click.echo("loaded" if write else "nothing is changed yet: add --yes to load it", err=True)


async def _done(
    settings: Settings, name: str, draft: Draft, write: bool, now: datetime
) -> Difference:
    """What was done, or would be; where there is no database yet, to an empty ledger."""
    try:
        database = await Database.open(settings.database_url, exclusive=False, create=write)
    except NoStore:
        click.echo("there is no database yet: compared with an empty ledger", err=True)
        return difference(EMPTY, draft)
    try:
        if write:
            return await database.write(ledger_load.take_now, name, draft, now)
        return await database.read(ledger_load.look, draft)
    finally:
        await database.close()


def _tell(told: Difference, name: str) -> None:
    """The counts, then everything that isn't plainly taken, a line each."""
    n = told.levels
    facts = Preview(0, 1, "", name, n, tuple(ledger_preview.lines(told)))
    click.echo(f"{n.aspects} / {n.items} / {n.issues} / {n.tasks}")
    click.echo(words.counted(facts))
    for line in words.told_lines(facts):
        click.echo(line)
