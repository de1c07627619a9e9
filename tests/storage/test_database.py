"""Plain deeds, one writer: groups form by themselves, and a deed that fails, fails alone."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from bot.errors import Refused, StoreFault
from storage import doors, hints
from storage.database import GROUP, Database, is_busy
from storage.schema import Transaction

NOON = datetime(2025, 6, 9, 12, 0, tzinfo=UTC)


def keep(tx: Transaction, user: int) -> int:
    doors.meet(tx, "telegram", user, f"code{user}", NOON)
    return user


def users(tx: Transaction) -> set[int]:
    return set(tx.execute(text('SELECT "user" FROM strangers')).scalars())


def refuse(tx: Transaction, user: int) -> None:
    keep(tx, user)
    raise Refused(f"no {user}")


def clash(tx: Transaction, user: int) -> None:
    keep(tx, user)
    doors.meet(tx, "telegram", user + 1000, f"code{user}", NOON)


def lose(tx: Transaction) -> None:
    """The whole transaction is gone, as after a full disk."""
    keep(tx, 666)
    tx.exec_driver_sql("ROLLBACK")


class Gate:
    """A deed that holds the writer until it is let go."""

    def __init__(self) -> None:
        self.entered, self.open = threading.Event(), threading.Event()

    def deed(self, tx: Transaction, user: int) -> int:
        self.entered.set()
        assert self.open.wait(10)
        return keep(tx, user)

    async def busy(self) -> None:
        await asyncio.to_thread(self.entered.wait, 10)


@pytest.fixture
async def commits(database: Database) -> AsyncIterator[list[int]]:
    """A list that grows by one at each commit."""
    seen: list[int] = []

    def note(_: Any) -> None:
        seen.append(len(seen))

    event.listen(database.engine, "commit", note)
    yield seen
    event.remove(database.engine, "commit", note)


async def test_a_deeds_result_comes_after_its_commit(database: Database) -> None:
    assert await database.write(keep, 7) == 7
    assert await database.read(users) == {7}


async def test_fifty_deeds_share_few_commits(database: Database, commits: list[int]) -> None:
    assert await asyncio.gather(*(database.write(keep, n) for n in range(50))) == [*range(50)]
    assert await database.read(users) == {*range(50)}
    assert 1 <= len(commits) <= 3


async def test_a_flood_is_cut_into_groups_and_nothing_is_left_over(
    database: Database, commits: list[int]
) -> None:
    many = GROUP * 2 + 10
    await asyncio.gather(*(database.write(keep, n) for n in range(many)))
    assert len(await database.read(users)) == many
    assert 3 <= len(commits) <= 5


async def test_what_fails_fails_alone_with_its_own_exception(database: Database) -> None:
    deeds = [(refuse if n % 10 == 3 else clash if n % 10 == 7 else keep, n) for n in range(50)]
    answers = await asyncio.gather(
        *(database.write(deed, n) for deed, n in deeds), return_exceptions=True
    )
    for (deed, n), answer in zip(deeds, answers, strict=True):
        if deed is refuse:
            assert isinstance(answer, Refused)
            assert answer.sentence == f"no {n}"
        elif deed is clash:
            assert isinstance(answer, IntegrityError)
        else:
            assert answer == n
    good = {n for deed, n in deeds if deed is keep}
    assert len(good) == 40
    assert await database.read(users) == good


async def test_a_lost_transaction_runs_each_again_alone(database: Database) -> None:
    answers = await asyncio.gather(
        *(database.write(keep, n) for n in range(10)), database.write(lose),
        *(database.write(keep, n) for n in range(10, 20)), return_exceptions=True,
    )  # fmt: skip
    lost = answers.pop(10)
    assert answers == [*range(20)]
    assert isinstance(lost, Exception)
    assert await database.read(users) == {*range(20)}
    assert await database.write(keep, 99) == 99


async def test_a_deed_that_waits_and_is_cancelled_never_runs(database: Database) -> None:
    gate = Gate()
    first = asyncio.ensure_future(database.write(gate.deed, 1))
    await gate.busy()
    waiting = asyncio.ensure_future(database.write(keep, 2))
    await asyncio.sleep(0)
    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting
    gate.open.set()
    assert await first == 1
    assert await database.write(keep, 3) == 3
    assert await database.read(users) == {1, 3}


async def test_a_deed_that_runs_and_is_cancelled_commits_whole(database: Database) -> None:
    gate = Gate()
    running = asyncio.ensure_future(database.write(gate.deed, 1))
    await gate.busy()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    gate.open.set()
    assert await database.write(keep, 2) == 2
    assert await database.read(users) == {1, 2}


async def test_reads_go_on_while_a_deed_is_slow(database: Database) -> None:
    gate = Gate()
    await database.write(keep, 1)
    slow = asyncio.ensure_future(database.write(gate.deed, 2))
    await gate.busy()
    async with asyncio.timeout(5):
        assert await database.read(users) == {1}
        assert await database.study(users) == {1}
    gate.open.set()
    await slow
    assert await database.read(users) == {1, 2}


async def test_a_read_sees_one_moment(database: Database) -> None:
    started, go_on = threading.Event(), threading.Event()

    def twice(tx: Transaction) -> tuple[set[int], set[int]]:
        before = users(tx)
        started.set()
        assert go_on.wait(10)
        return before, users(tx)

    await database.write(keep, 1)
    look = asyncio.ensure_future(database.study(twice))
    await asyncio.to_thread(started.wait, 10)
    await database.write(keep, 2)
    go_on.set()
    assert await look == ({1}, {1})
    assert await database.study(users) == {1, 2}


async def test_what_a_look_writes_is_not_kept(database: Database) -> None:
    assert await database.read(keep, 5) == 5
    assert await database.read(users) == set()


async def test_a_look_that_fails_leaves_the_next_one_well(database: Database) -> None:
    def wrong(tx: Transaction) -> None:
        tx.execute(text("SELECT nothing FROM nowhere"))

    for ask in (database.read, database.study):
        with pytest.raises(Exception, match="nowhere"):
            await ask(wrong)
        assert await ask(users) == set()


async def test_close_waits_for_what_was_accepted(url: str) -> None:
    database = await Database.open(url)
    asked = [asyncio.ensure_future(database.write(keep, n)) for n in range(20)]
    await asyncio.sleep(0)
    await database.close()
    assert await asyncio.gather(*asked) == [*range(20)]
    again = await Database.open(url)
    assert await again.read(users) == {*range(20)}
    await again.close()


async def test_after_close_nothing_is_taken(url: str) -> None:
    database = await Database.open(url)
    await database.close()
    with pytest.raises(StoreFault):
        await database.write(keep, 1)
    for ask in (database.read, database.study):
        with pytest.raises(StoreFault):
            await ask(users)
    await database.close()


async def test_close_leaves_no_thread(url: str) -> None:
    before = set(threading.enumerate())
    database = await Database.open(url)
    await database.write(keep, 1)
    await asyncio.gather(*(database.read(users) for _ in range(8)), database.study(users))
    await database.close()
    left = {t for t in threading.enumerate() if not t.name.startswith("asyncio_")} - before
    assert left == set()


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
async def test_a_lost_connection_is_opened_anew(database: Database) -> None:
    def end(tx: Transaction) -> None:
        keep(tx, 666)
        tx.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    answers = await asyncio.gather(
        database.write(keep, 1), database.write(end), database.write(keep, 2),
        return_exceptions=True,
    )  # fmt: skip
    assert (answers[0], answers[2]) == (1, 2)
    assert isinstance(answers[1], OperationalError)
    assert await database.write(keep, 3) == 3
    assert await database.read(users) == {1, 2, 3}


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
async def test_while_the_server_is_away_every_deed_hears_so_and_later_ones_pass(
    database: Database,
) -> None:
    """The writer's connection can't be opened: nobody may wait for ever."""

    def end(tx: Transaction) -> None:
        tx.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    def away(*_: Any) -> None:
        raise psycopg.OperationalError("the server is away")

    event.listen(database.engine, "do_connect", away)
    with pytest.raises(OperationalError):
        await database.write(end)
    async with asyncio.timeout(10):
        answers = await asyncio.gather(
            database.write(keep, 2), database.write(keep, 3), return_exceptions=True
        )
    event.remove(database.engine, "do_connect", away)
    assert all(isinstance(answer, Exception) and is_busy(answer) for answer in answers)
    assert await database.write(keep, 4) == 4
    assert await database.read(users) == {4}


@pytest.mark.parametrize(
    ("fault", "busy"),
    [
        (OperationalError("s", {}, sqlite3.OperationalError("database is locked")), True),
        (OperationalError("s", {}, sqlite3.OperationalError("database or disk is full")), True),
        (IntegrityError("s", {}, sqlite3.IntegrityError("UNIQUE constraint failed")), False),
        (DataError("s", {}, sqlite3.DataError("NUL")), False),
        (KeyError("x"), False),
    ],
)
def test_only_what_time_may_heal_is_called_busy(fault: Exception, busy: bool) -> None:
    """A deed that breaks a rule of the schema breaks it every time."""
    assert is_busy(fault) is busy


async def test_arguments_reach_the_deed(database: Database) -> None:
    def deed(tx: Transaction, a: int, *, b: str) -> tuple[int, str]:
        hints.keep(tx, a, b, NOON)
        return a, b

    assert await database.write(deed, 1, b="songjiang") == (1, "songjiang")
    assert await database.read(lambda tx: hints.of(tx, 1)) == ("songjiang", NOON, None)
