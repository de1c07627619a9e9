"""The robot's files: fetched as soon as they come, kept for three days; and files up, in pieces.

A file's address lives five minutes, so it is not left to whoever wants the file: the house may be
busy or restarted by then. Knows no update and no method.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import structlog
from yarl import URL

from bot.transports.wecom.book import FILE, Book
from bot.transports.wecom.crypto import BadEnvelope, open_file
from bot.transports.wecom.errors import NoAnswer

log = structlog.get_logger(__name__)

ADDRESS_LIVES = timedelta(minutes=5)
LARGEST = 50 * 1024 * 1024
"""Bytes of one file; the house has a limit of its own, lower by default."""

KEPT = timedelta(days=3)
ROOM = 4 * 1024**3
"""Bytes of all files kept; beyond, the oldest go."""

AT_ONCE = 3
SECONDS = 60.0
WAITS = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 60.0, 60.0, 60.0)
"""Seconds between tries, until the address is dead."""

PIECE = 256 * 1024
CLEANED_EVERY = 3600.0
_FILE_ID = re.compile(r"r[0-9a-f]{31}")
_VISIBLE = re.compile(r"[!-~]{1,4096}")


class NoFile(Exception):
    """The file can't be had any more, or never could; says why, never where."""


class Files:
    """The files of one robot under `folder`; `home` is the socket's address."""

    def __init__(
        self,
        book: Book,
        now: Callable[[], datetime],
        folder: Path,
        home: str,
        *,
        trust: ssl.SSLContext | bool = True,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._book, self._now, self._folder = book, now, folder
        self._home, self._trust, self._sleep = URL(home), trust, sleep
        self._came: asyncio.Queue[str] = asyncio.Queue()
        self._fetching: dict[str, asyncio.Future[None]] = {}
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def keep(self, file_id: str, url: str, aeskey: str) -> None:
        """The file will be fetched; where it can be had is in the book before this returns."""
        facts = {"url": url, "aeskey": aeskey, "at": self._now().isoformat()}
        await self._book.keep(FILE, file_id, facts)
        self._came.put_nowait(file_id)

    async def run(self) -> None:
        """Fetches what comes and clears what is old, until it is cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._clean_up())
            while True:
                group.create_task(self._fetch_in_time(await self._came.get()))

    async def path(self, file_id: str) -> Path:
        """The file on disk, fetched where it isn't there yet; raises NoFile or NoAnswer."""
        if not _FILE_ID.fullmatch(file_id):
            raise NoFile("there is no such file")
        path = self._folder / file_id
        if not await asyncio.to_thread(path.is_file):
            await self._fetch(file_id)
        return path

    async def read(self, file_id: str, piece: int = PIECE) -> AsyncGenerator[bytes, None]:
        """The file's bytes; raises as `path`."""
        path = await self.path(file_id)
        source = await asyncio.to_thread(path.open, "rb")
        try:
            while data := await asyncio.to_thread(source.read, piece):
                yield data
        finally:
            source.close()

    async def _fetch_in_time(self, file_id: str) -> None:
        """The file is on disk, or can't be had; tried as long as its address lives."""
        for wait in (*WAITS, None):
            try:
                await self.path(file_id)
            except NoFile as gone:
                log.error("a file can't be had", file=file_id, why=str(gone))
                return
            except Exception as fault:  # noqa: BLE001 - beside the connection, which must go on
                if wait is None:
                    log.error("a file was not had in time", file=file_id, fault=_said(fault))
                    return
                log.warning("a file is tried again", file=file_id, fault=_said(fault), wait=wait)
                await self._sleep(wait)
            else:
                return

    async def _fetch(self, file_id: str) -> None:
        """As `path`; who asks meanwhile waits for the same fetch."""
        running = self._fetching.get(file_id)
        if running is not None:
            await asyncio.shield(running)
            return
        done = self._fetching[file_id] = asyncio.get_running_loop().create_future()
        try:
            async with self._slots:
                await self._fetch_now(file_id)
        except BaseException as fault:
            known = isinstance(fault, (NoFile, NoAnswer))
            done.set_exception(fault if known else NoAnswer("the fetch was broken off"))
            done.exception()  # looked at, or nobody waits
            raise
        else:
            done.set_result(None)
        finally:
            del self._fetching[file_id]

    async def _fetch_now(self, file_id: str) -> None:
        facts = await self._book.facts(FILE, file_id)
        if facts is None:
            raise NoFile("there is no such file")
        url = self._allowed(str(facts["url"]))
        try:
            async with asyncio.timeout(SECONDS):
                sealed = await self._download(url)
        except (aiohttp.ClientError, OSError, TimeoutError) as fault:
            self._too_late(str(facts["at"]))
            raise NoAnswer(type(fault).__name__) from None
        except _Status as refused:
            self._too_late(str(facts["at"]))
            raise NoAnswer(str(refused)) from None
        await asyncio.to_thread(self._store, file_id, sealed, str(facts["aeskey"]))

    async def _download(self, url: URL) -> bytes:
        """All bytes at the address; no redirect is followed."""
        data = bytearray()
        limits = aiohttp.ClientTimeout(total=SECONDS, sock_connect=15)
        async with (
            aiohttp.ClientSession(timeout=limits, auto_decompress=False) as web,
            web.get(
                url, ssl=self._trust, allow_redirects=False,
                headers={"Accept-Encoding": "identity"},
            ) as response,
        ):  # fmt: skip
            if response.status != 200:
                raise _Status(f"HTTP {response.status}")
            async for chunk in response.content.iter_chunked(PIECE):
                data += chunk
                if len(data) > LARGEST:
                    raise NoFile("file is too big")
        return bytes(data)

    def _store(self, file_id: str, sealed: bytes, aeskey: str) -> None:
        """The file is whole on disk, or not there."""
        try:
            plain = open_file(sealed, aeskey) if aeskey else sealed
        except BadEnvelope as fault:
            raise NoFile(f"can't be decrypted: {fault}") from None
        if not plain:
            raise NoFile("the file is empty")
        self._folder.mkdir(parents=True, exist_ok=True)
        draft = self._folder / f"{file_id}.new"
        draft.write_bytes(plain)
        draft.replace(self._folder / file_id)

    def _too_late(self, at: str) -> None:
        if self._now() - datetime.fromisoformat(at) > ADDRESS_LIVES:
            raise NoFile("its address lived five minutes, and it was not had in them") from None

    def _allowed(self, address: str) -> URL:
        """The address, where it may be asked: what comes from outside must not lead inside.

        https only, or http where the robot's own socket isn't TLS; no address of this machine or
        its network, unless the socket is there too. Raises NoFile.
        """
        if not _VISIBLE.fullmatch(address):
            raise NoFile("its address can't be read")
        try:
            url = URL(address, encoded=True)
            host, home = url.host or "", self._home.host or ""
        except ValueError:
            raise NoFile("its address can't be read") from None
        schemes = ("https", "http") if self._home.scheme == "ws" else ("https",)
        if url.scheme not in schemes or not host or url.user or url.password:
            raise NoFile("its address is none that may be asked")
        if host.lower() != home.lower() and _is_inside(host):
            raise NoFile("its address leads inside")
        return url

    async def _clean_up(self) -> None:
        while True:
            try:
                await asyncio.to_thread(self._clear, self._now().timestamp())
            except OSError as fault:
                log.error("old files can't be cleared", fault=type(fault).__name__)
            await self._sleep(CLEANED_EVERY)

    def _clear(self, now: float) -> None:
        """What is too old is gone, and the oldest of what is too much."""
        found = [(file.stat(), file) for file in self._folder.glob("r*")]
        room = ROOM
        for stat, file in sorted(found, key=lambda one: one[0].st_mtime, reverse=True):
            room -= stat.st_size
            if room < 0 or now - stat.st_mtime > KEPT.total_seconds():
                file.unlink(missing_ok=True)


class _Status(Exception):
    """The other end answers without the file."""


def _is_inside(host: str) -> bool:
    """Whether the host is named as this machine or an address of no public network."""
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        address = ipaddress.ip_address(name.strip("[]"))
        mapped = getattr(address, "ipv4_mapped", None)
        return not (mapped or address).is_global
    except ValueError:
        pass
    try:
        # Also 127.1, 0x7f000001 and 2130706433 are addresses, to whoever resolves them.
        return not ipaddress.ip_address(socket.inet_aton(name)).is_global
    except OSError:
        return False


def _said(fault: Exception) -> str:
    return str(fault) if isinstance(fault, NoAnswer) else type(fault).__name__
