"""Tasks in the chat where a transcript can't tell it: answers to cards, presses of one moment."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.rules.ledger import TaskState
from bot.rules.records import Role
from bot.words.card import press
from storage import evidence, people, task_people, tasks
from storage.schema import Transaction
from storage.tasks import Task
from tests.house import Stage

DUE = date(2025, 6, 15)


@pytest.fixture
async def task(stage: Stage) -> int:
    """A task of 王志强's, 赵敏 beside him, 李主任 above; its card stands in his chat."""
    for name in ("王志强", "赵敏", "周凯"):
        await stage.join(name, {Role.OWNER}, None)
    await stage.join("李主任", {Role.SUPERVISOR}, None)

    def made(tx: Transaction) -> int:
        found = tasks.add(tx, 27, stage.clock.now(), title="更换 2 路监控", due=DUE)
        for part, name in (("owner", "王志强"), ("leader", "李主任")):
            task_people.name(tx, found, part, [(name, people.named(tx, name)[0].id)])
        return found

    assert stage.house is not None
    number = await stage.house.database.write(made)
    await stage.says("王志强", "任务 27")
    await stage.settle()
    return int(number)


async def read(stage: Stage, deed: Any, *args: Any) -> Any:
    assert stage.house is not None
    return await stage.house.database.read(deed, *args)


async def given(stage: Stage, task: int) -> list[tuple[str, str]]:
    rows = await read(stage, evidence.of_task, task)
    return [(one.kind, one.words) for one in rows]


def card(stage: Stage, name: str) -> int:
    """The newest message of the bot in his chat."""
    return max(
        number for number, one in stage.fake.world.chats[stage.user(name)].messages.items()
        if one["from"]["is_bot"]
    )  # fmt: skip


async def twice(stage: Stage, name: str, act: str, task: int) -> None:
    """He presses the same button of the same card twice before the card can follow."""
    number = card(stage, name)
    await stage.presses_forged(name, number, press(act, task, 1))
    await stage.presses_forged(name, number, press(act, task, 1))
    await stage.settle()


@pytest.mark.parametrize(
    "said",
    [
        "任务27号",
        "任务二十七",
        "任务 第 27 号 申请延期",
        "任务 27 已经办完了。",
        "任务27看佐证",
        "申请延期 任务27",
    ],
)
async def test_a_task_is_shown_however_its_number_is_said(
    stage: Stage, task: int, said: str
) -> None:  # fmt: skip
    stage.fake.world.chats[stage.user("王志强")].messages.clear()
    await stage.says("王志强", said)
    await stage.settle()
    shown = stage.fake.world.chats[stage.user("王志强")].messages[card(stage, "王志强")]
    assert shown["text"].startswith("任务 27 更换 2 路监控 · 未开始")
    assert await given(stage, task) == []


@pytest.mark.parametrize("said", ["任务 28", "任务 28 提醒过谁"])
async def test_a_number_that_no_task_bears_is_said(stage: Stage, task: int, said: str) -> None:
    await stage.says("王志强", said)
    await stage.settle()
    shown = stage.fake.world.chats[stage.user("王志强")].messages[card(stage, "王志强")]
    assert shown["text"] == "台账里没有任务 28。发「我的台账」看您的任务。"


async def test_words_that_answer_the_card_are_evidence(stage: Stage, task: int) -> None:
    await stage.says("王志强", "两路都换好了，在线", reply_to=card(stage, "王志强"))
    await stage.settle()
    assert await given(stage, task) == [("text", "两路都换好了，在线")]
    assert "收到 1 句话" in stage.shown("王志强")[-1]["text"]
    found: Task = await read(stage, tasks.by_id, task)
    assert found.state is TaskState.UNDER_WAY


async def test_a_photo_that_answers_the_card_is_evidence(stage: Stage, task: int) -> None:
    await stage.shoots("王志强", "验收单", reply_to=card(stage, "王志强"))
    await stage.settle()
    assert await given(stage, task) == [("photo", "验收单")]


async def test_a_question_that_answers_the_card_is_a_question(stage: Stage, task: int) -> None:
    await stage.says("王志强", "松江路本周发现几个问题", reply_to=card(stage, "王志强"))
    await stage.settle()
    assert await given(stage, task) == []


