"""A member who has another userid by now, and a menu under a clock that was put back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.transports.wecom import menus
from bot.transports.wecom.book import USER
from bot.transports.wecom.cards import Choice
from bot.transports.wecom.client import Client
from bot.transports.wecom.config import App
from bot.transports.wecom.sending import Sending
from bot.transports.wecom.shown import Shown
from tests.transports.wecom.dict_book import DictBook

NOW = datetime(2025, 6, 9, 9, 0, tzinfo=UTC)


class Told(Client):
    """A platform that does all it is told."""

    def __init__(self) -> None:
        super().__init__(App("corp", 1, "secret"), lambda: NOW)
        self.bodies: list[Any] = []

    async def call(self, path: str, body: Any = None, **_: Any) -> dict[str, Any]:
        self.bodies.append(body)
        return {"msgid": "m", "response_code": "code"}


async def test_the_card_of_a_renamed_member_is_changed_under_his_new_userid() -> None:
    book, told = DictBook(), Told()
    await book.number(USER, "old")
    sending = Sending(told, book, Shown(book, lambda: NOW), lambda: NOW)
    number, _ = await sending.send("old", "在哪里？\n一张照片", [Choice("松江路", "v1:sp:1:1:s")])
    await book.rename(USER, "old", "new")
    await sending.edit("new", number, "已收\n一张照片", [Choice("撤回", "v1:wd:1:2")])
    assert told.bodies[-1]["userids"] == ["new"]


async def test_a_clock_that_was_put_back_gives_no_menu_a_longer_life() -> None:
    book = DictBook()
    await menus.show(book, "user", [("撤回", "v1:wd:1:1")], None, NOW)
    soon, before = NOW + timedelta(minutes=29), NOW - timedelta(hours=1)
    assert await menus.chosen(book, "user", "1", lambda: soon) is not None
    assert await menus.chosen(book, "user", "1", lambda: before) is None
