"""The robot's long connection at its far end: who is subscribed, what is told, what is answered.

What happens while nobody is subscribed is lost; the documents promise nothing else. Knows no rule
of a single command (`robot_calls`) and no person.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import Any

from aiohttp import WSMsgType, web

from bot.transports.simulator.limits import Rejected
from bot.transports.simulator.wecom import checks, robot_told
from bot.transports.simulator.wecom.checks import Refusal
from bot.transports.simulator.wecom.corp import Corp
from bot.transports.simulator.wecom.records import Call
from bot.transports.simulator.wecom.robot_calls import Asked, Body, Desk

PATH = "/robot"
LARGEST_FRAME = 2 * 1024 * 1024

MESSAGE, EVENT = "aibot_msg_callback", "aibot_event_callback"
_KNOWN = {"cmd", "headers", "body"}


class RobotLine:
    """The connections of one robot, of which one is subscribed.

    For tests: `kicked` counts connections that a newer one ended.
    """

    def __init__(self, corp: Corp) -> None:
        self.corp, self.desk, self.shop = corp, Desk(corp), robot_told.Shop(corp)
        self.kicked = 0
        self._line: web.WebSocketResponse | None = None
        self._open: set[web.WebSocketResponse] = set()
        desk = self.desk
        self._commands: dict[str, Callable[[str, Body], Body]] = {
            "aibot_respond_msg": desk.respond,
            "aibot_respond_welcome_msg": desk.welcome,
            "aibot_respond_update_msg": desk.update,
            "aibot_send_msg": desk.send,
            "aibot_upload_media_init": desk.begin_upload,
            "aibot_upload_media_chunk": desk.take_piece,
            "aibot_upload_media_finish": desk.end_upload,
        }

    def routes(self) -> list[web.RouteDef]:
        """To be served beside the API."""
        return [web.get(PATH, self.serve), web.get(PATH + "/file/{token}", self.file)]

    @property
    def url(self) -> str:
        """Where the long connection is taken."""
        return self.corp.base.replace("http", "ws", 1) + PATH

    @property
    def subscribed(self) -> bool:
        """Whether somebody holds the robot."""
        return self._line is not None

    async def tell(self, cmd: str, body: Body, asked: Asked) -> bool:
        """Whether somebody was told; else it is lost, and noted so."""
        line = self._line
        if line is not None:
            request = secrets.token_hex(12)
            self.desk.asked[request] = asked
            try:
                await line.send_json({"cmd": cmd, "headers": {"req_id": request}, "body": body})
            except (ConnectionError, RuntimeError):
                self._leave(line)
            else:
                return True
        self.corp.lost.append(str(body))
        self.corp.platform.note("企业微信", "丢了一条", "机器人没有连着", "violation")
        return False

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """One connection from its beginning to its end."""
        if not self.corp.platform.online:
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse(max_msg_size=LARGEST_FRAME)
        await socket.prepare(request)
        self._open.add(socket)
        forget = self.corp.platform.listen(lambda change: self._heard(change, request))
        try:
            async for message in socket:
                if message.type is not WSMsgType.TEXT or not await self._answer(
                    socket, message.data
                ):
                    break
        finally:
            forget()
            self._open.discard(socket)
            self._leave(socket)
        return socket

    async def file(self, request: web.Request) -> web.Response:
        """An encrypted file; 403 where its address is dead."""
        data = self.shop.fetch(request.match_info["token"])
        if data is None or not self.corp.platform.online:
            return web.Response(status=403, text="expired")
        return web.Response(body=data, content_type="application/octet-stream")

    async def drop(self) -> None:
        """Every connection ends, as when the platform restarts."""
        for socket in tuple(self._open):
            await socket.close()

    def _heard(self, change: dict[str, Any], request: web.Request) -> None:
        """A cut net ends the connections, without a word to either side."""
        if change["kind"] == "net" and not change["online"] and request.transport is not None:
            request.transport.abort()

    def _leave(self, socket: web.WebSocketResponse) -> None:
        if self._line is socket:
            self._line = None

    async def _answer(self, socket: web.WebSocketResponse, text: str) -> bool:
        """The frame was answered; whether the connection goes on."""
        frame, request, cmd = {}, "", ""
        answer: Body = {"errcode": 0, "errmsg": "ok"}
        mishap = None
        try:
            frame = checks.parsed(text.encode())
            request, cmd = _head(frame)
            fault = self.corp.faults.next(cmd)
            mishap = fault.mishap if fault else None
            if fault is not None and mishap == "slow":
                await asyncio.sleep(fault.seconds)
            if fault is not None and mishap == "errcode":
                raise Refusal(fault.errcode, "made on purpose")
            if mishap not in ("reset", "html"):
                answer |= await self._carry_out(socket, request, cmd, frame)
        except Refusal as no:
            answer = {"errcode": no.errcode, "errmsg": no.errmsg}
        except Rejected as no:
            answer = {"errcode": 40058, "errmsg": no.description}
        self._note(cmd, frame, answer["errcode"])
        if mishap in ("reset", "html"):
            return False
        if mishap != "lost":
            await socket.send_json({"headers": {"req_id": request}, **answer})
        return True

    async def _carry_out(
        self, socket: web.WebSocketResponse, request: str, cmd: str, frame: Body
    ) -> Body:
        if cmd == "ping":
            return {}
        body = frame.get("body")
        if not isinstance(body, dict):
            raise Refusal(40058, "missing body")
        if cmd == "aibot_subscribe":
            await self._subscribe(socket, body)
            return {}
        if socket is not self._line:
            raise Refusal(846609, "aibot websocket not subscribed")
        command = self._commands.get(cmd)
        if command is None:
            raise Refusal(40058, "unknown cmd")
        told = command(request, body)
        return {"body": told} if told else {}

    async def _subscribe(self, socket: web.WebSocketResponse, body: Body) -> None:
        """The robot is on this connection; an older one is told, and is closed when it pleases."""
        setup = self.corp.setup
        if (body.get("bot_id"), body.get("secret")) != (setup.robot_id, setup.robot_secret):
            raise Refusal(853000, "invalid bot_id or secret")
        older, self._line = self._line, socket
        if older is not None and older is not socket:
            self.kicked += 1
            told = {
                "msgid": secrets.token_hex(16), "create_time": self.corp.now(),
                "aibotid": setup.robot_id, "msgtype": "event",
                "event": {"eventtype": "disconnected_event"},
            }  # fmt: skip
            headers = {"req_id": secrets.token_hex(12)}
            await older.send_json({"cmd": EVENT, "headers": headers, "body": told})

    def _note(self, cmd: str, frame: Body, errcode: int) -> None:
        body = frame.get("body")
        shown = dict(body) if isinstance(body, dict) else body
        if isinstance(shown, dict):
            for name in {"secret", "base64_data"} & shown.keys():
                shown[name] = "…"
        self.corp.calls.append(Call(cmd, shown, errcode))


def _head(frame: Body) -> tuple[str, str]:
    """A frame's req_id and command; raises Refusal where it is no frame."""
    headers, cmd = frame.get("headers"), frame.get("cmd")
    request = headers.get("req_id") if isinstance(headers, dict) else None
    if not isinstance(request, str) or not request or not isinstance(cmd, str):
        raise Refusal(40058, "a frame has cmd and headers.req_id")
    if frame.keys() - _KNOWN:
        raise Refusal(40058, "unknown parts of a frame")
    return request, cmd
