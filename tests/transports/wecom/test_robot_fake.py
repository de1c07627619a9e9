"""The make-believe robot and the real line together, and how strict the make-believe is."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiogram import methods as api
from aiogram.exceptions import TelegramBadRequest, TelegramNetworkError
from aiogram.types import BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup
from PIL import Image

from bot.clock import Clock
from bot.errors import BadToken, NotFound
from bot.transports.simulator.chats import Person
from bot.transports.simulator.phones import Phone
from bot.transports.simulator.platform import Platform
from bot.transports.simulator.wecom.corp import Corp, Setup
from bot.transports.simulator.wecom.faults import Fault
from bot.transports.simulator.wecom.robot import Robot
from bot.transports.simulator.wecom.robot_told import GROUP
from bot.transports.simulator.wecom.server import open_corp
from bot.transports.wecom import config as settings
from bot.transports.wecom import updates
from bot.transports.wecom.book import GROUP as GROUP_KIND
from bot.transports.wecom.book import USER
from bot.transports.wecom.robot.session import robot_line
from tests.transports.wecom.dict_book import DictBook

ZHANG, LI = 1, 2


class Room:
    """The platform, its robot, and a line that holds it."""

    def __init__(self, folder: Path) -> None:
        people = [Person(ZHANG, "张建国"), Person(LI, "李红梅")]
        self.platform = Platform(folder / "platform", Clock(), people)
        self.corp = Corp(self.platform, Setup())
        self.robot = Robot(self.corp)
        self.robot.open_door()
        self.book, self.folder = DictBook(), folder
        self.got: list[dict[str, Any]] = []
        self.ups: list[bool] = []
        self.changed = asyncio.Condition()

    def connect(self, secret: str | None = None) -> None:
        """The line, not yet run."""
        setup = self.corp.setup
        config = settings.Robot(setup.robot_id, secret or setup.robot_secret, self.robot.url)
        opened = robot_line(config, self.book, self.platform.clock.now, self.folder / "files")
        self.line, self.connection = opened.line, opened.connection

    async def accept(self, raws: list[dict[str, Any]]) -> None:
        async with self.changed:
            self.got += raws
            self.changed.notify_all()

    def up(self, up: bool) -> None:
        self.ups.append(up)

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        self.connect()
        task = asyncio.create_task(self.connection.run(self.accept, self.up))
        await self.until(lambda: self.connection.alive)
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def until(self, true: Any) -> None:
        async with asyncio.timeout(5):
            while not true():  # noqa: ASYNC110 - the platform tells nobody here
                await asyncio.sleep(0.01)

    async def has(self, number: int) -> list[dict[str, Any]]:
        async with asyncio.timeout(5), self.changed:
            await self.changed.wait_for(lambda: len(self.got) >= number)
        return self.got

    async def chat(self, person: int = ZHANG) -> int:
        return updates.user_id(await self.book.number(USER, f"user{person}"))

    async def say(self, text: str, *labels: str, person: int = ZHANG) -> Any:
        chat = await self.chat(person)
        return await self.line.bot(api.SendMessage(
            chat_id=chat, text=text, reply_markup=buttons(*labels)
        ))  # fmt: skip

    def shown(self, chat: int = ZHANG) -> list[str]:
        messages = self.platform.chat(chat).messages.values()
        return [message.text for message in messages if message.sender == 0]

    def later(self, **by: float) -> None:
        self.platform.clock.move(timedelta(**by))

    def answered(self) -> list[tuple[str, int | None]]:
        return [(call.path, call.errcode) for call in self.corp.calls if call.path != "ping"]


def buttons(*labels: str) -> InlineKeyboardMarkup | None:
    rows = [[InlineKeyboardButton(text=one, callback_data=f"v1:{one}")] for one in labels]
    return InlineKeyboardMarkup(inline_keyboard=rows) if rows else None


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    made = Room(tmp_path)
    async with open_corp(made.corp, more=made.robot.routes()):
        yield made
        await made.robot.drop()


# ---- the line and the make-believe platform ----


async def test_photo_in_card_out_press_and_the_card_changes(room: Room) -> None:
    phone = Phone(room.platform, ZHANG)
    async with room.held():
        await phone.shoot([_picture()])
        [photo] = await room.has(1)
        file_id = photo["message"]["photo"][-1]["file_id"]
        file = await room.line.bot.get_file(file_id)
        had = await room.line.bot.download_file(file.file_path or "")
        kept = next(m for m in room.platform.chat(ZHANG).messages.values() if m.file)
        assert had is not None
        assert kept.file is not None
        assert had.read() == room.platform.shelf.get(kept.file.id)
        sent = await room.say("已收 · 松江路", "改点位", "撤回")
        assert room.shown() == ["已收 · 松江路"]
        await phone.tap("撤回")
        press = (await room.has(2))[1]["callback_query"]
        assert (press["data"], press["message"]["message_id"]) == ("v1:撤回", sent.message_id)
        await room.line.bot(api.EditMessageText(
            chat_id=await room.chat(), message_id=sent.message_id, text="撤回了"
        ))  # fmt: skip
        assert room.shown() == ["撤回了"]
    assert room.platform.violations == []


async def test_a_vote_is_pressed_by_its_option(room: Room) -> None:
    phone = Phone(room.platform, ZHANG)
    async with room.held():
        await phone.write("改点位")
        await room.has(1)
        await room.say("哪个点位", *[f"点位{n}" for n in range(9)])
        await phone.tap("点位7")
        assert (await room.has(2))[1]["callback_query"]["data"] == "v1:点位7"


async def test_entering_is_told_once_a_day_and_welcomed(room: Room) -> None:
    async with room.held():
        assert await room.robot.enter(ZHANG)
        assert not await room.robot.enter(ZHANG)
        [raw] = await room.has(1)
        assert raw["my_chat_member"]["new_chat_member"]["status"] == "member"
        await room.say("您好，张建国")
        assert room.shown() == ["您好，张建国"]
        room.later(hours=25)
        assert await room.robot.enter(ZHANG)


async def test_nobody_who_never_wrote_can_be_written_to(room: Room) -> None:
    async with room.held():
        with pytest.raises(TelegramBadRequest):
            await room.say("提醒", person=LI)
    assert room.shown(LI) == []


async def test_the_group_is_heard_and_answered(room: Room) -> None:
    async with room.held():
        await Phone(room.platform, ZHANG, room.platform.group.id).write("松江路本周几次")
        [raw] = await room.has(1)
        assert raw["message"]["text"] == "松江路本周几次"
        chat = raw["message"]["chat"]["id"]
        assert await room.book.named(GROUP_KIND, updates.number_of(chat)) == GROUP
        await room.line.bot(api.SendMessage(chat_id=chat, text="2 次"))
    assert room.shown(room.platform.group.id) == ["2 次"]


async def test_words_and_pictures_of_one_message_are_an_album(room: Room) -> None:
    async with room.held():
        await room.robot.mix(ZHANG, [_picture(1), _picture(2)], "松江路 西瓜摊")
        raws = await room.has(2)
        assert [raw["message"].get("caption") for raw in raws] == ["松江路 西瓜摊", None]
        await room.robot.speak(ZHANG, "开始巡查。")
        assert (await room.has(3))[2]["message"]["text"] == "开始巡查"


async def test_a_file_is_had_days_later_from_the_cache_but_not_from_the_platform(
    room: Room,
) -> None:
    async with room.held():
        await Phone(room.platform, ZHANG).attach("验收单.pdf", "application/pdf", b"%PDF-1.7 x")
        [raw] = await room.has(1)
        file_id = raw["message"]["document"]["file_id"]
        await room.until((room.folder / "files" / file_id).exists)
        room.later(hours=5)
        file = await room.line.bot.get_file(file_id)
        had = await room.line.bot.download_file(file.file_path or "")
        assert had is not None
        assert had.read() == b"%PDF-1.7 x"
        (room.folder / "files" / file_id).unlink()
        with pytest.raises(TelegramBadRequest):
            await room.line.bot.get_file(file_id)


async def test_a_document_goes_up_whole_and_stands_in_the_chat(room: Room) -> None:
    data = bytes(range(256)) * 2500
    async with room.held():
        await Phone(room.platform, ZHANG).write("周报")
        await room.has(1)
        document = BufferedInputFile(data, "周报 6月.xlsx")
        await room.line.bot(api.SendDocument(chat_id=await room.chat(), document=document))
    message = list(room.platform.chat(ZHANG).messages.values())[-1]
    assert message.file is not None
    assert message.file.name == "周报 6月.xlsx"
    assert room.platform.shelf.get(message.file.id) == data


async def test_what_is_done_while_nobody_holds_the_robot_is_lost(room: Room) -> None:
    await Phone(room.platform, ZHANG).write("没人听见")
    assert len(room.corp.lost) == 1
    async with room.held():
        await Phone(room.platform, ZHANG).write("听见了")
        [raw] = await room.has(1)
    assert raw["message"]["text"] == "听见了"


async def test_a_cut_net_ends_the_connection_and_another_is_taken_up(room: Room) -> None:
    async with room.held():
        room.platform.cut(0.2)
        await room.until(lambda: not room.connection.alive)
        with pytest.raises(TelegramNetworkError):
            await room.say("提醒")
        await room.until(lambda: room.platform.online)
        await room.until(lambda: room.connection.alive)
        await Phone(room.platform, ZHANG).write("又通了")
        await room.has(1)
    assert room.ups == [True, False, True, False]


async def test_a_second_robot_ends_the_first_which_does_not_fight(room: Room) -> None:
    async with room.held():
        other = Room.__new__(Room)
        other.__dict__.update(room.__dict__, got=[], ups=[], changed=asyncio.Condition())
        async with other.held():
            await room.until(lambda: not room.connection.alive)
            await Phone(room.platform, ZHANG).write("给新的")
            await other.has(1)
        assert room.got == []
    assert room.robot.kicked == 1


async def test_a_wrong_secret_is_a_bad_token(room: Room) -> None:
    room.connect(secret="wrong")
    with pytest.raises(BadToken):
        async with asyncio.timeout(5):
            await room.connection.run(room.accept, room.up)


async def test_a_lost_ack_repeats_nothing_in_the_chat(room: Room) -> None:
    async with room.held():
        await Phone(room.platform, ZHANG).write("松江路")
        await room.has(1)
        room.corp.faults.plan(Fault("lost", path="aibot_respond_msg"))
        chat = await room.chat()
        with pytest.raises(TelegramNetworkError):
            await room.line.bot(api.SendMessage(chat_id=chat, text="已收"), request_timeout=1)
        await room.line.bot(api.SendMessage(chat_id=chat, text="已收"))
        room.corp.faults.plan(Fault("lost", path="aibot_send_msg"))
        card = api.SendMessage(chat_id=chat, text="卡", reply_markup=buttons("是"))
        with pytest.raises(TelegramNetworkError):
            await room.line.bot(card, request_timeout=1)
        await room.line.bot(card)
    assert room.shown() == ["已收", "卡"]


async def test_more_than_thirty_a_minute_are_swallowed(room: Room) -> None:
    async with room.held():
        await Phone(room.platform, ZHANG).write("a")
        await room.has(1)
        for nth in range(31):
            await room.say(f"{nth}")
    assert len(room.shown()) == 30
    assert len(room.corp.dropped) == 1


def _picture(shade: int = 7) -> bytes:
    out = BytesIO()
    Image.new("RGB", (64, 48), (shade, 90, 120)).save(out, "JPEG")
    return out.getvalue()


# ---- how strict it is ----


class Raw:
    """Somebody who speaks frames by hand."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.told: list[dict[str, Any]] = []

    async def ask(self, cmd: str, body: Any = None, request: str = "r1", **more: Any) -> Any:
        frame = {"cmd": cmd, "headers": {"req_id": request}, **more}
        return await self.send(json.dumps(frame | ({"body": body} if body is not None else {}),
                                          ensure_ascii=False))  # fmt: skip

    async def send(self, text: str) -> Any:
        await self.socket.send_str(text)
        while "errcode" not in (frame := await self.socket.receive_json(timeout=5)):
            self.told.append(frame)
        return frame

    async def next(self) -> dict[str, Any]:
        return self.told.pop(0) if self.told else dict(await self.socket.receive_json(timeout=5))


