"""The app's menu: what stands at the foot of the chat, three keys with up to five below each.

A click comes back as a message with the key's words, so a key says what its owner could write.
"""

from __future__ import annotations

from typing import Any

from bot.transports.wecom.client import Client

CAMERA_KEY, PLACE_KEY = "photo", "place"
"""Keys of what opens the camera and the map: their events say what was done, not these words."""

KEYS, BELOW = 3, 5
NAME_BYTES, BELOW_BYTES, KEY_BYTES = 16, 40, 128
"""Path/90231; in the client 4 Chinese characters of a key fit, and 7 of one below."""


def _said(words: str) -> dict[str, Any]:
    return {"type": "click", "name": words, "key": words}


MENU: dict[str, Any] = {
    "button": [
        {"type": "pic_sysphoto", "name": "拍照上报", "key": CAMERA_KEY},
        {
            "name": "巡查",
            "sub_button": [
                _said("开始巡查"),
                _said("结束巡查"),
                _said("专项检查"),
                {"type": "location_select", "name": "发送位置", "key": PLACE_KEY},
                _said("点位"),
            ],
        },
        {
            "name": "我的",
            "sub_button": [
                _said("我的待办"),
                _said("我的台账"),
                _said("本周"),
                _said("本周还差什么"),
                _said("帮助"),
            ],
        },
    ]
}


async def hang_out(client: Client, agent_id: int) -> None:
    """The app's chat shows the menu, to each member within a day. Raises what `call` raises."""
    await client.call("menu/create", MENU, params={"agentid": agent_id})