async def test_somebody_elses_answer_is_no_evidence(stage: Stage, task: int) -> None:
    """Also where he may see the card."""
    await stage.says("李主任", "任务 27")
    await stage.settle()
    await stage.says("李主任", "两路都换好了，在线", reply_to=card(stage, "李主任"))
    await stage.settle()
    assert await given(stage, task) == []


async def test_a_stranger_to_a_task_hears_whose_it_is(stage: Stage, task: int) -> None:
    await stage.says("周凯", "任务 27")
    await stage.says("周凯", "任务 99")
    await stage.settle()
    texts = [one["text"] for one in stage.shown("周凯")[-2:]]
    assert texts[0].startswith("任务 27 不是您的，看不了，可以找王志强问。")
    assert texts[1].startswith("台账里没有任务 99。")


async def test_of_two_presses_of_one_moment_one_acts(stage: Stage, task: int) -> None:
    await stage.presses("王志强", "已完成，交佐证")
    await stage.says("王志强", "两路都换好了，在线")
    await stage.settle()
    await twice(stage, "王志强", "lf", task)
    first = await read(stage, tasks.by_id, task)
    assert (first.state, first.asked) == (TaskState.HANDED_IN, 1)
    await twice(stage, "赵敏", "lk", task)
    await twice(stage, "李主任", "ls", task)
    done: Task = await read(stage, tasks.by_id, task)
    assert done.state is TaskState.SIGNED_OFF
    told = [one["text"] for one in stage.shown("王志强") if "已销号（" in one["text"]]
    assert len(told) == 1
    assert stage.objections() == []


async def test_words_after_a_stop_are_no_evidence(stage: Stage, task: int) -> None:
    await stage.presses("王志强", "已完成，交佐证")
    await stage.says("王志强", "算了")
    await stage.says("王志强", "两路都换好了，在线")
    await stage.settle()
    assert await given(stage, task) == []


async def test_a_report_and_a_command_are_none_either(stage: Stage, task: int) -> None:
    await stage.presses("王志强", "已完成，交佐证")
    await stage.says("王志强", "松江路 占道经营1处")
    await stage.says("王志强", "周报")
    await stage.settle()
    assert await given(stage, task) == []


async def test_a_file_too_big_is_refused_and_nothing_is_lost(stage: Stage, task: int) -> None:
    await stage.presses("王志强", "已完成，交佐证")
    size = 30 * 1024 * 1024
    await stage.attaches("王志强", "document", b"%PDF", name="大.pdf", size=size)
    await stage.settle()
    assert "太大" in stage.shown("王志强")[-1]["text"]
    assert await given(stage, task) == []


async def test_a_hostile_name_of_a_file_is_plain_everywhere(stage: Stage, task: int) -> None:
    """It goes to the checker as a file whose name holds no path and no ending of another kind."""
    name = "../../etc/=cmd|'/C calc'!A0<b>.pdf"
    await stage.presses("王志强", "已完成，交佐证")
    await stage.attaches(
        "王志强", "document", b"%PDF-1.4", name=name, mime="application/pdf"
    )  # fmt: skip
    await stage.settle()
    await stage.presses("王志强", "发完了")
    await stage.settle()
    sent = [one["document"]["file_name"] for one in stage.shown("赵敏") if "document" in one]
    assert len(sent) == 1
    assert not set(sent[0]) & set('/\\<>|:*?"')
    assert sent[0].endswith(".pdf")
    assert stage.objections() == []


async def test_whoever_checks_it_can_do_so_on_the_tasks_own_card(stage: Stage, task: int) -> None:
    await stage.says("王志强", "两路都换好了，在线", reply_to=card(stage, "王志强"))
    await stage.settle()
    await stage.presses("王志强", "发完了")
    await stage.settle()
    await stage.says("赵敏", "任务 27")
    await stage.settle()
    number = card(stage, "赵敏")
    shown = stage.fake.world.chats[stage.user("赵敏")].messages[number]
    assert shown["text"] == "任务 27 · 佐证已交（1 句话）\n等您复核，再由李主任销号。"
    await stage.presses("赵敏", "够了，报销号", number)
    await stage.settle()
    found = await read(stage, tasks.by_id, task)
    assert found.state is TaskState.CHECKED
