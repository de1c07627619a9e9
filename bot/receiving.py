"""Sees to it that one receiver takes WeCom's callbacks in, in a process of its own.

Where somebody runs `gangting receive`, that one serves; else it is started from here, and outlives
a house that dies: what is called back meanwhile is kept. Knows no line.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import aiohttp
import structlog

from bot.settings import Settings
from storage.spool_file import SPOOL_FILE, name_of

log = structlog.get_logger(__name__)

LOOK_SECONDS = 3.0
SOON, LONGEST = 0.5, 30.0
"""Seconds before what has ended is started again, doubled each time it ends before it is up."""

BEGIN_SECONDS = 10.0
OURS = "--for-run"
"""The word by which a receiver that was started from here is known, also after our own death."""


class Receiver:
    """Keeps the one receiver of a home, which listens where the settings say."""

    def __init__(self, settings: Settings) -> None:
        self._home, self._listen = settings.home, settings.wecom.listen
        host, _, port = self._listen.rpartition(":")
        self._health = f"http://{host or '127.0.0.1'}:{port}/healthz"
        self._child: asyncio.subprocess.Process | None = None

    async def begin(self) -> None:
        """Where none is up, one is on its way; not waited for."""
        async with self._web() as web:
            if not await self._healthy(web) and at_work(self._home) is None:
                await self._start()

    async def keep(self, up: Callable[[bool], None]) -> None:
        """One receiver is up, and `up` hears whether; until this is cancelled, which ends it."""
        try:
            async with self._web() as web:
                pause = SOON
                while True:
                    healthy = await self._healthy(web) or await self._wait(web)
                    up(healthy)
                    if healthy:
                        pause = SOON
                        await self._rest(LOOK_SECONDS)
                    else:
                        await asyncio.sleep(pause)
                        pause = min(2 * pause, LONGEST)
        finally:
            await self.end()
            orphan = at_work(self._home, OURS)
            if orphan is not None:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(orphan, signal.SIGTERM)

    async def end(self) -> None:
        """The one that was started here is ended; one that somebody runs himself goes on."""
        if self._child is not None and self._child.returncode is None:
            self._child.terminate()
            with suppress(TimeoutError):
                async with asyncio.timeout(3.0):
                    await self._child.wait()

    def _web(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2))

    async def _healthy(self, web: aiohttp.ClientSession) -> bool:
        """Whether callbacks that come to the address are kept in our spool, and in no other."""
        with suppress(aiohttp.ClientError, TimeoutError, OSError, ValueError):
            async with web.get(self._health) as answer:
                told = await answer.json()
            if answer.status == 200 and isinstance(told, dict):
                ours = await asyncio.to_thread(name_of, self._home / SPOOL_FILE)
                return ours is not None and told.get("spool") == ours
        return False

    async def _wait(self, web: aiohttp.ClientSession) -> bool:
        """Whether a receiver answers after one was started, where there was none."""
        if not self._runs() and at_work(self._home) is None:
            await self._start()
        with suppress(TimeoutError):
            async with asyncio.timeout(BEGIN_SECONDS):
                while self._runs() or at_work(self._home) is not None:
                    if await self._healthy(web):
                        return True
                    await asyncio.sleep(0.1)
        log.warning("no receiver keeps callbacks", at=self._listen)
        return False

    async def _start(self) -> None:
        self._child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "receive", OURS,
            env=os.environ | {"GANGTING_HOME": str(self._home)}, start_new_session=True,
        )  # fmt: skip
        log.info("the receiver was started", pid=self._child.pid)

    def _runs(self) -> bool:
        return self._child is not None and self._child.returncode is None

    async def _rest(self, seconds: float) -> None:
        """Some seconds, or until the receiver that was started here has ended."""
        if self._child is None or not self._runs():
            await asyncio.sleep(seconds)
        else:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._child.wait()


def at_work(home: Path, word: str = "receive") -> int | None:
    """The process that has the home's spool, where its command has this word; or None."""
    try:
        pid = int((home / f"{SPOOL_FILE}.lock").read_text())
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return None
    return pid if word.encode() in words else None
