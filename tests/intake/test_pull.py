"""From the receiver's spool to the inbox: all of it, in order, whatever comes between."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.errors import StoreFault
from bot.intake.keys import arrival
from bot.intake.pull import PAGE, TRIES, Pull
from storage import inbox
from storage.database import Database
from storage.spool import Spool

NOON = datetime(2025, 6, 9, 12, 0, tzinfo=UTC)
QUICK = (0.001, 0.002)


class Inbox:
    """What was accepted; fails so often as told."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.raws: dict[str, Any] = {}
        self.batches = 0
        self.failing: list[Exception] = []

    async def accept(self, updates: list[Any]) -> None:
        if self.failing:
            raise self.failing.pop()
        self.batches += 1
        for raw in updates:
            if raw["key"] not in self.raws:
                self.keys.append(raw["key"])
            self.raws[raw["key"]] = raw


async def plainly(message: dict[str, Any]) -> list[dict[str, Any]]:
    if message.get("nothing"):
        return []
    return [{"update_id": message["n"], "key": f"msg:{message['n']}", "message": message}]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "receiver.db"


@pytest.fixture
async def spool(path: Path) -> AsyncIterator[Spool]:
    opened = await Spool.open(path)
    yield opened
    await opened.close()


async def fill(spool: Spool, *numbers: int) -> None:
    await asyncio.gather(*(spool.add(f"msg:{n}", "a", json.dumps({"n": n}), NOON) for n in numbers))


@asynccontextmanager
async def pulling(pull: Pull) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.ensure_future(pull.run())
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(5):
        while not await condition():  # noqa: ASYNC110 - another process's file has no event
            await asyncio.sleep(0.005)


async def settled(pull: Pull) -> None:
    async def none_waits() -> bool:
        return await pull.waiting() == 0

    await until(none_waits)


def keys(*numbers: int) -> list[str]:
    return [f"msg:{n}" for n in numbers]


async def test_everything_is_taken_over_in_order(spool: Spool, path: Path) -> None:
    await fill(spool, *range(1, 2 * PAGE + 10))
    box = Inbox()
    pull = Pull(path, plainly, box.accept)
    assert await pull.waiting() == 2 * PAGE + 9
    async with pulling(pull):
        await settled(pull)
        await fill(spool, 9001)
        await settled(pull)
    assert box.keys == keys(*range(1, 2 * PAGE + 10), 9001)
    assert box.batches == 4


async def test_a_message_waits_until_it_is_in_the_inbox(spool: Spool, path: Path) -> None:
    await fill(spool, 1)
    gate, entered = asyncio.Event(), asyncio.Event()

    async def slow(_: list[Any]) -> None:
        entered.set()
        await gate.wait()

    pull = Pull(path, plainly, slow)
    async with pulling(pull):
        await entered.wait()
        assert await pull.waiting() == 1
        gate.set()
        await settled(pull)


async def test_a_new_worker_goes_on_where_the_old_one_stopped(spool: Spool, path: Path) -> None:
    first, second = Inbox(), Inbox()
    await fill(spool, 1, 2)
    pull = Pull(path, plainly, first.accept)
    async with pulling(pull):
        await settled(pull)
    await fill(spool, 3)
    pull = Pull(path, plainly, second.accept)
    async with pulling(pull):
        await settled(pull)
    assert (first.keys, second.keys) == (keys(1, 2), keys(3))


async def test_a_worker_that_is_ended_again_and_again_gets_on(spool: Spool, path: Path) -> None:
    """What is slow to translate, as where each sender is looked up, is handed over in parts."""
    await fill(spool, *range(1, 31))
    box = Inbox()

    async def slowly(message: dict[str, Any]) -> list[dict[str, Any]]:
        await asyncio.sleep(0.02)
        return await plainly(message)

    pull = Pull(path, slowly, box.accept, pauses=QUICK)
    async with pulling(pull):
        await settled(pull)
    assert box.keys == keys(*range(1, 31))
    assert box.batches >= 3


async def test_a_worker_that_ends_before_the_inbox_had_it_leaves_it(
    spool: Spool, path: Path
) -> None:
    await fill(spool, 1)
    entered = asyncio.Event()

    async def never(_: list[Any]) -> None:
        entered.set()
        await asyncio.Event().wait()

    async with pulling(Pull(path, plainly, never)):
        await entered.wait()
    box = Inbox()
    pull = Pull(path, plainly, box.accept)
    async with pulling(pull):
        await settled(pull)
    assert box.keys == keys(1)


