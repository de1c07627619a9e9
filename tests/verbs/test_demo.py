"""`gangting demo`: phones, house and, with `--line wecom`, the whole real line between them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.errors import BadSetting
from bot.settings import load
from bot.verbs.demo import Stage

ZHANG, ZHOU = 101, 107


class Demo:
    """A running demo's page, without a browser."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session

    async def state(self) -> dict[str, Any]:
        async with self.session.get("/state") as answer:
            return dict(await answer.json())

    async def post(self, path: str, **body: Any) -> str:
        """The refusal's sentence, "" where there is none."""
        async with self.session.post(path, json=body) as answer:
            return "" if answer.status == 200 else str((await answer.json())["error"])

    async def act(self, act: str, person: int = ZHANG, **more: Any) -> str:
        return await self.post("/send", act=act, person=person, **more)

    async def until(self, seen: Callable[[str], bool], seconds: float = 20.0) -> str:
        """The transcript, as soon as it shows that."""
        text = ""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    async with self.session.get("/transcript") as answer:
                        text = await answer.text()
                    if seen(text):
                        return text
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(text) from None


@asynccontextmanager
async def playing(home: Path, line: str, told: pytest.CaptureFixture[str]) -> AsyncIterator[Demo]:
    """A demo without a past at a free port; it must end cleanly."""
    stage = Stage(load(home), line, seeded=False)
    running = asyncio.get_running_loop().create_task(stage.play(0))
    out = ""
    while "http://" not in out:
        assert not running.done(), running
        await asyncio.sleep(0.05)
        out += told.readouterr().out
    try:
        async with aiohttp.ClientSession(out.split()[2]) as session:
            yield Demo(session)
    finally:
        stage.end()
        await asyncio.wait_for(running, 20)


@pytest.mark.parametrize("line", ["simulator", "wecom"])
async def test_a_report_is_receipted_through_either_line_and_after_a_restart(
    tmp_path: Path, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with playing(tmp_path, line, capsys) as demo:
        await demo.until(lambda text: "孙涛 <" in text)
        words = "松江路 流动摊贩2个 已劝离"
        assert await demo.act("scenes", scenes=["stall"], text=words) == ""
        await demo.until(lambda text: "已收 · 松江路" in text)
        assert await demo.post("/restart") == ""
        card = next(m for m in (await demo.state())["chats"][0]["messages"] if "已收" in m["text"])
        button = next(b for row in card["buttons"] for b in row if b["text"] == "改类别")
        assert await demo.act("press", message=card["id"], data=button["data"]) == ""
        await demo.until(lambda text: "张建国 > 改类别" in text and "店外经营]" in text)
        assert await demo.post("/wipe") == ""
        text = await demo.until(lambda text: "孙涛 <" in text)
        assert "已收" not in text
        assert (await demo.state())["net"]["waiting"] == 0
        violations = [
            seen["rest"] for seen in (await demo.state())["lines"] if seen["kind"] == "violation"
        ]
        assert violations == []


async def test_the_wecom_demo_has_the_app_s_menu_a_live_camera_and_people_who_come_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with playing(tmp_path, "wecom", capsys) as demo:
        await demo.until(lambda text: "孙涛 <" in text)
        state = await demo.state()
        assert state["skin"] == "wecom"
        assert [button["name"] for button in state["menu"]] == ["拍照上报", "巡查", "我的"]
        assert "换不了" in await demo.post("/skin", skin="telegram")
        assert await demo.act("menu", key="本周") == ""
        await demo.until(lambda text: "张建国 < 本周到现在" in text)
        assert "没有" in await demo.act("menu", key="没有的")
        assert await demo.act("scenes", scenes=["cart"], text="松江路正常", key="photo") == ""
        await demo.until(lambda text: "已收 · 松江路" in text)
        assert await demo.act("place", lat=34.8105, lon=117.3236, key="place") == ""
        text = await demo.until(lambda text: "您在松江路附近" in text)
        assert text.count("您在松江路附近") == 1
        assert await demo.act("enter", person=ZHOU) == ""
        await demo.until(lambda text: "周凯 < 好了，周凯" in text)
        assert await demo.post("/net", seconds=1.5) == ""
        assert await demo.act("text", text="松江路本周几次") == ""
        assert (await demo.state())["net"]["waiting"] == 1
        await demo.until(lambda text: "松江路本周去了" in text)


def test_a_home_is_of_one_line(tmp_path: Path) -> None:
    (tmp_path / "simulator").mkdir()
    with pytest.raises(BadSetting, match="--line simulator"):
        Stage(load(tmp_path), "wecom", seeded=False)
