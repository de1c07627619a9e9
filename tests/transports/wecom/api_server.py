"""A few lines of the active interface on a real port, as each test wants it to answer."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from bot.transports.wecom.client import Client
from bot.transports.wecom.config import App

SECRET = "the-apps-own-secret"
CORP, AGENT = "ww1", 1000002
START = datetime(2025, 6, 9, 1, 0, tzinfo=UTC)

Answer = Callable[[web.Request], Awaitable[web.StreamResponse | dict[str, Any]]]


def refusal(code: int, message: str = "no") -> dict[str, Any]:
    return {"errcode": code, "errmsg": message}


@dataclass
class Asked:
    path: str
    query: dict[str, str]
    body: bytes
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class ApiServer:
    """Answers by path; a wrong secret and an old token are refused as the platform does."""

    answers: dict[str, Answer | dict[str, Any]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    life: int = 7200
    at_once: int = 0
    most_at_once: int = 0
    token_answer: dict[str, Any] | web.Response | None = None
    now: datetime = START

    def paths(self) -> list[str]:
        return [one.path for one in self.asked]

    def move(self, by: timedelta) -> None:
        self.now += by

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            said = await self._said(request)
        finally:
            self.at_once -= 1
        return web.json_response(said) if isinstance(said, dict) else said

    async def _said(self, request: web.Request) -> web.StreamResponse | dict[str, Any]:
        path = request.path.removeprefix("/cgi-bin/")
        body = await request.read()
        self.asked.append(Asked(path, dict(request.query), body, dict(request.headers)))
        if path == "gettoken":
            return self._token(request)
        if not self.tokens or request.query.get("access_token") != self.tokens[-1]:
            return refusal(42001, "access_token expired")
        answer = self.answers.get(path, web.Response(status=404, text="<html>nothing</html>"))
        return answer if isinstance(answer, (dict, web.StreamResponse)) else await answer(request)

    def _token(self, request: web.Request) -> web.StreamResponse | dict[str, Any]:
        if self.token_answer is not None:
            return self.token_answer
        if request.query.get("corpsecret") != SECRET or request.query.get("corpid") != CORP:
            return refusal(40001, f"invalid credential {request.query.get('corpsecret')}")
        self.tokens.append(f"token-{len(self.tokens)}")
        return {"errcode": 0, "access_token": self.tokens[-1], "expires_in": self.life}


@asynccontextmanager
async def api(**config: Any) -> AsyncIterator[tuple[ApiServer, Client]]:
    """A running server and a client of it."""
    server = ApiServer()
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_route("*", "/{path:.*}", server.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    given: dict[str, Any] = {"secret": SECRET, "api": f"http://127.0.0.1:{port}"} | config
    client = Client(App(CORP, AGENT, **given), lambda: server.now)
    try:
        yield server, client
    finally:
        await client.close()
        await runner.cleanup()
