"""A make-believe corporation on a loopback port, with an app that opens its callbacks."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bot.clock import Clock
from bot.transports.simulator.chats import Person
from bot.transports.simulator.phones import Phone
from bot.transports.simulator.platform import Platform
from bot.transports.simulator.wecom.corp import Corp, Setup
from bot.transports.simulator.wecom.server import open_corp
from bot.transports.wecom.config import Callback
from bot.transports.wecom.crypto import Envelope
from bot.transports.wecom.xml import parse

ZHANG, LI, WANG = 1, 2, 3
AGENT = Setup().agent_id
CARD = {
    "card_type": "button_interaction",
    "main_title": {"title": "报告 1"},
    "sub_title_text": "松江路",
    "button_list": [{"text": "改点位", "key": "v1:a"}, {"text": "撤回", "key": "v1:b", "style": 2}],
}
VOTE = {
    "card_type": "vote_interaction",
    "main_title": {"title": "哪个点位？"},
    "checkbox": {
        "question_key": "pick",
        "option_list": [{"id": f"v1:{n}", "text": f"点位{n}"} for n in range(9)],
    },
    "submit_button": {"text": "选好了", "key": "submit"},
}


@dataclass
class App:
    """The app at the other end: what it was called back with, and how it answers."""

    statuses: list[int] = field(default_factory=list)
    heard: list[dict[str, Any]] = field(default_factory=list)
    envelope: Envelope | None = None

    async def receive(self, request: web.Request) -> web.Response:
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 200:
            query = request.query
            encrypted = parse((await request.text()).encode())["Encrypt"]
            given = [query[name] for name in ("msg_signature", "timestamp", "nonce")]
            assert self.envelope is not None
            self.heard.append(parse(self.envelope.open(*given, encrypted)))
        return web.Response(status=status)

    async def verify(self, request: web.Request) -> web.Response:
        query = request.query
        given = [query[name] for name in ("msg_signature", "timestamp", "nonce", "echostr")]
        assert self.envelope is not None
        return web.Response(body=self.envelope.open(*given))


@dataclass
class Fake:
    """The corporation, its platform, and a client that knows nothing of retries."""

    corp: Corp
    app: App
    base: str
    session: aiohttp.ClientSession

    @property
    def platform(self) -> Platform:
        return self.corp.platform

    def phone(self, person: int = ZHANG) -> Phone:
        return Phone(self.platform, person)

    def texts(self, person: int = ZHANG) -> list[str]:
        """What the bot said in the person's chat."""
        messages = self.platform.chat(person).messages.values()
        return [message.text for message in messages if message.sender == 0]

    def later(self, **by: float) -> None:
        self.platform.clock.move(timedelta(**by))

    def token(self) -> str:
        return self.corp.token()[0]

    async def get(self, path: str, **query: Any) -> dict[str, Any]:
        query = {"access_token": self.token()} | query
        async with self.session.get(f"{self.base}/cgi-bin/{path}", params=query) as answer:
            return dict(await answer.json())

    async def post(self, path: str, body: dict[str, Any] | bytes, **query: Any) -> dict[str, Any]:
        query = {"access_token": self.token()} | query
        data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        url = f"{self.base}/cgi-bin/{path}"
        async with self.session.post(url, params=query, data=data) as answer:
            return dict(await answer.json())

    async def send(self, msgtype: str, part: Any, to: str = "user1", **more: Any) -> dict[str, Any]:
        body = {"touser": to, "msgtype": msgtype, "agentid": AGENT, msgtype: part, **more}
        return await self.post("message/send", body)

    async def say(self, text: str, to: str = "user1", **more: Any) -> dict[str, Any]:
        return await self.send("text", {"content": text}, to, **more)

    async def card(self, task: str = "t1", to: str = "user1", **changed: Any) -> dict[str, Any]:
        return await self.send("template_card", CARD | {"task_id": task} | changed, to)

    async def update(self, code: str, **body: Any) -> dict[str, Any]:
        body = {"userids": ["user1"], "agentid": AGENT, "response_code": code} | body
        return await self.post("message/update_template_card", body)

    async def upload(
        self, data: bytes, kind: str = "file", name: bytes = '台账.xlsx'.encode(),
        disposition: bytes | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        disposition = disposition or b'form-data; name="media"; filename="' + name + b'"'
        body = (
            b"--fence\r\nContent-Disposition: " + disposition + b"\r\n"
            b"Content-Type: application/octet-stream\r\n\r\n" + data + b"\r\n--fence--\r\n"
        )
        query = {"access_token": self.token(), "type": kind}
        headers = {"Content-Type": "multipart/form-data; boundary=fence"}
        url = f"{self.base}/cgi-bin/media/upload"
        async with self.session.post(
            url, params=query, data=BytesIO(body), headers=headers
        ) as answer:
            return dict(await answer.json())


@asynccontextmanager
async def open_fake(
    folder: Path, *, callback: bool = True, more: Callable[[Corp], Any] | None = None
) -> AsyncIterator[Fake]:
    """A corporation with three members, and its app; `more` has routes to serve beside."""
    app = App()
    site = web.Application()
    site.router.add_post("/wecom", app.receive)
    site.router.add_get("/wecom", app.verify)
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/wecom"
    setup = Setup(callback=url if callback else None)
    app.envelope = Envelope(Callback(setup.corp_id, setup.token, setup.aes_key))
    people = [Person(ZHANG, "张建国"), Person(LI, "李红梅"), Person(WANG, "王芳")]
    corp = Corp(Platform(folder, Clock(), people), setup, folder)
    corp.callbacks.pause = 0.01
    corp.callbacks.open_door()
    try:
        beside = more(corp).routes() if more else ()
        async with open_corp(corp, 0, beside) as base, aiohttp.ClientSession() as session:
            yield Fake(corp, app, base, session)
    finally:
        await runner.cleanup()
