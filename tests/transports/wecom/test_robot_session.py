"""The robot as an aiogram session: what goes over the wire, what comes back as from Telegram."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiogram import methods as api
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
)
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
)

from bot.errors import BadSetting
from bot.transports.wecom import updates
from bot.transports.wecom.book import CARD, GROUP, USER
from bot.transports.wecom.cards import NOTHING
from bot.transports.wecom.config import Robot
from bot.transports.wecom.methods import CARRIERS as APP_CARRIERS
from bot.transports.wecom.robot.session import CARRIERS, robot_line
from tests.transports.wecom.dict_book import DictBook
from tests.transports.wecom.robot_wire import Frame, Wire, wire
from tests.transports.wecom.test_robot_files import AESKEY, PHOTO, shop

NOW = datetime(2026, 6, 12, 8, 30, tzinfo=UTC)
CHAT = updates.user_id(1)
JPEG = b"\xff\xd8\xff\xe0" + bytes(2000)


class Room:
    """A robot's line, connected to the other end."""

    def __init__(self, other: Wire, folder: Path, cards: bool = True) -> None:
        self.other, self.now, self.book = other, NOW, DictBook()
        config = Robot("BOT", "SECRET", url=other.url, cards=cards)
        opened = robot_line(config, self.book, lambda: self.now, folder)
        self.line, self.connection = opened.line, opened.connection
        self.got: list[dict[str, Any]] = []
        self.came = asyncio.Condition()
        self.refuse: dict[str, Frame] = {}
        self.silent: set[str] = set()
        other.answer = self._answer

    def _answer(self, frame: Frame) -> Frame | None:
        if frame["cmd"] in self.silent:
            return None
        if frame["cmd"] == "aibot_upload_media_init":
            return {"body": {"upload_id": "UP"}}
        if frame["cmd"] == "aibot_upload_media_finish":
            return {"body": {"type": "image", "media_id": "MEDIA", "created_at": "1"}}
        return self.refuse.get(frame["cmd"], {})

    async def accept(self, raws: list[dict[str, Any]]) -> None:
        async with self.came:
            self.got += raws
            self.came.notify_all()

    async def said(self, msgid: str, **body: Any) -> dict[str, Any]:
        """A message of the person, when the house has it."""
        content = {"msgtype": "text", "text": {"content": msgid}} | body
        return await self.happens("aibot_msg_callback", msgid, content)

    async def pressed(self, task: str, data: str, request: str = "press") -> dict[str, Any]:
        fields = {"card_type": "button_interaction", "event_key": data, "task_id": task}
        event = {"eventtype": "template_card_event", "template_card_event": fields}
        return await self.happens("aibot_event_callback", request, {"event": event})

    async def entered(self) -> dict[str, Any]:
        return await self.happens(
            "aibot_event_callback", "enter", {"event": {"eventtype": "enter_chat"}}
        )

    async def happens(self, cmd: str, msgid: str, body: Frame) -> dict[str, Any]:
        start = len(self.got)
        base = {"msgid": msgid, "chattype": "single", "from": {"userid": "zhang"}}
        headers = {"req_id": f"R-{msgid}"}
        await self.other.tell({"cmd": cmd, "headers": headers, "body": base | body})
        async with asyncio.timeout(5), self.came:
            await self.came.wait_for(lambda: len(self.got) > start)
        return self.got[start]

    async def say(self, text: str, *labels: str, chat: int = CHAT) -> Any:
        method = api.SendMessage(chat_id=chat, text=text, reply_markup=buttons(*labels))
        return await self.line.bot(method, request_timeout=5)

    async def edit(self, message: int, text: str, *labels: str) -> Any:
        return await self.line.bot(
            api.EditMessageText(
                chat_id=CHAT, message_id=message, text=text, reply_markup=buttons(*labels)
            )
        )

    def task(self) -> str:
        return self.book.names(CARD)[-1]