@asynccontextmanager
async def by_hand(room: Room, subscribe: bool = True) -> AsyncIterator[Raw]:
    setup = room.corp.setup
    async with aiohttp.ClientSession() as web, web.ws_connect(room.robot.url) as socket:
        raw = Raw(socket)
        if subscribe:
            body = {"bot_id": setup.robot_id, "secret": setup.robot_secret}
            assert (await raw.ask("aibot_subscribe", body))["errcode"] == 0
        yield raw


CARD = {
    "card_type": "button_interaction",
    "main_title": {"title": "报告"},
    "button_list": [{"text": "撤回", "key": "v1:b", "style": 2}],
    "task_id": "t1",
}


def stream(content: str = "好", **more: Any) -> dict[str, Any]:
    part = {"id": "s1", "finish": True, "content": content, **more}
    return {"msgtype": "stream", "stream": part}


def card(**changed: Any) -> dict[str, Any]:
    return {"msgtype": "template_card", "template_card": {**CARD, **changed}}


BUTTON = CARD["button_list"][0]  # type: ignore[index]
WRONG_ANSWERS = [
    stream(""),
    stream("好" * 6827),
    stream(id=""),
    stream(finish="yes"),
    stream(colour="red"),
    {"msgtype": "markdown", "markdown": {"content": "a"}},
    {"msgtype": "text", "text": {"content": "a"}},
    {"msgtype": "image", "image": {"media_id": "unknown"}},
    {"msgtype": "stream"},
    {},
    card(button_list=[{**BUTTON, "key": str(n)} for n in range(7)]),  # type: ignore[dict-item]
    card(button_list=[{**BUTTON, "type": 1, "url": "https://x"}]),  # type: ignore[dict-item]
    card(task_id="坏"),
    card(task_id=None),
    card(replace_text="好了"),
    card(main_title={}),
]


