"""The strings by which tests pull at a make-believe WeCom in a process of its own."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.transports.simulator.wecom.control import Control
from tests.house import jpeg
from tests.transports.wecom.fake import AGENT, LI, ZHANG, Fake, open_fake


class Strings:
    """The control's client."""

    def __init__(self, fake: Fake) -> None:
        self.fake = fake

    async def pull(self, what: str, **wish: Any) -> dict[str, Any]:
        url = f"{self.fake.base}/control/{what}"
        async with self.fake.session.post(url, json=wish) as answer:
            return dict(await answer.json())

    async def act(self, act: str, person: int = ZHANG, **more: Any) -> dict[str, Any]:
        return await self.pull("act", act=act, person=person, **more)

    async def look(self, what: str, **query: Any) -> Any:
        url = f"{self.fake.base}/control/{what}"
        async with self.fake.session.get(url, params=query) as answer:
            return await answer.json()


@pytest.fixture
async def strings(tmp_path: Path) -> AsyncIterator[Strings]:
    async with open_fake(tmp_path, more=Control) as fake:
        yield Strings(fake)


async def test_every_act_reaches_the_app(strings: Strings) -> None:
    fake, shot = strings.fake, base64.b64encode(jpeg(1)).decode()
    menu = {"button": [
        {"type": "pic_sysphoto", "name": "拍照", "key": "photo"},
        {"type": "location_select", "name": "位置", "key": "place"},
        {"type": "click", "name": "本周", "key": "本周"},
    ]}  # fmt: skip
    await fake.post("menu/create", menu, agentid=AGENT)
    await fake.card("t1")
    card = (await strings.look("shown", person=ZHANG))[-1]
    assert card["buttons"] == [["改点位", "v1:a"], ["撤回", "v1:b"]]
    acts: list[tuple[str, dict[str, Any]]] = [
        ("text", {"text": "早"}), ("photo", {"shots": [shot], "text": "字"}),
        ("place", {"lat": 34.8, "lon": 117.3}), ("press", {"message": card["id"], "data": "v1:b"}),
        ("tap", {"text": "改点位"}), ("menu", {"key": "本周"}), ("snap", {"shots": [shot]}),
        ("locate", {"lat": 34.8, "lon": 117.3}), ("enter", {}), ("leave", {}), ("join", {}),
    ]  # fmt: skip
    for act, more in acts:
        assert await strings.act(act, **more) == {"ok": True, "lost": 0}, act
    heard = [h.get("Event") or h["MsgType"] for h in fake.app.heard]
    assert heard == [
        "text", "image", "text", "location", "template_card_event", "template_card_event", "click",
        "pic_sysphoto", "image", "location_select", "location", "enter_agent", "unsubscribe",
        "subscribe",
    ]  # fmt: skip
    told = await strings.look("calls")
    assert [call["path"] for call in told["calls"]] == ["menu/create", "message/send"]
    assert len(told["lags"]) == len(heard)
    assert (told["lost"], told["dropped"], told["violations"]) == ([], [], [])


async def test_a_refusal_and_a_loss_are_told(strings: Strings) -> None:
    assert "没有" in (await strings.act("menu", key="没有的"))["error"]
    strings.fake.app.statuses = [500] * 3
    assert (await strings.act("text", LI, text="丢了"))["lost"] == 1


async def test_a_callback_can_come_again_and_calls_be_asked_for_in_part(strings: Strings) -> None:
    assert await strings.act("text", text="一遍", again=2) == {"ok": True, "lost": 0}
    heard = strings.fake.app.heard
    assert len(heard) == 3
    assert len({h["MsgId"] for h in heard}) == 1
    assert await strings.act("text", text="又一句") == {"ok": True, "lost": 0}
    assert len(heard) == 4
    for words in ("早", "晚"):
        await strings.fake.say(words)
    told = await strings.look("calls", since=1)
    assert (told["made"], len(told["calls"])) == (2, 1)


async def test_faults_time_net_and_tokens_can_be_set(strings: Strings) -> None:
    fake = strings.fake
    await strings.pull("fault", mishap="errcode", times=1, path="message/send", errcode=45009)
    assert (await fake.say("早"))["errcode"] == 45009
    token, before = fake.token(), fake.platform.now()
    assert (await strings.pull("set", seconds=3600))["now"] >= before + 3600
    await strings.pull("set", spoil=True)
    assert (await fake.get("user/get", userid="user1", access_token=token))["errcode"] == 40014
    await strings.pull("set", trusted=False)
    assert (await fake.say("早"))["errcode"] == 60020
    await strings.pull("set", trusted=True, cut=5)
    with pytest.raises(aiohttp.ClientConnectionError):
        await fake.say("早")
    await strings.pull("set", cut=0)
    assert (await fake.say("早"))["errcode"] == 0
