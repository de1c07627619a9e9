"""Buttons of what is late, through the Dispatcher: once, and by those whom they are for."""

from __future__ import annotations

from datetime import date

import pytest

from bot.rules.records import Role
from storage import extensions, problems
from storage.extensions import Extension
from storage.problems import Problem
from tests.house import Stage

DAY = date(2025, 6, 10).toordinal()


@pytest.fixture
async def late(stage: Stage) -> Stage:
    """张建国 found something on Monday at nine; since eleven it is overdue."""
    await stage.join("张建国", {Role.OFFICER}, "一中队")
    await stage.join("李红梅", {Role.OFFICER}, "一中队")
    await stage.join("孙涛", {Role.LEADER}, "一中队")
    for name in ("李红梅", "孙涛"):
        await stage.says(name, "帮助")
    await stage.shoots("张建国", "松江路 占道")
    await stage.pass_time(minutes=125)
    return stage


async def problem(stage: Stage) -> Problem:
    assert stage.house is not None
    return (await stage.house.database.read(problems.under_way))[0]


async def requests(stage: Stage) -> list[Extension]:
    assert stage.house is not None
    return await stage.house.database.read(extensions.of_problem, (await problem(stage)).id)


async def forged(stage: Stage, name: str, data: str) -> str:
    """The toast over a press with this data on the person's newest card."""
    own = stage.shown(name)[-1]["message_id"]
    count = len(stage.shown(name))
    done = await stage.presses_forged(name, own, data)
    answered = stage.fake.world.callbacks[done["callback_query_id"]]["answered"]
    toast = str(answered.get("text") or "")
    assert toast or len(stage.shown(name)) > count, f"{data} was not answered"
    return toast


async def test_the_same_press_five_times_asks_and_grants_once(late: Stage) -> None:
    for n in range(5):
        toast = await forged(late, "张建国", f"v1:yc:1:1:{DAY}-0")
        assert ("申请了" in toast) is (n == 0)
    assert [one.state for one in await requests(late)] == ["asked"]
    for n in range(5):
        toast = await forged(late, "孙涛", "v1:yg:1:1")
        assert (toast == "同意了") is (n == 0)
    assert [one.state for one in await requests(late)] == ["granted"]
    assert (await problem(late)).extended == 1


async def test_who_has_no_part_in_it_changes_nothing(late: Stage) -> None:
    await forged(late, "张建国", f"v1:yc:1:1:{DAY}-0")
    before = await problem(late), await requests(late)
    for data in ("yg:1:1", "yn:1:1", "yo:1:1:0", "yp:1:1", "yw:1:1", "yx:1:1", "ye:1:1:0",
                 "yf:1:1", "yr:1:1", "yk:1:1"):  # fmt: skip
        assert await forged(late, "李红梅", f"v1:{data}")
    for data in ("yg:1:1", "yo:1:1:0", "yx:1:1", "ye:1:1:0", "yr:1:1", "yk:1:1"):
        assert await forged(late, "张建国", f"v1:{data}")
    assert (await problem(late), await requests(late)) == before


@pytest.mark.parametrize("name", ["张建国", "孙涛"])
async def test_forged_buttons_are_answered_and_do_nothing(late: Stage, name: str) -> None:
    before = await problem(late)
    for act in ("ya", "yb", "yc", "yd", "yg", "yn", "yo", "yp", "yw", "yx", "ye", "yf", "yr", "yk"):
        for rest in ("zzz:1", "zzz:1:0", "-1:1:0", "1:1:x", "1:1:99999999", f"1:1:{DAY}-99",
                     "1:1:3652059", "1:1:3652059-0", "1:1:²"):  # fmt: skip
            if act in ("ya", "yd", "yf", "yx", "yk", "yn") and rest.startswith("1:"):
                continue  # these take no argument: it is a true press
            await forged(late, name, f"v1:{act}:{rest}")
    fresh = await problem(late)
    assert fresh.version == before.version
    assert await requests(late) == []


async def test_words_that_are_a_report_are_no_reason(late: Stage) -> None:
    await forged(late, "张建国", f"v1:yd:1:1:{DAY}")
    await late.says("张建国", "永福路 流动摊贩两个")
    assert await requests(late) == []
    await late.says("张建国", "摊主住院了，下周才回来")
    assert [one.reason for one in await requests(late)] == ["摊主住院了，下周才回来"]
