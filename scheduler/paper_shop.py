"""Makes a paper as a file, by its number and form: 12.png, 12.docx, 12.xlsx; reads it anew.

The ledger's wall is made here too, by its name.

Nothing heavy is done on the event loop. Knows no line and no message.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.actions import ledger_figures, paper_facts, record_rows
from bot.errors import NotFound
from bot.papers import books, contents, tables, word
from bot.papers.books import Page
from bot.papers.document import Document, Table
from bot.rules.papers import DigestFacts, PaperFacts, RecordRow
from bot.rules.records import Bureau
from bot.words import papers as words
from bot.words import wall, week_picture
from bot.words.filenames import file_name
from storage.database import Database
from storage.papers import WEEK
from storage.pictures import Pictures
from storage.schema import Transaction

WALL = "wall-"
"""How the name of the ledger's picture begins: wall-aspect.png, wall-department.png."""


@dataclass(frozen=True, slots=True)
class _Read:
    facts: PaperFacts
    week: DigestFacts | None
    rows: tuple[RecordRow, ...]


def _read(tx: Transaction, number: int, bureau: Bureau, now: datetime, *, rows: bool) -> _Read:
    facts = paper_facts.paper(tx, number, bureau, now)
    week = paper_facts.digest(tx, number, bureau, now) if facts.kind == WEEK else None
    found = record_rows.rows(tx, bureau, facts.counted) if rows else ()
    return _Read(facts, week, found)


async def make(
    paper: str, database: Database, pictures: Pictures, thumbnail: Callable[[str], Path],
    bureau: Bureau, now: datetime,
) -> tuple[str, bytes]:  # fmt: skip
    """The file's name and bytes. Raises NotFound for no such paper, ValueError for no such form."""
    number, _, form = paper.partition(".")
    if form == "png" and number.startswith(WALL):
        return await _wall(number.removeprefix(WALL), database, pictures, bureau, now)

    def reading(tx: Transaction) -> _Read:
        return _read(tx, int(number), bureau, now, rows=form == "xlsx")

    found = await database.study(reading)
    name = name_of(found.facts)
    if form == "png" and found.week is not None:
        return file_name(name, ".png"), await pictures.draw(week_picture.svg(found.week))
    if form == "docx":
        made = contents.document(found.facts)
        drawn = [await pictures.draw(drawing) for drawing in made.drawings]
        return file_name(name, ".docx"), await asyncio.to_thread(word.docx, made, drawn)
    if form == "xlsx":
        pages = _pages(found, bureau)
        data = await asyncio.to_thread(_book, name, pages, found.rows, thumbnail)
        return file_name(name, ".xlsx"), data
    raise ValueError(f"no form {form!r} of this paper")


async def _wall(
    by: str, database: Database, pictures: Pictures, bureau: Bureau, now: datetime
) -> tuple[str, bytes]:
    """The ledger's wall, as it stands now. Raises NotFound where there is no ledger any more."""
    found = await database.study(ledger_figures.wall, bureau, now, by)
    if found is None:
        raise NotFound
    return file_name("挂图", ".png"), await pictures.draw(wall.svg(found))


def name_of(facts: PaperFacts) -> str:
    """6月月报草稿, 第24周周报."""
    mark = "" if facts.kind == WEEK else tables.marks(facts)
    return f"{words.name_of(facts)}{mark}"


def _pages(found: _Read, bureau: Bureau) -> list[Page]:
    """The tables of the paper, then its records."""
    document: Document = contents.document(found.facts)
    pages = []
    for block in document.blocks:
        if isinstance(block, Table) and block.title != "审签":
            name = block.title.split("  ")[-1][:31]
            pages.append(books.page_of(block, name))
    return [books.records(found.rows, bureau.elements), *pages]


def _book(
    name: str, pages: list[Page], rows: tuple[RecordRow, ...], thumbnail: Callable[[str], Path]
) -> bytes:
    paths = {row.photo: thumbnail(row.photo) for row in rows if row.photo}
    return books.xlsx(name, pages, {sha: path for sha, path in paths.items() if path.is_file()})
