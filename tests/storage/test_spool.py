"""The receiver's queue: what was kept is there, whatever happens to either process."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import StoreFault, StoreTaken
from storage.spool import AT_ONCE, KEPT, Spool
from storage.tail import Tail

NOON = datetime(2025, 6, 9, 12, 0, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "receiver.db"


@pytest.fixture
async def spool(path: Path) -> AsyncIterator[Spool]:
    opened = await Spool.open(path)
    yield opened
    await opened.close()


@pytest.fixture
async def tail(path: Path) -> AsyncIterator[Tail]:
    opened = Tail(path)
    yield opened
    await opened.close()


async def fill(spool: Spool, first: int, last: int, now: datetime = NOON) -> None:
    await asyncio.gather(
        *(spool.add(f"msg:{n}", f"nonce{n}", f'{{"n":{n}}}', now) for n in range(first, last + 1))
    )


def columns(path: Path) -> list[tuple[int, str, str]]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute("SELECT id, key, raw FROM spool ORDER BY id").fetchall()


# ---- keeping ----


async def test_what_was_added_is_read_in_order(spool: Spool, tail: Tail) -> None:
    await spool.add("msg:1", "a", '{"Content":"松江路🚲"}', NOON)
    await spool.add("msg:2", "b", "{}", NOON + timedelta(seconds=1))
    one, two = await tail.page(10)
    assert (one.id, one.key, one.raw, one.received_at) == (
        1,
        "msg:1",
        '{"Content":"松江路🚲"}',
        NOON,
    )
    assert two.key == "msg:2"
    assert [row.key for row in await tail.page(1)] == ["msg:1"]
    assert await tail.waiting() == 2


async def test_a_known_key_changes_nothing(spool: Spool, tail: Tail) -> None:
    await asyncio.gather(*(spool.add("msg:1", "a", f'{{"n":{n}}}', NOON) for n in range(100)))
    assert [row.raw for row in await tail.page(10)] == ['{"n":0}']


async def test_messages_that_come_together_share_commits(
    spool: Spool, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits = []
    work = Spool._commit

    async def counted(self: Spool, rows: list[tuple[str, str, str, str]]) -> StoreFault | None:
        commits.append(len(rows))
        return await work(self, rows)

    monkeypatch.setattr(Spool, "_commit", counted)
    await fill(spool, 1, 600)
    assert sum(commits) == 600
    assert len(commits) <= 4


async def test_a_nonce_is_known_after_its_message_was_kept(spool: Spool) -> None:
    assert not await spool.seen("a")
    await spool.add("msg:1", "a", "{}", NOON)
    assert await spool.seen("a")
    assert not await spool.seen("b")


async def test_a_text_that_no_file_can_hold_fails_alone(spool: Spool, tail: Tail) -> None:
    others = [spool.add(f"msg:{n}", "a", "{}", NOON) for n in range(3)]
    with pytest.raises(UnicodeEncodeError):
        await spool.add("msg:x", "\ud800", "{}", NOON)
    with pytest.raises(ValueError, match="empty"):
        await spool.add("msg:y", "a", "", NOON)
    await asyncio.gather(*others)
    assert await tail.waiting() == 3


async def test_an_answer_nobody_waits_for_is_kept_all_the_same(spool: Spool, tail: Tail) -> None:
    task = asyncio.ensure_future(spool.add("msg:1", "a", "{}", NOON))
    await asyncio.sleep(0)
    task.cancel()
    await spool.add("msg:2", "a", "{}", NOON)
    assert await tail.waiting() == 2


async def test_closing_waits_for_what_was_begun(path: Path, tail: Tail) -> None:
    spool = await Spool.open(path)
    adds = [asyncio.ensure_future(spool.add(f"msg:{n}", "a", "{}", NOON)) for n in range(9)]
    await asyncio.sleep(0)
    await spool.close()
    await asyncio.gather(*adds)
    assert await tail.waiting() == 9
    with pytest.raises(StoreFault):
        await spool.add("msg:late", "a", "{}", NOON)


# ---- the worker's side ----


async def test_what_was_taken_is_not_read_again_by_the_next_worker(
    spool: Spool, tail: Tail, path: Path
) -> None:
    await fill(spool, 1, 10)
    await tail.page(4)
    await tail.move(4)
    assert [row.id for row in await tail.page(2)] == [5, 6]
    later = Tail(path)
    assert await later.waiting() == 6
    assert [row.id for row in await later.page(2)] == [5, 6]
    await later.close()


async def test_a_worker_that_is_there_first_waits_for_the_file(path: Path, tail: Tail) -> None:
    assert await tail.page(5) == []
    assert await tail.waiting() == 0
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as half_made:
        half_made.execute("PRAGMA journal_mode=WAL")
        assert await tail.page(5) == []
    spool = await Spool.open(path)
    await fill(spool, 1, 1)
    assert [row.id for row in await tail.page(5)] == [1]
    await spool.close()


async def test_what_is_kept_is_read_while_no_receiver_runs(path: Path, tail: Tail) -> None:
    spool = await Spool.open(path)
    await fill(spool, 1, 3)
    await spool.close()
    assert not path.with_name("receiver.db-wal").exists()
    assert await tail.waiting() == 3


@pytest.mark.parametrize("said", ["", "nonsense", "\xff", "{name} x", "{name}", "0000 99"])
async def test_a_cursor_that_cant_be_read_loses_nothing(
    spool: Spool, tail: Tail, path: Path, said: str
) -> None:
    await fill(spool, 1, 3)
    await tail.page(1)
    text = said.format(name=tail._name)
    path.with_suffix(".cursor").write_text(text, encoding="latin-1")
    again = Tail(path)
    assert await again.waiting() == 3
    await again.close()


async def test_the_cursor_of_a_lost_file_passes_over_nothing_of_the_new_one(
    path: Path, tail: Tail
) -> None:
    spool = await Spool.open(path)
    await fill(spool, 1, 50)
    await tail.page(1)
    await tail.move(50)
    await spool.close()
    await asyncio.to_thread(path.unlink)
    spool = await Spool.open(path)
    await fill(spool, 1, 3)
    assert [row.id for row in await tail.page(10)] == [1, 2, 3]
    await spool.forget(NOON)
    assert all(raw for _, _, raw in columns(path))
    await spool.close()


async def test_a_reader_that_stands_still_holds_nobody_up(spool: Spool, path: Path) -> None:
    await fill(spool, 1, 10)
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as standing:
        standing.execute("BEGIN")
        assert standing.execute("SELECT id FROM spool").fetchone() == (1,)
        async with asyncio.timeout(5):
            for n in range(11, 3011, 500):
                await fill(spool, n, n + 499)
    assert len(columns(path)) == 3010


async def test_the_worker_writes_nothing_into_the_receivers_file(spool: Spool, tail: Tail) -> None:
    await fill(spool, 1, 1)
    await tail.page(1)
    assert tail._database is not None
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await tail._database.execute("DELETE FROM spool")


async def test_a_cursor_that_cant_be_written_is_said(spool: Spool, tail: Tail, path: Path) -> None:
    await fill(spool, 1, 1)
    await tail.page(1)
    path.with_name("receiver.cursor.new").mkdir()
    with pytest.raises(StoreFault, match=r"receiver\.cursor"):
        await tail.move(1)
    assert await tail.waiting() == 1


# ---- forgetting ----


async def test_what_the_worker_took_is_blanked_and_its_key_still_refused(
    spool: Spool, tail: Tail, path: Path
) -> None:
    await fill(spool, 1, 5)
    await tail.page(5)
    await tail.move(3)
    await spool.forget(NOON)
    assert [raw for _, _, raw in columns(path)] == ["", "", "", '{"n":4}', '{"n":5}']
    await spool.add("msg:1", "a", '{"again":1}', NOON)
    assert [row.id for row in await tail.page(9)] == [4, 5]
    assert await tail.waiting() == 2


async def test_old_keys_go_and_what_waits_stays_however_old(
    spool: Spool, tail: Tail, path: Path
) -> None:
    await fill(spool, 1, 4, NOON)
    await fill(spool, 5, 6, NOON + timedelta(days=1))
    await tail.page(5)
    await tail.move(3)
    await spool.forget(NOON + KEPT)
    assert len(columns(path)) == 6
    await spool.forget(NOON + KEPT + timedelta(seconds=1))
    assert [(i, raw) for i, _, raw in columns(path)][:2] == [(4, '{"n":4}'), (5, '{"n":5}')]
    await tail.move(6)
    await spool.forget(NOON + KEPT + timedelta(days=2))
    assert columns(path) == []
    await spool.add("msg:7", "a", "{}", NOON)
    assert [row.id for row in await tail.page(5)] == [7]


async def test_a_turn_of_forgetting_is_bounded(spool: Spool, tail: Tail, path: Path) -> None:
    await fill(spool, 1, AT_ONCE + 10)
    await tail.page(1)
    await tail.move(AT_ONCE + 10)
    await spool.forget(NOON)
    assert sum(1 for _, _, raw in columns(path) if raw) == 10
    await spool.forget(NOON)
    assert sum(1 for _, _, raw in columns(path) if raw) == 0


# ---- misfortune ----


async def test_a_second_receiver_is_refused(spool: Spool, path: Path) -> None:
    with pytest.raises(StoreTaken, match=r"receiver\.db"):
        await Spool.open(path)


async def test_the_next_receiver_may_have_it(path: Path) -> None:
    for _ in range(2):
        spool = await Spool.open(path)
        await spool.close()


async def test_a_file_that_is_none_of_ours_is_refused_and_left(path: Path) -> None:
    path.parent.mkdir()
    await asyncio.to_thread(path.write_bytes, b"no database at all " * 100)
    with pytest.raises(StoreFault, match="can't be used"):
        await Spool.open(path)
    assert (await asyncio.to_thread(path.read_bytes)).startswith(b"no database")
    tail = Tail(path)
    with pytest.raises(StoreFault, match="can't be read"):
        await tail.page(1)


async def test_a_damaged_file_is_refused(path: Path) -> None:
    spool = await Spool.open(path)
    await fill(spool, 1, 400)
    await spool.close()
    with path.open("r+b") as file:
        for page in range(2, 12):
            file.seek(page * 4096)
            file.write(os.urandom(2048))
    with pytest.raises(StoreFault):
        await Spool.open(path)


async def test_a_home_that_cant_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreFault, match="can't be used"):
        await Spool.open(tmp_path / "file" / "receiver.db")


async def test_a_removed_file_is_an_error_not_a_silent_loss(spool: Spool, path: Path) -> None:
    await spool.check()
    await asyncio.to_thread(path.unlink)
    with pytest.raises(StoreFault, match="removed"):
        await spool.add("msg:1", "a", "{}", NOON)
    with pytest.raises(StoreFault, match="removed"):
        await spool.check()


@contextmanager
def no_file_above(size: int) -> Iterator[None]:
    """Writing past the size fails, as on a full disk."""
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)


async def test_a_full_disk_is_an_error_for_each_and_passes(
    spool: Spool, tail: Tail, path: Path
) -> None:
    await fill(spool, 1, 20)
    with no_file_above(path.with_name("receiver.db-wal").stat().st_size):
        big = [spool.add(f"big:{n}", "a", f'"{"x" * 9000}"', NOON) for n in range(10)]
        answers = await asyncio.gather(*big, return_exceptions=True)
        assert [type(answer) for answer in answers] == [StoreFault] * 10
        with pytest.raises(StoreFault):
            await spool.check()
    await fill(spool, 21, 22)
    await spool.check()
    assert [row.key for row in await tail.page(100)] == [f"msg:{n}" for n in range(1, 23)]


async def test_a_lock_that_somebody_holds_is_an_error(spool: Spool, path: Path) -> None:
    await spool._database.execute("PRAGMA busy_timeout=50")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreFault, match="locked"):
            await spool.add("msg:1", "a", "{}", NOON)
    await spool.add("msg:1", "a", "{}", NOON)


KILLED = """
import asyncio, sys
from datetime import datetime, UTC
from pathlib import Path
from storage.spool import Spool

async def main():
    spool = await Spool.open(Path(sys.argv[1]))
    async def one(n):
        for i in range(10**6):
            await spool.add(f"msg:{n}:{i}", "a", '"kept"', datetime(2025, 6, 9, tzinfo=UTC))
            print(f"msg:{n}:{i}", flush=True)
    await asyncio.gather(*(one(n) for n in range(8)))

asyncio.run(main())
"""


def kill_amid_adds(path: Path) -> list[str]:
    """The keys that a process called kept before it was killed."""
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        told = [child.stdout.readline().strip() for _ in range(300)]
        child.kill()
        return told + [line.strip() for line in child.stdout if line.endswith("\n")]


async def test_what_was_said_to_be_kept_is_there_after_a_kill(path: Path, tail: Tail) -> None:
    told = await asyncio.to_thread(kill_amid_adds, path)
    kept = {row.key for row in await tail.page(10**6)}
    assert len(set(told)) >= 300
    assert set(told) <= kept
    spool = await Spool.open(path)
    await spool.close()
    assert len(columns(path)) == len(kept)
