"""The app's menu: within the platform's limits, and every key means something."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.transports.wecom import menu
from bot.transports.wecom.menu import BELOW, BELOW_BYTES, KEY_BYTES, KEYS, MENU, NAME_BYTES
from tests.transports.wecom.api_server import AGENT, api

OPENS = {"pic_sysphoto", "location_select"}


def below() -> list[dict[str, Any]]:
    return [one for key in MENU["button"] for one in key.get("sub_button", [])]


def test_the_menu_fits() -> None:
    assert 1 <= len(MENU["button"]) <= KEYS == 3
    for key in MENU["button"]:
        assert len(key["name"]) <= 4
        assert 0 < len(key["name"].encode()) <= NAME_BYTES == 16
        assert len(key.get("sub_button", [])) <= BELOW == 5
        assert ("type" in key) != ("sub_button" in key)
    for key in below():
        assert len(key["name"]) <= 7
        assert 0 < len(key["name"].encode()) <= BELOW_BYTES == 40
    for key in [*below(), *(k for k in MENU["button"] if "type" in k)]:
        assert 0 < len(key["key"].encode()) <= KEY_BYTES == 128


def test_the_camera_key_is_first_and_takes_no_picture_from_the_album() -> None:
    assert MENU["button"][0]["type"] == "pic_sysphoto"
    kinds = {key["type"] for key in below()} | {MENU["button"][0]["type"]}
    assert kinds == {"click", *OPENS}


def test_a_click_says_words_that_a_handler_knows() -> None:
    rooms = (Path(__file__).parents[3] / "handlers").glob("*.py")
    source = "".join(room.read_text("utf-8") for room in rooms)
    clicks = [key for key in below() if key["type"] == "click"]
    assert clicks
    for key in clicks:
        assert key["key"] == key["name"]
        assert f"{key['key']}" in source


async def test_the_menu_is_hung_out_in_one_call() -> None:
    async with api() as (server, client):
        server.answers["menu/create"] = {"errcode": 0, "errmsg": "ok"}
        await menu.hang_out(client, AGENT)
        sent = server.asked[-1]
        assert (sent.path, sent.query["agentid"], sent.json) == ("menu/create", str(AGENT), MENU)
        assert "拍照上报".encode() in sent.body