def buttons(*labels: str) -> InlineKeyboardMarkup | None:
    if not labels:
        return None
    rows = [[InlineKeyboardButton(text=one, callback_data=f"v1:{one}")] for one in labels]
    return InlineKeyboardMarkup(inline_keyboard=rows)


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with wire() as other:
        made = Room(other, tmp_path)
        await made.book.number(USER, "zhang")
        task = asyncio.create_task(made.connection.run(made.accept, lambda _: None))
        await other.heard("ping")
        yield made
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


# ---- where a message goes ----


async def test_a_text_answers_the_newest_message_that_waits(room: Room) -> None:
    await room.said("first")
    await room.said("second")
    sent = await room.say("已收 · 松江路")
    frame = await room.other.heard("aibot_respond_msg")
    assert frame["headers"] == {"req_id": "R-second"}
    stream = frame["body"]["stream"]
    assert (stream["finish"], stream["content"]) == (True, "已收 · 松江路")
    assert (sent.chat.id, sent.text) == (CHAT, "已收 · 松江路")
    assert sent.message_id > updates.MESSAGES
    await room.say("还有一句")
    assert (await room.other.heard("aibot_respond_msg", 2))["headers"] == {"req_id": "R-first"}
    await room.say("没人问了")
    frame = await room.other.heard("aibot_send_msg")
    assert frame["body"] == {
        "chatid": "zhang", "msgtype": "markdown", "markdown": {"content": "没人问了"},
    }  # fmt: skip


async def test_an_old_message_is_not_answered_any_more(room: Room) -> None:
    await room.said("a")
    room.now += timedelta(seconds=61)
    await room.say("提醒")
    assert room.other.commands()[-1] == "aibot_send_msg"


async def test_buttons_are_a_card(room: Room) -> None:
    await room.said("a")
    sent = await room.say("已收\n1 张照片", "改点位", "撤回")
    frame = await room.other.heard("aibot_respond_msg")
    card = frame["body"]["template_card"]
    assert card["card_type"] == "button_interaction"
    assert [button["key"] for button in card["button_list"]] == ["v1:改点位", "v1:撤回"]
    assert (card["main_title"]["title"], card["sub_title_text"]) == ("已收", "1 张照片")
    assert card["task_id"] == room.task()
    assert sent.message_id == updates.message_id(await room.book.number(CARD, room.task()))


async def test_many_choices_are_a_vote_and_more_a_numbered_text(room: Room) -> None:
    await room.say("哪个点位", *[f"点位{n}" for n in range(1, 13)])
    card = (await room.other.heard("aibot_send_msg"))["body"]["template_card"]
    assert card["card_type"] == "vote_interaction"
    await room.say("哪个点位", *[f"点位{n}" for n in range(1, 26)])
    body = (await room.other.heard("aibot_send_msg", 2))["body"]
    assert "25 点位25" in body["markdown"]["content"]
    raw = await room.said("25")
    assert raw["callback_query"]["data"] == "v1:点位25"


async def test_without_cards_every_choice_is_numbered(tmp_path: Path) -> None:
    async with wire() as other:
        room = Room(other, tmp_path, cards=False)
        await room.book.number(USER, "zhang")
        task = asyncio.create_task(room.connection.run(room.accept, lambda _: None))
        await other.heard("ping")
        sent = await room.say("是同一个摊吗", "是", "不是")
        assert "1 是" in other.of("aibot_send_msg")[0]["body"]["markdown"]["content"]
        raw = await room.said("2")
        assert raw["callback_query"]["data"] == "v1:不是"
        assert raw["callback_query"]["message"]["message_id"] == sent.message_id
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_the_welcome_is_an_answer_to_the_entry(room: Room) -> None:
    await room.entered()
    await room.say("您好")
    frame = await room.other.heard("aibot_respond_welcome_msg")
    assert frame["headers"] == {"req_id": "R-enter"}
    assert frame["body"] == {"msgtype": "text", "text": {"content": "您好"}}


