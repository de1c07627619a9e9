"""Who a member is: asked seldom, remembered, and taken back when the directory says so."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from bot.transports.line import Member
from bot.transports.wecom import updates
from bot.transports.wecom.book import GROUP, USER
from bot.transports.wecom.directory import Directory
from tests.transports.wecom.api_server import ApiServer, api, refusal
from tests.transports.wecom.dict_book import DictBook

OK = {"errcode": 0, "errmsg": "ok"}
ZHANG: dict[str, Any] = OK | {
    "userid": "ZhangJG", "name": "张建国", "status": 1, "department": [7, 12],
    "main_department": 12,
}  # fmt: skip
SQUAD = OK | {"department": {"id": 12, "name": "一中队", "parentid": 7}}
MEMBER = Member("张建国", "一中队")


class House:
    def __init__(self, server: ApiServer, directory: Directory, book: DictBook) -> None:
        self.server, self.directory, self.book = server, directory, book

    def asked(self, path: str) -> int:
        return self.server.paths().count(path)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with api() as (server, client):
        server.answers |= {"user/get": ZHANG, "department/get": SQUAD}
        book = DictBook()
        yield House(server, Directory(client, book, lambda: server.now), book)


async def number(house: House) -> int:
    return updates.user_id(await house.book.number(USER, "zhangjg"))


async def test_a_member_is_asked_for_once_a_day(house: House) -> None:
    for _ in range(3):
        assert await house.directory.look("ZhangJG") == MEMBER
        assert await house.directory.look("zhangjg") == MEMBER
    assert house.asked("user/get") == 1
    assert house.server.asked[1].query["userid"] == "zhangjg"
    assert await house.book.facts(USER, "zhangjg") == {
        "name": "张建国", "department": "一中队", "at": house.server.now.isoformat(),
    }  # fmt: skip
    house.server.move(timedelta(days=1))
    house.server.answers["user/get"] = ZHANG | {"name": "张建军"}
    assert await house.directory.look("zhangjg") == Member("张建军", "一中队")


async def test_what_the_book_knows_is_told_without_asking(house: House) -> None:
    assert await house.directory.known(await number(house)) is None
    await house.directory.look("zhangjg")
    before = len(house.server.asked)
    assert await house.directory.known(await number(house)) == MEMBER
    assert await house.directory.known(updates.user_id(99)) is None
    assert await house.directory.known(5) is None
    group = await house.book.keep(GROUP, "g", {"title": "群", "at": "x", "name": "群"})
    assert await house.directory.known(updates.group_id(group)) is None
    assert await house.directory.known(updates.user_id(group)) is None
    assert len(house.server.asked) == before


async def test_a_name_from_elsewhere_is_nothing_the_directory_vouches_for(house: House) -> None:
    await house.book.keep(USER, "zhangjg", {"name": "张三", "note": 1})
    assert await house.directory.known(await number(house)) is None
    assert await house.directory.look("zhangjg") == MEMBER
    facts = await house.book.facts(USER, "zhangjg")
    assert facts is not None
    assert facts["note"] == 1  # what others keep stays


@pytest.mark.parametrize("code", [60111, 48002, 60011])
async def test_a_refusal_is_remembered_for_an_hour(house: House, code: int) -> None:
    house.server.answers["user/get"] = refusal(code)
    for _ in range(3):
        assert await house.directory.look("zhangjg") is None
    assert house.asked("user/get") == 1
    house.server.answers["user/get"] = ZHANG
    house.server.move(timedelta(minutes=59))
    assert await house.directory.look("zhangjg") is None
    house.server.move(timedelta(minutes=2))
    assert await house.directory.look("zhangjg") == MEMBER


async def test_only_a_refusal_of_the_call_itself_concerns_others(house: House) -> None:
    async def some(request: web.Request) -> dict[str, Any]:
        return ZHANG if request.query["userid"] == "zhangjg" else refusal(60011)

    house.server.answers["user/get"] = some
    assert await house.directory.look("wang") is None
    assert await house.directory.look("zhangjg") == MEMBER
    house.server.answers["user/get"] = refusal(48002)
    assert await house.directory.look("li") is None
    asked = house.asked("user/get")
    assert await house.directory.look("zhao") is None
    assert house.asked("user/get") == asked


@pytest.mark.parametrize(
    "answer",
    [web.Response(status=502), refusal(-1), refusal(48002), refusal(60011)],
    ids=["no answer", "busy", "no right", "out of range"],
)
async def test_old_facts_are_used_when_asking_fails(
    house: House, answer: dict[str, Any] | web.Response
) -> None:
    await house.directory.look("zhangjg")
    house.server.move(timedelta(days=3))
    house.server.answers["user/get"] = answer
    assert await house.directory.look("zhangjg") == MEMBER
    assert await house.directory.look("zhangjg") == MEMBER
    assert house.asked("user/get") == 2  # not by every message
    house.server.answers["user/get"] = ZHANG | {"name": "张建军"}
    house.server.move(timedelta(hours=2))
    assert await house.directory.look("zhangjg") == Member("张建军", "一中队")


@pytest.mark.parametrize(
    "answer", [refusal(60111), ZHANG | {"status": 5}, ZHANG | {"status": 2}],
    ids=["unknown", "left", "disabled"],
)  # fmt: skip
async def test_who_is_gone_is_vouched_for_no_more(house: House, answer: dict[str, Any]) -> None:
    await house.directory.look("zhangjg")
    at_first = await number(house)
    house.server.answers["user/get"] = answer
    house.server.move(timedelta(days=2))
    assert await house.directory.look("zhangjg") is None
    assert await house.directory.known(at_first) is None
    assert await number(house) == at_first


async def test_departments_are_asked_once_and_where_the_deployment_has_them(house: House) -> None:
    house.server.answers |= {
        "department/get": web.Response(status=404),
        "department/list": OK | {"department": [{"id": 7, "name": "大队"}, SQUAD["department"]]},
    }
    assert await house.directory.look("zhangjg") == MEMBER
    assert await house.directory.look("wang") == MEMBER
    assert house.asked("department/list") == 1


async def test_a_member_without_a_department_or_a_name_is_still_one(house: House) -> None:
    house.server.answers |= {"department/get": refusal(60011), "department/list": refusal(60011)}
    assert await house.directory.look("zhangjg") == Member("张建国", None)
    house.server.answers["user/get"] = OK | {"userid": "Li"}
    assert await house.directory.look("Li") == Member("li", None)


async def test_where_the_directory_is_off_nobody_is_known() -> None:
    async with api(directory=False) as (server, client):
        book = DictBook()
        directory = Directory(client, book, lambda: server.now)
        n = await book.keep(USER, "zhangjg", {"name": "张", "at": server.now.isoformat()})
        assert await directory.look("zhangjg") is None
        assert await directory.known(updates.user_id(n)) is None
        assert server.asked == []
