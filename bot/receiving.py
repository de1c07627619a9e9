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
from storage.spool_file import SPOOL_FILE

log = structlog.get_logger(__name__)

LOOK_SECONDS = 3.0
BEGIN_SECONDS = 10.0
OURS = "--for-run"
"""The word by which a receiver that was started from here is known, also after our own death."""


class Receiver:
    """The receiver's keeper; `up` hears whether callbacks are kept."""

    def __init__(self, settings: Settings, up: Callable[[bool], None]) -> None:
        self._settings, self._up = settings, up
        host, _, port = settings.wecom.listen.rpartition(":")
        self._health = f"http://{host or '127.0.0.1'}:{port}/healthz"
        self._child: asyncio.subprocess.Process | None = None

    async def keep(self) -> None:
        """One receiver is up; looked at every few seconds until this is cancelled."""
        try:
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as web:
                while True:
                    healthy = await self._healthy(web) or await self._begin(web)
                    self._up(healthy)
                    await asyncio.sleep(LOOK_SECONDS)
        finally:
            await self._end()

    async def _healthy(self, web: aiohttp.ClientSession) -> bool:
        with suppress(aiohttp.ClientError, TimeoutError, OSError):
            async with web.get(self._health) as answer:
                return answer.status == 200
        return False

    async def _begin(self, web: aiohttp.ClientSession) -> bool:
        """Whether a receiver answers after one was started, where none of ours is running."""
        if self._child is None or self._child.returncode is not None:
            self._child = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "receive", OURS,
                env=os.environ | {"GANGTING_HOME": str(self._settings.home)},
                start_new_session=True,
            )  # fmt: skip
            log.info("the receiver was started", pid=self._child.pid)
        with suppress(TimeoutError):
            async with asyncio.timeout(BEGIN_SECONDS):
                while self._child.returncode is None:
                    if await self._healthy(web):
                        return True
                    await asyncio.sleep(0.1)
        return False

    async def _end(self) -> None:
        """No receiver that a house has started is left; one that somebody runs himself goes on."""
        if self._child is not None and self._child.returncode is None:
            self._child.terminate()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._child.wait(), 3.0)
        elif (orphan := started_before(self._settings.home)) is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(orphan, signal.SIGTERM)


def started_before(home: Path) -> int | None:
    """The process of a receiver that an earlier house started and left behind, or None."""
    try:
        pid = int((home / f"{SPOOL_FILE}.lock").read_text())
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return None
    return pid if OURS.encode() in words else None
