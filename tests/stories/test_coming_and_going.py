"""WeCom's members come, are renamed, deleted and come back; two lines know one person."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiogram import Bot
from aiogram.types import Update
from sqlalchemy import select

from bot.connect import HOOK, REALM, Lines
from bot.errors import BadToken
from bot.intake.book import Book
from bot.intake.entrance import person_of
from bot.rules.records import Role
from bot.settings import load
from bot.transports.line import Line
from bot.transports.simulator.platform import Platform
from bot.transports.simulator.wecom import happenings
from bot.transports.simulator.wecom.corp import Corp, Setup
from bot.transports.simulator.wecom.robot import Robot
from bot.transports.simulator.wecom.server import open_corp
from bot.transports.wecom.book import GROUP, USER
from bot.transports.wecom.updates import group_id, user_id
from storage import outside, people
from storage.people import chats
from tests.house import TZ, SetClock, jpeg
from tests.wecom_house import WeComStage, open_wecom

NOON = datetime(2025, 6, 12, 12, 7, tzinfo=TZ)


async def contact(stage: WeComStage, name: str, change: str, **more: str) -> None:
    """The platform tells of a change in the directory; told twice, as it may be."""
    told = happenings.event(
        stage.corp, stage.user(name), "change_contact",
        ChangeType=change, UserID=stage.corp.userid(stage.user(name)), **more,
    )  # fmt: skip
    for _ in range(2):
        await stage.corp.callbacks.call(told)
        await stage.settle()


async def test_to_be_allowed_to_use_the_app_is_not_to_come_in(tmp_path: Path) -> None:
    async with open_wecom(tmp_path, NOON, directory=True) as stage:
        await stage.join("王芳", {Role.ADMIN})
        for n in range(30):
            await stage.blocks(f"新人{n}", True)
        assert stage.shown("王芳") == stage.shown("新人3") == []
        await stage.enters("新人3")
        assert stage.last("新人3").startswith("好了，新人3。")
        assert stage.last("王芳").startswith("从企业微信进来了：新人3")


async def test_whoever_is_deleted_is_frozen_and_his_userid_is_somebody_elses(
    tmp_path: Path,
) -> None:
    async with open_wecom(tmp_path, NOON, directory=True) as stage:
        await stage.join("王芳", {Role.ADMIN})
        await stage.join("张建国", {Role.OFFICER, Role.LEADER})
        before = await stage.number("张建国")
        await contact(stage, "张建国", "delete_user")
        assert stage.house is not None
        who = await stage.house.database.read(people.by_identity, "wecom", before)
        assert who is not None
        assert (who.name, who.state) == ("张建国", people.FROZEN)
        told = [m["text"] for m in stage.shown("王芳") if "账号先停用了" in m["text"]]
        assert len(told) == 1
        # The same userid, now in other hands.
        assert await stage.number("张建国") != before
        stage.platform.people[stage.user("张建国")] = stage.platform.people[
            stage.user("张建国")
        ].__class__(stage.user("张建国"), "新来的")
        await stage.says("张建国", "人员")
        assert "一共" not in stage.last("张建国")
        after = await stage.number("张建国")
        found = await stage.house.database.read(people.by_identity, "wecom", after)
        assert found is not None
        assert (found.name, found.roles) == ("新来的", {Role.OFFICER})


async def test_alerts_keep_the_pace_of_the_line(tmp_path: Path) -> None:
    """The platform drops what is too fast without a word: forty alerts come, only later."""
    async with open_wecom(tmp_path, NOON) as stage:
        await stage.join("张建国", {Role.OFFICER})
        await stage.join("赵大勇", {Role.OFFICER}, "二中队")
        await stage.shoots("赵大勇", "松江路正常")
        for _ in range(40):
            stage.clock.move(timedelta(seconds=1))
            await stage.presses_of("张建国", "赵大勇", "撤回")
        assert len(stage.shown("张建国")) < 40, "not all at once"
        for _ in range(4):
            await stage.pass_time(minutes=1)
        assert stage.corp.dropped == []
        assert len(stage.shown("张建国")) == 40


async def test_a_picture_ends_the_numbered_choices_before_it(tmp_path: Path) -> None:
    async with open_wecom(tmp_path, NOON, cards=False) as stage:
        await stage.join("张建国", {Role.OFFICER})
        await stage.shoots("张建国", "松江路正常")
        assert "3 撤回" in stage.last("张建国")
        await stage.pass_time(minutes=15)
        # Typed while the receipt of the new picture still waits for words.
        await (await stage.phone("张建国")).shoot([jpeg(9)])
        await stage.says("张建国", "3")
        assert not any("已撤回" in m["text"] for m in stage.shown("张建国"))


@pytest.mark.parametrize(("kin", "known"), [("wecom", True), ("", False)])
async def test_one_account_on_two_lines_is_one_person(
    tmp_path: Path, kin: str, known: bool
) -> None:
    async with open_wecom(tmp_path, NOON) as stage:
        await stage.join("张建国", {Role.OFFICER})
        user = await stage.number("张建国")
        robot = Line("robot", Bot("1:robot"), kin=kin)
        sender = {"id": user, "is_bot": False, "first_name": "张建国"}
        said = {"message_id": 1, "date": 1, "chat": {"id": user, "type": "private"}, "text": "好"}
        update = Update.model_validate({"update_id": 1, "message": said | {"from": sender}})
        assert stage.house is not None
        database, now = stage.house.database, stage.clock.now()
        who = await person_of(database, robot, update, user, now)
        assert (who is not None and who.name == "张建国") is known
        assert (await database.read(people.by_identity, "robot", user) is not None) is known


async def test_a_refused_robot_ends_the_house_only_where_it_is_the_only_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SetClock(NOON)
    corp = Corp(Platform(tmp_path / "platform", clock, [], skin="wecom"), Setup())
    robot = Robot(corp)
    async with open_corp(corp, more=robot.routes()):
        monkeypatch.setenv("GANGTING_WECOM__ROBOT_ID", corp.setup.robot_id)
        monkeypatch.setenv("GANGTING_WECOM__ROBOT_SECRET", "another-secret")
        monkeypatch.setenv("GANGTING_WECOM__ROBOT_URL", robot.url)
        heard: list[bool] = []
        for lines in (["robot"], ["robot", "telegram"]):
            opening = Lines(load(tmp_path), clock, None)  # type: ignore[arg-type]
            opening.open(None)  # type: ignore[arg-type]
            house: Any = SimpleNamespace(
                lines=lines, acceptor=lambda _: None, line_is=lambda _: heard.append
            )
            (hold,) = opening.receivers(house)
            holding = asyncio.get_running_loop().create_task(hold())
            done, _ = await asyncio.wait([holding], timeout=3 if len(lines) == 1 else 1)
            if len(lines) == 1:
                assert isinstance(next(iter(done)).exception(), BadToken)
            else:
                assert not done, "the other line goes on"
                assert heard[-1] is False
                holding.cancel()
        await robot.drop()


async def test_the_group_behind_a_webhook_is_one_of_the_houses(tmp_path: Path) -> None:
    async with open_wecom(tmp_path, NOON) as stage:
        assert stage.house is not None
        opening = Lines(stage.settings, stage.clock, None)  # type: ignore[arg-type]
        book = Book(stage.house.database, REALM, stage.clock.now)
        for _ in range(2):
            await opening._know_hook(book, stage.house)
        rows = await stage.house.database.read(
            lambda tx: tx.execute(select(chats.c.chat, chats.c.state)).all()
        )
        number = await book.number(GROUP, HOOK)
        assert [tuple(row) for row in rows] == [(group_id(number), "allowed")]
        assert (await book.facts(GROUP, HOOK) or {})["how"] == "webhook"


async def test_at_night_the_book_forgets_what_no_line_will_ask_for(tmp_path: Path) -> None:
    async with open_wecom(tmp_path, NOON) as stage:
        await stage.join("张建国", {Role.OFFICER})
        await stage.shoots("张建国", "松江路正常")
        user = await stage.number("张建国")
        assert stage.house is not None

        def kinds(tx: Any) -> set[str]:
            return set(tx.execute(select(outside.c.kind)).scalars())

        assert {"draft", "card", "user"} <= await stage.house.database.read(kinds)
        await stage.pass_time(days=2, hours=15)
        kept = await stage.house.database.read(kinds)
        assert "draft" not in kept
        assert {"card", "user"} <= kept
        assert user == user_id(await stage.book.number(USER, stage.corp.userid(100).casefold()))


async def test_a_line_that_is_down_is_said_in_words_and_that_it_works_again(
    tmp_path: Path,
) -> None:
    async with open_wecom(tmp_path, NOON) as stage:
        await stage.join("王芳", {Role.ADMIN})
        assert stage.house is not None
        stage.house.line_is("wecom")(False)
        stage.clock.move(timedelta(minutes=2))
        await stage.house.watch.look()
        await stage.settle()
        assert stage.last("王芳").startswith("企业微信从 12:07 起连不上")
        stage.house.line_is("wecom")(True)
        await stage.house.watch.look()
        await stage.settle()
        assert stage.last("王芳").startswith("企业微信恢复了。12:07 到 12:")