async def test_an_entry_of_five_seconds_ago_has_no_welcome(room: Room) -> None:
    await room.entered()
    room.now += timedelta(seconds=5)
    await room.say("您好")
    assert room.other.commands()[-1] == "aibot_send_msg"


async def test_a_press_is_never_answered_with_a_message(room: Room) -> None:
    await room.pressed("TASK", "v1:x")
    await room.say("好")
    assert room.other.commands()[-1] == "aibot_send_msg"


async def test_a_group_is_written_to_by_its_id(room: Room) -> None:
    group = updates.group_id(await room.book.keep(GROUP, "wrGROUP", {"title": "二中队"}))
    sent = await room.say("松江路 2 次", chat=group)
    assert (await room.other.heard("aibot_send_msg"))["body"]["chatid"] == "wrGROUP"
    assert (sent.chat.type, sent.chat.title) == ("supergroup", "二中队")


async def test_a_userid_goes_out_as_the_platform_wrote_it(room: Room) -> None:
    base = {"from": {"userid": "LiHongMei"}}
    await room.said("a", **base)
    room.now += timedelta(minutes=2)
    number = await room.book.number(USER, "lihongmei")
    await room.say("提醒", chat=updates.user_id(number))
    assert (await room.other.heard("aibot_send_msg"))["body"]["chatid"] == "LiHongMei"


async def test_what_a_person_wrote_does_not_become_markup(room: Room) -> None:
    await room.say("**粗** [点我](http://x.example) # 题\n# 题\n<font>")
    content = room.other.of("aibot_send_msg")[0]["body"]["markdown"]["content"]
    assert "**" not in content
    assert "](" not in content
    assert not any(line.startswith("#") for line in content.split("\n"))


async def test_a_text_too_long_for_one_message_comes_in_parts(room: Room) -> None:
    text = "\n".join(f"第 {n} 行 " + "*" * 60 for n in range(65))
    await room.say(text)
    frames = room.other.of("aibot_send_msg")
    contents = [frame["body"]["markdown"]["content"] for frame in frames]
    assert all(len(content.encode()) <= 20480 for content in contents)
    assert sum(content.count("第 ") for content in contents) == 65


@pytest.mark.parametrize("chat", [1, -1, updates.user_id(999), updates.group_id(1), "@name"])
async def test_a_chat_we_dont_know_is_not_found(room: Room, chat: Any) -> None:
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await room.line.bot(api.SendMessage(chat_id=chat, text="a"))


# ---- when it goes wrong ----


async def test_without_a_connection_the_outbox_tries_again(tmp_path: Path) -> None:
    nowhere = Wire()
    nowhere.url = "ws://127.0.0.1:9/"
    room = Room(nowhere, tmp_path)
    await room.book.number(USER, "zhang")
    with pytest.raises(TelegramNetworkError):
        await room.say("a")


async def test_an_answer_whose_ack_was_lost_is_the_same_answer_again(room: Room) -> None:
    await room.said("a")
    room.silent.add("aibot_respond_msg")
    with pytest.raises(TelegramNetworkError):
        await room.line.bot(api.SendMessage(chat_id=CHAT, text="已收"), request_timeout=1)
    await room.said("b")
    room.silent.clear()
    await room.say("已收")
    one, two = room.other.of("aibot_respond_msg")
    assert one == two


async def test_a_card_sent_again_keeps_its_task_and_counts_once(room: Room) -> None:
    room.silent.add("aibot_send_msg")
    method = api.SendMessage(chat_id=CHAT, text="已收", reply_markup=buttons("撤回"))
    with pytest.raises(TelegramNetworkError):
        await room.line.bot(method, request_timeout=1)
    room.silent.clear()
    room.refuse["aibot_send_msg"] = {"errcode": 42014, "errmsg": "task id repeated"}
    await room.line.bot(method)
    tasks = [one["body"]["template_card"]["task_id"] for one in room.other.of("aibot_send_msg")]
    assert tasks == [room.task()] * 2
    room.refuse.clear()
    await room.line.bot(method)
    assert room.other.of("aibot_send_msg")[-1]["body"]["template_card"]["task_id"] != tasks[0]


