"""From the receiver's spool to the inbox: what another process kept is translated and taken over.

In order, and never past a message that is not in the inbox yet; one that nobody can translate goes
there as it is, for the lanes to set aside. Knows no platform.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import structlog
from aiogram.exceptions import TelegramNetworkError, TelegramRetryAfter, TelegramServerError
from aiohttp import ClientError

from bot.errors import StoreFault
from bot.transports.line import Accept
from storage.database import is_busy
from storage.tail import Tail, Waiting

log = structlog.get_logger(__name__)

R = TypeVar("R")

Translate = Callable[[dict[str, Any]], Awaitable[list[dict[str, Any]]]]
"""A message's updates; raises what may be better the next time."""

PAGE = 200
STRETCH = 0.25
"""Seconds of translating, then what there is is handed over: a worker that dies often gets on."""

POLL_SECONDS = 0.15
PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds before the next attempt; the last again and again."""

TRIES = 4
"""After so many attempts a message is given up that nothing outside seems to keep from us."""


class Pull:
    """Takes over one spool for one line; `accept` returns after the updates are in the inbox."""

    def __init__(
        self,
        path: Path,
        translate: Translate,
        accept: Accept,
        *,
        pauses: tuple[float, ...] = PAUSES,
    ) -> None:
        self._tail = Tail(path)
        self._translate, self._accept, self._pauses = translate, accept, pauses

    async def run(self) -> None:
        """Until it is cancelled; a fault of the store or of the network only delays."""
        try:
            while True:
                if not await self._insist(self._step):
                    await asyncio.sleep(POLL_SECONDS)
        finally:
            await self._tail.close()

    async def waiting(self) -> int:
        """How many messages of the spool are not in the inbox yet. Raises StoreFault."""
        return await self._tail.waiting()

    async def _step(self) -> bool:
        """Some messages are in the inbox and the cursor behind them; False where there was none."""
        rows = await self._tail.page(PAGE)
        if not rows:
            return False
        clock = asyncio.get_running_loop().time
        updates: list[Any] = []
        taken, until = rows[0], clock() + STRETCH
        for row in rows:
            updates += await self._updates(row)
            taken = row
            if clock() >= until:
                break
        if updates:
            await self._insist(self._accept, updates)
        await self._tail.move(taken.id)
        return True

    async def _updates(self, row: Waiting) -> list[dict[str, Any]]:
        try:
            message = json.loads(row.raw)
            return await self._insist(self._translate, message, tries=TRIES)
        except Exception as fault:  # noqa: BLE001 - a lane that must survive: the next message waits
            log.error("a message can't be translated", key=row.key, fault=_brief(fault))
            return [{"key": row.key, "not an update": row.raw}]

    async def _insist(
        self, work: Callable[..., Awaitable[R]], *args: Any, tries: int | None = None
    ) -> R:
        """What the work gives, at last; after `tries` a fault that won't pass is raised."""
        attempt = 0
        while True:
            try:
                return await work(*args)
            except Exception as fault:
                attempt += 1
                if tries is not None and attempt >= tries and not _passes(fault):
                    raise
                log.warning("to be tried again", attempt=attempt, fault=_brief(fault))
                await asyncio.sleep(self._pauses[min(attempt, len(self._pauses)) - 1])


def _passes(fault: Exception) -> bool:
    """Whether it lies outside the message: a store, a network, a platform's bad hour."""
    outside = (
        OSError, TimeoutError, StoreFault, ClientError,
        TelegramNetworkError, TelegramRetryAfter, TelegramServerError,
    )  # fmt: skip
    return isinstance(fault, outside) or is_busy(fault)


def _brief(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}".splitlines()[0][:300]
