"""A work group's board is pinned, follows the figures once a minute, and comes anew when lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.rules.board import Board, Owed
from bot.rules.records import Role
from bot.words import board as words
from storage import doors, journal
from storage.schema import Transaction
from tests.house import MONDAY, Stage, jpeg


async def boarded(stage: Stage, *, admin: bool = True) -> dict[int, dict[str, Any]]:
    """A group with its board, in a house on a line that pins; the group's messages."""
    stage.line_can = {"pins": True}
    await stage.restart()
    await stage.join("王芳", {Role.ADMIN})
    await stage.join("张建国", {Role.OFFICER})
    stage.founds("工作群", ["张建国"])
    number = stage.groups["工作群"]
    chat = stage.fake.world.chats[number]
    chat.bot_status = "administrator" if admin else "member"
    assert stage.house is not None
    now = stage.clock.now()

    def allow(tx: Transaction) -> None:
        doors.set_chat(tx, "telegram", number, "工作群", "allowed", now, None)
        journal.write(tx, now, None, "allow_group", f"group/{number}", {})

    await stage.house.database.write(allow)
    await stage.pass_time(seconds=2)
    return chat.messages


async def reports(stage: Stage, seed: int) -> None:
    await stage.shoots("张建国", "松江路 占道经营2处", jpeg(seed))
    await stage.pass_time(seconds=10)


async def test_the_board_is_posted_and_pinned_in_silence(stage: Stage) -> None:
    messages = await boarded(stage)
    (number,) = messages
    assert messages[number]["text"].startswith(
        "本周巡查（周一 9:00 更新）\n全域 0/2，本月专项 0/1\n"
    )
    chat = stage.fake.world.chats[stage.groups["工作群"]]
    assert chat.pinned == [number]
    sent = [
        e for e in stage.fake.world.sent if e["params"].get("chat_id") == stage.groups["工作群"]
    ]
    assert [e["method"] for e in sent] == ["sendMessage", "pinChatMessage"]
    assert all(e["params"]["disable_notification"] for e in sent)


async def test_it_is_edited_when_figures_change_and_not_more_than_once_a_minute(
    stage: Stage,
) -> None:
    messages = await boarded(stage)
    edits = lambda: [  # noqa: E731
        e for e in stage.fake.world.sent
        if e["method"] == "editMessageText" and e["params"]["chat_id"] == stage.groups["工作群"]
    ]  # fmt: skip
    for seed in range(4):
        await reports(stage, seed)
    assert len(edits()) <= 1
    await stage.pass_time(minutes=1)
    assert 1 <= len(edits()) <= 2
    assert "在办" in next(iter(messages.values()))["text"]
    before = len(edits())
    for _ in range(5):
        await stage.pass_time(minutes=7)
    assert len(edits()) == before
    assert len(messages) == 1


async def test_a_board_that_was_deleted_is_posted_and_pinned_anew(stage: Stage) -> None:
    messages = await boarded(stage)
    (number,) = list(messages)
    await stage.pass_time(minutes=5)
    del messages[number]
    stage.fake.world.chats[stage.groups["工作群"]].pinned.clear()
    await reports(stage, 1)
    (again,) = list(messages)
    assert stage.fake.world.chats[stage.groups["工作群"]].pinned == [again]


async def test_without_the_right_to_pin_the_admin_hears_once(stage: Stage) -> None:
    messages = await boarded(stage, admin=False)
    for seed in range(2):
        messages.clear()
        await stage.pass_time(minutes=5)
        await reports(stage, seed)
    said = [m["text"] for m in stage.shown("王芳")]
    assert sum("置顶" in text for text in said) == 1
    assert len(messages) == 1


async def test_at_night_no_board_is_posted(stage: Stage) -> None:
    stage.clock.set(MONDAY + timedelta(hours=12))
    messages = await boarded(stage)
    assert not messages
    await stage.pass_time(hours=11, minutes=30)
    assert len(messages) == 1


@pytest.mark.parametrize(
    ("facts", "lines"),
    [
        (
            Board(
                (Owed("全域巡查", None, 1, 2),), (Owed("专项检查", None, 1, 1),),
                (Owed("到场", "松江路", 2, 2), Owed("到场", "永福路", 1, 2)), 3,
            ),
            ["全域 1/2，本月专项 1/1", "永福路 1/2，其余够数", "在办 3"],
        ),
        (Board((), (), (Owed("到场", "松江路", 2, 2),), 0), ["点位都够数了", "没有没办完的问题"]),
        (
            Board((), (), tuple(Owed("到场", f"路{n}", 0, 2) for n in range(7)), 0),
            ["路0 0/2，路1 0/2，路2 0/2，路3 0/2，路4 0/2，另外 2 处", "没有没办完的问题"],
        ),
        (
            Board((Owed("全域巡查", "一中队", 0, 2), Owed("全域巡查", "二中队", 1, 2)), (), (), 1),
            ["一中队全域 0/2，二中队全域 1/2", "在办 1"],
        ),
    ],
)  # fmt: skip
def test_words(facts: Board, lines: list[str]) -> None:
    assert words.board(facts, MONDAY).text.split("\n")[1:] == lines