async def test_a_callback_the_platform_forgot_is_no_fault_the_text_is_sent(room: Room) -> None:
    await room.said("a")
    room.refuse["aibot_respond_msg"] = {"errcode": 846605, "errmsg": "invalid req_id"}
    await room.say("已收")
    assert room.other.commands()[-2:] == ["aibot_respond_msg", "aibot_send_msg"]


async def test_too_many_messages_wait_a_minute(room: Room) -> None:
    await room.said("a")
    room.refuse["aibot_respond_msg"] = {"errcode": 846607, "errmsg": "too many request"}
    with pytest.raises(TelegramRetryAfter) as wait:
        await room.say("已收")
    assert wait.value.retry_after == 60
    assert room.other.of("aibot_send_msg") == []


async def test_any_other_refusal_is_a_bad_request(room: Room) -> None:
    room.refuse["aibot_send_msg"] = {"errcode": 40058, "errmsg": "invalid parameter"}
    with pytest.raises(TelegramBadRequest, match="invalid parameter"):
        await room.say("已收")


async def test_after_a_broken_send_only_the_missing_parts_follow(room: Room) -> None:
    text = "很长的第一行，" * 30
    room.refuse["aibot_send_msg"] = {}
    seen: list[str] = []

    def once(frame: Frame) -> Frame | None:
        if frame["cmd"] == "aibot_send_msg":
            seen.append(frame["body"]["msgtype"])
            if seen == ["markdown", "template_card"]:
                return None
        return {}

    room.other.answer = once
    with pytest.raises(TelegramNetworkError):
        await room.line.bot(
            api.SendMessage(chat_id=CHAT, text=text, reply_markup=buttons("是")), request_timeout=1
        )
    await room.say(text, "是")
    assert seen == ["markdown", "template_card", "template_card"]


# ---- cards that change ----


async def test_a_pressed_card_changes_by_its_press(room: Room) -> None:
    sent = await room.say("已收", "改点位", "撤回")
    raw = await room.pressed(room.task(), "v1:改点位")
    assert raw["callback_query"]["message"]["message_id"] == sent.message_id
    room.now += timedelta(seconds=4)
    changed = await room.edit(sent.message_id, "已收 · 永福路", "撤回")
    frame = await room.other.heard("aibot_respond_update_msg")
    assert frame["headers"] == {"req_id": "R-press"}
    assert frame["body"]["template_card"]["task_id"] == room.task()
    assert frame["body"]["template_card"]["main_title"]["title"] == "已收 · 永福路"
    assert (changed.text, changed.message_id) == ("已收 · 永福路", sent.message_id)


async def test_a_card_without_buttons_any_more_has_one_that_does_nothing(room: Room) -> None:
    sent = await room.say("已收", "撤回")
    await room.pressed(room.task(), "v1:撤回")
    await room.edit(sent.message_id, "撤回了")
    card = (await room.other.heard("aibot_respond_update_msg"))["body"]["template_card"]
    assert [button["key"] for button in card["button_list"]] == [NOTHING]
    assert "replace_text" not in card


@pytest.mark.parametrize("late", [None, 4.6])
async def test_nobody_pressed_or_long_ago_and_it_cant_be_edited(
    room: Room, late: float | None
) -> None:
    sent = await room.say("已收", "撤回")
    if late is not None:
        await room.pressed(room.task(), "v1:撤回")
        room.now += timedelta(seconds=late)
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await room.edit(sent.message_id, "撤回了")
    assert room.other.of("aibot_respond_update_msg") == []


async def test_a_press_changes_its_own_card_and_only_once(room: Room) -> None:
    one = await room.say("一", "撤回")
    first = room.task()
    two = await room.say("二", "撤回")
    await room.pressed(first, "v1:撤回")
    with pytest.raises(TelegramBadRequest, match="can't be edited"):
        await room.edit(two.message_id, "撤回了")
    await room.edit(one.message_id, "撤回了")
    with pytest.raises(TelegramBadRequest, match="can't be edited"):
        await room.edit(one.message_id, "又变了")


