"""The page's server: phones' acts go in by POST, changes come out as server-sent events.

Knows the platform and, through `Controls`, what the app lets the page do: move the clock, restart
the bot, begin anew. Knows no handler and no storage.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.errors import NotFound, Refused
from bot.transports.simulator import scenes
from bot.transports.simulator.door import Door
from bot.transports.simulator.guard import add_headers, keep_to_this_machine, say_what_is_wrong
from bot.transports.simulator.orders import (
    Order,
    Post,
    minutes,
    moment,
    next_morning,
    number,
    read_json,
    read_post,
    seconds,
)
from bot.transports.simulator.phones import Phone
from bot.transports.simulator.platform import Platform
from bot.transports.simulator.stream import Controls, Stream

__all__ = ["Controls", "build_page", "open_page"]

PAGE = Path(__file__).parent / "page"
_LARGEST_BODY = 100 * 1024 * 1024


def build_page(platform: Platform, controls: Controls) -> web.Application:
    """The application; serve it with `open_page`, which binds this machine only."""
    stream = Stream(platform, controls)
    page = Server(platform, controls, stream)
    app = web.Application(
        middlewares=[keep_to_this_machine, say_what_is_wrong], client_max_size=_LARGEST_BODY
    )
    app.on_response_prepare.append(add_headers)
    app.on_shutdown.append(stream.end)
    app.add_routes(
        [
            web.get("/", page.front),
            web.static("/static", PAGE),
            web.get("/events", stream.feed),
            web.get("/state", page.state),
            web.get("/transcript", page.transcript),
            web.get("/files/{id}", page.file),
            web.get("/scenes/{code}", page.scene),
            web.post("/send", page.send),
            web.post("/clock", page.clock),
            web.post("/due", page.due),
            web.post("/net", page.net),
            web.post("/skin", page.skin),
            web.post("/restart", page.restart),
            web.post("/wipe", page.wipe),
        ]
    )
    return app


@asynccontextmanager
async def open_page(app: web.Application, port: int) -> AsyncIterator[str]:
    """The page is served on 127.0.0.1 while the context is open; gives its address."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


