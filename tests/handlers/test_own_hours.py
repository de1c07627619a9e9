"""Settings, absences and a leader's urging in the chat: what is said, and what it changes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.rules.ledger import TaskState
from bot.rules.records import Role
from bot.words.card import press
from storage import absences, preferences, task_people, tasks
from storage.task_people import OWNER
from tests.house import MONDAY, TZ, Stage, open_stage

WHO = {
    "王志强": {Role.OWNER}, "张建国": {Role.OFFICER}, "孙涛": {Role.LEADER},
    "李主任": {Role.SUPERVISOR},
}  # fmt: skip


@pytest.fixture
async def bureau(tmp_path: Path) -> AsyncIterator[Stage]:
    """Four people at nine on a Monday, without quotas."""
    (tmp_path / "gangting.toml").write_text("quotas = []\n", "utf-8")
    async with open_stage(tmp_path) as stage:
        for name, roles in WHO.items():
            await stage.join(name, roles)
        yield stage


async def own(stage: Stage, name: str) -> Any:
    assert stage.house is not None
    return await stage.house.database.read(
        lambda tx: preferences.of(tx, _person(tx, stage, name))
    )  # fmt: skip


def _person(tx: Any, stage: Stage, name: str) -> int:
    from storage import people

    found = people.by_identity(tx, "telegram", stage.user(name))
    assert found is not None
    return found.id


async def test_settings_by_buttons_and_in_words(bureau: Stage) -> None:
    await bureau.says("王志强", "设置")
    assert bureau.last("王志强") == (
        "早上 8:30 左右提醒您，一天最多一条。\n不打扰：晚上 20:00 到早上 7:30、休息日。"
    )
    await bureau.presses("王志强", "早上几点提醒")
    await bureau.presses("王志强", "10:00")
    assert "早上 10:00 左右" in bureau.last("王志强")
    await bureau.says("王志强", "/settings")
    await bureau.presses("王志强", "我的免打扰")
    await bureau.presses("王志强", "中午不打扰")
    assert "另加 12:00 到 14:00" in bureau.last("王志强")
    await bureau.presses("王志强", "字少一点")
    assert "字少一点：" in bureau.last("王志强")
    await bureau.presses("王志强", "照常写")
    assert "字少一点：" not in bureau.last("王志强")
    await bureau.says("王志强", "早上9点半提醒")
    assert "早上 9:30 左右" in bureau.last("王志强")
    await bureau.says("王志强", "免打扰 18点到9点")
    assert "另加 18:00 到 9:00" in bureau.last("王志强")
    await bureau.says("王志强", "免打扰 不设")
    assert "另加" not in bureau.last("王志强")


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("早上 6:00 提醒", "提醒时间要在 7:30 到 12:00 之间，没有改。"),
        ("早上 13:00 提醒", "提醒时间要在 7:30 到 12:00 之间，没有改。"),
        ("免打扰 7点到13点", "总要留一段"),
        ("免打扰 想睡觉", "没看明白是几点到几点，没有改。"),
        ("早上 99:59 提醒", "没看明白是几点到几点，没有改。"),
    ],
)
async def test_hours_that_can_not_be_are_refused(bureau: Stage, said: str, answer: str) -> None:
    before = await own(bureau, "王志强")
    await bureau.says("王志强", said)
    assert answer in bureau.last("王志强")
    assert await own(bureau, "王志强") == before


async def test_buttons_with_odd_data_change_nothing(bureau: Stage) -> None:
    await bureau.says("王志强", "设置")
    message = bureau.shown("王志强")[-1]["message_id"]
    before = await own(bureau, "王志强")
    for data in ("v1:bn:0:1:9999", "v1:bp:0:1:99", "v1:bn:0:1:x", "v1:bd:zz:1", "v1:bu:zz:1",
                 "v1:ba:zzzz:1", "v1:ba:0:1"):  # fmt: skip
        await bureau.presses_forged("王志强", message, data)
    assert await own(bureau, "王志强") == before


async def test_away_and_back_in_words(bureau: Stage) -> None:
    await bureau.says("王志强", "请假")
    assert bureau.last("王志强").startswith("没看明白是哪几天，还没记。")
    await bureau.says("王志强", "请假 6月10日到12日")
    assert bureau.last("王志强") == (
        "好，6月10日到12日 请假，这几天不提醒您。\n"
        "到期的事先找科室负责人和领导。提前回来发「销假」。"
    )
    await bureau.presses("王志强", "不请了")
    assert bureau.last("王志强") == "好，销假了。该提醒的明早接着提醒。"
    await bureau.says("王志强", "请假三天")
    assert "6月9日到11日 请假" in bureau.last("王志强")
    await bureau.says("王志强", "销假")
    assert bureau.last("王志强") == "好，销假了。该提醒的明早接着提醒。"
    await bureau.says("王志强", "销假")
    assert bureau.last("王志强") == "没有记着的请假，什么也没改。"


async def test_a_leader_notes_his_own_peoples_absence(bureau: Stage) -> None:
    await bureau.says("孙涛", "张建国 请假 明天")
    assert "好，张建国 6月10日 请假，这几天不提醒张建国。" in bureau.last("孙涛")
    assert bureau.house is not None
    away = await bureau.house.database.read(absences.on, date(2025, 6, 10))
    assert len(away) == 1
    await bureau.says("张建国", "孙涛 请假 明天")
    assert "才能办" in bureau.last("张建国")
    await bureau.says("孙涛", "没有人 请假 明天")
    assert "没有叫「没有人」的人" in bureau.last("孙涛")


@pytest.mark.parametrize(
    "said",
    ["松江路有人说请假了所以没来，占道2处", "松江路 占道经营2处，张建国请假", "请假条放桌上了"],
)
async def test_a_report_that_mentions_leave_is_a_report(bureau: Stage, said: str) -> None:
    await bureau.says("张建国", said)
    assert "不提醒" not in bureau.last("张建国")
    assert bureau.house is not None
    assert not await bureau.house.database.read(absences.on, date(2025, 6, 9))


async def test_the_morning_comes_and_a_leader_urges(bureau: Stage) -> None:
    """Through the whole house, with a stop and a start between what is planned and what is sent."""
    assert bureau.house is not None

    def ledger(tx: Any) -> int:
        task = tasks.add(tx, 31, MONDAY, title="商户门前三包签约", due=date(2025, 6, 9))
        task_people.name(tx, task, OWNER, [("王志强", _person(tx, bureau, "王志强"))])
        return task

    task = await bureau.house.database.write(ledger)
    bureau.clock.set(datetime(2025, 6, 10, 7, 31, tzinfo=TZ))
    await bureau.pass_time(seconds=1)
    await bureau.restart()
    assert not bureau.shown("李主任")
    bureau.clock.set(datetime(2025, 6, 10, 8, 45, tzinfo=TZ))
    await bureau.pass_time(seconds=1)
    assert bureau.last("王志强") == (
        "超期 1 天 · 任务 31 商户门前三包签约\n应于 6月9日 完成。今天能办完吗？"
    )
    assert bureau.last("李主任").endswith("责任人王志强，应于 6月9日 完成。没有回复。")
    await bureau.presses("李主任", "再催一次")
    assert bureau.last("王志强").startswith("李主任问：超期 1 天 · 任务 31")
    count = len(bureau.shown("王志强"))
    await bureau.presses("李主任", "再催一次")
    assert len(bureau.shown("王志强")) == count
    await bureau.says("李主任", "任务 31 提醒过谁")
    assert bureau.last("李主任").startswith("任务 31 商户门前三包签约，提醒过 1 天：\n6月10日 ")
    await bureau.says("张建国", "任务31提醒过谁？")
    assert "不是您的" in bureau.last("张建国")
    message = bureau.shown("张建国")[-1]["message_id"]
    await bureau.presses_forged("张建国", message, press("bu", task, 1))
    assert len(bureau.shown("王志强")) == count

    await bureau.presses("王志强", "申请延期")
    assert "延到哪天？" in bureau.last("王志强")
    await bureau.presses("王志强", "已完成，交佐证")
    assert "把照片或文件发过来就行" in bureau.last("王志强")
    count = len(bureau.shown("王志强"))

    def done(tx: Any) -> None:
        from storage import reminded

        found = tasks.by_id(tx, task)
        assert found is not None
        tasks.change(tx, found, state=TaskState.SIGNED_OFF, signed_at=bureau.clock.now())
        reminded.owe_cards(tx, task, bureau.clock.now())

    await bureau.house.database.write(done)
    bureau.clock.set(datetime(2025, 6, 10, 9, 0, tzinfo=TZ))
    await bureau.pass_time(seconds=5)
    assert "任务 31 已经销号。" in [one["text"] for one in bureau.shown("李主任")]
    bureau.clock.set(datetime(2025, 6, 13, 12, 0, tzinfo=TZ))
    await bureau.pass_time(seconds=5)
    assert len(bureau.shown("王志强")) == count
    assert not bureau.objections()
