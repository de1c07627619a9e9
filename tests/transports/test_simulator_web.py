"""The page's server: acts, the clock, the stream, and whom it refuses."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp import ClientSession, FormData

from bot.clock import Clock
from bot.transports.simulator.chats import Person, Place
from bot.transports.simulator.orders import next_morning
from bot.transports.simulator.platform import Platform
from bot.transports.simulator.scenes import scenes
from bot.transports.simulator.web import build_page, open_page

TZ = ZoneInfo("Asia/Shanghai")
START = datetime(2025, 6, 12, 16, 38, tzinfo=TZ)


class Controls:
    """Remembers what the page asked for."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.done: list[str] = []
        self.down = False

    def now(self) -> datetime:
        return self.clock.now().astimezone(TZ)

    async def move(self, minutes: int) -> None:
        self.clock.move(timedelta(minutes=minutes))

    async def move_to(self, moment: datetime) -> None:
        self.clock.set(moment)

    async def upcoming(self) -> list[dict[str, Any]]:
        if self.down:
            raise OSError("no database")
        at = START.replace(hour=17, minute=30)
        thing = {"at": at.isoformat(), "text": "提醒张建国", "due": 7}
        return [thing] if self.now() < at else []

    async def run_due(self, row: int) -> bool:
        self.done.append(f"due {row}")
        return row == 7

    async def restart(self) -> None:
        self.done.append("restart")

    async def wipe(self) -> None:
        self.done.append("wipe")

    async def strip(self, person: int) -> str:
        return f"第 {person} 个人的本周"


class Site:
    """A served page and a client of it."""

    def __init__(self, client: ClientSession, platform: Platform, controls: Controls) -> None:
        self.client, self.platform, self.controls = client, platform, controls
        self.raw: list[dict[str, Any]] = []
        platform.connect(self.accept)

    async def accept(self, raw: dict[str, Any]) -> None:
        self.raw.append(raw)

    async def post(self, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
        async with self.client.post(path, json=body) as answer:
            return answer.status, await answer.json()


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    clock = Clock()
    clock.set(START)
    people = [Person(101, "张建国", "队员"), Person(102, "李主任", "分管领导")]
    platform = Platform(tmp_path, clock, people, spots=[Place("松江路", 34.8, 117.3)])
    controls = Controls(clock)
    async with (
        open_page(build_page(platform, controls), 0) as address,
        ClientSession(address) as client,
    ):
        yield Site(client, platform, controls)


async def test_every_act_of_a_phone_reaches_the_bot(site: Site) -> None:
    said, _ = await site.post("/send", act="text", person=101, text="你好")
    await site.post("/send", act="scenes", person=101, scenes=["stall", "clear"], text="松江路")
    await site.post("/send", act="place", person=101, lat=34.8, lon=117.3)
    first = site.raw[0]["message"]["message_id"]
    await site.post("/send", act="edit", person=101, message=first, text="改了")
    await site.post("/send", act="press", person=101, message=first, data="v1:x")
    assert said == 200
    kinds = [next(key for key in raw if key != "update_id") for raw in site.raw]
    assert kinds == ["message"] * 4 + ["edited_message", "callback_query"]
    assert site.raw[1]["message"]["caption"] == "松江路"


async def test_uploaded_pictures_are_photos_and_all_else_is_a_document(site: Site) -> None:
    form = FormData()
    form.add_field("order", json.dumps({"act": "files", "person": 101, "text": "佐证"}))
    form.add_field("file", scenes()[0].jpeg, filename="a.jpg", content_type="image/jpeg")
    form.add_field("file", b"<script>", filename="x.html", content_type="text/html")
    async with site.client.post("/send", data=form) as answer:
        assert answer.status == 200
    photo, paper = (raw["message"] for raw in site.raw)
    assert photo["caption"] == "佐证"
    async with site.client.get(f"/files/{photo['photo'][-1]['file_id']}") as answer:
        assert answer.content_type == "image/jpeg"
    async with site.client.get(f"/files/{paper['document']['file_id']}") as answer:
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"] == "attachment"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/send", {"act": "dance", "person": 101}, 400),
        ("/send", {"act": "text", "person": 999, "text": "x"}, 404),
        ("/send", {"act": "text", "person": 101, "text": " "}, 400),
        ("/send", {"act": "text", "person": 101, "chat": 102, "text": "x"}, 404),
        ("/send", {"act": "text", "person": 101, "text": "x", "reply_to": 77}, 404),
        ("/send", {"act": "scenes", "person": 101, "scenes": ["moon"]}, 404),
        ("/send", {"act": "scenes", "person": 101}, 400),
        ("/send", {"act": "files", "person": 101}, 400),
        ("/send", {"act": "place", "person": 101}, 400),
        ("/send", {"act": "place", "person": 101, "lat": 91.0, "lon": 0.0}, 400),
        ("/send", {"act": "press", "person": 101, "data": "x"}, 400),
        ("/send", {"act": "edit", "person": 101, "message": 5, "text": "x"}, 404),
        ("/clock", {"minutes": -5}, 400),
        ("/clock", {"to": "yesterday"}, 400),
        ("/clock", {"to": "2024-01-01T00:00:00"}, 400),
        ("/net", {"seconds": "long"}, 400),
        ("/skin", {"skin": "qq"}, 400),
        ("/nowhere", {}, 404),
    ],
)
async def test_a_bad_request_is_a_sentence(
    site: Site, path: str, body: dict[str, Any], status: int
) -> None:
    got, answer = await site.post(path, **body)
    assert (got, site.raw) == (status, [])
    assert answer["error"]


