"""The receiver's own durable queue: what a platform brought, until the worker has taken it.

A small SQLite file apart from the house's, so that a receiver is up at once and a worker that
stands still can't hold it up: `Spool` writes in the receiver's process, `Tail` only reads in the
worker's. How far the worker came stands in a file of its own beside it. Knows no message.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiosqlite

from bot.errors import StoreFault
from storage.lease import FileLease

SPOOL_FILE = "receiver.db"
"""Its name in the home."""

BUSY_SECONDS = 2.0
"""How long a commit waits for a reader that mends the file after a crash; the platform waits 5."""

GROUP = 256
"""At most so many messages share a commit."""

KEPT = timedelta(days=14)
"""How long a key is remembered after the worker took its message, against replays."""

AT_ONCE = 2_000
"""Rows forgotten in one turn, so that no message waits behind it."""

_TABLES = (
    """CREATE TABLE IF NOT EXISTS spool (
        id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, nonce TEXT NOT NULL,
        raw TEXT NOT NULL, received_at TEXT NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS ix_spool_nonce ON spool (nonce)",
    "CREATE TABLE IF NOT EXISTS identity (name TEXT NOT NULL)",
)
_ADD = "INSERT OR IGNORE INTO spool (key, nonce, raw, received_at) VALUES (?, ?, ?, ?)"
_SEEN = "SELECT 1 FROM spool WHERE nonce = ? LIMIT 1"
_PAGE = "SELECT id, key, raw, received_at FROM spool WHERE id > ? AND raw <> '' ORDER BY id LIMIT ?"
_WAITING = "SELECT count(*) FROM spool WHERE id > ? AND raw <> ''"
_BLANK = "UPDATE spool SET raw = '' WHERE id > ? AND id <= ? AND raw <> ''"
_DELETE = f"""DELETE FROM spool WHERE id <= (
    SELECT max(id) FROM (SELECT id, received_at FROM spool ORDER BY id LIMIT {AT_ONCE})
    WHERE received_at < ? AND id <= ?)"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that the worker has not taken yet; `raw` is JSON."""

    id: int
    key: str
    raw: str
    received_at: datetime


@dataclass(slots=True)
class _Job:
    row: tuple[str, str, str, str]
    answer: asyncio.Future[None]


class Spool:
    """The writing side; one process at a time."""

    def __init__(
        self, path: Path, database: aiosqlite.Connection, name: str, lease: FileLease
    ) -> None:
        self._path, self._database, self._name, self._lease = path, database, name, lease
        self._file = _identity(path)
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
            database = await _connect(str(path))
            return cls(path, database, await _prepare(database), lease)
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
        job = _Job((key, nonce, raw, _stamp(now)), loop.create_future())
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
        taken = await asyncio.to_thread(_read_cursor, self._path, self._name)
        until = min(taken, self._blanked + AT_ONCE)
        async with self._turn:
            try:
                await self._database.execute(_BLANK, (self._blanked, until))
                await self._database.execute(_DELETE, (_stamp(now - KEPT), taken))
            except sqlite3.Error as fault:
                raise self._said(fault) from fault
            self._blanked = max(until, self._blanked)

    async def check(self) -> None:
        """Returns where messages can be kept, as far as the last one tells; raises StoreFault."""
        self._still_there()
        if self._fault is not None:
            raise self._fault
        await self.seen("")

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
            self._still_there()
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

    def _still_there(self) -> None:
        """A file that was removed goes on taking what nobody will ever read."""
        if _identity(self._path) != self._file:
            msg = f"the receiver's file {self._path} was removed or replaced; restart the receiver"
            raise StoreFault(msg)

    def _said(self, fault: Exception) -> StoreFault:
        return StoreFault(f"the receiver's file {self._path} fails: {fault}")


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
            await asyncio.to_thread(_write_cursor, self._path, self._name, to)
        except OSError as fault:
            msg = f"{_cursor_file(self._path)} can't be written: {fault.strerror}"
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
        there = _identity(self._path)
        if there == self._file and self._database is not None:
            return True
        await self.close()
        if there is None:
            return False
        self._database = await _connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            rows = list(await self._database.execute_fetchall("SELECT name FROM identity"))
        except sqlite3.OperationalError:
            rows = []  # the receiver is just making it
        if not rows:
            await self.close()
            return False
        self._name = str(rows[0][0])
        self.cursor = await asyncio.to_thread(_read_cursor, self._path, self._name)
        self._file = there
        return True


async def _connect(path: str, uri: bool = False) -> aiosqlite.Connection:
    return await aiosqlite.connect(path, isolation_level=None, timeout=BUSY_SECONDS, uri=uri)


async def _prepare(database: aiosqlite.Connection) -> str:
    """The file is whole and has its tables; its name, which no other file has."""
    await database.execute("PRAGMA journal_mode=WAL")
    await database.execute("PRAGMA synchronous=FULL")
    (found,) = await database.execute_fetchall("PRAGMA quick_check(1)")
    if found[0] != "ok":
        raise sqlite3.DatabaseError(found[0])
    for table in _TABLES:
        await database.execute(table)
    # In one statement: whoever reads sees a name or none.
    await database.execute(
        "INSERT INTO identity SELECT ? WHERE NOT EXISTS (SELECT 1 FROM identity)",
        (secrets.token_hex(8),),
    )
    (row,) = await database.execute_fetchall("SELECT name FROM identity")
    return str(row[0])


def _stamp(moment: datetime) -> str:
    """Text that sorts by time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file is at the path; a new one of the same name is another."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _cursor_file(path: Path) -> Path:
    return path.with_suffix(".cursor")


def _read_cursor(path: Path, name: str) -> int:
    """How far the worker came in the file of this name; 0 where it is not known.

    The cursor of another file counts for nothing: it would pass over messages nobody has seen.
    What is read twice is known by its key.
    """
    try:
        owner, _, number = _cursor_file(path).read_text("ascii").strip().partition(" ")
    except (FileNotFoundError, UnicodeDecodeError):
        return 0
    return int(number) if owner == name and number.isdecimal() else 0


def _write_cursor(path: Path, name: str, to: int) -> None:
    target = _cursor_file(path)
    draft = target.with_name(target.name + ".new")
    with draft.open("w", encoding="ascii") as file:
        file.write(f"{name} {to}\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
