"""The callbacks: what happened is signed, encrypted and posted to the app, as WeCom does it.

An answer takes five seconds at most, there are three tries in all, and what nobody took by then is
lost (developer.work.weixin.qq.com/document/path/90238). Knows no API.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import aiohttp

from bot.errors import NotFound, Refused
from bot.transports.simulator import pictures
from bot.transports.simulator.phones import Phone
from bot.transports.simulator.wecom import happenings
from bot.transports.wecom.config import Callback
from bot.transports.wecom.crypto import Envelope

if TYPE_CHECKING:
    from bot.transports.simulator.wecom.corp import Corp

TRIES, PATIENCE = 3, 5.0
PAUSE = 0.3
"""Seconds between the tries; the documents don't say how long WeCom waits."""

AN_ENTRY_A_DAY = 24 * 3600


class Callbacks:
    """Calls the app back for one corporation.

    For tests: `patience` is the five seconds, `lags` how long each answer took, in seconds, and
    `again` how many tries more are made though there was an answer: as if it had got lost.
    """

    def __init__(self, corp: Corp) -> None:
        setup = corp.setup
        self._corp = corp
        self._envelope = Envelope(Callback(setup.corp_id, setup.token, setup.aes_key))
        self._session: aiohttp.ClientSession | None = None
        self.patience, self.pause = PATIENCE, PAUSE
        self.lags: list[float] = []
        self.again = 0

    async def close(self) -> None:
        """The connections to the app are closed."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def open_door(self) -> None:
        """The platform's phones act through the app from now on."""
        self._corp.platform.door = self
        self._corp.platform.connect(self.take)

    # ---- what people do ----

    @property
    def menu(self) -> list[dict[str, Any]]:
        """The app's menu as it stands."""
        return self._corp.state.menu

    async def take(self, raw: dict[str, Any]) -> None:
        """The act was called back, or is lost; raises Refused only while the net is down."""
        fields = happenings.of_update(self._corp, raw)
        if fields is not None:
            await self.call(fields)
            return
        what = "文件" if "document" in raw.get("message", {}) else "这一下"
        self._corp.platform.note("企业微信", "没转给岗亭", f"应用收不到{what}")

    async def click(self, person: int, key: str) -> None:
        """The person chose this key of the app's menu."""
        self._menu_key(key, "click")
        self._acted(person, "点菜单", key)
        await self.call(happenings.event(self._corp, person, "click", key))

    async def enter(self, person: int) -> bool:
        """The person opened the app: told once a day at most; whether it was told."""
        corp, now = self._corp, self._corp.now()
        name = str(person)
        if not corp.platform.online:
            return False
        if now - corp.state.entered.get(name, -AN_ENTRY_A_DAY) < AN_ENTRY_A_DAY:
            return False
        corp.state.entered[name] = now
        await self.call(happenings.event(corp, person, "enter_agent"))
        return True

    async def snap(
        self, person: int, shots: Sequence[bytes], key: str = "", text: str = ""
    ) -> None:
        """The person took pictures with the camera key: announced first, then sent."""
        key = key or self._first_key("pic_sysphoto")
        sizes = [pictures.sizes(shot) for shot in shots]
        plain = [
            found[-1].data if found else shot for found, shot in zip(sizes, shots, strict=True)
        ]
        told = happenings.pictures_taken(plain)
        await self.call(happenings.event(self._corp, person, "pic_sysphoto", key, **told))
        await Phone(self._corp.platform, person).shoot(plain, text)

    async def locate(self, person: int, lat: float, lon: float, key: str = "") -> None:
        """The person chose a place with the location key: told as an event, then as a message."""
        key = key or self._first_key("location_select")
        told = happenings.place_chosen(lat, lon, "")
        await self.call(happenings.event(self._corp, person, "location_select", key, **told))
        await Phone(self._corp.platform, person).point(lat, lon)

    async def appear(self, person: int, inside: bool) -> None:
        """The person is within the app's visible range from now on, or isn't any more."""
        (self._corp.removed.discard if inside else self._corp.removed.add)(person)
        name = "subscribe" if inside else "unsubscribe"
        await self.call(happenings.event(self._corp, person, name))

    # ---- the way there ----

    async def call(self, fields: happenings.Fields) -> bool:
        """Whether the app took it within its three tries; else it is lost, and noted so."""
        corp = self._corp
        if not corp.platform.online:
            raise Refused("手机没有网络，什么也没发。")
        message, fault, taken = happenings.xml(fields), "没有回调地址", False
        if corp.setup.callback is not None:
            for attempt in range(TRIES):
                await asyncio.sleep(self.pause if attempt else 0)
                fault = await self._post(corp.setup.callback, message)
                taken = taken or not fault
                if taken and not self.again:
                    return True
                self.again -= taken
        if taken:
            return True
        corp.lost.append(message.decode())
        corp.platform.note("企业微信", "丢了一条回调", f"试了 {TRIES} 次：{fault}", "violation")
        return False

    async def verify(self) -> bool:
        """Whether the callback address proves itself, as the administrator's page asks it to."""
        word = secrets.token_hex(8)
        query = self._sealed(word.encode())
        query["echostr"] = query.pop("encrypted")
        assert self._corp.setup.callback is not None
        try:
            async with asyncio.timeout(1.0):
                session = self._open()
                async with session.get(self._corp.setup.callback, params=query) as answer:
                    return answer.status == 200 and await answer.text() == word
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def _post(self, url: str, message: bytes) -> str:
        """What went wrong, "" where nothing did."""
        setup, query = self._corp.setup, self._sealed(message)
        body = (
            f"<xml><ToUserName><![CDATA[{setup.corp_id}]]></ToUserName>"
            f"<AgentID><![CDATA[{setup.agent_id}]]></AgentID>"
            f"<Encrypt><![CDATA[{query.pop('encrypted')}]]></Encrypt></xml>"
        )
        headers = {"Content-Type": "text/xml; charset=UTF-8"}
        began = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(self.patience):
                session = self._open()
                async with session.post(url, params=query, data=body, headers=headers) as answer:
                    await answer.read()
                    self.lags.append(asyncio.get_running_loop().time() - began)
                    return "" if answer.status == 200 else f"回了 {answer.status}"
        except TimeoutError:
            return "没有按时回答"
        except aiohttp.ClientError as fault:
            return type(fault).__name__

    def _sealed(self, message: bytes) -> dict[str, str]:
        timestamp, nonce = str(self._corp.now()), secrets.token_hex(8)
        sealed = self._envelope.seal(message, timestamp, nonce)
        return {
            "msg_signature": sealed.signature,
            "timestamp": timestamp,
            "nonce": nonce,
            "encrypted": sealed.encrypted,
        }

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None))
        return self._session

    # ---- the menu ----

    def _menu_key(self, key: str, kind: str) -> dict[str, Any]:
        for button in self._buttons():
            if button.get("key") == key and button.get("type") == kind:
                return button
        raise NotFound(f"应用菜单里没有「{key}」。")

    def _first_key(self, kind: str) -> str:
        for button in self._buttons():
            if button.get("type") == kind:
                return str(button["key"])
        raise NotFound("应用菜单里没有这样的按钮。")

    def _buttons(self) -> list[dict[str, Any]]:
        entries = self.menu
        return [sub for entry in entries for sub in entry.get("sub_button", [entry])]

    def _acted(self, person: int, deed: str, words: str) -> None:
        platform = self._corp.platform
        name = platform.person(person).name
        platform.transcript.acted(name, f"〔{deed} {words}〕", platform.now())
        platform.note(name, deed, words, "act")