async def test_a_body_that_is_no_json_object_is_a_sentence(site: Site) -> None:
    for body in (b"", b"[1]", b"{", b"\xff"):
        async with site.client.post("/send", data=body) as answer:
            assert answer.status == 400
            assert (await answer.json())["error"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_other_sites_are_refused(site: Site, headers: dict[str, str]) -> None:
    async with site.client.post("/wipe", json={}, headers=headers) as answer:
        assert answer.status == 403
    assert site.controls.done == []


async def test_the_clock_goes_where_it_is_sent(site: Site) -> None:
    await site.post("/clock", minutes=10)
    assert site.controls.now() >= START + timedelta(minutes=10)
    await site.post("/clock", to="next")
    assert site.controls.now().strftime("%H:%M") == "17:30"
    status, answer = await site.post("/clock", to="next")
    assert (status, answer["error"]) == (400, "后面没有排定的事，时钟没动。")
    await site.post("/clock", to="morning")
    assert site.controls.now().strftime("%d %H:%M") == "13 08:30"
    await site.post("/clock", to="2025-06-15T09:00:00")
    assert site.controls.now().strftime("%d %H:%M") == "15 09:00"


def test_at_one_in_the_night_the_next_morning_is_the_same_day() -> None:
    night = START.replace(day=13, hour=1)
    assert next_morning(night) == START.replace(day=13, hour=8, minute=30)


async def test_net_skin_restart_and_wipe(site: Site) -> None:
    await site.post("/net", seconds=30)
    await site.post("/send", act="text", person=101, text="等着")
    assert site.raw == []
    await site.post("/net", seconds=0)
    assert site.raw[0]["message"]["text"] == "等着"
    await site.post("/skin", skin="wecom")
    assert site.platform.skin == "wecom"
    await site.post("/restart")
    await site.post("/wipe")
    assert site.controls.done == ["restart", "wipe"]
    assert not site.platform.chats[101].messages


async def read(lines: Any) -> dict[str, Any]:
    """The next event of a stream."""
    async for line in lines:
        if line.startswith(b"data: "):
            event: dict[str, Any] = json.loads(line[6:])
            return event
    raise AssertionError("the stream ended")


async def test_the_stream_begins_with_a_snapshot_and_goes_on_with_changes(site: Site) -> None:
    async with site.client.get("/events") as stream:
        snapshot = await read(stream.content)
        assert snapshot["kind"] == "snapshot"
        assert [scene["code"] for scene in snapshot["scenes"]] == ["stall", "cart", "clear", "old"]
        assert snapshot["strips"]["101"] == "第 101 个人的本周"
        assert snapshot["upcoming"][0]["text"] == "提醒张建国"
        await site.post("/send", act="text", person=101, text="你好")
        kinds = [(await read(stream.content))["kind"] for _ in range(3)]
        assert kinds[:2] == ["line", "message"]


async def test_a_bot_that_is_down_does_not_take_the_page_with_it(site: Site) -> None:
    site.controls.down = True
    async with site.client.get("/state") as answer:
        assert answer.status == 200
        state = await answer.json()
    assert state["people"][0]["name"] == "张建国"
    assert "upcoming" not in state


async def test_the_page_and_its_parts_are_served_with_a_strict_policy(site: Site) -> None:
    for path in ("/", "/static/main.js", "/static/style.css", "/scenes/stall", "/transcript"):
        async with site.client.get(path) as answer:
            assert answer.status == 200, path
            assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    for path in ("/files/..%2Fsimulator.json", "/files/sim-none", "/scenes/moon"):
        async with site.client.get(path) as answer:
            assert answer.status == 404, path
