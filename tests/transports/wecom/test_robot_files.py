"""The robot's files: fetched at once, decrypted, kept; and never from where they must not be."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from structlog.testing import capture_logs

from bot.transports.wecom.errors import NoAnswer
from bot.transports.wecom.robot import files as module
from bot.transports.wecom.robot.files import Files, NoFile
from tests.transports.wecom.dict_book import DictBook
from tests.transports.wecom.robot_wire import Naps

NOW = datetime(2026, 6, 12, 8, 30, tzinfo=UTC)
KEY = bytes(range(32))
AESKEY = base64.b64encode(KEY).decode()
ONE, TWO = "r" + "1" * 31, "r" + "2" * 31
PHOTO = os.urandom(70_001)


def sealed(data: bytes) -> bytes:
    pad = 32 - len(data) % 32
    cipher = Cipher(AES(KEY), CBC(KEY[:16])).encryptor()
    return cipher.update(data + bytes([pad]) * pad) + cipher.finalize()


class Shop:
    """Where the platform keeps files; `fail` answers so many times with `status`."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.fail, self.status = 0, 503
        self.gate = asyncio.Event()
        self.gate.set()
        self.base = ""

    async def serve(self, request: web.Request) -> web.Response:
        self.asked.append(str(request.rel_url))
        await self.gate.wait()
        if self.fail:
            self.fail -= 1
            return web.Response(status=self.status, headers={"Location": self.base + "/a"})
        data = self.files.get(request.path)
        return web.Response(body=data) if data is not None else web.Response(status=404)


