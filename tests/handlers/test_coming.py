"""「要发什么」: an admin sees what is planned, and brings one about by hand; nobody else may."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.rules.records import Role
from tests.house import Stage
from tests.scheduler.sample import SAMPLE


@pytest.fixture
async def planned(stage: Stage) -> Stage:
    """A house with the sample's duties, an admin and a supervisor who is told."""
    await stage.join("王芳", {Role.ADMIN})
    await stage.join("李主任", {Role.SUPERVISOR})
    assert stage.house is not None
    stage.house.timetable._duties = SAMPLE
    stage.house.timetable.follow(stage.house.bureau)
    await stage.pass_time(seconds=2)
    return stage


async def test_the_list_turns_and_one_is_sent_now_and_not_again(planned: Stage) -> None:
    await planned.says("王芳", "要发什么")
    head, first, *_ = planned.last("王芳").split("\n")
    assert head.startswith("接下来要发的，一共 ")
    assert first == "1. 今天 14:00 试now"
    assert planned.labels("王芳")[0] == "第1件现在发"
    await planned.presses("王芳", "看后面的")
    assert planned.last("王芳").split("\n")[1].startswith("5. ")
    await planned.says("王芳", "要发什么")
    await planned.presses("王芳", "第1件现在发")
    asked = "现在就发「试now」？\n原来排在今天 14:00，现在发了到时候不再发。"
    assert planned.last("王芳") == asked
    await planned.presses("王芳", "现在发")
    assert planned.last("王芳") == "好，已经发出去了。"
    assert planned.last("李主任") == "now:20250609"
    planned.clock.move(timedelta(seconds=1))
    message = next(
        n
        for n, m in planned.fake.world.chats[planned.user("王芳")].messages.items()
        if m.get("text") == asked
    )
    await planned.presses("王芳", "现在发", message)
    assert planned.last("王芳") == "这件已经办过了，没有再发。"
    await planned.pass_time(hours=5, minutes=1)
    assert planned.last("李主任") == "now:20250609"
    assert len(planned.shown("李主任")) == 1


async def test_at_night_it_waits_and_says_until_when(planned: Stage) -> None:
    await planned.pass_time(hours=13)
    await planned.says("王芳", "要发什么")
    await planned.presses("王芳", "第3件现在发")
    await planned.presses("王芳", "现在发")
    assert planned.last("王芳") == "现在不是打扰人的时候，没有发。排到周二 8:30再发。"


async def test_only_an_admin_may(planned: Stage) -> None:
    await planned.says("李主任", "要发什么")
    assert "管理员" in planned.last("李主任")
