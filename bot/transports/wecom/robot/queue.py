"""What came over the long connection and isn't stored yet: in order, each tried until it is.

The platform tells everything once, so nothing is let go of. Knows no socket.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

import structlog

from bot.transports.line import Accept
from bot.transports.wecom.robot.frames import Frame
from bot.transports.wecom.updates import Raw

log = structlog.get_logger(__name__)

GAP = 64
"""Microseconds kept free after a frame's stamp, for the messages that it may hold."""


class Intake(Protocol):
    """Who reads what comes."""

    async def updates(self, frame: Frame, at: int) -> list[Raw]:
        """The callback as raw updates; `at` is its arrival in microseconds, ever ascending."""

    async def run(self) -> None:
        """What the intake does beside, until it is cancelled."""


class Queue:
    """Callbacks on their way into the house; `again` and `most` are seconds between tries."""

    def __init__(
        self,
        intake: Intake,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
        again: float,
        most: float,
    ) -> None:
        self._intake, self._now, self._sleep = intake, now, sleep
        self._again, self._most = again, most
        self._waiting: asyncio.Queue[tuple[Frame, int]] = asyncio.Queue()
        self._stamp = 0

    def put(self, frame: Frame) -> None:
        """The callback waits behind all others, stamped with its arrival."""
        moment = int(self._now().timestamp() * 1_000_000)
        self._stamp = max(moment, self._stamp + GAP)
        self._waiting.put_nowait((frame, self._stamp))

    async def run(self, accept: Accept) -> None:
        """Callback after callback is stored; one that can't be keeps its place. Without end."""
        while True:
            frame, at = await self._waiting.get()
            wait = self._again
            while not await self._stored(frame, at, accept):
                await self._sleep(wait)
                wait = min(wait * 2, self._most)
            self._waiting.task_done()

    async def finish(self, seconds: float) -> None:
        """What came is stored, as far as that can be had within so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                await self._waiting.join()
        except TimeoutError:
            log.error("messages were lost at the end", n=self._waiting.qsize() + 1)

    async def _stored(self, frame: Frame, at: int, accept: Accept) -> bool:
        try:
            updates = await self._intake.updates(frame, at)
            if updates:
                await accept(updates)
        except Exception as fault:  # noqa: BLE001 - a lane that must survive: told only once
            log.error("a message can't be stored yet", fault=type(fault).__name__)
            return False
        return True