@asynccontextmanager
async def shop() -> AsyncIterator[Shop]:
    other = Shop()
    app = web.Application()
    app.router.add_get("/{tail:.*}", other.serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    other.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    other.files["/a"] = sealed(PHOTO)
    try:
        yield other
    finally:
        await runner.cleanup()


class Room:
    def __init__(self, folder: Path, home: str = "ws://127.0.0.1:1/") -> None:
        self.now, self.book, self.naps = NOW, DictBook(), Naps()
        self.files = Files(self.book, lambda: self.now, folder, home, sleep=self.naps)

    async def bytes(self, file_id: str) -> bytes:
        return b"".join([piece async for piece in self.files.read(file_id)])

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.files.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


async def there(path: Path) -> None:
    async with asyncio.timeout(5):
        while not path.exists():  # noqa: ASYNC110, ASYNC240 - the disk tells nobody
            await asyncio.sleep(0.01)


async def test_a_file_is_fetched_as_it_comes_and_had_when_its_address_is_dead(
    tmp_path: Path,
) -> None:
    async with shop() as other:
        room = Room(tmp_path)
        async with room.running():
            await room.files.keep(ONE, f"{other.base}/a?sign=x%2By%3D", AESKEY)
            await there(tmp_path / ONE)
        assert other.asked == ["/a?sign=x%2By%3D"]
    again = Room(tmp_path)  # another process, and the shop is shut
    assert await again.bytes(ONE) == PHOTO


async def test_whoever_wants_it_while_it_comes_waits_for_the_same_fetch(tmp_path: Path) -> None:
    async with shop() as other:
        room = Room(tmp_path)
        other.gate.clear()
        async with room.running():
            await room.files.keep(ONE, f"{other.base}/a", AESKEY)
            wants = [asyncio.create_task(room.bytes(ONE)) for _ in range(3)]
            await asyncio.sleep(0.05)
            other.gate.set()
            assert await asyncio.gather(*wants) == [PHOTO] * 3
        assert len(other.asked) == 1


async def test_a_file_that_nobody_fetched_is_fetched_when_it_is_wanted(tmp_path: Path) -> None:
    async with shop() as other:
        room = Room(tmp_path)
        await room.files.keep(ONE, f"{other.base}/a", AESKEY)
        assert await room.bytes(ONE) == PHOTO


async def test_a_file_without_a_key_comes_as_it_is(tmp_path: Path) -> None:
    async with shop() as other:
        other.files["/plain"] = b"plain"
        room = Room(tmp_path)
        await room.files.keep(ONE, f"{other.base}/plain", "")
        assert await room.bytes(ONE) == b"plain"


async def test_a_fetch_that_fails_is_tried_again_while_the_address_lives(tmp_path: Path) -> None:
    async with shop() as other:
        other.fail = 2
        room = Room(tmp_path)
        async with room.running():
            await room.files.keep(ONE, f"{other.base}/a", AESKEY)
            await room.naps.over(1.0)
            await room.naps.over(2.0)
            await there(tmp_path / ONE)
        assert len(other.asked) == 3


async def test_a_file_not_had_in_five_minutes_is_gone_and_no_log_tells_where(
    tmp_path: Path,
) -> None:
    async with shop() as other:
        other.fail, other.status = 99, 403
        room = Room(tmp_path)
        with capture_logs() as logs:
            async with room.running():
                await room.files.keep(ONE, f"{other.base}/a?sign=geheim", AESKEY)
                await room.naps.over(1.0)
                room.now = NOW + timedelta(minutes=5, seconds=1)
                with pytest.raises(NoFile) as gone:
                    await room.bytes(ONE)
    assert "geheim" not in str(logs) + str(gone.value)
    assert AESKEY not in str(logs)


async def test_a_passing_fault_is_told_as_one(tmp_path: Path) -> None:
    async with shop() as other:
        other.fail = 1
        room = Room(tmp_path)
        await room.files.keep(ONE, f"{other.base}/a", AESKEY)
        with pytest.raises(NoAnswer):
            await room.bytes(ONE)
        assert await room.bytes(ONE) == PHOTO


async def test_no_redirect_is_followed(tmp_path: Path) -> None:
    async with shop() as other:
        other.fail, other.status = 1, 302
        room = Room(tmp_path)
        await room.files.keep(ONE, f"{other.base}/b", AESKEY)
        with pytest.raises(NoAnswer):
            await room.bytes(ONE)
        assert other.asked == ["/b"]


async def test_what_cant_be_decrypted_is_no_file(tmp_path: Path) -> None:
    async with shop() as other:
        other.files["/a"] = sealed(PHOTO)[:-1]
        room = Room(tmp_path)
        await room.files.keep(ONE, f"{other.base}/a", AESKEY)
        with pytest.raises(NoFile):
            await room.bytes(ONE)
    assert names(tmp_path) == []


async def test_a_file_that_is_too_big_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LARGEST", 70_000)
    async with shop() as other:
        room = Room(tmp_path)
        await room.files.keep(ONE, f"{other.base}/a", AESKEY)
        with pytest.raises(NoFile, match="too big"):
            await room.bytes(ONE)


INSIDE = [
    "http://files.example.com/a",
    "https://127.0.0.1/a",
    "https://127.1/a",
    "https://2130706433/a",
    "https://0x7f.0.0.1/a",
    "https://10.0.0.7/a",
    "https://192.168.1.1/a",
    "https://169.254.169.254/latest/meta-data",
    "https://100.64.0.1/a",
    "https://[::1]/a",
    "https://[::ffff:127.0.0.1]/a",
    "https://[fe80::1]/a",
    "https://localhost/a",
    "https://LOCALHOST./a",
    "https://db.internal/a",
    "https://user:pass@files.example.com/a",
    "file:///etc/passwd",
    "ftp://files.example.com/a",
    "https:///a",
    "https://files.example.com/a b",
    "https://files.example.com/\r\nX: y",
    "https://文件.example.com/a",
    "https://[::1",
    "",
]


@pytest.mark.parametrize("address", INSIDE)
async def test_an_address_that_leads_inside_is_not_asked(tmp_path: Path, address: str) -> None:
    room = Room(tmp_path, "wss://openws.work.weixin.qq.com")
    await room.files.keep(ONE, address, AESKEY)
    with pytest.raises(NoFile):
        await room.bytes(ONE)


async def test_where_the_socket_is_inside_its_own_host_may_be_asked_and_no_other(
    tmp_path: Path,
) -> None:
    async with shop() as other:
        room = Room(tmp_path, "ws://127.0.0.1:9/")
        await room.files.keep(ONE, f"{other.base}/a", AESKEY)
        await room.files.keep(TWO, other.base.replace("127.0.0.1", "127.0.0.2") + "/a", AESKEY)
        assert await room.bytes(ONE) == PHOTO
        with pytest.raises(NoFile):
            await room.bytes(TWO)


@pytest.mark.parametrize("file_id", ["../../etc/passwd", "r1", "", ONE + "\n", "R" + "1" * 31])
async def test_what_is_no_file_id_leads_nowhere(tmp_path: Path, file_id: str) -> None:
    with pytest.raises(NoFile):
        await Room(tmp_path).files.path(file_id)


async def test_an_unknown_file_is_none(tmp_path: Path) -> None:
    with pytest.raises(NoFile):
        await Room(tmp_path).files.path(ONE)


async def test_old_files_go_after_three_days_and_the_oldest_of_too_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ROOM", 25)
    for nth, age in enumerate([timedelta(hours=1), timedelta(hours=2), timedelta(hours=3)]):
        file = tmp_path / f"r{nth:031}"
        file.write_bytes(b"0123456789")
        moment = (NOW - age).timestamp()
        os.utime(file, (moment, moment))
    old = tmp_path / ("r" + "9" * 31)
    old.write_bytes(b"1")
    moment = (NOW - timedelta(days=3, seconds=1)).timestamp()
    os.utime(old, (moment, moment))
    (tmp_path / "mine.txt").write_text("not a file of the robot")
    room = Room(tmp_path)
    async with room.running():
        await room.naps.over(3600.0)
    assert names(tmp_path) == ["mine.txt", f"r{0:031}", f"r{1:031}"]
