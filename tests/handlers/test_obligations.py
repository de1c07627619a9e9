"""What admins and leaders say of recurring obligations where it is half said, or said early."""

from __future__ import annotations

import pytest

from bot.rules.records import Role
from tests.house import Stage


async def heard(stage: Stage, name: str, said: str) -> str:
    """What the bot answers last."""
    await stage.says(name, said)
    await stage.settle()
    messages = stage.fake.world.chats[stage.user(name)].messages
    return str(max((n, one["text"]) for n, one in messages.items() if one["from"]["is_bot"])[1])


@pytest.mark.parametrize(
    "said", ["周期 账务检查 每", "周期任务 账务检查 每个月吧", "周期账务检查 尽快"]
)
async def test_half_an_order_is_none(stage: Stage, said: str) -> None:
    await stage.join("王芳", {Role.ADMIN}, None)
    told = await heard(stage, "王芳", said)
    assert told.startswith("没听懂账务检查要改什么，什么也没改。"), told


async def test_an_order_about_nothing_known_is_named(stage: Stage) -> None:
    await stage.join("王芳", {Role.ADMIN}, None)
    assert (await heard(stage, "王芳", "周期 养猫 每年两次")).startswith("没有叫「养猫」的周期任务")


async def test_a_month_without_its_year_is_exempted_ahead(stage: Stage) -> None:
    await stage.join("李主任", {Role.SUPERVISOR}, None)
    await heard(stage, "李主任", "免 设备月检 8月 设备改造停用")
    told = await heard(stage, "李主任", "不免 设备月检 8月")
    assert "8月25日（周一）前办完" in told, told
