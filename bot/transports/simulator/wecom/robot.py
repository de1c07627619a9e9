"""What people do on phones whose platform is the robot's: told over its long connection.

A robot has neither menu nor camera key nor location key, and hears no location. Knows no socket
(`robot_line`) and no body of a callback (`robot_told`).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from bot.errors import NotFound, Refused
from bot.transports.simulator.phones import Phone
from bot.transports.simulator.wecom import robot_told
from bot.transports.simulator.wecom.robot_calls import Asked
from bot.transports.simulator.wecom.robot_line import EVENT, MESSAGE, RobotLine

AN_ENTRY_A_DAY = 24 * 3600
NO_KEY = "机器人没有菜单，也没有拍照键和位置键。"


class Robot(RobotLine):
    """The robot of one corporation, with the phones' door to it."""

    def open_door(self) -> None:
        """The platform's phones act through the robot from now on."""
        platform = self.corp.platform
        platform.door = self
        platform.hears_groups = platform.hears_files = True
        platform.connect(self.take)

    # ---- what people do ----

    @property
    def menu(self) -> list[dict[str, Any]]:
        """A robot has none."""
        return []

    async def click(self, person: int, key: str) -> None:
        """A robot has no menu."""
        del person, key
        raise NotFound(NO_KEY)

    async def snap(
        self, person: int, shots: Sequence[bytes], key: str = "", text: str = ""
    ) -> None:
        """A robot has no camera key."""
        del person, shots, key, text
        raise NotFound(NO_KEY)

    async def locate(self, person: int, lat: float, lon: float, key: str = "") -> None:
        """A robot has no location key."""
        del person, lat, lon, key
        raise NotFound(NO_KEY)

    async def enter(self, person: int) -> bool:
        """The person opened the robot's chat: told once a day; whether it was told."""
        corp, now = self.corp, self.corp.now()
        name = f"robot:{person}"
        if now - corp.state.entered.get(name, -AN_ENTRY_A_DAY) < AN_ENTRY_A_DAY:
            return False
        corp.state.entered[name] = now
        body = robot_told.event(corp, person, "enter_chat", str(now))
        return await self.tell(EVENT, body, Asked("enter_chat", person, now))

    async def mix(self, person: int, shots: Sequence[bytes], text: str) -> None:
        """The person sent words and pictures as one message (图文混排)."""
        platform = self.corp.platform
        platform.connect(self._nothing)
        try:
            sent = await Phone(platform, person).shoot(list(shots), text)
        finally:
            platform.connect(self.take)
        raws = [platform.raw(one) for one in sent]
        words = [raw for raw in raws if "text" in raw]
        items = [*words, *(raw for raw in raws if "photo" in raw)]
        body = robot_told.mixed(self.corp, self.shop, person, items, f"mixed:{sent[0].id}")
        await self.tell(MESSAGE, body, Asked("message", person, self.corp.now()))

    async def speak(self, person: int, words: str) -> None:
        """The person sent a voice message, and the platform heard these words."""
        body = robot_told.heard(self.corp, person, words, f"voice:{secrets.token_hex(8)}")
        await self.tell(MESSAGE, body, Asked("message", person, self.corp.now()))

    async def take(self, raw: dict[str, Any]) -> None:
        """The act was told, or is lost; raises Refused only while the net is down."""
        corp, now = self.corp, self.corp.now()
        if not corp.platform.online:
            raise Refused("手机没有网络，什么也没发。")
        if "callback_query" in raw:
            pressed = robot_told.press(corp, raw)
            if pressed is not None:
                chat = raw["callback_query"]["message"]["chat"]["id"]
                asked = Asked("template_card_event", chat, now, pressed[1])
                await self.tell(EVENT, pressed[0], asked)
            return
        body = robot_told.message(corp, self.shop, raw)
        if body is None:
            corp.platform.note("企业微信", "没转给岗亭", "机器人收不到这个")
            return
        await self.tell(MESSAGE, body, Asked("message", raw["message"]["chat"]["id"], now))

    async def _nothing(self, raw: dict[str, Any]) -> None:
        """What is told otherwise isn't told twice."""
