"""A case of 12345 from its ticket to the call-back, with a restart between any two messages."""

from __future__ import annotations

import pytest

from bot.rules.records import Role
from storage import counts, problems, tallies
from storage.counts import Scope
from tests.house import Stage

TICKET = "12345工单 2025060900123 松江路占道经营，投诉人李某 13800000000，6月10日前办结"


@pytest.mark.parametrize("restarts", [False, True], ids=["", "restarted"])
async def test_a_case_goes_its_way(stage: Stage, restarts: bool) -> None:
    async def then() -> None:
        await stage.settle()
        if restarts:
            await stage.restart()

    for name, roles in (
        ("王芳", {Role.ADMIN}), ("孙涛", {Role.OFFICER, Role.LEADER}), ("张建国", {Role.OFFICER}),
        ("李红梅", {Role.OFFICER}),
    ):  # fmt: skip
        await stage.join(name, roles)
    await stage.says("王芳", TICKET)
    await then()
    assert stage.last("王芳").startswith("已收 · 12345 转来\n编号 2025060900123")
    assert stage.last("孙涛").startswith("12345 转来 2025060900123：松江路，占道经营。")
    await stage.says("孙涛", "我的待办")
    await then()
    assert "松江路" in stage.last("孙涛")
    await stage.presses("孙涛", "我来定人")
    await then()
    await stage.presses("孙涛", "张建国")
    await then()
    assert stage.last("张建国").startswith("新任务：12345 转来 2025060900123：松江路，占道经营")
    await stage.presses("张建国", "签收")
    await then()
    await stage.presses("张建国", "处置了")
    await then()
    await stage.shoots("张建国")
    await stage.pass_time(minutes=1)
    await then()
    await stage.presses("李红梅", "没问题，办结")
    await then()
    assert stage.last("王芳").endswith("办结了。回访了吗？")
    await stage.presses("王芳", "满意，没解决")
    await then()
    assert "回访：满意，没解决（王芳" in stage.last("王芳")
    await stage.pass_time(days=2)
    await stage.says("王芳", "12345本周按时办理率满意率解决率")
    said = stage.last("王芳")
    for rate in ("按时办理率 100%（1/1）", "办理满意率 100%（1/1）", "问题解决率 0%（0/1）"):
        assert rate in said
    for name in stage.people:
        shown = "\n".join(str(one) for one in stage.shown(name))
        assert "13800000000" not in shown, name
    assert stage.house is not None
    assert await stage.house.database.read(problems.under_way) == []
    assert await stage.house.database.read(tallies.astray) == []
    scope = Scope(None, stage.clock.now())
    # Who handled it was there; the ticket was not.
    assert await stage.house.database.read(counts.number, "reports", scope) == 1
