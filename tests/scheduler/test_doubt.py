"""What may have arrived: sent again and marked for one person, held for a group; refusals told."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram.exceptions import TelegramNetworkError, TelegramRetryAfter, TelegramServerError
from aiogram.methods import GetMe, SendMessage
from aiohttp import ClientConnectorError
from sqlalchemy import select, update

from bot.rules.records import Role
from bot.words.card import Button, Card, press, to_json
from storage import doors, journal, outbox
from storage.held import MOST_REPEATS
from storage.schema import Transaction
from tests.house import Stage

GROUP = "工作群"


def cut_off() -> TelegramNetworkError:
    fault = TelegramNetworkError(method=GetMe(), message="Request timeout error")
    fault.__cause__ = TimeoutError()
    return fault


def not_connected() -> TelegramNetworkError:
    fault = TelegramNetworkError(method=GetMe(), message="ClientConnectorError: Cannot connect")
    fault.__cause__ = ClientConnectorError(None, OSError("refused"))  # type: ignore[arg-type]
    return fault


@pytest.fixture
async def house(stage: Stage) -> Stage:
    """A supervisor, an admin, an officer, and a group that is served."""
    for name, role in (("李主任", Role.SUPERVISOR), ("王芳", Role.ADMIN), ("张建国", Role.OFFICER)):
        await stage.join(name, {role})
    stage.founds(GROUP, ["张建国"])
    assert stage.house is not None
    set_up = (doors.set_chat, "telegram", stage.groups[GROUP], GROUP, "allowed", stage.clock.now())
    await stage.house.database.write(*set_up, None)
    return stage


async def owe(stage: Stage, to: str, text: str, card: str = "answer", **more: Any) -> None:
    """The person or group is owed the card, and it was tried."""
    assert stage.house is not None
    chat = stage.groups.get(to) or stage.user(to)
    args = (
        to_json(Card(text, **more)) if card == "answer" else {"at": stage.clock.now().isoformat()}
    )

    def deed(tx: Transaction) -> None:
        key = f"test:{to}:{text}"
        outbox.owe(tx, "telegram", chat, card, chat, stage.clock.now(), key=key, args=args)

    await stage.house.database.write(deed)
    stage.house.wake_sender()
    await stage.settle()


def said(stage: Stage, to: str) -> list[str]:
    chat = stage.groups.get(to) or stage.user(to)
    messages = stage.fake.world.chats[chat].messages
    return [m["text"] for _, m in sorted(messages.items()) if m["from"].get("is_bot")]


async def test_a_notice_whose_answer_was_lost_is_sent_again_and_marked(house: Stage) -> None:
    house.wire.lost = [cut_off()]
    await owe(house, "张建国", "提醒您一件事")
    await house.pass_time(seconds=5)
    assert said(house, "张建国") == ["提醒您一件事", "〔重发〕提醒您一件事"]


async def test_what_never_left_is_not_marked(house: Stage) -> None:
    house.wire.fail = [not_connected()]
    await owe(house, "张建国", "提醒您一件事")
    await house.pass_time(seconds=5)
    assert said(house, "张建国") == ["提醒您一件事"]


async def test_an_edit_whose_answer_was_lost_is_no_doubt(house: Stage) -> None:
    await owe(house, "张建国", "第一版")
    house.wire.lost = [cut_off()]
    await owe_anew(house, "张建国", "第一版", "第二版")
    await house.pass_time(seconds=5)
    assert said(house, "张建国") == ["第二版"]


async def owe_anew(stage: Stage, to: str, before: str, text: str) -> None:
    assert stage.house is not None

    def deed(tx: Transaction) -> None:
        chat, key = stage.user(to), f"test:{to}:{before}"
        args = to_json(Card(text))
        outbox.owe(tx, "telegram", chat, "answer", chat, stage.clock.now(), key=key, args=args)

    await stage.house.database.write(deed)
    stage.house.wake_sender()
    await stage.settle()


@pytest.mark.parametrize(
    "fault", [cut_off(), TelegramServerError(method=GetMe(), message="Bad Gateway")]
)
async def test_a_groups_card_in_doubt_is_held_until_somebody_says(
    house: Stage, fault: Exception
) -> None:
    house.wire.lost = [fault]
    await owe(house, GROUP, "", "board")
    await house.pass_time(minutes=10)
    assert len(said(house, GROUP)) == 1
    for name in ("李主任", "王芳"):
        assert said(house, name) == [
            f"置顶的巡查情况发到{GROUP}的时候断了，不知道发出去没有。\n您看看群里有没有，没有就再发一次。"
        ]
    await owe(house, GROUP, "", "board")  # what is wanted anew meanwhile waits too
    assert len(said(house, GROUP)) == 1
    await house.presses("李主任", "再发一次")
    await house.pass_time(seconds=5)
    assert len(said(house, GROUP)) == 2
    assert said(house, "王芳") == [f"好，置顶的巡查情况再发一次到{GROUP}。"]


async def test_a_groups_card_that_arrived_is_let_be(house: Stage) -> None:
    house.wire.lost = [cut_off()]
    await owe(house, GROUP, "", "board")
    await house.presses("王芳", "不用了")
    await house.pass_time(minutes=1)
    assert len(said(house, GROUP)) == 1
    assert said(house, "李主任") == [f"好，置顶的巡查情况不再发到{GROUP}。"]


async def test_after_a_crash_one_is_sent_again_and_the_other_held(house: Stage) -> None:
    house.wire.fail = [not_connected(), not_connected()]
    await owe(house, "张建国", "提醒您一件事")
    await owe(house, GROUP, "", "board")
    assert house.house is not None

    def dies(tx: Transaction) -> None:
        tx.execute(update(outbox.table).values(state=outbox.SENDING, message=None))

    house.wire.fail = []
    house.house.sender.stop()
    await house.house.database.write(dies)
    await house.restart()
    await house.pass_time(seconds=5)
    assert said(house, "张建国") == ["〔重发〕提醒您一件事"]
    assert not said(house, GROUP)
    assert len(said(house, "李主任")) == len(said(house, "王芳")) == 1


async def test_what_ended_every_process_is_held_for_a_person_too(house: Stage) -> None:
    house.wire.fail = [not_connected()]
    await owe(house, "张建国", "提醒您一件事")
    assert house.house is not None

    def dies(tx: Transaction) -> None:
        values = {"state": outbox.SENDING, "message": None, "repeats": MOST_REPEATS}
        tx.execute(
            update(outbox.table).where(outbox.c.key == "test:张建国:提醒您一件事").values(**values)
        )

    house.wire.fail = []
    house.house.sender.stop()
    await house.house.database.write(dies)
    await house.restart()
    await house.pass_time(seconds=5)
    assert said(house, "张建国") == []
    assert said(house, "王芳") == [
        "那条消息发给张建国的时候断了，不知道发出去没有。\n您问问张建国收到没有，没有就再发一次。"
    ]
    await house.presses("李主任", "再发一次")
    await house.pass_time(seconds=5)
    assert said(house, "张建国") == ["〔重发〕提醒您一件事"]
    assert said(house, "王芳") == ["好，那条消息再发一次给张建国。"]


async def test_a_long_text_comes_in_parts_and_each_once(house: Stage) -> None:
    lines = [f"{n}. 松江路{'长' * 40}" for n in range(200)]
    button = Button("好", press("ql", 0, 1))
    world = house.fake.world
    before = len(world.sent)

    async def third(bot: Any, method: Any, timeout: Any = None) -> Any:  # noqa: ASYNC109
        if isinstance(method, SendMessage) and method.text.startswith(("90.", "91.", "92.")):
            house.wire.make_request = real  # type: ignore[method-assign]
            raise not_connected()
        return await real(bot, method, timeout)

    real = house.wire.make_request
    house.wire.make_request = third  # type: ignore[method-assign]
    await owe(house, "张建国", "\n".join(lines), rows=((button,),))
    await house.pass_time(seconds=5)
    texts = said(house, "张建国")
    assert [text[-5:] for text in texts] == [
        f"（{n}/{len(texts)}）" for n in range(1, len(texts) + 1)
    ]
    assert "\n".join(text[:-5] for text in texts) == "\n".join(lines)
    assert all(len(text) <= 4096 for text in texts)
    sent = [e["params"] for e in world.sent[before:] if e["method"] == "sendMessage"]
    assert [bool(p.get("reply_markup")) for p in sent] == [False] * (len(texts) - 1) + [True]


async def test_who_blocked_the_bot_is_told_of_once(house: Stage) -> None:
    chat = house.fake.world.chats[house.user("张建国")]
    chat.forbidden = "bot was blocked by the user"
    for text in ("一", "二", "三"):
        await owe(house, "张建国", text)
    await house.pass_time(minutes=5)
    for name in ("李主任", "王芳"):
        assert [text[:12] for text in said(house, name)] == ["发给张建国的消息送不到了"]


async def test_a_group_that_is_lost_is_told_of_once_and_asked_about_anew(house: Stage) -> None:
    chat = house.fake.world.chats[house.groups[GROUP]]
    chat.forbidden = "bot was kicked from the supergroup chat"
    for text in ("一", "二"):
        await owe(house, GROUP, text)
    await house.pass_time(minutes=5)
    for name in ("李主任", "王芳"):
        assert [text.split("，")[0] for text in said(house, name)] == [f"发不到「{GROUP}」了"]
    assert house.house is not None
    assert await house.house.database.read(doors.allowed) == []
    chat.forbidden = None
    await house.says("张建国", "大家好", chat=house.groups[GROUP])
    assert GROUP in said(house, "王芳")[-1]


async def test_a_group_with_a_new_number_gets_its_card_there_and_it_is_told(house: Stage) -> None:
    old = house.groups[GROUP]
    new = old - 5000
    world = house.fake.world
    moved = world.group(new, GROUP)
    world.chats[old].migrated_to = new
    await owe(house, GROUP, "给群里的话")
    await house.pass_time(seconds=5)
    assert [m["text"] for m in moved.messages.values() if m["from"].get("is_bot")] == ["给群里的话"]
    assert said(house, "李主任") == [f"「{GROUP}」升级成了大群，我跟过去了，该发的照样发。"]
    assert house.house is not None
    lines = await house.house.database.read(lambda tx: [line.deed for line in journal.lines(tx)])
    assert lines.count("group_moved") == 1


async def test_flood_of_one_chat_keeps_no_other_waiting(house: Stage) -> None:
    method = SendMessage(chat_id=1, text="x")
    house.wire.fail = [TelegramRetryAfter(method=method, message="Too Many", retry_after=40)]
    await owe(house, "张建国", "一")
    await owe(house, "王芳", "二")
    assert (said(house, "张建国"), said(house, "王芳")) == ([], ["二"])
    await owe(house, "张建国", "三")
    assert not said(house, "张建国")
    await house.pass_time(seconds=41)
    assert said(house, "张建国") == ["一", "三"]

    def repeats(tx: Transaction) -> list[int]:
        return list(tx.execute(select(outbox.c.repeats)).scalars())

    assert house.house is not None
    assert set(await house.house.database.read(repeats)) == {0}
