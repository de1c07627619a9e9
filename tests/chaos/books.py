"""The house's database, opened beside the bot: to lay out what is due, to read what it holds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from bot.clock import Clock
from storage import dues
from storage.database import Database
from storage.dues import Occurrence
from storage.schema import Transaction


class Books:
    """The house's database, open beside the bot for as long as `with` lasts."""

    def __init__(self, home: Path) -> None:
        self._url = f"sqlite:///{home.resolve() / 'gangting.db'}"

    def __enter__(self) -> Self:
        self._runner = asyncio.Runner()
        opening = Database.open(self._url, exclusive=False)
        self._database = self._runner.run(opening)
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._database.close())
        self._runner.close()

    def write(self, deed: Callable[[Transaction], Any]) -> None:
        """The deed is done."""

        async def work() -> None:
            await self._database.write(deed)

        self._runner.run(work())

    def read(self, look: Callable[[Transaction], Any]) -> Any:
        """What the look found."""

        async def work() -> Any:
            return await self._database.read(look)

        return self._runner.run(work())

    def rests(self) -> bool:
        """Whether nothing is due that has still to be done: the bell rings two seconds late."""
        waiting = self._database.read(dues.ripe, Clock().now(), 1)
        return not self._runner.run(waiting)

    def note(self, rows: list[Occurrence]) -> None:
        """The rows are due."""
        self.write(lambda tx: dues.note(tx, rows, Clock().now()))
