"""The active interface over HTTP: `/cgi-bin/…` of a make-believe corporation.

Every answer is JSON with errcode and errmsg, whatever went wrong, and HTTP 200. Faults on purpose
and the platform's cut net come first. The rules of single calls are in `messages`, `media`,
`office`.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from bot.transports.simulator.limits import Rejected
from bot.transports.simulator.wecom import checks, media, messages, office
from bot.transports.simulator.wecom.checks import Refusal
from bot.transports.simulator.wecom.corp import Corp
from bot.transports.simulator.wecom.faults import Fault
from bot.transports.simulator.wecom.records import Call

AT_ONCE = 10
"""Calls in flight above which WeCom answers 45033; support staff speak of five to ten."""

WEBHOOK_A_MINUTE = 20
LARGEST_BODY = 64 * 1024 * 1024

Telling = Callable[[Corp, Mapping[str, str]], dict[str, Any]]
_SECRETS = ("access_token", "corpsecret", "key")

_TOLD: dict[str, Telling] = {
    "user/get": office.user, "department/list": office.departments,
    "department/get": office.department, "agent/get": office.agent, "menu/get": office.get_menu,
    "appchat/get": office.get_room, "getcallbackip": office.addresses,
    "get_api_domain_ip": office.addresses,
}  # fmt: skip
_SENT = {
    "message/send": messages.send, "message/update_template_card": messages.update,
    "message/recall": messages.recall, "appchat/send": messages.post_to_room,
}  # fmt: skip
_MADE = {"menu/create": office.create_menu, "appchat/create": office.create_room}


class Gone(Exception):
    """The connection ends here without an answer."""


class Api:
    """The calls of one corporation."""

    def __init__(self, corp: Corp) -> None:
        self._corp = corp
        self._in_flight = 0
        self._webhook: deque[int] = deque()

    def routes(self) -> list[web.RouteDef]:
        """What a server serves; its body limit must be `LARGEST_BODY`."""
        return [
            web.route("*", "/cgi-bin/{name:.+}", self.serve),
            web.get("/pic/{file}", self.picture),
        ]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """The call was carried out, or refused, or met its fault."""
        name = request.match_info["name"]
        fault = self._corp.faults.next(name)
        self._in_flight += 1
        try:
            return await self._met(request, name, fault)
        except Gone:
            if request.transport is not None:
                request.transport.abort()
            raise asyncio.CancelledError from None
        finally:
            self._in_flight -= 1

    async def picture(self, request: web.Request) -> web.Response:
        """A picture that a callback's PicUrl names."""
        data = self._corp.platform.shelf.get(request.match_info["file"])
        if data is None:
            raise web.HTTPNotFound
        return web.Response(body=data, content_type="image/jpeg")

    async def _met(
        self, request: web.Request, name: str, fault: Fault | None
    ) -> web.StreamResponse:
        mishap = fault.mishap if fault else None
        if mishap in ("reset", "html") or not self._corp.platform.online:
            self._note(name, None, None)
        if mishap == "reset" or not self._corp.platform.online:
            raise Gone
        if mishap == "html":
            return web.Response(status=502, text="<html>502</html>", content_type="text/html")
        if fault is not None and mishap == "slow":
            await asyncio.sleep(fault.seconds)
        raw = await request.read()
        try:
            if fault is not None and mishap == "errcode":
                raise Refusal(fault.errcode, "made on purpose")
            answer = self._answer(request, name, raw)
        except Refusal as no:
            answer = {"errcode": no.errcode, "errmsg": no.errmsg, **no.more}
        except Rejected as no:
            answer = {"errcode": 40058, "errmsg": no.description}
        if isinstance(answer, dict):
            answer = {"errcode": 0, "errmsg": "ok", **answer}
        self._note(name, self._asked(request, raw), answer)
        if mishap == "lost" or not self._corp.platform.online:
            raise Gone
        return answer if isinstance(answer, web.StreamResponse) else _json(answer)

    def _answer(
        self, request: web.Request, name: str, raw: bytes
    ) -> dict[str, Any] | web.StreamResponse:
        corp, query = self._corp, request.query
        if self._in_flight > AT_ONCE:
            raise Refusal(45033, "api concurrent out of limit")
        if name == "gettoken":
            return self._token(request)
        if name in ("webhook/send", "webhook/upload_media"):
            return self._by_webhook(request, name, raw)
        corp.check_token(query.get("access_token"))
        if not corp.trusted:
            raise Refusal(60020, "not allow to access from your ip")
        if name in _TOLD:
            _by("GET", request)
            return _TOLD[name](corp, query)
        if name == "media/get":
            _by("GET", request)
            return media.download(corp, query.get("media_id", ""), request.headers.get("Range"))
        _by("POST", request)
        if name == "media/upload":
            head = request.headers.get("Content-Type", "")
            return media.upload(corp, query.get("type", ""), head, raw)
        if name in _SENT:
            return _SENT[name](corp, checks.parsed(raw), raw)
        if name in _MADE:
            return _MADE[name](corp, checks.parsed(raw), query)
        raise web.HTTPNotFound

    def _token(self, request: web.Request) -> dict[str, Any]:
        _by("GET", request)
        query, setup = request.query, self._corp.setup
        for missing, errcode in (("corpid", 41002), ("corpsecret", 41004)):
            if not query.get(missing):
                raise Refusal(errcode, f"{missing} missing")
        if query["corpid"] != setup.corp_id:
            raise Refusal(40013, "invalid corpid")
        if query["corpsecret"] != setup.secret:
            raise Refusal(40001, "invalid credential")
        token, seconds = self._corp.token()
        return {"access_token": token, "expires_in": seconds}

    def _by_webhook(self, request: web.Request, name: str, raw: bytes) -> dict[str, Any]:
        corp = self._corp
        _by("POST", request)
        if request.query.get("key") != corp.setup.webhook_key:
            raise Refusal(93000, "invalid webhook url")
        if name == "webhook/upload_media":
            kind = request.query.get("type", "")
            if kind not in ("file", "voice"):
                raise Refusal(40005, "invalid file type")
            return media.upload(corp, kind, request.headers.get("Content-Type", ""), raw)
        body, now = checks.parsed(raw), corp.now()
        while self._webhook and not now - 60 < self._webhook[0] <= now:
            self._webhook.popleft()
        if len(self._webhook) >= WEBHOOK_A_MINUTE:
            raise Refusal(45009, "api freq out of limit")
        answer = messages.post_by_webhook(corp, body, raw)
        self._webhook.append(now)
        return answer

    def _asked(self, request: web.Request, raw: bytes) -> Any:
        if request.method == "GET" or request.content_type.startswith("multipart/"):
            plain = {k: v for k, v in request.query.items() if k not in _SECRETS}
            return plain | ({"size": len(raw)} if raw else {})
        try:
            return json.loads(raw)
        except ValueError:
            return raw

    def _note(
        self, name: str, asked: Any, answer: dict[str, Any] | web.StreamResponse | None
    ) -> None:
        errcode = answer["errcode"] if isinstance(answer, dict) else None
        if isinstance(answer, web.StreamResponse):
            errcode = 0
        self._corp.calls.append(Call(name, asked, errcode))


def _by(method: str, request: web.Request) -> None:
    if request.method != method:
        raise Refusal(43001 if method == "GET" else 43002, f"require {method} method")


def _json(answer: dict[str, Any]) -> web.Response:
    return web.json_response(answer, dumps=lambda body: json.dumps(body, ensure_ascii=False))
