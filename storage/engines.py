"""Opening a store: engines, the threads they live on, the lease against a second process.

Knows SQLite and PostgreSQL as stores; no table, no deed.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol, TypeVar

import aiosqlite
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import StaticPool

from bot.errors import NoStore, StoreFault, StoreTaken
from storage.lease import FileLease

R = TypeVar("R")

BUSY_SECONDS = 30.0
"""How long a BEGIN waits for another process (a backup, a command) to let go of the database."""

SYNCHRONOUS = "FULL"
"""How SQLite commits: what was acknowledged is there after a power cut."""

WORKER_LOCK = 0x67616E67
"""Key of PostgreSQL's advisory lock that one worker holds."""


class Lease(Protocol):
    """The right of one process to work on a store."""

    def release(self) -> None:
        """Another process may take it."""


class Threads(Protocol):
    """Where functions of a connection run; each method returns what the function returned."""

    async def write(self, work: Callable[..., R], *args: Any) -> R:
        """On the one writing connection."""

    async def read(self, work: Callable[..., R], *args: Any) -> R:
        """On a reading connection."""

    async def study(self, work: Callable[..., R], *args: Any) -> R:
        """On a reading connection for long looks."""

    async def close(self) -> None:
        """All threads have ended."""


class _Sqlite(aiosqlite.Connection):
    """An aiosqlite thread that also carries a SQLAlchemy connection to the same database.

    `_execute` is aiosqlite's own way to run a function on its thread; it has no public name.
    """

    def __init__(self, path: str, *, begin: str) -> None:
        self._path = path
        self._begin = begin
        super().__init__(self._connect_sqlite, 64)
        self.engine: Engine | None = None
        self.core: Connection | None = None

    def _connect_sqlite(self) -> sqlite3.Connection:
        raw = sqlite3.connect(
            self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            raw.execute("PRAGMA journal_mode=WAL")
            raw.execute(f"PRAGMA synchronous={SYNCHRONOUS}")
            raw.execute("PRAGMA foreign_keys=ON")
            raw.execute("PRAGMA cache_size=-8000")
        except sqlite3.Error:
            raw.close()
            raise
        self.engine = sqlite_engine(lambda: raw, self._begin)
        self.core = self.engine.connect()
        return raw

    async def open(self) -> None:
        try:
            await self
        except BaseException:
            # aiosqlite has told its thread to end, and nobody else waits for that.
            self._thread.join()
            raise

    async def apply(self, work: Callable[..., R], *args: Any) -> R:
        result: R = await self._execute(work, self.core, *args)  # type: ignore[no-untyped-call]
        return result

    async def end(self) -> None:
        def let_go() -> None:
            assert self.core is not None
            self.core.close()

        await self._execute(let_go)  # type: ignore[no-untyped-call]
        await self.close()
        # Its last act is behind it: this waits for the thread's end, not for any work.
        self._thread.join()


def sqlite_engine(creator: Callable[[], sqlite3.Connection], begin: str) -> Engine:
    """An engine over one given connection whose transactions open with the statement `begin`.

    BEGIN IMMEDIATE is taken for writing: a deferred transaction that writes after somebody else's
    commit fails at once, whatever the busy timeout says.
    """
    engine = create_engine("sqlite://", creator=creator, poolclass=StaticPool, hide_parameters=True)

    @event.listens_for(engine, "begin")
    def _open(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def in_transaction(connection: Connection) -> bool:
    """Whether the transaction is still there: a driver may end it by itself, as on a full disk."""
    raw: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        return bool(raw.in_transaction)
    return bool(raw.info.transaction_status)


class SqliteThreads:
    """Three aiosqlite threads over one file."""

    def __init__(self, writer: _Sqlite, reader: _Sqlite, student: _Sqlite) -> None:
        self._writer, self._reader, self._student = writer, reader, student

    async def write(self, work: Callable[..., R], *args: Any) -> R:
        """On the writing thread."""
        return await self._writer.apply(work, *args)

    async def read(self, work: Callable[..., R], *args: Any) -> R:
        """On the reading thread."""
        return await self._reader.apply(work, *args)

    async def study(self, work: Callable[..., R], *args: Any) -> R:
        """On the thread for long looks."""
        return await self._student.apply(work, *args)

    async def close(self) -> None:
        """All three threads have ended; aiosqlite's are no daemons, so this must be called."""
        for connection in (self._student, self._reader, self._writer):
            await connection.end()


class PostgresThreads:
    """One writer thread and a pool of readers over psycopg."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # A look of several statements sees one moment, as it does on SQLite.
        self._views = engine.execution_options(isolation_level="REPEATABLE READ")
        self._writer = ThreadPoolExecutor(1, "writer")
        self._readers = ThreadPoolExecutor(4, "reader")
        self._connection: Connection | None = None

    async def write(self, work: Callable[..., R], *args: Any) -> R:
        """On the writing thread; a lost connection is opened anew for the next group."""
        return await asyncio.get_running_loop().run_in_executor(
            self._writer, self._on_writer, work, *args
        )

    def _on_writer(self, work: Callable[..., R], *args: Any) -> R:
        held, self._connection = self._connection, None
        if held is None or held.invalidated:
            if held is not None:
                held.close()
            held = self._engine.connect()
        self._connection = held
        return work(held, *args)

    async def read(self, work: Callable[..., R], *args: Any) -> R:
        """On any reading thread."""
        return await asyncio.get_running_loop().run_in_executor(
            self._readers, self._on_reader, work, *args
        )

    study = read

    def _on_reader(self, work: Callable[..., R], *args: Any) -> R:
        with self._views.connect() as connection:
            return work(connection, *args)

    async def close(self) -> None:
        """Both pools have ended and every connection is returned."""

        def end() -> None:
            self._writer.shutdown()
            self._readers.shutdown()
            if self._connection is not None:
                self._connection.close()
            self._engine.dispose()

        await asyncio.to_thread(end)


class AdvisoryLease:
    """PostgreSQL's advisory lock, held by a session of its own."""

    def __init__(self, engine: Engine) -> None:
        self._session = engine.connect()
        # Back in the pool it would go on holding the lock.
        self._session.detach()
        taken = self._session.execute(
            text("SELECT pg_try_advisory_lock(:key)"), {"key": WORKER_LOCK}
        ).scalar_one()
        self._session.commit()
        if not taken:
            self._session.close()
            msg = "another gangting process is already working on this PostgreSQL database"
            raise StoreTaken(f"{msg}; stop it first, or use another database")

    def release(self) -> None:
        """Another process may take the database."""
        self._session.close()


async def open_store(
    url: str, *, exclusive: bool, create: bool
) -> tuple[Threads, Engine, Lease | None]:
    """Threads, engine and lease of the store at `url`, migrated to the newest schema.

    Raises StoreTaken, or StoreFault with the reason when the store can't be opened; a damaged or
    newer database is never replaced by an empty one.
    """
    backend = make_url(url).get_backend_name()
    opener = {"sqlite": _open_sqlite, "postgresql": _open_postgres}.get(backend)
    if opener is None:
        msg = f"GANGTING_DATABASE: {backend} is not supported; use sqlite:///… or postgresql+psycopg://…"
        raise StoreFault(msg)
    try:
        return await opener(url, exclusive, create)
    except (SQLAlchemyError, sqlite3.Error, OSError, ImportError) as fault:
        reason = str(getattr(fault, "orig", None) or fault).splitlines()[0]
        place = make_url(url).render_as_string(hide_password=True)
        raise StoreFault(f"the database {place} can't be opened: {reason}") from fault


async def _open_sqlite(
    url: str, exclusive: bool, create: bool
) -> tuple[Threads, Engine, Lease | None]:
    from storage.migrate import upgrade

    path = Path(make_url(url).database or "")
    if not create and not await asyncio.to_thread(path.exists):
        ways = f"`gangting run`, or `gangting demo --home {path.parent}` to try it"
        msg = f"there is no database at {path} yet; one is made by {ways}"
        raise NoStore(msg)
    path.parent.mkdir(parents=True, exist_ok=True)
    lease = FileLease(path.with_name(path.name + ".lock")) if exclusive else None
    opened: list[_Sqlite] = []
    try:
        for begin in ("BEGIN IMMEDIATE", "BEGIN", "BEGIN"):
            connection = _Sqlite(str(path), begin=begin)
            await connection.open()
            opened.append(connection)
            if len(opened) == 1:
                await opened[0].apply(upgrade)
        threads = SqliteThreads(*opened)
        assert opened[0].engine is not None
        return threads, opened[0].engine, lease
    except BaseException:
        for connection in opened:
            await connection.end()
        if lease is not None:
            lease.release()
        raise


async def _open_postgres(
    url: str, exclusive: bool, create: bool
) -> tuple[Threads, Engine, Lease | None]:
    from storage.migrate import upgrade

    del create
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"), pool_size=6, hide_parameters=True
    )
    threads = PostgresThreads(engine)
    lease: Lease | None = None
    try:
        if exclusive:
            lease = await asyncio.to_thread(AdvisoryLease, engine)
        await threads.write(upgrade)
    except BaseException:
        await threads.close()
        if lease is not None:
            lease.release()
        raise
    return threads, engine, lease
