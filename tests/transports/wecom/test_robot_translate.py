"""What the robot is told becomes updates, whatever stands in it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot
from aiogram.types import Update
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.transports.wecom import menus, updates
from bot.transports.wecom.book import CARD, FILE, GROUP, SPELLING, USER
from bot.transports.wecom.robot.callbacks import Callbacks, Kind
from bot.transports.wecom.robot.files import Files
from bot.transports.wecom.robot.translate import Translator
from tests.transports.wecom.dict_book import DictBook

NOW = datetime(2026, 6, 12, 8, 30, tzinfo=UTC)
AT = int(NOW.timestamp() * 1_000_000)
SENT = int(NOW.timestamp()) - 2


class Room:
    """A translator with all that it works on."""

    def __init__(self, folder: Path = Path("never-used")) -> None:
        self.now = NOW
        self.book = DictBook()
        self.callbacks = Callbacks(lambda: self.now)
        files = Files(self.book, lambda: self.now, folder, "wss://example.com")
        self.translator = Translator(self.book, lambda: self.now, self.callbacks, files)

    async def tell(self, body: dict[str, Any], *, event: bool = False) -> list[dict[str, Any]]:
        cmd = "aibot_event_callback" if event else "aibot_msg_callback"
        frame = {"cmd": cmd, "headers": {"req_id": f"R-{body.get('msgid')}"}, "body": body}
        return await self.translator.updates(frame, AT)

    async def happens(self, kind: str, **event: Any) -> list[dict[str, Any]]:
        content = {"eventtype": kind, **event}
        return await self.tell(said("event", event=content), event=True)


def said(kind: str, *, group: str = "", userid: str = "ZhangJianGuo", **content: Any) -> Any:
    body = {
        "msgid": "CAIQ16HMjQYY/NGagIOAgAMgq4KM0AI=",
        "aibotid": "BOT",
        "chattype": "group" if group else "single",
        "from": {"userid": userid},
        "create_time": SENT,
        "msgtype": kind,
        **content,
    }
    return body | {"chatid": group} if group else body


@pytest.fixture
def room() -> Room:
    return Room()


BOT = Bot("1:robot")


def read(raw: dict[str, Any]) -> Update:
    return Update.model_validate(raw, context={"bot": BOT})


async def test_a_text_is_a_private_message_of_its_sender(room: Room) -> None:
    [raw] = await room.tell(said("text", text={"content": " 松江路 西瓜摊占道 "}))
    message = read(raw).message
    assert message is not None
    assert message.from_user is not None
    assert (message.text, message.chat.type) == ("松江路 西瓜摊占道", "private")
    assert message.chat.id == message.from_user.id == updates.user_id(1)
    assert message.date == datetime.fromtimestamp(SENT, UTC)
    assert raw["key"] == "robot:CAIQ16HMjQYY/NGagIOAgAMgq4KM0AI="


async def test_the_same_frame_is_the_same_update(room: Room) -> None:
    body = said("text", text={"content": "a"})
    assert await room.tell(body) == await room.tell(body)


async def test_one_person_has_one_number_however_the_userid_is_written(room: Room) -> None:
    number = await room.book.number(USER, "zhangjianguo")
    await room.book.keep(USER, "zhangjianguo", {"name": "张建国"})
    [raw] = await room.tell(said("text", text={"content": "a"}))
    assert raw["message"]["from"]["id"] == updates.user_id(number)
    assert raw["message"]["from"]["first_name"] == "张建国"
    assert await room.book.facts(SPELLING, "zhangjianguo") == {"as": "ZhangJianGuo"}


async def test_a_command_is_marked_as_one(room: Room) -> None:
    [raw] = await room.tell(said("text", text={"content": "/start i_9Kx2"}))
    assert raw["message"]["entities"][0]["type"] == "bot_command"


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("@岗亭 松江路本周几次", "松江路本周几次"),
        ("@岗亭\u2005松江路本周几次", "松江路本周几次"),
        ("松江路本周几次 @岗亭", "松江路本周几次"),
        ("@岗亭 问问 @李红梅 的", "问问 @李红梅 的"),
    ],
)
async def test_in_a_group_the_robots_name_is_left_out(room: Room, written: str, heard: str) -> None:
    [raw] = await room.tell(said("text", group="wrGROUP", text={"content": written}))
    message = read(raw).message
    assert message is not None
    assert (message.text, message.chat.type) == (heard, "supergroup")
    assert message.chat.id == updates.group_id(await room.book.number(GROUP, "wrGROUP"))
    assert await room.book.facts(GROUP, "wrGROUP") == {"title": "企业微信群", "how": "robot"}


async def test_in_private_an_at_sign_stays(room: Room) -> None:
    [raw] = await room.tell(said("text", text={"content": "@李红梅 复核"}))
    assert raw["message"]["text"] == "@李红梅 复核"


async def test_a_groups_known_title_is_kept(room: Room) -> None:
    await room.book.keep(GROUP, "wrGROUP", {"title": "二中队", "how": "robot"})
    [raw] = await room.tell(said("text", group="wrGROUP", text={"content": "@岗亭 周报"}))
    assert raw["message"]["chat"]["title"] == "二中队"


async def test_a_voice_is_what_was_heard(room: Room) -> None:
    [raw] = await room.tell(said("voice", voice={"content": "开始巡查。"}))
    assert raw["message"]["text"] == "开始巡查"


@pytest.mark.parametrize(
    ("kind", "field"), [("image", "photo"), ("file", "document"), ("video", "video")]
)
async def test_a_file_has_a_short_id_and_the_book_knows_where_it_is(
    room: Room, kind: str, field: str
) -> None:
    place = {"url": "https://files.example.com/a?sign=b%2Bc", "aeskey": "S0VZ"}
    [raw] = await room.tell(said(kind, **{kind: place}))
    message = read(raw).message
    assert message is not None
    file = raw["message"][field]
    file_id = (file[0] if isinstance(file, list) else file)["file_id"]
    assert await room.book.facts(FILE, file_id) == {**place, "at": NOW.isoformat()}
    assert len(file_id) == 32


async def test_words_and_pictures_in_one_message_are_an_album_with_its_words(room: Room) -> None:
    items = [
        {"msgtype": "text", "text": {"content": "松江路"}},
        {"msgtype": "image", "image": {"url": "https://x.example/1", "aeskey": "a"}},
        {"msgtype": "text", "text": {"content": "西瓜摊占道"}},
        {"msgtype": "image", "image": {"url": "https://x.example/2", "aeskey": "b"}},
    ]
    raws = await room.tell(said("mixed", mixed={"msg_item": items}))
    messages = [raw["message"] for raw in raws]
    assert [message.get("caption") for message in messages] == ["松江路\n西瓜摊占道", None]
    assert len({message["media_group_id"] for message in messages}) == 1
    assert [message["message_id"] for message in messages] == [AT, AT + 1]
    ids = {message["photo"][0]["file_id"] for message in messages}
    assert {(await room.book.facts(FILE, one) or {})["url"] for one in ids} == {
        "https://x.example/1",
        "https://x.example/2",
    }
    assert [raw["key"][-2:] for raw in raws] == [":0", ":1"]
    for raw in raws:
        read(raw)


async def test_one_picture_with_words_is_no_album(room: Room) -> None:
    items = [
        {"msgtype": "image", "image": {"url": "https://x.example/1", "aeskey": "a"}},
        {"msgtype": "text", "text": {"content": "松江路"}},
    ]
    [raw] = await room.tell(said("mixed", mixed={"msg_item": items}))
    assert raw["message"]["caption"] == "松江路"
    assert "media_group_id" not in raw["message"]


async def test_a_quote_leaves_the_persons_own_words(room: Room) -> None:
    quote = {"msgtype": "text", "text": {"content": "您在松江路吗"}}
    [raw] = await room.tell(said("text", text={"content": "是"}, quote=quote))
    assert raw["message"]["text"] == "是"


@pytest.mark.parametrize(
    "body",
    [
        said("location"),
        said("image", image={}),
        said("voice", voice={"content": ""}),
        said("text", text={"content": " "}),
        said("mixed", mixed={"msg_item": [{"msgtype": "image"}]}),
    ],
)
async def test_what_we_cant_use_is_a_message_without_content(room: Room, body: Any) -> None:
    [raw] = await room.tell(body)
    assert set(raw["message"]) == {"message_id", "from", "chat", "date"}
    read(raw)


async def test_entering_the_chat_is_a_membership(room: Room) -> None:
    [raw] = await room.happens("enter_chat")
    happened = read(raw).my_chat_member
    assert happened is not None
    assert (happened.new_chat_member.status, happened.chat.id) == ("member", updates.user_id(1))


NESTED = {"template_card_event": {"event_key": "v1:wd:7", "task_id": "TASK"}}
FLAT = {"event_key": "v1:wd:7", "task_id": "TASK"}


@pytest.mark.parametrize("event", [NESTED, FLAT])
async def test_a_press_is_read_nested_and_flat(room: Room, event: dict[str, Any]) -> None:
    number = await room.book.keep(CARD, "TASK", {"to": "zhangjianguo"})
    [raw] = await room.happens("template_card_event", **event)
    query = read(raw).callback_query
    assert query is not None
    assert query.message is not None
    assert (query.data, query.message.message_id) == ("v1:wd:7", updates.message_id(number))
    assert query.id.partition(":")[0] == str(query.from_user.id)


OPTIONS = [
    {"selected_item": [{"question_key": "pick", "option_ids": {"option_id": ["v1:sp:2"]}}]},
    [{"question_key": "pick", "option_ids": ["v1:sp:2"]}],
    {"selected_item": {"question_key": "pick", "option_ids": {"option_id": "v1:sp:2"}}},
]


@pytest.mark.parametrize("chosen", OPTIONS)
@pytest.mark.parametrize("nested", [True, False])
async def test_a_vote_is_a_press_of_what_was_picked(room: Room, chosen: Any, nested: bool) -> None:
    fields = {"event_key": "submit", "task_id": "TASK", "selected_items": chosen}
    event = {"template_card_event": fields} if nested else fields
    [raw] = await room.happens("template_card_event", **event)
    assert raw["callback_query"]["data"] == "v1:sp:2"


async def test_several_picks_are_several_presses(room: Room) -> None:
    chosen = [{"question_key": "pick", "option_ids": ["a", "b"]}]
    raws = await room.happens("template_card_event", **FLAT, selected_items=chosen)
    assert [raw["callback_query"]["data"] for raw in raws] == ["a", "b"]
    assert len({raw["key"] for raw in raws}) == 2


async def test_a_press_in_a_group_is_in_the_group(room: Room) -> None:
    body = said("event", group="wrGROUP", event={"eventtype": "template_card_event", **NESTED})
    [raw] = await room.tell(body, event=True)
    assert raw["callback_query"]["message"]["chat"]["type"] == "supergroup"


@pytest.mark.parametrize("kind", ["feedback_event", "something_new", ""])
async def test_other_events_are_nobodys_business(room: Room, kind: str) -> None:
    assert await room.happens(kind) == []


async def test_a_typed_number_is_a_press_of_the_live_menu(room: Room) -> None:
    choices = [("松江路", "v1:sp:1"), ("永福路", "v1:sp:2")]
    await menus.show(room.book, "robot:zhangjianguo", choices, 9, NOW - timedelta(minutes=29))
    [raw] = await room.tell(said("text", text={"content": "２。"}))
    query = raw["callback_query"]
    assert (query["data"], query["message"]["message_id"]) == ("v1:sp:2", updates.message_id(9))


@pytest.mark.parametrize(
    ("text", "minutes"), [("2", 31), ("3", 1), ("0", 1), ("2 个", 1), ("二", 1)]
)
async def test_what_is_no_choice_stays_a_text(room: Room, text: str, minutes: int) -> None:
    choices = [("松江路", "v1:sp:1"), ("永福路", "v1:sp:2")]
    await menus.show(room.book, "robot:zhangjianguo", choices, 9, NOW - timedelta(minutes=minutes))
    [raw] = await room.tell(said("text", text={"content": text}))
    assert raw["message"]["text"] == text


async def test_a_groups_menu_is_answered_in_the_group(room: Room) -> None:
    await menus.show(room.book, "robot:wrGROUP", [("是", "v1:y")], None, NOW)
    [raw] = await room.tell(said("text", group="wrGROUP", text={"content": "@岗亭 1"}))
    assert raw["callback_query"]["data"] == "v1:y"
    assert "message" not in raw["callback_query"]


async def test_callbacks_can_be_answered_by_their_kind_and_for_their_time(room: Room) -> None:
    chat = updates.user_id(1)
    await room.tell(said("text", text={"content": "a"}) | {"msgid": "m"})
    await room.tell(said("event", event={"eventtype": "enter_chat"}) | {"msgid": "e"}, event=True)
    await room.tell(
        said("event", event={"eventtype": "template_card_event", **FLAT}) | {"msgid": "p"},
        event=True,
    )
    await room.tell(said("text", text={"content": "a"}) | {"msgid": "m"})
    room.now = NOW + timedelta(seconds=4)
    taken = room.callbacks.take(chat)
    assert taken is not None
    assert (taken.request, taken.kind) == ("R-e", Kind.ENTRY)
    pressed = room.callbacks.take_press("TASK")
    assert pressed is not None
    assert pressed.request == "R-p"
    assert room.callbacks.take_press("TASK") is None
    assert room.callbacks.take(chat + 1) is None
    room.now = NOW + timedelta(seconds=60)
    taken = room.callbacks.take(chat)
    assert taken is not None
    assert taken.request == "R-m"
    assert room.callbacks.take(chat) is None


async def test_what_is_too_old_is_not_answered(room: Room) -> None:
    chat = updates.user_id(1)
    await room.tell(said("text", text={"content": "a"}) | {"msgid": "m"})
    await room.tell(
        said("event", event={"eventtype": "template_card_event", **FLAT}) | {"msgid": "p"},
        event=True,
    )
    room.now = NOW + timedelta(seconds=4.6)
    assert room.callbacks.take_press("TASK") is None
    room.now = NOW + timedelta(seconds=61)
    assert room.callbacks.take(chat) is None


async def test_a_message_of_nobody_is_put_aside_for_people_to_look_at(room: Room) -> None:
    [raw] = await room.tell({"msgid": "x", "msgtype": "text"})
    assert "not an update" in raw


async def test_a_message_without_an_id_has_a_key_of_what_it_says(room: Room) -> None:
    one = said("text", text={"content": "a"}) | {"msgid": None}
    two = said("text", text={"content": "b"}) | {"msgid": 7}
    keys = [(await room.tell(body))[0]["key"] for body in (one, one, two)]
    assert keys[0] == keys[1] != keys[2]
    assert all(key.startswith("robot:#") for key in keys)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)
NAMES = [
    "msgid", "chattype", "chatid", "from", "userid", "msgtype", "create_time", "event",
    "eventtype", "template_card_event", "event_key", "task_id", "selected_items",
    "selected_item", "option_ids", "option_id", "text", "content", "image", "url", "aeskey",
    "mixed", "msg_item", "voice", "file", "video",
]  # fmt: skip
WORDS = st.sampled_from(
    ["single", "group", "text", "image", "mixed", "voice", "event", "enter_chat",
     "template_card_event", "1", "\ud800", "a\0b", "https://x"]
)  # fmt: skip
FRAMES = st.recursive(
    WORDS | st.integers() | st.none() | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=12)
    ),
    max_leaves=16,
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    body=st.dictionaries(st.sampled_from(NAMES), FRAMES | JSON, max_size=10),
    named=st.booleans(),
    cmd=st.sampled_from(["aibot_msg_callback", "aibot_event_callback"]),
)
async def test_whatever_a_frame_holds_it_is_read(
    body: dict[str, Any], named: bool, cmd: str
) -> None:
    room = Room()
    if named:
        body = body | {"from": {"userid": "u"}}
    frame = {"cmd": cmd, "headers": {"req_id": "R"}, "body": body}
    for raw in await room.translator.updates(frame, AT):
        assert isinstance(raw["key"], str)
        assert 0 < len(raw["key"]) <= 200
        json.dumps(raw)
        if "not an update" not in raw:
            read(raw)


@pytest.mark.parametrize("frame", [{}, {"body": 7}, {"cmd": "aibot_msg_callback"}])
async def test_a_frame_without_a_body_is_nothing(room: Room, frame: dict[str, Any]) -> None:
    assert await room.translator.updates(frame, AT) == []
