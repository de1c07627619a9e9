"""What the page is told: a snapshot first, then every change, and what the app says beside it.

Knows the platform and the app's controls; knows no route.
"""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from typing import Any, Protocol

from aiohttp import web

from bot.transports.simulator import keeping, scenes
from bot.transports.simulator.platform import Platform

_QUIET_SECONDS = 10

Change = dict[str, Any]


class Controls(Protocol):
    """What the app lets the page do, and says to it."""

    def now(self) -> datetime:
        """The simulated moment, aware."""

    async def move(self, minutes: int) -> None:
        """The clock has moved and what fell due has happened."""

    async def move_to(self, moment: datetime) -> None:
        """The clock shows this moment and what fell due has happened."""

    async def upcoming(self) -> list[dict[str, Any]]:
        """What will happen, soonest first: {"at": ISO moment, "text": what, "due": row or None}."""

    async def run_due(self, row: int) -> bool:
        """The thing has happened now, whatever its hour; False where there is none."""

    async def restart(self) -> None:
        """The bot was stopped and started again."""

    async def wipe(self) -> None:
        """The bot's data are as at the very first start; the platform is empty already."""

    async def strip(self, person: int) -> str:
        """The one line under the head of this person's phone."""


class Stream:
    """Tells any number of open pages."""

    def __init__(self, platform: Platform, controls: Controls) -> None:
        self._platform, self._controls = platform, controls
        self._readers: set[asyncio.Queue[Change | None]] = set()

    async def snapshot(self) -> Change:
        """Everything the page shows."""
        shown = [{"code": scene.code, "title": scene.title} for scene in scenes.SCENES]
        return {**keeping.for_page(self._platform), "scenes": shown, **await self._aside()}

    async def feed(self, request: web.Request) -> web.StreamResponse:
        """The page was told all until it went away or the server stopped."""
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        queue: asyncio.Queue[Change | None] = asyncio.Queue()
        self._readers.add(queue)
        forget = self._platform.listen(queue.put_nowait)
        try:
            await self._tell(stream, {"kind": "snapshot", **await self.snapshot()})
            while (change := await self._next(queue)) is not None:
                await self._tell(stream, change)
                if queue.empty():
                    await self._tell(stream, {"kind": "aside", **await self._aside()})
        except ConnectionError:
            pass
        finally:
            forget()
            self._readers.discard(queue)
        return stream

    async def end(self, _: web.Application) -> None:
        """Every open stream ends, so that the server can."""
        for queue in self._readers:
            queue.put_nowait(None)

    async def _next(self, queue: asyncio.Queue[Change | None]) -> Change | None:
        try:
            async with asyncio.timeout(_QUIET_SECONDS):
                change = await queue.get()
        except TimeoutError:
            return {"kind": "tick"}
        if change is not None and change["kind"] == "fresh":
            return {"kind": "snapshot", **await self.snapshot()}
        return change

    async def _aside(self) -> Change:
        aside: Change = {"now": self._controls.now().isoformat()}
        try:
            people = tuple(self._platform.people)
            strips = {str(person): await self._controls.strip(person) for person in people}
            aside |= {"upcoming": await self._controls.upcoming(), "strips": strips}
        except Exception as fault:  # noqa: BLE001 - the page must outlive a bot that is down
            self._platform.note("岗亭", "暂时答不上来", type(fault).__name__)
        return aside

    async def _tell(self, stream: web.StreamResponse, change: Change) -> None:
        await stream.write(f"data: {json.dumps(change, ensure_ascii=False)}\n\n".encode())