@pytest.mark.parametrize("fault", [StoreFault("busy"), OSError("disk full"), RuntimeError("bug")])
async def test_an_inbox_that_fails_only_delays(spool: Spool, path: Path, fault: Exception) -> None:
    await fill(spool, 1, 2, 3)
    box = Inbox()
    box.failing = [fault] * 9
    pull = Pull(path, plainly, box.accept, pauses=QUICK)
    async with pulling(pull):
        await settled(pull)
    assert box.keys == keys(1, 2, 3)


@pytest.mark.parametrize("fault", [StoreFault("busy"), ConnectionResetError(), TimeoutError()])
async def test_a_fault_from_outside_is_waited_for_in_order(
    spool: Spool, path: Path, fault: Exception
) -> None:
    faults = [fault] * (3 * TRIES)

    async def shaky(message: dict[str, Any]) -> list[dict[str, Any]]:
        if message["n"] == 2 and faults:
            raise faults.pop()
        return await plainly(message)

    await fill(spool, 1, 2, 3)
    box = Inbox()
    pull = Pull(path, shaky, box.accept, pauses=QUICK)
    async with pulling(pull):
        await settled(pull)
    assert box.keys == keys(1, 2, 3)
    assert "message" in box.raws["msg:2"]


async def test_a_message_nobody_can_translate_is_set_aside_and_stops_none(
    spool: Spool, path: Path
) -> None:
    tried: list[int] = []

    async def picky(message: dict[str, Any]) -> list[dict[str, Any]]:
        tried.append(message["n"])
        if message["n"] == 2:
            raise KeyError("bug")
        return await plainly(message)

    await fill(spool, 1, 2, 3)
    await spool.add("msg:odd", "a", "no JSON", NOON)
    box = Inbox()
    pull = Pull(path, picky, box.accept, pauses=QUICK)
    async with pulling(pull):
        await settled(pull)
    assert box.keys == ["msg:1", "msg:2", "msg:3", "msg:odd"]
    assert json.loads(box.raws["msg:2"]["not an update"]) == {"n": 2}
    assert box.raws["msg:odd"]["not an update"] == "no JSON"
    assert tried.count(2) == TRIES
    assert arrival(box.raws["msg:2"]).key == "msg:2"


async def test_what_says_nothing_is_passed_over(spool: Spool, path: Path) -> None:
    await spool.add("event:1", "a", '{"nothing": 1}', NOON)
    box = Inbox()
    pull = Pull(path, plainly, box.accept)
    async with pulling(pull):
        await settled(pull)
    assert box.batches == 0


async def test_it_waits_for_a_receiver_that_comes_later(path: Path) -> None:
    box = Inbox()
    pull = Pull(path, plainly, box.accept)
    async with pulling(pull):
        await asyncio.sleep(0.05)
        spool = await Spool.open(path)
        await fill(spool, 1)
        await settled(pull)
        await spool.close()
    assert box.keys == keys(1)


async def test_a_damaged_spool_is_waited_out(path: Path) -> None:
    await asyncio.to_thread(path.write_bytes, b"no database " * 500)
    box = Inbox()
    pull = Pull(path, plainly, box.accept, pauses=QUICK)
    async with pulling(pull) as task:
        await asyncio.sleep(0.05)
        assert not task.done()
        await asyncio.to_thread(path.unlink)
        spool = await Spool.open(path)
        await fill(spool, 1)
        await until(lambda: _has(box, 1))
        await spool.close()


async def _has(box: Inbox, many: int) -> bool:
    return len(box.keys) == many


async def test_the_real_inbox_has_each_message_once_though_it_comes_twice(
    spool: Spool, path: Path, tmp_path: Path
) -> None:
    database = await Database.open(f"sqlite:///{tmp_path / 'house.db'}")

    async def accept(updates: list[Any]) -> None:
        await database.write(inbox.take_in, "wecom", [arrival(raw) for raw in updates], NOON)

    await fill(spool, *range(50))
    for _ in range(2):
        pull = Pull(path, plainly, accept)
        async with pulling(pull):
            await settled(pull)
        await asyncio.to_thread(path.with_suffix(".cursor").unlink)
    assert await database.read(inbox.census) == {"pending": 50}
    await database.close()