async def test_a_platform_too_late_for_the_change_makes_a_new_message(room: Room) -> None:
    sent = await room.say("已收", "撤回")
    await room.pressed(room.task(), "v1:撤回")
    room.refuse["aibot_respond_update_msg"] = {"errcode": 846605, "errmsg": "invalid req_id"}
    with pytest.raises(TelegramBadRequest, match="can't be edited"):
        await room.edit(sent.message_id, "撤回了")


async def test_what_shows_it_already_is_not_modified_and_keeps_the_press(room: Room) -> None:
    sent = await room.say("已收", "撤回")
    await room.pressed(room.task(), "v1:撤回")
    with pytest.raises(TelegramBadRequest, match="not modified"):
        await room.edit(sent.message_id, "已收", "撤回")
    await room.edit(sent.message_id, "撤回了")


async def test_a_text_cant_be_edited(room: Room) -> None:
    sent = await room.say("只是一句话")
    with pytest.raises(TelegramBadRequest, match="can't be edited"):
        await room.edit(sent.message_id, "另一句")
    with pytest.raises(TelegramBadRequest, match="not found"):
        await room.edit(updates.message_id(9999), "另一句")


async def test_an_alert_is_a_short_message_and_a_toast_is_nothing(room: Room) -> None:
    raw = await room.pressed("TASK", "v1:x")
    query = raw["callback_query"]["id"]
    await room.line.bot(api.AnswerCallbackQuery(callback_query_id=query, text="改好了"))
    assert room.other.of("aibot_send_msg") == []
    await room.line.bot(
        api.AnswerCallbackQuery(callback_query_id=query, text="您用不了", show_alert=True)
    )
    assert room.other.of("aibot_send_msg")[0]["body"]["chatid"] == "zhang"


# ---- files ----


async def test_a_photo_goes_up_and_out_and_its_caption_follows(room: Room) -> None:
    await room.said("a")
    photo = BufferedInputFile(JPEG, "松江路.jpg")
    sent = await room.line.bot(api.SendPhoto(chat_id=CHAT, photo=photo, caption="对比"))
    begin = await room.other.heard("aibot_upload_media_init")
    assert (begin["body"]["type"], begin["body"]["filename"]) == ("image", "松江路.jpg")
    piece = await room.other.heard("aibot_upload_media_chunk")
    assert base64.b64decode(piece["body"]["base64_data"]) == JPEG
    shown = await room.other.heard("aibot_respond_msg")
    assert shown["body"] == {"msgtype": "image", "image": {"media_id": "MEDIA"}}
    assert room.other.of("aibot_send_msg")[0]["body"]["markdown"]["content"] == "对比"
    assert sent.photo[0].file_id == "MEDIA"


async def test_a_file_of_many_pieces_arrives_whole_though_pieces_fail(room: Room) -> None:
    data = bytes(range(256)) * 2048 * 6 + b"rest."
    fails = {2: 2, 5: 1}
    answer = room.other.answer

    def shaky(frame: Frame) -> Frame | None:
        index = frame.get("body", {}).get("chunk_index")
        if fails.get(index, 0):
            fails[index] -= 1
            return {"errcode": -1, "errmsg": "system error"}
        return answer(frame)

    room.other.answer = shaky
    document = BufferedInputFile(data, "周报.xlsx")
    await room.line.bot(api.SendDocument(chat_id=CHAT, document=document), request_timeout=20)
    pieces: dict[int, bytes] = {}
    for frame in room.other.of("aibot_upload_media_chunk"):
        pieces[frame["body"]["chunk_index"]] = base64.b64decode(frame["body"]["base64_data"])
    assert sorted(pieces) == list(range(7))
    assert b"".join(pieces[n] for n in sorted(pieces)) == data
    assert room.other.of("aibot_upload_media_init")[0]["body"]["total_chunks"] == 7
    assert (await room.other.heard("aibot_send_msg"))["body"]["file"] == {"media_id": "MEDIA"}


