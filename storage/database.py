"""Plain deeds, one writer: runs functions of a transaction on their own threads.

A deed that comes while a commit runs waits for the next group: one BEGIN, all deeds, one COMMIT. A
deed that fails, fails alone: the group is begun anew, with a savepoint a deed. Knows no table and
no rule; only how to run, group, commit.
SQLite runs on aiosqlite's threads (one writes, one reads, one studies), PostgreSQL on psycopg with
one writer thread and a pool of readers. Why so: docs/decisions/0001-plain-deeds-one-writer.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from bot.errors import StoreFault
from storage.engines import Lease, Threads, in_transaction, open_store
from storage.schema import Transaction

P = ParamSpec("P")
R = TypeVar("R")

GROUP = 256
"""At most so many deeds share a commit."""


@dataclass(slots=True)
class _Job:
    run: Callable[[Transaction], Any]
    answer: asyncio.Future[Any]


class Read(Protocol):
    """Runs one look in a read transaction of its own."""

    async def __call__(
        self, look: Callable[Concatenate[Transaction, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """What the look found."""


class Database:
    """An open store; `write` groups deeds, `read` answers looks, `study` serves the long ones."""

    def __init__(self, url: str, threads: Threads, engine: Engine, lease: Lease | None) -> None:
        self.url = url
        self.engine = engine
        self._threads = threads
        self._lease = lease
        self._todo: list[_Job] = []
        self._pumping = False
        self._idle = asyncio.Event()
        self._idle.set()
        self._closed = False

    @classmethod
    async def open(cls, url: str, *, exclusive: bool = True, create: bool = True) -> Database:
        """A store at the newest schema; with `exclusive` no second process works on it.

        Raises StoreTaken when another process does, StoreFault when it can't be opened.
        """
        threads, engine, lease = await open_store(url, exclusive=exclusive, create=create)
        return cls(url, threads, engine, lease)

    async def write(
        self, deed: Callable[Concatenate[Transaction, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """The deed's result, after it is committed; its exception if it failed, alone.

        The deed may run twice (when a group is lost), so it must touch nothing but `tx`.
        """
        self._refuse_closed()
        loop = asyncio.get_running_loop()
        job = _Job(lambda tx: deed(tx, *args, **kwargs), loop.create_future())
        self._todo.append(job)
        if not self._pumping:
            self._pumping = True
            self._idle.clear()
            self._pump = loop.create_task(self._work())
        result: R = await job.answer
        return result

    async def _work(self) -> None:
        try:
            while self._todo:
                batch = [job for job in self._todo[:GROUP] if not job.answer.cancelled()]
                del self._todo[:GROUP]
                runs = [job.run for job in batch]
                try:
                    outcomes = await self._threads.write(run_group, runs)
                except Exception as fault:  # noqa: BLE001 - no connection: all of them hear so
                    outcomes = [(False, fault)] * len(batch)
                for job, (good, value) in zip(batch, outcomes, strict=True):
                    if job.answer.done():
                        continue
                    if good:
                        job.answer.set_result(value)
                    else:
                        job.answer.set_exception(value)
        finally:
            self._pumping = False
            self._idle.set()

    async def read(
        self, look: Callable[Concatenate[Transaction, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """What the look found, in one consistent view; it should take under 10 ms."""
        self._refuse_closed()
        return await self._threads.read(run_look, lambda tx: look(tx, *args, **kwargs))

    async def study(
        self, look: Callable[Concatenate[Transaction, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Like `read`, on a connection of its own, for looks that take long."""
        self._refuse_closed()
        return await self._threads.study(run_look, lambda tx: look(tx, *args, **kwargs))

    def _refuse_closed(self) -> None:
        if self._closed:
            raise StoreFault("the database is closed")

    async def close(self) -> None:
        """Every accepted deed is committed or refused, the threads are gone, the lease is given."""
        if self._closed:
            return
        self._closed = True
        await self._idle.wait()
        await self._threads.close()
        if self._lease is not None:
            self._lease.release()


Outcome = tuple[bool, Any]


def run_group(
    connection: Connection, runs: Sequence[Callable[[Transaction], Any]]
) -> list[Outcome]:
    """Each deed's (True, result) or (False, exception), committed together.

    When the transaction itself is lost (disk full, failed COMMIT) each deed runs again alone, so
    that one deed's misfortune is not its neighbours'.
    """
    try:
        return _together(connection, runs)
    except Exception as lost:  # noqa: BLE001 - the answer belongs to the deeds, not to the pump
        if len(runs) == 1:
            return [(False, lost)]
    return [outcome for run in runs for outcome in run_group(connection, [run])]


def _together(
    connection: Connection, runs: Sequence[Callable[[Transaction], Any]]
) -> list[Outcome]:
    """First without savepoints, as nearly always all deeds are good; else each behind its own."""
    values: list[Any] = []
    with connection.begin() as transaction:
        for run in runs:
            try:
                values.append(run(connection))
                if not in_transaction(connection):
                    raise StoreFault("a deed ended the transaction that it was given")
            except Exception as fault:  # noqa: BLE001 - handed to whoever asked for the deed
                transaction.rollback()
                if len(runs) == 1:
                    return [(False, fault)]
                break
    if len(values) == len(runs):
        return [(True, value) for value in values]
    return _apart(connection, runs)


def _apart(connection: Connection, runs: Sequence[Callable[[Transaction], Any]]) -> list[Outcome]:
    outcomes: list[Outcome] = []
    with connection.begin():
        for run in runs:
            point = connection.begin_nested()
            try:
                value = run(connection)
            except Exception as fault:
                if isinstance(fault, DBAPIError) and fault.connection_invalidated:
                    raise  # the transaction is gone with its connection
                point.rollback()
                outcomes.append((False, fault))
            else:
                point.commit()
                outcomes.append((True, value))
    return outcomes


def run_look(connection: Connection, look: Callable[[Transaction], R]) -> R:
    """What the look found; whatever it may have written is rolled back."""
    with connection.begin() as transaction:
        try:
            return look(connection)
        finally:
            transaction.rollback()


def is_busy(fault: BaseException) -> bool:
    """Whether trying again later may help: a lock, a full disk, a lost connection.

    A deed that breaks a constraint breaks it every time, so that is no reason to go on trying.
    """
    lost = isinstance(fault, DBAPIError) and fault.connection_invalidated
    return lost or isinstance(fault, OperationalError | InterfaceError)


def told_by_store(fault: BaseException) -> str | None:
    """The store's own words for its fault, in one line; None for a fault of another kind."""
    if not isinstance(fault, DBAPIError):
        return None
    return f"the database fails: {str(fault.orig).splitlines()[0]}"
