"""What is taken for an answer that the house waits for, and what is not, through the Dispatcher."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.actions import misses
from bot.actions.checks import ITEM
from bot.rules.quotas import code_of
from bot.rules.records import Role
from handlers.awaited import commands
from handlers.filters import Words
from storage import awaited, quotas
from storage.awaited import Awaited
from storage.schema import Transaction
from tests.house import Stage

LAST_WEEK = date(2025, 6, 2)
FIRST = 1
"""The number of whoever joins first."""


@pytest.fixture
async def asked(stage: Stage) -> Stage:
    """孙涛 is asked why there were too few rounds last week, and wants to write it himself."""
    assert stage.house is not None
    await stage.join("孙涛", {Role.LEADER})
    await stage.join("李主任", {Role.SUPERVISOR})
    now = stage.clock.now()

    def deed(tx: Transaction) -> None:
        quotas.miss(tx, "week/patrol", LAST_WEEK, 2, 0, now)
        misses.expect_words(tx, FIRST, code_of("week", LAST_WEEK), now)

    await stage.house.database.write(deed)
    return stage


async def reason(stage: Stage) -> str | None:
    """The reason known by now."""
    assert stage.house is not None
    (miss,) = await stage.house.database.read(
        quotas.missed, LAST_WEEK, LAST_WEEK + timedelta(days=1)
    )
    return miss.reason


async def waits(stage: Stage) -> Awaited | None:
    """What is still waited for of the first."""
    assert stage.house is not None
    return await stage.house.database.read(awaited.of, FIRST, stage.clock.now())


@pytest.mark.parametrize(
    "words",
    ["全域巡查都安排了，各点位正常，忘了记", "本周巡查免了，下暴雨",
     "全域巡查走了一圈，都没问题", "连着下了三天雨"],
)  # fmt: skip
async def test_an_answer_begins_no_round_and_decides_nothing(asked: Stage, words: str) -> None:
    await asked.says("孙涛", words)
    assert await reason(asked) == words
    assert await waits(asked) is None


@pytest.mark.parametrize(
    "words",
    ["开始巡查", "收队", "专项检查", "专项检查 松江路", "周报", "指标", "放假安排",
     "2025年放假安排", "月报", "措施", "开始值守", "交班", "撤回",
     "松江路本周几次", "松江路 流动摊贩占道"],
)  # fmt: skip
async def test_a_command_a_question_or_a_report_is_no_answer(asked: Stage, words: str) -> None:
    await asked.says("孙涛", words)
    assert await reason(asked) is None
    assert await waits(asked) is not None


async def test_two_hours_later_nothing_is_waited_for(asked: Stage) -> None:
    await asked.pass_time(hours=2, minutes=1)
    await asked.says("孙涛", "连着下了三天雨")
    assert await reason(asked) is None


async def test_what_is_wrong_with_an_item_may_read_as_a_report(stage: Stage) -> None:
    await stage.join("张建国", {Role.OFFICER})
    await stage.says("张建国", "专项检查 松江路")
    item = next(label for label in stage.labels("张建国") if label[0] not in "全换不")
    await stage.presses("张建国", item)
    found = await waits(stage)
    assert found is not None
    assert found.what == ITEM
    await stage.says("张建国", "松江路 流动摊贩占道")
    assert await waits(stage) is None


def test_every_lasting_command_of_the_later_rooms_is_known() -> None:
    words = {word for one in commands() if isinstance(one, Words) for word in one.words}
    assert {"开始巡查", "结束巡查", "收队", "周报", "指标", "月报", "我的待办", "撤回"} <= words
