"""What the app is told becomes what the house understands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiogram.types import Update
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.intake.keys import arrival
from bot.transports.line import Member
from bot.transports.wecom import menus, updates
from bot.transports.wecom.book import CARD, LIVE, USER
from bot.transports.wecom.datum import MARK, to_gcj02
from bot.transports.wecom.translate import Translator
from tests.transports.wecom.dict_book import DictBook
from tests.transports.wecom.test_fields import ANYTHING

NOON = datetime(2025, 6, 9, 12, 0, tzinfo=UTC)
STAMP = int(NOON.timestamp())
ME = updates.user_id(1)


class Stage:
    """A translator with its book; the directory knows zhang."""

    def __init__(self) -> None:
        self.book = DictBook()
        self.asked: list[str] = []
        self.translate = Translator(self.book, lambda: NOON, self.look)

    async def look(self, userid: str) -> Member | None:
        self.asked.append(userid)
        return Member("张建国", "市容科") if userid == "zhang" else None

    async def raws(self, **message: Any) -> list[updates.Raw]:
        given = {"ToUserName": "ww1", "FromUserName": "Zhang", "CreateTime": str(STAMP)}
        return await self.translate({**given, "AgentID": "1", **message})

    async def message(self, kind: str, **content: Any) -> Any:
        (raw,) = await self.raws(MsgType=kind, MsgId="7345678901234567890", **content)
        return Update.model_validate(raw).message

    async def event(self, name: str, **content: Any) -> list[Update]:
        raws = await self.raws(MsgType="event", Event=name, **content)
        return [Update.model_validate(raw) for raw in raws]


@pytest.fixture
def stage() -> Stage:
    return Stage()


# ---- messages ----


async def test_a_text_comes_from_the_member_in_his_own_chat(stage: Stage) -> None:
    message = await stage.message("text", Content=" 松江路 流动摊贩2个 ")
    assert message.text == "松江路 流动摊贩2个"
    assert (message.from_user.id, message.chat.id, message.chat.type) == (ME, ME, "private")
    assert message.from_user.first_name == "张建国"
    assert message.message_id == 7345678901234567890
    assert message.date == NOON
    assert stage.book.names(USER) == ["zhang"]


async def test_whom_the_directory_doesnt_know_is_called_by_his_userid(stage: Stage) -> None:
    (raw,) = await stage.raws(FromUserName="LiSi", MsgType="text", Content="x", MsgId="1")
    assert raw["message"]["from"]["first_name"] == "lisi"
    assert stage.asked == ["lisi"]


async def test_a_userid_is_the_same_however_it_is_written(stage: Stage) -> None:
    ids = {(await stage.raws(FromUserName=name, MsgType="text", Content="x"))[0]["message"]["from"]
           ["id"] for name in ("Zhang", "zhang", "ZHANG")}  # fmt: skip
    assert ids == {ME}


async def test_an_update_is_known_by_the_platforms_id(stage: Stage) -> None:
    (raw,) = await stage.raws(MsgType="text", Content="x", MsgId="7001")
    assert arrival(raw).key == "msg:7001"
    assert arrival(raw).lane == str(ME)


async def test_a_command_is_one(stage: Stage) -> None:
    message = await stage.message("text", Content="/start i_abc")
    assert message.entities[0].type == "bot_command"


@pytest.mark.parametrize("number", ["", "5", "0", str(1 << 63), str(1 << 40), "x", "9" * 5000])
async def test_no_message_takes_the_number_of_one_of_ours(stage: Stage, number: str) -> None:
    (raw,) = await stage.raws(MsgType="text", Content="x", MsgId=number)
    assert 1 << 62 <= raw["message"]["message_id"] < 1 << 63


async def test_files_come_by_their_media_id(stage: Stage) -> None:
    image = await stage.message("image", PicUrl="http://127.0.0.1/x", MediaId="M1")
    assert (image.photo[0].file_id, image.photo[0].width) == ("M1", 0)
    assert 8 <= len(image.photo[0].file_unique_id) <= 32
    assert (await stage.message("voice", MediaId="M2", Format="amr")).voice.file_id == "M2"
    assert (await stage.message("video", MediaId="M3", ThumbMediaId="T")).video.file_id == "M3"


@pytest.mark.parametrize("kind", ["image", "voice", "video", "file", "location", "novel", ""])
async def test_what_nobody_knows_is_a_message_without_content(stage: Stage, kind: str) -> None:
    (raw,) = await stage.raws(MsgType=kind, MsgId="7345678901234567890")
    assert set(raw["message"]) == {"message_id", "from", "chat", "date"}
    assert Update.model_validate(raw).message is not None


async def test_a_link_is_its_words_and_its_address(stage: Stage) -> None:
    link = {"Title": "通知", "Description": "", "Url": "https://example.org/1", "PicUrl": "x"}
    assert (await stage.message("link", **link)).text == "通知\nhttps://example.org/1"


# ---- places ----

WGS = (36.0662, 120.3826)
GCJ = to_gcj02(*WGS)
PLACE = {"Location_X": f"{GCJ[0]:.6f}", "Location_Y": f"{GCJ[1]:.6f}", "Scale": "16"}


async def test_a_location_is_converted_and_says_so(stage: Stage) -> None:
    message = await stage.message("location", **PLACE, Label="松江路 12 号")
    found = message.location
    assert (found.latitude, found.longitude) == pytest.approx(WGS, abs=2e-6)
    assert found.model_extra == {"datum": MARK}
    assert (message.venue.title, message.venue.address) == ("松江路 12 号", "松江路 12 号")


async def test_a_location_without_a_name_has_no_venue(stage: Stage) -> None:
    assert (await stage.message("location", **PLACE)).venue is None


@pytest.mark.parametrize("first", ["event", "message"])
async def test_the_location_key_gives_one_location_whichever_comes_first(
    stage: Stage, first: str
) -> None:
    event = await stage.raws(
        MsgType="event", Event="location_select", EventKey="place",
        SendLocationInfo={**PLACE, "Label": "松江路", "Poiname": "早市"},
    )  # fmt: skip
    message = await stage.raws(
        MsgType="location", MsgId="7345678901234567890", **PLACE, Label="松江路",
        CreateTime=str(STAMP + 2),
    )  # fmt: skip
    keys = {arrival(raw).key for raw in event + message}
    assert len(event) == len(message) == len(keys) == 1
    assert Update.model_validate(event[0]).message.location == (  # type: ignore[union-attr]
        Update.model_validate(message[0]).message.location  # type: ignore[union-attr]
    )
    later = await stage.raws(MsgType="location", **PLACE, CreateTime=str(STAMP + 120))
    other = await stage.raws(MsgType="location", **{**PLACE, "Location_X": "36.2"})
    assert not {arrival(raw).key for raw in later + other} & keys


async def test_another_persons_same_place_is_another(stage: Stage) -> None:
    mine = await stage.raws(MsgType="location", **PLACE)
    his = await stage.raws(MsgType="location", **PLACE, FromUserName="li")
    assert arrival(mine[0]).key != arrival(his[0]).key


async def test_where_somebody_opens_the_app_is_forgotten(stage: Stage) -> None:
    track = {"Latitude": "36.1", "Longitude": "120.3", "Precision": "10"}
    assert await stage.event("LOCATION", **track) == []


# ---- the person and the app ----


@pytest.mark.parametrize(
    ("event", "status"),
    [("subscribe", "member"), ("enter_agent", "member"), ("unsubscribe", "left")],
)
async def test_who_may_use_the_app_is_told(stage: Stage, event: str, status: str) -> None:
    (update,) = await stage.event(event)
    assert update.my_chat_member is not None
    assert update.my_chat_member.new_chat_member.status == status
    assert update.my_chat_member.chat.id == ME


async def test_a_menu_key_says_its_word(stage: Stage) -> None:
    (update,) = await stage.event("click", EventKey="本周")
    assert update.message is not None
    assert update.message.text == "本周"


@pytest.mark.parametrize("event", ["view", "scancode_push", "pic_weixin", "batch_job_result", ""])
async def test_other_events_are_nothing(stage: Stage, event: str) -> None:
    assert await stage.event(event, EventKey="x") == []


async def test_the_camera_key_announces_its_pictures(stage: Stage) -> None:
    one, two = "1b5f7c23b5bf75682a53e7b6d163e185", "A" * 32
    for item in ({"PicMd5Sum": one}, [{"PicMd5Sum": two}, {"PicMd5Sum": "short"}, "x", None]):
        info = {"Count": "1", "PicList": {"item": item}}
        assert await stage.event("pic_sysphoto", EventKey="photo", SendPicsInfo=info) == []
    assert stage.book.names(LIVE) == [f"{ME}:{one}", f"{ME}:{two.lower()}"]
    assert await stage.book.facts(LIVE, f"{ME}:{one}") == {"at": NOON.isoformat()}


async def test_pictures_of_the_album_key_are_not_announced(stage: Stage) -> None:
    info = {"PicList": {"item": {"PicMd5Sum": "1b5f7c23b5bf75682a53e7b6d163e185"}}}
    assert await stage.event("pic_photo_or_album", SendPicsInfo=info) == []
    assert stage.book.names(LIVE) == []


# ---- another name, or gone ----


async def test_a_renamed_member_keeps_his_number(stage: Stage) -> None:
    await stage.raws(MsgType="text", Content="x")
    renamed = await stage.raws(
        FromUserName="sys", MsgType="event", Event="change_contact", ChangeType="update_user",
        UserID="Zhang", NewUserID="ZhangJG",
    )  # fmt: skip
    assert renamed == []
    (raw,) = await stage.raws(FromUserName="zhangjg", MsgType="text", Content="x", MsgId="2")
    assert raw["message"]["from"]["id"] == ME


async def test_who_left_the_corporation_cant_use_the_app(stage: Stage) -> None:
    await stage.raws(MsgType="text", Content="x")
    (raw,) = await stage.raws(
        FromUserName="sys", MsgType="event", Event="change_contact", ChangeType="delete_user",
        UserID="ZHANG",
    )  # fmt: skip
    update = Update.model_validate(raw)
    assert update.my_chat_member is not None
    assert update.my_chat_member.new_chat_member.status == "kicked"
    assert update.my_chat_member.chat.id == ME


@pytest.mark.parametrize("change", ["create_user", "update_user", "create_party", "update_tag", ""])
async def test_other_changes_of_the_directory_are_nothing(stage: Stage, change: str) -> None:
    about = {"ChangeType": change, "UserID": "zhang"}
    assert await stage.event("change_contact", FromUserName="sys", **about) == []
    assert stage.book.names(USER) == []


# ---- cards ----


async def press(stage: Stage, **content: Any) -> list[Update]:
    given = {"EventKey": "v1:wd:1:2", "TaskId": "task-1", "ResponseCode": "code-2"}
    return await stage.event("template_card_event", CardType="button_interaction",
                             **{**given, **content})  # fmt: skip


async def test_a_button_is_a_press_on_its_card(stage: Stage) -> None:
    card = await stage.book.keep(CARD, "task-1", {"to": "zhang", "code": "1", "texts": ["松江路"]})
    (update,) = await press(stage)
    query = update.callback_query
    assert query is not None
    assert query.data == "v1:wd:1:2"
    assert query.message is not None
    assert query.message.message_id == updates.message_id(card)
    assert query.id.startswith(f"{query.from_user.id}:")
    facts = await stage.book.facts(CARD, "task-1")
    assert facts is not None
    assert facts["code"] == "code-2"
    assert facts["until"] == (NOON + timedelta(hours=72)).isoformat()
    assert facts["texts"] == ["松江路"]


async def test_a_press_that_is_read_again_brings_no_spent_code_back(stage: Stage) -> None:
    first = await press(stage)
    facts = await stage.book.facts(CARD, "task-1") or {}
    await stage.book.keep(CARD, "task-1", {**facts, "code": None, "until": None})
    assert await press(stage) == first
    assert (await stage.book.facts(CARD, "task-1") or {})["code"] is None
    await press(stage, CreateTime=str(STAMP + 9), ResponseCode="code-3")
    assert (await stage.book.facts(CARD, "task-1") or {})["code"] == "code-3"


async def test_a_card_not_yet_on_record_has_its_number_and_its_code(stage: Stage) -> None:
    (update,) = await press(stage)
    assert update.callback_query is not None
    assert update.callback_query.message is not None
    assert (await stage.book.facts(CARD, "task-1") or {})["code"] == "code-2"
    number = await stage.book.number(CARD, "task-1")
    assert update.callback_query.message.message_id == updates.message_id(number)


@pytest.mark.parametrize("task", ["", "x" * 129, "\n"])
async def test_a_press_on_no_card_is_still_a_press(stage: Stage, task: str) -> None:
    (update,) = await press(stage, TaskId=task)
    assert update.callback_query is not None
    assert update.callback_query.message is None


def ticked(*options: Any) -> dict[str, Any]:
    ids: Any = options[0] if len(options) == 1 else list(options)
    return {"SelectedItem": {"QuestionKey": "q", "OptionIds": {"OptionId": ids}}}


async def test_what_was_ticked_is_what_was_pressed(stage: Stage) -> None:
    (update,) = await press(stage, EventKey="submit", SelectedItems=ticked("v1:sp:1:2:a"))
    assert update.callback_query is not None
    assert update.callback_query.data == "v1:sp:1:2:a"


async def test_several_ticks_are_several_presses(stage: Stage) -> None:
    chosen = ticked("v1:a:1:1", "v1:b:1:1")
    two = {"SelectedItem": [chosen["SelectedItem"], ticked("v1:c:1:1")["SelectedItem"]]}
    raws = await stage.raws(
        MsgType="event", Event="template_card_event", TaskId="task-1", SelectedItems=two
    )
    assert [raw["callback_query"]["data"] for raw in raws] == ["v1:a:1:1", "v1:b:1:1", "v1:c:1:1"]
    assert len({arrival(raw).key for raw in raws}) == 3
    assert len({raw["update_id"] for raw in raws}) == 3


@pytest.mark.parametrize("selected", ["", {}, {"SelectedItem": ""}, ticked(""), ticked({"x": "y"})])
async def test_nothing_ticked_is_the_submit_key(stage: Stage, selected: Any) -> None:
    (update,) = await press(stage, EventKey="submit", SelectedItems=selected)
    assert update.callback_query is not None
    assert update.callback_query.data == "submit"


# ---- numbers ----


async def test_a_typed_number_presses_what_the_menu_shows(stage: Stage) -> None:
    choices = [("松江路", "v1:sp:1:2:a"), ("早市", "v1:sp:1:2:b")]
    await menus.show(stage.book, "zhang", choices, 5, NOON - timedelta(minutes=10))
    (raw,) = await stage.raws(MsgType="text", Content="２", MsgId="7001")
    query = Update.model_validate(raw).callback_query
    assert query is not None
    assert query.data == "v1:sp:1:2:b"
    assert query.message is not None
    assert query.message.message_id == updates.message_id(5)
    assert arrival(raw).key == "msg:7001"


@pytest.mark.parametrize("text", ["3", "0", "2个", "松江路", ""])
async def test_what_is_no_choice_is_a_text(stage: Stage, text: str) -> None:
    await menus.show(stage.book, "zhang", [("a", "v1:a:1:1"), ("b", "v1:b:1:1")], None, NOON)
    assert (await stage.message("text", Content=text)).text == text


async def test_a_number_counts_for_when_it_was_typed(stage: Stage) -> None:
    shown = NOON - timedelta(minutes=40)
    await menus.show(stage.book, "zhang", [("a", "v1:a:1:1")], None, shown)
    assert (await stage.message("text", Content="1")).text == "1"
    early = str(int((shown + timedelta(minutes=1)).timestamp()))
    (raw,) = await stage.raws(MsgType="text", Content="1", CreateTime=early)
    assert raw["callback_query"]["data"] == "v1:a:1:1"


# ---- whatever stands in it ----

NAMES = [
    "FromUserName", "CreateTime", "MsgType", "Event", "EventKey", "MsgId", "Content", "MediaId",
    "Location_X", "Location_Y", "Label", "TaskId", "ResponseCode", "SelectedItems", "SendPicsInfo",
    "SendLocationInfo", "ChangeType", "UserID", "NewUserID",
]  # fmt: skip
WORDS = st.sampled_from([
    "zhang", "event", "text", "image", "location", "link", "click", "pic_sysphoto", "36.1", "nan",
    "location_select", "template_card_event", "change_contact", "delete_user", "update_user",
    "subscribe", "1749470400", "7001", "\ud800", "\0",
])  # fmt: skip
SHAPES = st.sampled_from([
    ticked("a", "b"), {"PicList": {"item": [{"PicMd5Sum": "a" * 32}]}}, {"PicList": []}, PLACE,
    {"SelectedItem": [None, "x", {"OptionIds": {"OptionId": [None, {}]}}]},
])  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(st.dictionaries(st.sampled_from(NAMES), WORDS | SHAPES | ANYTHING, min_size=3)
       | st.dictionaries(st.text(max_size=8), ANYTHING))  # fmt: skip
async def test_any_message_gives_updates_the_same_each_time(message: dict[str, Any]) -> None:
    stage = Stage()
    first = await stage.translate(message)
    assert await stage.translate(message) == first
    for raw in first:
        assert 0 < len(raw["key"]) <= 200
        assert arrival(raw).key == raw["key"]
        if "not an update" not in raw:
            assert Update.model_validate(raw).event


@pytest.mark.parametrize("name", ["", "x" * 65, "\ud800", None, {"a": "b"}, ["zhang"]])
async def test_a_message_of_nobody_is_set_aside(stage: Stage, name: Any) -> None:
    (raw,) = await stage.raws(FromUserName=name, MsgType="text", Content="x", MsgId="7001")
    assert raw["not an update"]["Content"] == "x"
    assert stage.book.names(USER) == []


async def test_a_directory_that_doesnt_answer_is_told_to_the_caller(stage: Stage) -> None:
    async def silent(_: str) -> Member | None:
        raise ConnectionResetError

    translate = Translator(stage.book, lambda: NOON, silent)
    with pytest.raises(ConnectionResetError):
        await translate({"FromUserName": "zhang", "MsgType": "text", "Content": "x"})


async def test_a_deletion_that_is_read_again_means_the_same_member(stage: Stage) -> None:
    """Between the book and the inbox the process may die: then the message is read once more."""
    await stage.raws(MsgType="text", Content="x")
    told = {
        "FromUserName": "sys", "MsgType": "event", "Event": "change_contact",
        "ChangeType": "delete_user", "UserID": "ZHANG", "CreateTime": "1749700000",
    }  # fmt: skip
    first, again = await stage.raws(**told), await stage.raws(**told)
    assert first == again
    assert first[0]["my_chat_member"]["chat"]["id"] == ME
    (new,) = await stage.raws(MsgType="text", Content="x")
    assert new["message"]["from"]["id"] != ME