class Server:
    """The routes of one page."""

    def __init__(self, platform: Platform, controls: Controls, stream: Stream) -> None:
        self._platform, self._controls, self._stream = platform, controls, stream
        self._shots = 0

    async def front(self, _: web.Request) -> web.StreamResponse:
        """The page."""
        return web.FileResponse(PAGE / "index.html")

    async def state(self, _: web.Request) -> web.StreamResponse:
        """Everything the page shows."""
        return web.json_response(await self._stream.snapshot())

    async def transcript(self, _: web.Request) -> web.StreamResponse:
        """The played session in the notation of the conversations."""
        return web.Response(text=self._platform.transcript.text())

    async def send(self, request: web.Request) -> web.StreamResponse:
        """What was done on the phone is in its chat, and with the bot or waiting for it."""
        post = await read_post(request)
        phone = Phone(self._platform, post.order.person, post.order.chat)
        await getattr(self, f"_{post.order.act}")(phone, post)
        return web.json_response({"ok": True})

    async def clock(self, request: web.Request) -> web.StreamResponse:
        """The clock stands where it was asked to."""
        body, now = await read_json(request), self._local_now()
        by = minutes(body)
        if by is not None:
            await self._controls.move(by)
        else:
            await self._controls.move_to(await self._goal(str(body.get("to", "")), now))
        shown = self._local_now()
        self._platform.transcript.note(f"时钟拨到 {shown:%Y-%m-%d %H:%M}")
        self._platform.note("时钟", "拨到", f"{shown.month}月{shown.day}日 {shown:%H:%M}")
        return web.json_response({"now": shown.isoformat()})

    async def due(self, request: web.Request) -> web.StreamResponse:
        """One thing of the list has happened now."""
        if not await self._controls.run_due(number((await read_json(request)).get("due"))):
            raise Refused("这件已经发过了，没有再发。")
        self._platform.transcript.note("手动发了排好的一件")
        return web.json_response({"ok": True})

    async def net(self, request: web.Request) -> web.StreamResponse:
        """The net is cut, or mended."""
        self._platform.cut(seconds(await read_json(request)))
        await self._platform.deliver()
        return web.json_response({"ok": True})

    async def skin(self, request: web.Request) -> web.StreamResponse:
        """The platform behaves as the other one."""
        wanted = (await read_json(request)).get("skin")
        if wanted not in ("telegram", "wecom"):
            raise Refused("外观只有 telegram 和 wecom 两种。")
        if self._platform.door is not None:
            raise Refused("这次接的是企业微信线路，外观换不了。")
        self._platform.wear(wanted)
        return web.json_response({"ok": True})

    async def restart(self, _: web.Request) -> web.StreamResponse:
        """The bot was restarted."""
        self._platform.note("岗亭", "重启")
        self._platform.transcript.note("机器人重启")
        await self._controls.restart()
        return web.json_response({"ok": True})

    async def wipe(self, _: web.Request) -> web.StreamResponse:
        """The platform and the bot's data are as at the first start."""
        self._platform.wipe()
        await self._controls.wipe()
        return web.json_response({"ok": True})

    async def file(self, request: web.Request) -> web.StreamResponse:
        """A file's bytes: a photo as a picture, all else as a download that no page runs."""
        data = self._platform.shelf.get(request.match_info["id"])
        if data is None:
            raise NotFound("没有这个文件。")
        if data.startswith(b"\xff\xd8\xff"):
            return web.Response(body=data, content_type="image/jpeg")
        headers = {"Content-Disposition": "attachment", "Content-Security-Policy": "sandbox"}
        return web.Response(body=data, content_type="application/octet-stream", headers=headers)

    async def scene(self, request: web.Request) -> web.StreamResponse:
        """A sample scene as a picture."""
        shot = await asyncio.to_thread(_shot, request.match_info["code"], 0)
        return web.Response(body=shot, content_type="image/jpeg")

    # ---- acts, by their name in the order ----

    async def _text(self, phone: Phone, post: Post) -> None:
        await phone.write(post.order.text, post.order.reply_to)

    async def _place(self, phone: Phone, post: Post) -> None:
        if post.order.lat is None or post.order.lon is None:
            raise Refused("位置要有经度和纬度，什么也没发。")
        lat, lon, door = post.order.lat, post.order.lon, self._platform.door
        if post.order.key and door is not None:
            await door.locate(post.order.person, lat, lon, post.order.key)
        else:
            await phone.point(lat, lon)

    async def _press(self, phone: Phone, post: Post) -> None:
        await phone.press(post.order.card, post.order.data)

    async def _edit(self, phone: Phone, post: Post) -> None:
        await phone.reword(post.order.card, post.order.text)

    async def _scenes(self, phone: Phone, post: Post) -> None:
        if not post.order.scenes:
            raise Refused("没有选照片，什么也没发。")
        shots = []
        for code in post.order.scenes:
            self._shots += 1
            shots.append(await asyncio.to_thread(_shot, code, self._shots))
        await self._shoot(phone, post.order, shots)

    async def _files(self, phone: Phone, post: Post) -> None:
        if not post.uploads:
            raise Refused("没有选文件，什么也没发。")
        photos = [upload.data for upload in post.uploads if upload.is_photo]
        text = post.order.text
        if photos:
            await self._shoot(phone, post.order, photos)
            text = ""
        for upload in (upload for upload in post.uploads if not upload.is_photo):
            await phone.attach(upload.name, upload.mime, upload.data, text, post.order.reply_to)
            text = ""

    async def _menu(self, _: Phone, post: Post) -> None:
        await self._door().click(post.order.person, post.order.key)

    async def _enter(self, _: Phone, post: Post) -> None:
        await self._door().enter(post.order.person)

    async def _shoot(self, phone: Phone, order: Order, shots: list[bytes]) -> None:
        door = self._platform.door
        if order.key and door is not None:
            await door.snap(order.person, shots, order.key, order.text)
        else:
            await phone.shoot(shots, order.text, order.reply_to)

    def _door(self) -> Door:
        if self._platform.door is None:
            raise Refused("这个平台没有应用菜单。")
        return self._platform.door

    def _local_now(self) -> datetime:
        return self._controls.now().astimezone(ZoneInfo(self._platform.zone))

    async def _goal(self, to: str, now: datetime) -> datetime:
        if to == "morning":
            return next_morning(now)
        if to != "next":
            return moment(to, now)
        events = await self._controls.upcoming()
        if not events:
            raise Refused("后面没有排定的事，时钟没动。")
        return max(datetime.fromisoformat(events[0]["at"]), now)


def _shot(code: str, variant: int) -> bytes:
    scene = scenes.draw(code, variant)
    if scene is None:
        raise NotFound("没有这张样片。")
    return scene.jpeg