@pytest.mark.parametrize("body", WRONG_ANSWERS)
async def test_a_wrong_answer_is_refused_and_shows_nothing(
    room: Room, body: dict[str, Any]
) -> None:
    async with by_hand(room) as raw:
        await Phone(room.platform, ZHANG).write("a")
        request = (await raw.next())["headers"]["req_id"]
        assert (await raw.ask("aibot_respond_msg", body, request))["errcode"] != 0
    assert room.shown() == []


async def test_a_stream_replaces_itself_for_six_minutes(room: Room) -> None:
    async with by_hand(room) as raw:
        await Phone(room.platform, ZHANG).write("a")
        request = (await raw.next())["headers"]["req_id"]
        for content in ("甲", "甲乙"):
            await raw.ask("aibot_respond_msg", stream(content, finish=False), request)
        assert room.shown() == ["甲乙"]
        room.later(minutes=7)
        answer = await raw.ask("aibot_respond_msg", stream("丙"), request)
        assert answer["errcode"] == 846608
        assert (await raw.ask("aibot_respond_msg", stream("丁", id="s2"), request))["errcode"] == 0


@pytest.mark.parametrize(
    ("cmd", "body"),
    [
        ("aibot_respond_msg", stream()),
        ("aibot_respond_welcome_msg", {"msgtype": "text", "text": {"content": "a"}}),
        (
            "aibot_respond_update_msg",
            {"response_type": "update_template_card", "template_card": CARD},
        ),
    ],
)
async def test_an_answer_to_nothing_is_refused(room: Room, cmd: str, body: dict[str, Any]) -> None:
    async with by_hand(room) as raw:
        assert (await raw.ask(cmd, body, "never-told"))["errcode"] == 846605


async def test_a_press_is_answered_by_an_update_alone_in_five_seconds_and_once(
    room: Room,
) -> None:
    phone = Phone(room.platform, ZHANG)
    async with by_hand(room) as raw:
        await phone.write("a")
        asked = (await raw.next())["headers"]["req_id"]
        assert (await raw.ask("aibot_respond_msg", card(), asked))["errcode"] == 0
        assert (await raw.ask("aibot_respond_msg", card(task_id="t9"), asked))["errcode"] != 0
        assert (await raw.ask("aibot_send_msg", {"chatid": "User1", **card()}))["errcode"] == 42014

        async def press() -> str:
            await phone.tap("撤回")
            told = await raw.next()
            event = told["body"]["event"]["template_card_event"]
            assert (event["event_key"], event["task_id"]) == ("v1:b", "t1")
            return str(told["headers"]["req_id"])

        def update(**changed: Any) -> dict[str, Any]:
            shown = {**CARD, "main_title": {"title": "新"}, **changed}
            return {"response_type": "update_template_card", "template_card": shown}

        pressed = await press()
        assert (await raw.ask("aibot_respond_msg", stream(), pressed))["errcode"] == 846605
        wrong = await raw.ask("aibot_respond_update_msg", update(task_id="t2"), pressed)
        assert wrong["errcode"] != 0
        room.later(seconds=6)
        late = await raw.ask("aibot_respond_update_msg", update(), pressed)
        assert late["errcode"] == 846605
        assert room.shown() == ["报告"]
        pressed = await press()
        assert (await raw.ask("aibot_respond_update_msg", update(), pressed))["errcode"] == 0
        assert room.shown() == ["新"]
        again = await raw.ask("aibot_respond_update_msg", update(), pressed)
        assert again["errcode"] == 846605


async def test_without_a_subscription_nothing_is_done(room: Room) -> None:
    async with by_hand(room, subscribe=False) as raw:
        body = {"chatid": "User1", "msgtype": "markdown", "markdown": {"content": "a"}}
        assert (await raw.ask("aibot_send_msg", body))["errcode"] == 846609
        assert (await raw.ask("ping"))["errcode"] == 0
        wrong = {"bot_id": room.corp.setup.robot_id, "secret": "wrong"}
        assert (await raw.ask("aibot_subscribe", wrong))["errcode"] == 853000
        assert not room.robot.subscribed


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"cmd":"ping"}',
        '{"headers":{"req_id":"r"}}',
        '{"cmd":"ping","headers":{"req_id":""}}',
        '{"cmd":"ping","headers":{"req_id":"r"},"extra":1}',
        '{"cmd":"aibot_unknown","headers":{"req_id":"r"},"body":{}}',
        '{"cmd":"aibot_send_msg","headers":{"req_id":"r"}}',
        '{"cmd":"ping","headers":{"req_id":"\\u4e00"}}',
    ],
)
async def test_what_is_no_frame_is_refused(room: Room, text: str) -> None:
    async with by_hand(room) as raw:
        assert (await raw.send(text))["errcode"] != 0


async def test_an_upload_must_fit_byte_for_byte(room: Room) -> None:
    data = b"0123456789"
    begin = {
        "type": "file", "filename": "a.txt", "total_size": 10, "total_chunks": 1,
        "md5": hashlib.md5(data).hexdigest(),
    }  # fmt: skip
    piece = {"chunk_index": 0, "base64_data": base64.b64encode(data).decode()}
    async with by_hand(room) as raw:
        for changed in (
            {"type": "exe"}, {"total_size": 5}, {"total_chunks": 2}, {"filename": ""},
            {"filename": "%E5%91%A8.xlsx"}, {"total_size": 21 * 1024 * 1024, "total_chunks": 42},
        ):  # fmt: skip
            assert (await raw.ask("aibot_upload_media_init", begin | changed))["errcode"] != 0
        upload = (await raw.ask("aibot_upload_media_init", begin))["body"]
        for changed in ({"chunk_index": 1}, {"base64_data": "AAAA"}, {"base64_data": "?"}):
            wrong = await raw.ask("aibot_upload_media_chunk", upload | piece | changed)
            assert wrong["errcode"] != 0
        assert (await raw.ask("aibot_upload_media_finish", upload))["errcode"] != 0
        for _ in range(2):
            assert (await raw.ask("aibot_upload_media_chunk", upload | piece))["errcode"] == 0
        assert (await raw.ask("aibot_upload_media_finish", upload))["body"]["type"] == "file"
        for _ in range(29):
            await raw.ask("aibot_upload_media_init", begin)
        assert (await raw.ask("aibot_upload_media_init", begin))["errcode"] == 846607


async def test_a_files_address_is_dead_after_five_minutes(room: Room) -> None:
    async with by_hand(room) as raw, aiohttp.ClientSession() as web:
        await Phone(room.platform, ZHANG).shoot([_picture()])
        url = (await raw.next())["body"]["image"]["url"]
        room.later(seconds=299)
        async with web.get(url) as answer:
            assert answer.status == 200
        room.later(seconds=2)
        async with web.get(url) as answer:
            assert answer.status == 403


async def test_the_robot_has_no_keys(room: Room) -> None:
    assert room.robot.menu == []
    for act in (
        room.robot.click(ZHANG, "x"), room.robot.snap(ZHANG, []), room.robot.locate(ZHANG, 1, 1),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            await act
