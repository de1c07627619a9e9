"""No picture harms the process after it: children that die, hang or are stopped midway."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path

import psutil
import pytest

from bot.errors import StoreFault
from storage.photofiles import Missing, Unwritable
from storage.pictures import PATIENCE, BrokenPicture, Pictures
from tests.storage.test_pictures import BYTES, GOOD, PIXELS, ROOT, child, look_at


async def test_a_child_killed_midway_is_replaced_unnoticed(
    pictures: Pictures, tmp_path: Path
) -> None:
    await look_at(pictures, tmp_path, GOOD)
    for signum in (signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV):
        victim = child(pictures)
        victim.send_signal(signal.SIGSTOP)
        task = asyncio.ensure_future(look_at(pictures, tmp_path, GOOD))
        await asyncio.sleep(0.05)
        victim.send_signal(signum)
        victim.send_signal(signal.SIGCONT)
        assert (await task).width == 960
        assert child(pictures).pid != victim.pid
    child(pictures).kill()
    assert (await look_at(pictures, tmp_path, GOOD)).width == 960


async def test_a_photo_that_kills_twice_is_broken(tmp_path: Path) -> None:
    pictures = Pictures(PIXELS, BYTES)
    deaths = 0

    async def kill() -> None:
        nonlocal deaths
        seen: set[int] = set()
        while True:
            await asyncio.sleep(0.001)
            for pid in set(pictures._pool._processes if pictures._pool else ()) - seen:
                seen.add(pid)
                os.kill(pid, signal.SIGKILL)
                deaths += 1

    killer = asyncio.ensure_future(kill())
    with pytest.raises(BrokenPicture):
        await look_at(pictures, tmp_path, GOOD)
    killer.cancel()
    assert deaths == 2
    assert (await look_at(pictures, tmp_path, GOOD)).width == 960
    await pictures.close()


async def test_a_hanging_decode_is_given_up_and_the_next_photo_passes(tmp_path: Path) -> None:
    pictures = Pictures(PIXELS, BYTES, seconds=2)
    await look_at(pictures, tmp_path, GOOD)
    hung = child(pictures)
    hung.suspend()
    start = time.monotonic()
    first = asyncio.ensure_future(look_at(pictures, tmp_path, GOOD, "first"))
    second = asyncio.ensure_future(look_at(pictures, tmp_path, GOOD, "second"))
    with pytest.raises(BrokenPicture):
        await first
    assert 1.9 < time.monotonic() - start < 4
    assert (await second).width == 960
    assert not hung.is_running()
    await pictures.close()


async def test_a_cancelled_look_does_not_hold_up_the_next(tmp_path: Path) -> None:
    pictures = Pictures(PIXELS, BYTES, seconds=20)
    await look_at(pictures, tmp_path, GOOD)
    child(pictures).suspend()
    task = asyncio.ensure_future(look_at(pictures, tmp_path, GOOD))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(10):
        assert (await look_at(pictures, tmp_path, GOOD)).width == 960
    await pictures.close()


async def test_a_stop_that_comes_with_the_childs_death_is_not_lost(
    pictures: Pictures, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    monkeypatch.setattr(pictures, "_ask", lambda _job: asked)
    task = asyncio.ensure_future(look_at(pictures, tmp_path, GOOD))
    await asyncio.sleep(0)
    # Both in the same turn of the loop, as when a signal goes to the whole process group.
    asked.set_exception(BrokenProcessPool())
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_child_killed_amid_its_answer_holds_nothing_up(pictures: Pictures) -> None:
    await pictures._done(int)
    counted = child(pictures).io_counters
    before = counted().write_chars
    task = asyncio.ensure_future(pictures._done(partial(bytes, 200_000_000)))
    while counted().write_chars == before:  # noqa: ASYNC110 - the child tells nobody of it
        await asyncio.sleep(0)
    start = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - start < PATIENCE - 1


async def test_closing_midway_blames_no_photo(tmp_path: Path) -> None:
    pictures = Pictures(PIXELS, BYTES)
    await look_at(pictures, tmp_path, GOOD)
    hung = child(pictures)
    hung.suspend()
    task = asyncio.ensure_future(look_at(pictures, tmp_path, GOOD))
    await asyncio.sleep(0.05)
    start = time.monotonic()
    await pictures.close()
    assert time.monotonic() - start < 2
    with pytest.raises(StoreFault, match="closed"):
        await task
    assert not hung.is_running()
    with pytest.raises(StoreFault, match="closed"):
        await look_at(pictures, tmp_path, GOOD)
    await pictures.close()
    await Pictures(PIXELS, BYTES).close()


async def test_our_own_disk_is_not_the_photos_fault(pictures: Pictures, tmp_path: Path) -> None:
    for path in (tmp_path / "gone", tmp_path):
        with pytest.raises(Missing):
            await pictures.look(path, tmp_path / "t.jpg")
    (tmp_path / "file").write_bytes(GOOD)
    with pytest.raises(Unwritable):
        await pictures.look(tmp_path / "file", tmp_path / "file" / "t.jpg")


SCRIPT = """
import asyncio, signal, sys
from pathlib import Path
from storage.pictures import Pictures

async def main(photo):
    pictures = Pictures(40_000_000, 20 << 20)
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    look = await pictures.look(photo, photo.with_suffix(".jpg"))
    names = await loop.run_in_executor(pictures._pool, eval, "[*__import__('sys').modules]")
    print(next(iter(pictures._pool._processes)), "aiogram" in names, "sqlalchemy" in names,
          "storage.pictures" in names, flush=True)
    async def busy():
        while True:
            await pictures.look(photo, photo.with_suffix(".jpg"))
    task = loop.create_task(busy())
    await stop.wait()
    task.cancel()
    await asyncio.wait([task])
    await pictures.close()
    print("closed", flush=True)

if __name__ == "__main__":
    import aiogram, sqlalchemy
    asyncio.run(main(Path(sys.argv[1])))
"""


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that looks at photos without end, in a process group of its own."""
    (tmp_path / "house.py").write_text(SCRIPT)
    (tmp_path / "photo").write_bytes(GOOD)
    process = subprocess.Popen(
        [sys.executable, str(tmp_path / "house.py"), str(tmp_path / "photo")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    with process:
        yield process
        process.kill()


def first_line(bot: subprocess.Popen[str]) -> list[str]:
    assert bot.stdout is not None
    return bot.stdout.readline().split()


def test_a_stop_of_the_service_ends_both_processes_quietly(bot: subprocess.Popen[str]) -> None:
    pid, *imported = first_line(bot)
    # The child knows neither the chat nor the database, only Pillow and the decoding.
    assert imported == ["False", "False", "True"]
    time.sleep(0.2)
    start = time.monotonic()
    os.killpg(bot.pid, signal.SIGTERM)
    out, err = bot.communicate(timeout=10)
    assert (bot.returncode, out, err) == (0, "closed\n", "")
    assert time.monotonic() - start < 5
    assert not psutil.pid_exists(int(pid))


def test_the_child_does_not_outlive_a_killed_bot(bot: subprocess.Popen[str]) -> None:
    worker = psutil.Process(int(first_line(bot)[0]))
    bot.kill()
    bot.wait()
    psutil.wait_procs([worker], timeout=5)
    assert not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE
