"""The long connection: held, watched and taken up again; what comes is stored before all else.

Knows frames, but neither updates nor methods. The platform keeps one connection a robot: a newer
one ends the older, so two that both come back at once would end each other for ever.
"""

from __future__ import annotations

import asyncio
import random
import secrets
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from weakref import WeakValueDictionary

import aiohttp
import structlog

from bot.errors import BadToken
from bot.transports.line import Accept
from bot.transports.wecom.config import Robot
from bot.transports.wecom.errors import NoAnswer, WeComError
from bot.transports.wecom.robot import frames
from bot.transports.wecom.robot.frames import Frame
from bot.transports.wecom.robot.queue import Intake, Queue

log = structlog.get_logger(__name__)

LARGEST = 4 * 1024 * 1024
"""Bytes of a frame; the platform's own hold words and addresses, never files."""

MISSED = 2
"""So many pings unanswered, and the other end is taken for dead (as the SDK does)."""


@dataclass(frozen=True, slots=True)
class Times:
    """All in seconds.

    Between pings; until an answer or a connection is given up; before connecting again, at first
    and at most; before coming back after a newer connection took over, likewise; for storing what
    came when the process ends.
    """

    ping: float = 30.0
    answer: float = 5.0
    connect: float = 20.0
    again: float = 1.0
    again_most: float = 30.0
    kicked: float = 60.0
    kicked_most: float = 600.0
    rest: float = 3.0


class End(Enum):
    """How a connection ended."""

    LOST = "lost"
    KICKED = "a newer connection took over"
    REFUSED = "the secret is refused"


class Connection:
    """The one connection of the robot; `run` holds it, `ask` speaks over it."""

    def __init__(
        self,
        config: Robot,
        intake: Intake,
        now: Callable[[], datetime],
        *,
        trust: ssl.SSLContext | bool = True,
        times: Times | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._config, self._intake, self._trust = config, intake, trust
        self._times = times or Times()
        self._sleep, self._clock, self._chance = sleep, clock, chance
        self.fresh = frames.request_ids(now, lambda: secrets.token_hex(4))
        self._live: aiohttp.ClientWebSocketResponse | None = None
        self._awaited: dict[str, asyncio.Future[Frame]] = {}
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._queue = Queue(intake, now, sleep, self._times.again, self._times.again_most)
        self._missed = 0
        self._end = End.LOST
        self._held_since: float | None = None
        self._is_up: bool | None = None
        self._up: Callable[[bool], None] = lambda _: None

    # ---- what others ask of it ----

    @property
    def alive(self) -> bool:
        """Whether the robot is subscribed at this moment."""
        return self._live is not None

    async def ask(self, frame: Frame, wait: float | None = None) -> Frame:
        """The platform's answer; asks with one req_id take turns.

        Raises NoAnswer where there is no connection or no answer within `wait` seconds, WeComError
        where the platform refuses.
        """
        request = frames.req_id(frame)
        turn = self._turns.get(request) or asyncio.Lock()
        self._turns[request] = turn
        async with turn:
            if self._live is None:
                raise NoAnswer("the robot is not connected")
            answer = await self._exchange(self._live, frame, wait or self._times.answer)
        code = answer.get("errcode", 0)
        if code == frames.NOT_SUBSCRIBED:
            # The socket lives on for a minute and more though the robot is not on it any more.
            await self._drop()
            raise NoAnswer("the robot is not subscribed any more")
        if code != 0:
            refused = code if isinstance(code, int) else -1
            raise WeComError(refused, frames.words(answer, "errmsg"))
        return answer

    async def _drop(self) -> None:
        """The connection ends, and another is taken up."""
        socket, self._live = self._live, None
        if socket is not None:
            await socket.close()

    async def run(self, accept: Accept, up: Callable[[bool], None]) -> None:
        """Everything that comes is accepted, in order; `up` hears of every change. Without end.

        What `accept` (or the intake) can't take is tried again and again, and nothing after it goes
        before it: the platform tells everything once. Raises BadToken where the secret is refused.
        """
        self._up = up
        try:
            async with asyncio.TaskGroup() as group:
                beside = [
                    group.create_task(self._queue.run(accept)),
                    group.create_task(self._intake.run()),
                ]
                try:
                    await self._hold()
                finally:
                    await self._queue.finish(self._times.rest)
                    for task in beside:
                        task.cancel()
        finally:
            self._tell(False)
        raise BadToken("WeCom refuses the robot; check GANGTING_WECOM__ROBOT_ID and ROBOT_SECRET")

    # ---- holding ----

    async def _hold(self) -> None:
        """Connects for as long as it runs; returns when the secret is refused."""
        again, kicked = self._times.again, self._times.kicked
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None)) as web:
            while True:
                self._end, self._held_since = End.LOST, None
                await self._connect(web)
                self._tell(False)
                held = 0.0 if self._held_since is None else self._clock() - self._held_since
                if self._end is End.REFUSED:
                    return
                if self._end is End.KICKED:
                    if held > self._times.kicked_most:
                        kicked = self._times.kicked
                    log.error("another connection holds the robot", again_in=kicked)
                    await self._sleep(kicked)
                    kicked = min(kicked * 2, self._times.kicked_most)
                    continue
                if self._held_since is not None:
                    again = self._times.again
                await self._sleep(again * (0.5 + self._chance() / 2))
                again = min(again * 2, self._times.again_most)

    async def _connect(self, web: aiohttp.ClientSession) -> None:
        """One connection from its beginning to its end."""
        try:
            async with asyncio.timeout(self._times.connect):
                closing = aiohttp.ClientWSTimeout(ws_close=2.0)
                socket = await web.ws_connect(
                    self._config.url, ssl=self._trust, max_msg_size=LARGEST, timeout=closing
                )
        except (aiohttp.ClientError, OSError, TimeoutError) as fault:
            log.warning("the robot can't be connected", fault=type(fault).__name__)
            return
        try:
            async with asyncio.TaskGroup() as group:
                keeper = group.create_task(self._keep(socket))
                await self._read(socket)
                keeper.cancel()
        finally:
            self._live = None
            for waiting in self._awaited.values():
                if not waiting.done():
                    waiting.set_exception(NoAnswer("the connection ended"))
            await socket.close()

    async def _keep(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Subscribes, then pings; closes the socket when nobody answers."""
        try:
            if await self._subscribe(socket):
                self._missed = 0
                while self._missed < MISSED:
                    await socket.send_str(frames.encode(frames.ping(self.fresh("ping"))))
                    self._missed += 1
                    await self._sleep(self._times.ping)
                log.warning("the robot's connection is dead")
        except (NoAnswer, aiohttp.ClientError, OSError) as fault:
            log.warning("the robot's connection is lost", fault=type(fault).__name__)
        await socket.close()

    async def _subscribe(self, socket: aiohttp.ClientWebSocketResponse) -> bool:
        """Whether the robot is on this connection now."""
        request = self.fresh("aibot_subscribe")
        frame = frames.subscribe(request, self._config.bot_id, self._config.secret)
        answer = await self._exchange(socket, frame, self._times.answer)
        code = answer.get("errcode", 0)
        if code != 0:
            # Any other code may pass: a deployment's hiccup must not end the process.
            self._end = End.REFUSED if code == frames.BAD_SECRET else End.LOST
            log.error("the robot is refused", code=code, said=frames.words(answer, "errmsg")[:200])
            return False
        self._live, self._held_since = socket, self._clock()
        self._tell(True)
        return True

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Everything that comes over this connection, until its end."""
        async for message in socket:
            if message.type is aiohttp.WSMsgType.ERROR:
                return
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            frame = frames.decode(message.data)
            if frame is None:
                log.warning("a frame can't be read", bytes=len(message.data))
            elif not frames.is_callback(frame):
                self._answered(frame)
            elif frames.event_of(frame) == "disconnected_event":
                # Leaving by ourselves: the platform would close some seconds or minutes later.
                self._end = End.KICKED
                return
            else:
                self._queue.put(frame)

    def _answered(self, frame: Frame) -> None:
        request = frames.req_id(frame)
        if request.startswith("ping_"):
            self._missed = 0
        waiting = self._awaited.get(request)
        if waiting is not None and not waiting.done():
            waiting.set_result(frame)

    async def _exchange(
        self, socket: aiohttp.ClientWebSocketResponse, frame: Frame, wait: float
    ) -> Frame:
        """The answer to the frame; raises NoAnswer."""
        request = frames.req_id(frame)
        answer: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        self._awaited[request] = answer
        try:
            async with asyncio.timeout(wait):
                await socket.send_str(frames.encode(frame))
                return await answer
        except TimeoutError:
            raise NoAnswer(f"no answer within {wait:g} s") from None
        except (aiohttp.ClientError, OSError) as fault:
            raise NoAnswer(type(fault).__name__) from None
        finally:
            answer.cancel()
            self._awaited.pop(request, None)

    def _tell(self, up: bool) -> None:
        if up is not self._is_up:
            self._is_up = up
            self._up(up)
