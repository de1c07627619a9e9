"""The simulator's platform and session: what a phone does, what the bot gets, and back."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramNetworkError,
    TelegramRetryAfter,
)
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    KeyboardButton,
    Message,
    ReactionTypeEmoji,
    ReplyKeyboardMarkup,
    Update,
)
from PIL import Image

from bot.clock import Clock
from bot.errors import NotFound, Refused
from bot.transports.simulator.chats import Group, Person, Place, Skin
from bot.transports.simulator.phones import Phone
from bot.transports.simulator.platform import Platform
from bot.transports.simulator.scenes import scenes
from bot.transports.simulator.session import SimulatorSession

ZHANG, LI, GROUP = 101, 102, -1001
NOON = datetime.fromisoformat("2025-06-12T12:00:00+08:00")


class FixedClock(Clock):
    """Stands still but when it is moved."""

    def __init__(self) -> None:
        super().__init__()
        self.shown = NOON

    def now(self) -> datetime:
        return self.shown

    def move(self, by: Any) -> datetime:
        self.shown += by
        return self.shown


class House:
    """A platform with a bot that only keeps what it is given."""

    def __init__(self, folder: Path, skin: Skin = "telegram") -> None:
        self.clock = FixedClock()
        people = [Person(ZHANG, "张建国", "队员"), Person(LI, "李主任", "分管领导")]
        self.platform = Platform(
            folder, self.clock, people, group=Group(GROUP), skin=skin,
            spots=[Place("松江路", 34.8105, 117.3236)],
        )  # fmt: skip
        self.bot = Bot("1:simulator", session=SimulatorSession(self.platform))
        self.raw: list[dict[str, Any]] = []
        self.broken = False
        self.platform.connect(self.accept)
        self.phone = Phone(self.platform, ZHANG)

    async def accept(self, raw: dict[str, Any]) -> None:
        if self.broken:
            raise OSError("the disk is full")
        Update.model_validate(raw)
        self.raw.append(raw)

    def move(self, **by: int) -> None:
        self.clock.move(timedelta(**by))

    def shown(self, chat: int = ZHANG) -> list[str]:
        return [message.text for message in self.platform.chats[chat].messages.values()]

    async def card(self, text: str = "已收", chat: int = ZHANG) -> Message:
        return await self.bot.send_message(chat, text, reply_markup=buttons("撤回"))


def buttons(*texts: str) -> InlineKeyboardMarkup:
    row = [InlineKeyboardButton(text=text, callback_data=f"v1:{text}") for text in texts]
    return InlineKeyboardMarkup(inline_keyboard=[row])


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


@pytest.fixture
def wecom(tmp_path: Path) -> House:
    return House(tmp_path, "wecom")


@pytest.fixture(scope="session")
def shots() -> list[bytes]:
    return [scene.jpeg for scene in scenes(1)]


async def test_a_text_is_a_message_update_with_the_simulated_time(house: House) -> None:
    await house.phone.write("  松江路 西瓜摊  ")
    update = Update.model_validate(house.raw[0])
    assert update.message is not None
    assert update.message.text == "松江路 西瓜摊"
    assert update.message.date == NOON
    assert update.message.from_user is not None
    assert (update.message.chat.id, update.message.from_user.id) == (ZHANG, ZHANG)


async def test_a_command_carries_its_mark(house: House) -> None:
    await house.phone.write("/start i_9Kx2")
    assert house.raw[0]["message"]["entities"] == [
        {"type": "bot_command", "offset": 0, "length": 6}
    ]


async def test_several_photos_are_an_album_with_the_words_on_the_first(
    house: House, shots: list[bytes]
) -> None:
    await house.phone.shoot(shots[:3], "松江路 西瓜摊")
    messages = [raw["message"] for raw in house.raw]
    assert len({message["media_group_id"] for message in messages}) == 1
    assert [message.get("caption") for message in messages] == ["松江路 西瓜摊", None, None]
    small, large = messages[0]["photo"]
    assert (large["width"], large["height"]) == (960, 720)
    assert small["width"] == 320
    assert large["file_size"] == len(shots[0])


async def test_the_same_shot_has_the_same_unique_id_and_can_be_downloaded(
    house: House, shots: list[bytes]
) -> None:
    await house.phone.shoot(shots[:1])
    await house.phone.shoot(shots[:1])
    first, second = (raw["message"]["photo"][-1] for raw in house.raw)
    assert first["file_unique_id"] == second["file_unique_id"]
    assert first["file_id"] != second["file_id"]
    got = await house.bot.download(first["file_id"])
    assert got is not None
    assert got.read() == shots[0]


async def test_a_photo_loses_its_exif_and_is_made_smaller(house: House) -> None:
    from PIL import Image

    out = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "a maker"
    Image.new("RGB", (4000, 2000), "red").save(out, "JPEG", exif=exif)
    (sent,) = await house.phone.shoot([out.getvalue()])
    assert sent.file is not None
    assert (sent.file.width, sent.file.height) == (1280, 640)
    kept = house.platform.shelf.get(sent.file.id)
    assert kept is not None
    assert b"a maker" not in kept


async def test_place_file_and_reply_are_valid_updates(house: House) -> None:
    first = await house.phone.write("看这里")
    await house.phone.point(34.8105, 117.3236)
    await house.phone.attach("验收单.pdf", "application/pdf", b"%PDF", "任务 27")
    await house.phone.attach("a.ogg", "audio/ogg", b"ogg")
    await house.phone.write("就是它", reply_to=first.id)
    place, paper, voice, reply = (raw["message"] for raw in house.raw[1:])
    assert place["location"] == {"latitude": 34.8105, "longitude": 117.3236}
    assert (paper["document"]["file_name"], paper["caption"]) == ("验收单.pdf", "任务 27")
    assert voice["voice"]["mime_type"] == "audio/ogg"
    assert reply["reply_to_message"]["message_id"] == first.id


async def test_an_edit_of_an_own_message_is_an_edited_message(house: House) -> None:
    sent = await house.phone.write("松江路")
    await house.phone.reword(sent.id, "永福路")
    assert house.raw[1]["edited_message"]["text"] == "永福路"
    assert house.raw[1]["edited_message"]["edit_date"] == int(NOON.timestamp())


async def test_nobody_edits_the_words_of_another(house: House) -> None:
    card = await house.card()
    with pytest.raises(Refused):
        await house.phone.reword(card.message_id, "别的")


async def test_a_press_brings_the_card_and_its_answer_comes_once(house: House) -> None:
    await house.card()
    told: list[dict[str, Any]] = []
    house.platform.listen(told.append)
    query = await house.phone.tap("撤回")
    assert house.raw[0]["callback_query"]["data"] == "v1:撤回"
    assert house.raw[0]["callback_query"]["message"]["reply_markup"]["inline_keyboard"]
    await house.bot.answer_callback_query(query, "撤回了")
    assert [change["text"] for change in told if change["kind"] == "toast"] == ["撤回了"]
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await house.bot.answer_callback_query(query)


async def test_a_press_that_waited_too_long_is_too_old(house: House) -> None:
    await house.card()
    query = await house.phone.tap("撤回")
    house.move(minutes=5)
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await house.bot.answer_callback_query(query)


async def test_an_edit_changes_the_message_and_an_equal_one_is_refused(house: House) -> None:
    card = await house.card()
    edited = await house.bot.edit_message_text(
        "已撤回", chat_id=ZHANG, message_id=card.message_id, reply_markup=buttons("恢复")
    )
    assert isinstance(edited, Message)
    assert edited.edit_date == int(NOON.timestamp())
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await house.bot.edit_message_text(
            "已撤回", chat_id=ZHANG, message_id=card.message_id, reply_markup=buttons("恢复")
        )
    assert house.shown() == ["已撤回"]


async def test_a_message_that_is_gone_cannot_be_edited(house: House) -> None:
    card = await house.card()
    await house.bot.delete_message(ZHANG, card.message_id)
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await house.bot.edit_message_text("x", chat_id=ZHANG, message_id=card.message_id)


async def test_what_telegram_refuses_is_refused(house: House) -> None:
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await house.bot.send_message(999, "x")
    with pytest.raises(TelegramBadRequest, match="text is empty"):
        await house.bot.send_message(ZHANG, " ")
    with pytest.raises(TelegramBadRequest, match="too long"):
        await house.bot.send_message(ZHANG, "字" * 4097)
    with pytest.raises(TelegramBadRequest, match="BUTTON_DATA_INVALID"):
        await house.bot.send_message(ZHANG, "x", reply_markup=buttons("字" * 25))
    sent = await house.phone.write("x")
    with pytest.raises(TelegramBadRequest, match="REACTION_INVALID"):
        await house.bot.set_message_reaction(ZHANG, sent.id, [ReactionTypeEmoji(emoji="✅")])
    with pytest.raises(TelegramBadRequest, match="can't parse entities"):
        await house.bot.send_message(ZHANG, "<b>x", parse_mode="HTML")
    old = await house.card()
    house.move(days=3)
    with pytest.raises(TelegramBadRequest, match="can't be deleted"):
        await house.bot.delete_message(ZHANG, old.message_id)


async def test_a_method_that_is_not_known_names_itself(house: House) -> None:
    with pytest.raises(NotImplementedError, match="SendDice"):
        await house.bot.send_dice(ZHANG)


async def test_html_becomes_marks_counted_as_telegram_counts(tmp_path: Path) -> None:
    house = House(tmp_path)
    bot = Bot(
        "1:simulator",
        session=SimulatorSession(house.platform),
        default=DefaultBotProperties(parse_mode="HTML"),
    )
    sent = await bot.send_message(ZHANG, "👌 <b>已收 &amp; 已存</b>")
    assert sent.text == "👌 已收 & 已存"
    assert sent.entities is not None
    assert sent.html_text == "👌 <b>已收 &amp; 已存</b>"


async def test_a_reaction_to_an_album_lands_on_its_first_photo(
    house: House, shots: list[bytes]
) -> None:
    first, second = await house.phone.shoot(shots[:2])
    await house.bot.set_message_reaction(ZHANG, second.id, [ReactionTypeEmoji(emoji="👌")])
    assert (first.reaction, second.reaction) == ("👌", None)


async def test_the_bot_sends_photos_papers_and_albums(house: House, shots: list[bytes]) -> None:
    photo = BufferedInputFile(shots[0], "a.jpg")
    sent = await house.bot.send_photo(ZHANG, photo, caption="看图", reply_markup=buttons("好"))
    assert sent.photo is not None
    again = await house.bot.send_photo(LI, sent.photo[-1].file_id)
    assert again.photo is not None
    assert again.photo[-1].file_unique_id == sent.photo[-1].file_unique_id
    paper = await house.bot.send_document(ZHANG, BufferedInputFile(b"x", "周报.xlsx"))
    assert paper.document is not None
    assert paper.document.file_name == "周报.xlsx"
    media = [InputMediaPhoto(media=BufferedInputFile(shot, "a.jpg")) for shot in shots[:2]]
    album = await house.bot.send_media_group(ZHANG, [*media])
    assert album[0].media_group_id == album[1].media_group_id is not None
    changed = await house.bot.edit_message_media(
        InputMediaPhoto(media=BufferedInputFile(shots[1], "b.jpg"), caption="新图"),
        chat_id=ZHANG, message_id=sent.message_id,
    )  # fmt: skip
    assert isinstance(changed, Message)
    assert changed.caption == "新图"
    await house.bot.edit_message_caption(chat_id=ZHANG, message_id=sent.message_id, caption="又改")
    with pytest.raises(TelegramBadRequest, match="no text in the message"):
        await house.bot.edit_message_text("x", chat_id=ZHANG, message_id=sent.message_id)


async def test_a_file_above_the_download_limit_is_refused(house: House) -> None:
    sent = await house.phone.attach("a.mp4", "video/mp4", b"0" * (21 * 1024 * 1024))
    assert sent.file is not None
    with pytest.raises(TelegramBadRequest, match="file is too big"):
        await house.bot.get_file(sent.file.id)


async def test_a_reply_keyboard_lies_below_the_chat_until_it_is_taken_away(house: House) -> None:
    keyboard = ReplyKeyboardMarkup(
        keyboard=[[KeyboardButton(text="开始巡查"),
                   KeyboardButton(text="发送位置", request_location=True)]],
        input_field_placeholder="拍照",
    )  # fmt: skip
    await house.bot.send_message(ZHANG, "好了", reply_markup=keyboard)
    await house.card()
    chat = house.platform.chat(ZHANG)
    assert [(key.text, key.location) for key in chat.keys[0]] == [
        ("开始巡查", False), ("发送位置", True),
    ]  # fmt: skip
    assert chat.placeholder == "拍照"


async def test_the_group_hears_everybody(house: House) -> None:
    await Phone(house.platform, LI, GROUP).write("各位好")
    assert house.raw[0]["message"]["chat"] == {
        "id": GROUP, "type": "supergroup", "title": "工作群",
    }  # fmt: skip
    card = await house.card(chat=GROUP)
    await house.bot.pin_chat_message(GROUP, card.message_id)
    assert house.platform.message(GROUP, card.message_id).pinned


async def test_a_group_that_gets_too_much_makes_the_bot_wait(house: House) -> None:
    for nth in range(20):
        await house.bot.send_message(GROUP, f"第 {nth} 条")
    with pytest.raises(TelegramRetryAfter) as raised:
        await house.bot.send_message(GROUP, "太多")
    assert raised.value.retry_after == 60


# ---- nothing typed is lost ----


async def test_a_cut_net_keeps_what_is_typed_in_order(house: House) -> None:
    house.platform.cut(30)
    one = await house.phone.write("一")
    await house.phone.write("二")
    assert house.raw == []
    assert one.status == "pending"
    with pytest.raises(TelegramNetworkError):
        await house.bot.send_message(ZHANG, "x")
    house.platform.cut(0)
    await house.phone.write("三")
    assert [raw["message"]["text"] for raw in house.raw] == ["一", "二", "三"]
    assert one.status == "delivered"
    await house.card()
    assert one.status == "seen"


async def test_a_bot_that_is_down_or_fails_gets_everything_later(house: House) -> None:
    house.platform.disconnect()
    await house.phone.write("一")
    house.broken = True
    house.platform.connect(house.accept)
    await house.phone.write("二")
    await house.platform.deliver()
    assert house.raw == []
    assert len([line for line in house.platform.lines if line.deed == "没收下"]) == 1
    house.broken = False
    await house.platform.deliver()
    assert [raw["message"]["text"] for raw in house.raw] == ["一", "二"]
    assert house.raw[0]["update_id"] < house.raw[1]["update_id"]


async def test_a_killed_process_finds_all_again_and_gives_no_id_twice(
    house: House, tmp_path: Path, shots: list[bytes]
) -> None:
    card = await house.card("已收")
    house.platform.disconnect()
    await house.phone.shoot(shots[:1], "松江路")
    later = House(tmp_path)
    await later.platform.deliver()
    assert later.shown() == ["已收", "松江路"]
    assert later.raw[0]["message"]["caption"] == "松江路"
    await later.bot.edit_message_text("已撤回", chat_id=ZHANG, message_id=card.message_id)
    fresh = await later.phone.write("再来")
    assert fresh.id > later.raw[0]["message"]["message_id"]
    assert later.raw[1]["update_id"] > later.raw[0]["update_id"]


async def test_a_wiped_platform_is_empty(house: House, shots: list[bytes]) -> None:
    (sent,) = await house.phone.shoot(shots[:1])
    house.platform.wipe()
    assert house.shown() == []
    assert sent.file is not None
    assert house.platform.shelf.get(sent.file.id) is None
    with pytest.raises(NotFound):
        await house.phone.press(sent.id, "v1:x")


async def test_pictures_and_files_beyond_the_limits_are_refused(house: House) -> None:
    for size in ((6000, 5000), (2010, 100)):
        with pytest.raises(TelegramBadRequest, match="PHOTO_INVALID_DIMENSIONS"):
            await house.bot.send_photo(ZHANG, BufferedInputFile(png(*size), "a.png"))
    heavy = BufferedInputFile(png(9, 9) + b"x" * (10 << 20), "a.png")
    with pytest.raises(TelegramBadRequest, match="PHOTO_SAVE_FILE_INVALID"):
        await house.bot.send_photo(ZHANG, heavy)
    with pytest.raises(TelegramBadRequest, match="IMAGE_PROCESS_FAILED"):
        await house.bot.send_photo(ZHANG, BufferedInputFile(b"no picture", "a.png"))
    with pytest.raises(TelegramEntityTooLarge):
        await house.bot.send_document(ZHANG, BufferedInputFile(b"x" * ((50 << 20) + 1), "a.zip"))
    assert house.shown() == []


def png(width: int, height: int) -> bytes:
    out = BytesIO()
    Image.new("1", (width, height)).save(out, "PNG")
    return out.getvalue()


# ---- the WeCom skin ----


async def test_in_wecom_the_words_of_a_picture_come_after_it_with_the_buttons(
    wecom: House, shots: list[bytes]
) -> None:
    photo = BufferedInputFile(shots[0], "a.jpg")
    sent = await wecom.bot.send_photo(ZHANG, photo, caption="看图", reply_markup=buttons("好"))
    await wecom.bot.send_document(ZHANG, BufferedInputFile(b"x", "表.xlsx"), caption="见表")
    await wecom.bot.send_document(ZHANG, BufferedInputFile(b"x", "表.xlsx"))
    assert wecom.shown() == ["", "看图", "", "见表", ""]
    messages = list(wecom.platform.chats[ZHANG].messages.values())
    assert [len(message.buttons) for message in messages] == [0, 1, 0, 0, 0]
    assert sent.message_id == messages[1].id
    assert wecom.platform.violations == []


async def test_in_wecom_photos_and_words_are_messages_of_their_own(
    wecom: House, shots: list[bytes]
) -> None:
    await wecom.phone.shoot(shots[:2], "松江路")
    messages = [raw["message"] for raw in wecom.raw]
    assert ["photo" in message for message in messages] == [True, True, False]
    assert not any("caption" in m or "media_group_id" in m for m in messages)
    assert messages[2]["text"] == "松江路"


async def test_in_wecom_a_card_is_edited_once_for_each_press(wecom: House) -> None:
    card = await wecom.card()
    where = {"chat_id": ZHANG, "message_id": card.message_id, "reply_markup": buttons("撤回")}
    await wecom.bot.edit_message_text("一", **where)
    with pytest.raises(TelegramBadRequest, match="can't be edited"):
        await wecom.bot.edit_message_text("二", **where)
    assert "更新码" in wecom.platform.violations[0]
    await wecom.phone.tap("撤回")
    await wecom.bot.edit_message_text("三", **where)
    await wecom.phone.tap("撤回")
    wecom.move(hours=73)
    with pytest.raises(TelegramBadRequest, match="can't be edited"):
        await wecom.bot.edit_message_text("四", **where)


async def test_in_wecom_too_many_or_too_long_buttons_are_named(wecom: House) -> None:
    await wecom.bot.send_message(
        ZHANG, "选一个", reply_markup=buttons(*"一二三四五六", "这个按钮的字实在太多了")
    )
    assert wecom.platform.violations == [
        "一张卡片有 7 个按钮，最多 6 个", "按钮「这个按钮的字实在太多了」超过 10 个字",
    ]  # fmt: skip


async def test_in_wecom_there_are_no_reactions_and_no_pins(wecom: House) -> None:
    sent = await wecom.phone.write("x")
    await wecom.bot.set_message_reaction(ZHANG, sent.id, [ReactionTypeEmoji(emoji="👌")])
    await wecom.bot.pin_chat_message(ZHANG, sent.id)
    assert (sent.reaction, sent.pinned) == (None, False)
    assert len(wecom.platform.violations) == 2


async def test_in_wecom_what_is_too_much_for_a_minute_is_dropped(wecom: House) -> None:
    for nth in range(31):
        await wecom.bot.send_message(ZHANG, f"第 {nth} 条")
    assert len(wecom.shown()) == 30
    assert len(wecom.platform.violations) == 1
    wecom.move(minutes=1)
    await wecom.bot.send_message(ZHANG, "又行了")
    assert wecom.shown()[-1] == "又行了"


async def test_in_wecom_sent_words_stay_and_the_group_is_not_heard(wecom: House) -> None:
    sent = await wecom.phone.write("x")
    with pytest.raises(Refused):
        await wecom.phone.reword(sent.id, "y")
    with pytest.raises(Refused):
        Phone(wecom.platform, ZHANG, GROUP)


# ---- the transcript and the scenes ----


async def test_the_session_is_told_in_the_notation_of_the_conversations(
    house: House, shots: list[bytes]
) -> None:
    await house.phone.shoot(shots[:2], "松江路 西瓜摊占道")
    primary = InlineKeyboardButton(text="当场处置了", callback_data="a", style="primary")
    markup = InlineKeyboardMarkup(
        inline_keyboard=[[primary], *buttons("改点位", "撤回").inline_keyboard]
    )
    card = await house.bot.send_message(ZHANG, "已收 · 松江路\n2 张照片", reply_markup=markup)
    house.move(minutes=2)
    await house.phone.tap("撤回")
    await house.bot.edit_message_text("已撤回", chat_id=ZHANG, message_id=card.message_id)
    assert house.platform.transcript.text() == (
        "# 2025-06-12 星期四 12:00\n"
        "张建国 > 〔照片〕松江路 西瓜摊占道\n"
        "张建国 > 〔同一相册第 2 张〕\n"
        "张建国 < 已收 · 松江路\n"
        "     | 2 张照片\n"
        "     [[当场处置了]]\n"
        "     [改点位] [撤回]\n"
        "# 12:02\n"
        "张建国 > 撤回\n"
        "张建国 ~ 已撤回\n"
    )


def test_scenes_are_drawn_the_same_every_time_and_small() -> None:
    once, twice, other = scenes(1), scenes(1), scenes(2)
    assert [scene.title for scene in once] == ["占道", "流动摊贩", "清理后", "上周的旧照"]
    assert once == twice
    assert all(a.jpeg != b.jpeg for a, b in zip(once, other, strict=True))
    assert all(len(scene.jpeg) < 120_000 for scene in once)
