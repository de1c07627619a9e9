"""The receiver's own durable queue: what a platform brought, until the worker has taken it.

A small SQLite file apart from the house's, so that a receiver is up at once and a worker that
stands still can't hold it up: here the receiver writes; `tail` reads, in the worker's process.
Knows no message.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import aiosqlite

from bot.errors import StoreFault
from storage.lease import FileLease
from storage.spool_file import connect, identity, prepare, read_cursor, stamp

GROUP = 256
"""At most so many messages share a commit."""

KEPT = timedelta(days=14)
"""How long a key is remembered after the worker took its message, against replays."""

AT_ONCE = 2_000
"""Rows forgotten in one turn, so that no message waits behind it."""

_ADD = "INSERT OR IGNORE INTO spool (key, nonce, raw, received_at) VALUES (?, ?, ?, ?)"
_SEEN = "SELECT 1 FROM spool WHERE nonce = ? LIMIT 1"
_BLANK = "UPDATE spool SET raw = '' WHERE id > ? AND id <= ? AND raw <> ''"
_DELETE = f"""DELETE FROM spool WHERE id <= (
    SELECT max(id) FROM (SELECT id, received_at FROM spool ORDER BY id LIMIT {AT_ONCE})
    WHERE received_at < ? AND id <= ?)"""


@dataclass(slots=True)
class _Job:
    row: tuple[str, str, str, str]
    answer: asyncio.Future[None]


class Spool:
    """The writing side; one process at a time. `name` is the file's, which no other has."""

    def __init__(
        self, path: Path, database: aiosqlite.Connection, name: str, lease: FileLease
    ) -> None:
        self._path, self._database, self._lease = path, database, lease
        self.name = name
        self._file = identity(path)
        self._todo: list[_Job] = []
        self._pumping = False
        self._turn = asyncio.Lock()
        self._blanked = 0
        self._fault: StoreFault | None = None

    @classmethod
    async def open(cls, path: Path) -> Spool:
        """The spool at `path`, made if there is none.

        Raises StoreTaken when another process has it, StoreFault when it can't be used; a damaged
        one is never replaced.
        """
        lease = None
        database = None
        try:
            await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
            lease = FileLease(path.with_name(path.name + ".lock"))
            database = await connect(str(path))
            return cls(path, database, await prepare(database), lease)
        except BaseException as fault:
            if database is not None:
                await database.close()
            if lease is not None:
                lease.release()
            if isinstance(fault, sqlite3.Error | OSError):
                raise StoreFault(f"the receiver's file {path} can't be used: {fault}") from fault
            raise

    async def add(self, key: str, nonce: str, raw: str, now: datetime) -> None:
        """The message is on the disk when this returns; one whose key is known changes nothing.

        Messages that come while a commit runs share the next. Raises StoreFault when it could not
        be kept; `raw` must not be empty.
        """
        if not raw:
            msg = "an empty message could not be told from a forgotten one"
            raise ValueError(msg)
        for part in (key, nonce, raw):
            part.encode()  # a text that can't be stored fails here, alone
        loop = asyncio.get_running_loop()
        job = _Job((key, nonce, raw, stamp(now)), loop.create_future())
        self._todo.append(job)
        if not self._pumping:
            self._pumping = True
            self._pump = loop.create_task(self._work())
        await job.answer

    async def seen(self, nonce: str) -> bool:
        """Whether a message with this nonce was kept. Raises StoreFault."""
        try:
            return bool(await self._database.execute_fetchall(_SEEN, (nonce,)))
        except (sqlite3.Error, ValueError) as fault:
            raise self._said(fault) from fault

    async def forget(self, now: datetime) -> None:
        """What the worker has taken is blank, and after KEPT also its key is gone.

        A turn does a bounded amount; call it again and again. Raises StoreFault.
        """
        taken = await asyncio.to_thread(read_cursor, self._path, self.name)
        until = min(taken, self._blanked + AT_ONCE)
        async with self._turn:
            try:
                await self._database.execute(_BLANK, (self._blanked, until))
                await self._database.execute(_DELETE, (stamp(now - KEPT), taken))
            except sqlite3.Error as fault:
                raise self._said(fault) from fault
            self._blanked = max(until, self._blanked)

    async def check(self) -> None:
        """Returns where messages can be kept, as far as the last one tells; raises StoreFault."""
        self.still_there()
        if self._fault is not None:
            raise self._fault
        await self.seen("")

    def still_there(self) -> None:
        """Returns where the file is the one at the path; raises StoreFault.

        A file that was removed goes on taking what nobody will ever read.
        """
        try:
            there = identity(self._path)
        except OSError as fault:
            raise self._said(fault) from fault
        if there != self._file:
            msg = f"the receiver's file {self._path} was removed or replaced; restart the receiver"
            raise StoreFault(msg)

    async def close(self) -> None:
        """What was begun is kept or refused, the file is closed, another process may have it."""
        if self._pumping:
            await self._pump
        await self._database.close()
        self._lease.release()

    async def _work(self) -> None:
        try:
            while self._todo:
                batch = self._todo[:GROUP]
                del self._todo[:GROUP]
                async with self._turn:
                    self._fault = await self._commit([job.row for job in batch])
                for job in batch:
                    if job.answer.done():
                        continue
                    if self._fault is None:
                        job.answer.set_result(None)
                    else:
                        job.answer.set_exception(self._fault)
        finally:
            self._pumping = False

    async def _commit(self, rows: Iterable[tuple[str, str, str, str]]) -> StoreFault | None:
        """What went wrong; then none of them is kept."""
        try:
            self.still_there()
            await self._database.execute("BEGIN IMMEDIATE")
            await self._database.executemany(_ADD, rows)
            await self._database.execute("COMMIT")
        except StoreFault as fault:
            return fault
        except Exception as fault:  # noqa: BLE001 - the answer belongs to those who wait
            with suppress(sqlite3.Error, ValueError):
                if self._database.in_transaction:
                    await self._database.execute("ROLLBACK")
            return self._said(fault)
        return None

    def _said(self, fault: Exception) -> StoreFault:
        return StoreFault(f"the receiver's file {self._path} fails: {fault}")
