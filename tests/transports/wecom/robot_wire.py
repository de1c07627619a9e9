"""The other end of a robot's long connection, and a clock for its naps; for tests only."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import WSMsgType, web

Frame = dict[str, Any]


class Wire:
    """A server that takes down what comes and answers each frame by `answer`; None is silence."""

    def __init__(self) -> None:
        self.got: list[Frame] = []
        self.texts: list[str] = []
        self.sockets: list[web.WebSocketResponse] = []
        self.url = ""
        self.answer: Callable[[Frame], Frame | None] = lambda _: {}
        self._heard = asyncio.Condition()

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            frame = json.loads(message.data)
            answer = self.answer(frame)
            if answer is not None:
                ok = {"headers": frame["headers"], "errcode": 0, "errmsg": "ok"}
                await socket.send_json(ok | answer)
            async with self._heard:
                self.got.append(frame)
                self.texts.append(message.data)
                self._heard.notify_all()
        async with self._heard:
            self._heard.notify_all()
        return socket

    def commands(self) -> list[str]:
        return [frame["cmd"] for frame in self.got]

    def of(self, cmd: str) -> list[Frame]:
        return [frame for frame in self.got if frame["cmd"] == cmd]

    async def heard(self, cmd: str, times: int = 1) -> Frame:
        """The frame with this command, when so many have come."""
        async with asyncio.timeout(5), self._heard:
            await self._heard.wait_for(lambda: len(self.of(cmd)) >= times)
        return self.of(cmd)[times - 1]

    async def closed(self) -> None:
        """The newest connection is closed."""
        async with asyncio.timeout(5), self._heard:
            await self._heard.wait_for(lambda: self.sockets[-1].closed)

    async def tell(self, frame: Frame | str) -> None:
        """Something comes over the newest connection."""
        await self.sockets[-1].send_str(frame if isinstance(frame, str) else json.dumps(frame))


@asynccontextmanager
async def wire() -> AsyncIterator[Wire]:
    """A server on this machine."""
    other = Wire()
    app = web.Application()
    app.router.add_get("/", other.serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    other.url = f"ws://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        yield other
    finally:
        for socket in other.sockets:
            await socket.close()
        await runner.cleanup()


class Naps:
    """Sleeps that last until the test says that they are over."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self._open: list[tuple[float, asyncio.Future[None]]] = []
        self._changed = asyncio.Condition()

    async def __call__(self, seconds: float) -> None:
        nap: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        async with self._changed:
            self.asked.append(seconds)
            self._open.append((seconds, nap))
            self._changed.notify_all()
        await nap

    async def over(self, seconds: float) -> None:
        """A nap of this length is asked for, and ends."""

        def found() -> bool:
            self._open = [one for one in self._open if not one[1].done()]
            return any(asked == seconds for asked, _ in self._open)

        async with asyncio.timeout(5), self._changed:
            await self._changed.wait_for(found)
            next(nap for asked, nap in self._open if asked == seconds).set_result(None)
