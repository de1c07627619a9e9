"""Makes what goes along with a card, at the moment it is sent: pictures, Excel files, photos.

Nothing heavy is done on the event loop. Knows no line and no message.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.actions import opened
from bot.rules.records import Bureau
from bot.words import listings
from bot.words.chart import Chart
from bot.words.drawing import svg
from bot.words.filenames import file_name
from bot.words.sheet import Sheet
from bot.words.spreadsheet import xlsx
from scheduler import paper_shop
from storage import evidence
from storage.database import Database
from storage.photofiles import Missing, PhotoFiles
from storage.pictures import Pictures
from storage.schema import Transaction

Rows = Callable[[Transaction, int, Bureau, datetime], Sheet | None]
"""The rows behind what was asked under a number; None where the asker may not see them now."""


Svg = Callable[[Chart], str]
"""The chart as a drawing."""


def rows(tx: Transaction, asked: int, bureau: Bureau, now: datetime) -> Sheet | None:
    """The rows behind the first number of what was asked, as its asker may see them now."""
    found = opened.whole(tx, asked, bureau, now)
    return None if found is None else listings.sheet(found, now)


EVIDENCE = "e"
"""How a paper begins that is evidence of a task: e12."""


class Unmade(Exception):
    """What was to go along can't be made; says why, for the log."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A file to send: its bytes, or where they are."""

    name: str
    size: int
    data: bytes = b""
    path: Path | None = None


class Workshop:
    """The bureau's drawers, scribes and photographs. Its methods raise whatever goes wrong."""

    def __init__(
        self, database: Database, files: PhotoFiles, pictures: Callable[[], Pictures],
        svg: Svg = svg, rows: Rows = rows,
    ) -> None:  # fmt: skip
        """`pictures` tells whose process draws now."""
        self._database, self._files = database, files
        self._pictures, self._svg, self._rows = pictures, svg, rows

    async def chart(self, chart: Chart) -> Thing:
        """The chart as a picture (PNG)."""
        png = await self._pictures().draw(self._svg(chart))
        return Thing("chart.png", len(png), png)

    async def sheet(self, asked: int, bureau: Bureau, now: datetime) -> Thing:
        """The rows behind the question as an Excel file, as they stand now."""
        sheet = await self._database.study(self._rows, asked, bureau, now)
        if sheet is None:
            raise Unmade("the asker may not see these rows now")
        data = await asyncio.to_thread(xlsx, sheet)
        return Thing(file_name(sheet.name, ".xlsx"), len(data), data)

    async def paper(self, paper: str, bureau: Bureau, now: datetime) -> Thing:
        """The paper as a file, by its number and form (12.docx), as it stands now."""
        if paper.startswith(EVIDENCE):
            return await self._evidence(int(paper.removeprefix(EVIDENCE)))
        small = self._files.thumbnail_path
        made = await paper_shop.make(paper, self._database, self._pictures(), small, bureau, now)
        return Thing(made[0], len(made[1]), made[1])

    async def _evidence(self, number: int) -> Thing:
        """What was handed in for a task, as it came, under its own name as far as that is one."""
        found = await self._database.read(evidence.by_id, number)
        if found is None or found.sha256 is None:
            raise Unmade("no such evidence")
        path, named = self._files.path(found.sha256), Path(found.name or found.kind)
        ending = named.suffix if named.suffix[1:].isalnum() and len(named.suffix) < 7 else ""
        return Thing(file_name(named.stem, ending), await _size(path), path=path)

    async def photo(self, sha256: str) -> Thing:
        """The stored photo as every line takes it: scaled down where it must be.

        One that can't be scaled goes as its thumbnail.
        """
        path = self._files.path(sha256)
        name = f"{sha256[:12]}.jpg"
        try:
            scaled = await self._pictures().fit(path)
        except Missing:
            raise
        except Exception:  # noqa: BLE001 - whatever ails the original, the thumbnail may be well
            small = self._files.thumbnail_path(sha256)
            return Thing(name, await _size(small), path=small)
        if not scaled:
            return Thing(name, await _size(path), path=path)
        return Thing(name, len(scaled), scaled)


async def _size(path: Path) -> int:
    stat = await asyncio.to_thread(path.stat)
    if not stat.st_size:
        raise Unmade("an empty file")
    return stat.st_size