async def test_a_piece_that_never_gets_through_is_the_platforms_refusal(room: Room) -> None:
    room.refuse["aibot_upload_media_chunk"] = {"errcode": 40058, "errmsg": "bad piece"}
    document = BufferedInputFile(b"123456789", "a.txt")
    with pytest.raises(TelegramBadRequest, match="bad piece"):
        await room.line.bot(api.SendDocument(chat_id=CHAT, document=document))
    assert len(room.other.of("aibot_upload_media_chunk")) == 3


async def test_an_album_is_one_photo_after_the_other(room: Room) -> None:
    media = [InputMediaPhoto(media=BufferedInputFile(JPEG + bytes([n]), "a.jpg")) for n in (1, 2)]
    sent = await room.line.bot(api.SendMediaGroup(chat_id=CHAT, media=media))
    assert len(sent) == 2
    assert [one["body"]["msgtype"] for one in room.other.of("aibot_send_msg")] == ["image"] * 2


async def test_a_persons_photo_is_had_by_get_file_and_sent_on(tmp_path: Path, room: Room) -> None:
    async with shop() as other:
        place = {"url": f"{other.base}/a", "aeskey": AESKEY}
        raw = await room.said("p", msgtype="image", image=place)
        file_id = raw["message"]["photo"][0]["file_id"]
        file = await room.line.bot.get_file(file_id)
        assert file.file_size == len(PHOTO)
    had = await room.line.bot.download_file(file.file_path or "")
    assert had is not None
    assert had.read() == PHOTO
    await room.line.bot(api.SendPhoto(chat_id=CHAT, photo=file_id))
    pieces = room.other.of("aibot_upload_media_chunk")
    assert base64.b64decode(pieces[0]["body"]["base64_data"]) == PHOTO


async def test_a_file_that_is_gone_is_a_bad_request(room: Room) -> None:
    with pytest.raises(TelegramBadRequest):
        await room.line.bot.get_file("r" + "0" * 31)


# ---- the rest ----


async def test_what_the_robot_has_not_is_done_by_doing_nothing(room: Room) -> None:
    for method in (
        api.SendChatAction(chat_id=CHAT, action="typing"),
        api.SetMyCommands(commands=[]),
        api.DeleteMessage(chat_id=CHAT, message_id=1),
        api.PinChatMessage(chat_id=CHAT, message_id=1),
    ):
        assert await room.line.bot(method) is True
    assert (await room.line.bot.get_me()).first_name == "岗亭"
    assert room.other.of("aibot_send_msg") == []


async def test_what_has_no_counterpart_is_not_found(room: Room) -> None:
    with pytest.raises(TelegramNotFound, match="has no WeCom equivalent"):
        await room.line.bot(api.SendPoll(chat_id=CHAT, question="?", options=["a", "b"]))


def test_the_robot_knows_every_method_of_the_app() -> None:
    assert set(CARRIERS) == set(APP_CARRIERS)


def test_a_ca_file_that_is_none_is_a_bad_setting(tmp_path: Path) -> None:
    wrong = tmp_path / "ca.pem"
    wrong.write_text("not a certificate")
    config = replace(Robot("BOT", "SECRET"), ca_file=wrong)
    now: Callable[[], datetime] = lambda: NOW  # noqa: E731
    with pytest.raises(BadSetting):
        robot_line(config, DictBook(), now, tmp_path)


def test_the_line_says_what_it_can_do(tmp_path: Path) -> None:
    line = robot_line(Robot("BOT", "SECRET"), DictBook(), lambda: NOW, tmp_path).line
    assert (line.name, line.title, line.chat_pace) == ("robot", "企业微信机器人", 20)
    assert (line.reactions, line.place_key, line.choices) == (False, False, 20)
    assert (line.settle, line.crowded) == (timedelta(seconds=4), frozenset({0, 30}))
