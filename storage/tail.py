"""The spool as the worker reads it: what waits there, and how far it was taken; never writes it."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import aiosqlite

from bot.errors import StoreFault
from storage.spool_file import NAME, connect, cursor_file, identity, read_cursor, write_cursor

_PAGE = "SELECT id, key, raw, received_at FROM spool WHERE id > ? AND raw <> '' ORDER BY id LIMIT ?"
_WAITING = "SELECT count(*) FROM spool WHERE id > ? AND raw <> ''"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that the worker has not taken yet; `raw` is JSON."""

    id: int
    key: str
    raw: str
    received_at: datetime


class Tail:
    """The reading side, in the worker's process: never holds a lock that the receiver needs."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._database: aiosqlite.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._name = ""
        self._turn = asyncio.Lock()
        self.cursor = 0

    async def page(self, most: int) -> list[Waiting]:
        """The oldest messages not yet taken, in order; none while there is no file yet.

        Raises StoreFault.
        """
        rows = await self._look(_PAGE, most)
        return [Waiting(id_, key, raw, datetime.fromisoformat(at)) for id_, key, raw, at in rows]

    async def waiting(self) -> int:
        """How many messages are not yet taken. Raises StoreFault."""
        rows = await self._look(_WAITING)
        return int(rows[0][0]) if rows else 0

    async def move(self, to: int) -> None:
        """Messages up to this id are taken, for good. Raises StoreFault."""
        try:
            await asyncio.to_thread(write_cursor, self._path, self._name, to)
        except OSError as fault:
            msg = f"{cursor_file(self._path)} can't be written: {fault.strerror}"
            raise StoreFault(msg) from fault
        self.cursor = to

    async def close(self) -> None:
        """The file is closed."""
        database, self._database, self._file = self._database, None, None
        if database is not None:
            await database.close()

    async def _look(self, statement: str, *more: int) -> list[sqlite3.Row]:
        async with self._turn:
            try:
                if not await self._opened() or self._database is None:
                    return []
                found = await self._database.execute_fetchall(statement, (self.cursor, *more))
            except (sqlite3.Error, OSError, ValueError) as fault:
                await self.close()
                msg = f"the receiver's file {self._path} can't be read: {fault}"
                raise StoreFault(msg) from fault
            return list(found)

    async def _opened(self) -> bool:
        """The file that is there now is open; False while there is none that is ready."""
        there = identity(self._path)
        if there == self._file and self._database is not None:
            return True
        await self.close()
        if there is None:
            return False
        self._database = await connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            rows = list(await self._database.execute_fetchall(NAME))
        except sqlite3.OperationalError:
            rows = []  # the receiver is just making it
        if not rows:
            await self.close()
            return False
        self._name = str(rows[0][0])
        self.cursor = await asyncio.to_thread(read_cursor, self._path, self._name)
        self._file = there
        return True
