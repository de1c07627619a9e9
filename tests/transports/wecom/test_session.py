"""The app's session against the make-believe WeCom: each method's effect, and each degradation."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
)
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    MessageEntity,
    ReactionTypeEmoji,
)
from PIL import Image

from bot.clock import Clock
from bot.transports.simulator.chats import Person
from bot.transports.simulator.platform import Platform
from bot.transports.simulator.wecom.corp import Corp, Setup
from bot.transports.simulator.wecom.faults import Fault
from bot.transports.simulator.wecom.server import open_corp
from bot.transports.wecom import menus, updates
from bot.transports.wecom.book import CARD, DRAFT, GROUP, USER
from bot.transports.wecom.config import App
from bot.transports.wecom.session import AppLine, app_line
from bot.transports.wecom.shown import renewed
from tests.transports.wecom.dict_book import DictBook


@dataclass
class Office:
    """A corporation, our line into it, and the first member's chat."""

    corp: Corp
    opened: AppLine
    book: DictBook
    chat: int
    config: App

    @property
    def bot(self) -> Bot:
        return self.opened.line.bot

    def calls(self, path: str) -> list[Any]:
        return [call.body for call in self.corp.calls if call.path == path]

    def phone(self) -> list[str]:
        return [message.text for message in self.corp.platform.chat(1).messages.values()]

    def move(self, **by: float) -> None:
        self.corp.platform.clock.move(timedelta(**by))

    def fail(self, path: str, mishap: str, **more: Any) -> None:
        self.corp.faults.plan(Fault(mishap, path=path, **more))

    async def pressed(self, message_id: int) -> None:
        """Somebody pressed the card: the way in keeps the new code."""
        task = await self.book.named(CARD, message_id - updates.MESSAGES)
        now = self.corp.platform.clock.now()
        assert await renewed(self.book, task, self.corp.new_code(task), now)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    people = [Person(1, "张建国"), Person(2, "李红梅")]
    platform = Platform(tmp_path, Clock(), people, skin="wecom")
    setup = Setup(callback="http://127.0.0.1:9/wecom")
    corp = Corp(platform, setup)
    book = DictBook()
    number = await book.keep(USER, "user1", {"name": "张建国"})
    async with open_corp(corp) as base:
        config = App(setup.corp_id, setup.agent_id, setup.secret, base, None, True, True, True,
                     setup.webhook_key)  # fmt: skip
        opened = app_line(config, book, platform.clock.now)
        yield Office(corp, opened, book, updates.user_id(number), config)
        await opened.line.bot.session.close()


def keyboard(*labels: str) -> InlineKeyboardMarkup:
    rows = [
        [InlineKeyboardButton(text=label, callback_data=f"v1:sp:{n}:1")]
        for n, label in enumerate(labels)
    ]
    return InlineKeyboardMarkup(inline_keyboard=rows)


def picture(color: str = "red") -> bytes:
    held = BytesIO()
    Image.new("RGB", (40, 30), color).save(held, "JPEG")
    return held.getvalue()


# ---- texts ----


async def test_a_text_arrives_and_comes_back_as_telegrams_message(office: Office):
    sent = await office.bot.send_message(office.chat, "已记下：松江路")
    assert office.phone() == ["已记下：松江路"]
    assert sent.message_id > updates.MESSAGES
    assert (sent.chat.id, sent.chat.first_name, sent.text) == (
        office.chat,
        "张建国",
        "已记下：松江路",
    )
    assert sent.from_user.id == office.bot.id == 1000002


async def test_marks_are_dropped_and_links_keep_their_address(office: Office):
    marks = [
        MessageEntity(type="bold", offset=0, length=3),
        MessageEntity(type="text_link", offset=3, length=2, url="https://x.test/a"),
        MessageEntity(type="text_link", offset=5, length=1, url="https://x.test/c"),
    ]
    await office.bot.send_message(office.chat, "👮看这里！", entities=marks)
    await office.bot.send_message(
        office.chat, '<b>本周</b> &lt;2 <a href="https://x.test/b">大屏</a>', parse_mode="HTML"
    )
    assert office.phone() == [
        "👮看这里 (https://x.test/a)！ (https://x.test/c)",
        "本周 <2 大屏 (https://x.test/b)",
    ]


async def test_three_thousand_characters_arrive_in_parts_and_none_is_cut(office: Office):
    text = "\n".join("字" * 49 for _ in range(60))
    await office.bot.send_message(office.chat, text)
    parts = office.phone()
    assert len(parts) == 5
    assert parts[0].endswith("（1/5）")
    assert "".join(part[: part.rindex("（")] for part in parts) == text
    assert office.corp.platform.violations == []


async def test_an_unknown_chat_and_an_empty_text_are_refused_without_a_call(office: Office):
    for chat in (office.chat + 50, 12345, "@somebody"):
        with pytest.raises(TelegramBadRequest, match="chat not found"):
            await office.bot.send_message(chat, "好")
    with pytest.raises(TelegramBadRequest, match="text is empty"):
        await office.bot.send_message(office.chat, "  ")
    assert office.calls("message/send") == []


# ---- delivered once ----


async def test_after_a_lost_answer_the_same_bytes_are_sent_and_arrive_once(office: Office):
    office.fail("message/send", "lost")
    with pytest.raises(TelegramNetworkError):
        await office.bot.send_message(office.chat, "已记下", reply_markup=keyboard("改点位"))
    sent = await office.bot.send_message(office.chat, "已记下", reply_markup=keyboard("改点位"))
    first, second = office.calls("message/send")
    assert first == second
    assert len(office.phone()) == 1
    assert sent.message_id > updates.MESSAGES


async def test_a_card_whose_task_id_is_known_already_was_delivered(office: Office):
    office.corp.task_first = True
    office.fail("message/send", "lost")
    with pytest.raises(TelegramNetworkError):
        await office.bot.send_message(office.chat, "已记下", reply_markup=keyboard("改点位"))
    sent = await office.bot.send_message(office.chat, "已记下", reply_markup=keyboard("改点位"))
    assert len(office.phone()) == 1
    with pytest.raises(TelegramBadRequest, match="can't be edited"):
        await office.bot.edit_message_text(
            "已改", chat_id=office.chat, message_id=sent.message_id, reply_markup=keyboard("看")
        )


async def test_a_crash_between_the_parts_repeats_none_that_was_answered_for(office: Office):
    text = "字\n" * 1500
    office.fail("message/send", "slow", times=2)
    office.fail("message/send", "lost")
    with pytest.raises(TelegramNetworkError):
        await office.bot.send_message(office.chat, text)
    assert len(office.phone()) == 3
    await office.bot.send_message(office.chat, text)
    assert [part[-5:] for part in office.phone()] == [f"（{n}/4）" for n in (1, 2, 3, 4)]
    assert len(office.calls("message/send")) == 5


async def test_the_same_said_again_on_purpose_is_delivered_again(office: Office):
    for _ in range(3):
        await office.bot.send_message(office.chat, "还差 1 张")
        await office.bot.send_message(office.chat, "在哪里？", reply_markup=keyboard("松江路"))
    assert [text.rstrip("\u200b") for text in office.phone()] == ["还差 1 张", "在哪里？"] * 3
    assert office.corp.dropped == []
    texts = [body["text"]["content"] for body in office.calls("message/send") if "text" in body]
    assert len(set(texts)) == 3
    office.move(minutes=61)
    await office.bot.send_message(office.chat, "还差 1 张")
    assert office.phone()[-1] == "还差 1 张"


async def test_the_draft_stands_in_the_book_before_the_call(office: Office):
    office.fail("message/send", "reset")
    with pytest.raises(TelegramNetworkError):
        await office.bot.send_message(office.chat, "已记下")
    (name,) = office.book.names(DRAFT)
    assert (await office.book.facts(DRAFT, name))["sent"] is False
    await office.bot.send_message(office.chat, "已记下")
    assert (await office.book.facts(DRAFT, name))["sent"] is True


# ---- cards ----


async def test_buttons_are_a_card_and_its_edit_spends_the_one_code(office: Office):
    sent = await office.bot.send_message(
        office.chat, "已记下：松江路\n1 张", reply_markup=keyboard("改点位", "撤销")
    )
    edited = await office.bot.edit_message_text(
        "已记下：永福路\n1 张", chat_id=office.chat, message_id=sent.message_id,
        reply_markup=keyboard("改点位"),
    )  # fmt: skip
    assert edited.text == "已记下：永福路\n1 张"
    assert office.phone() == ["已记下：永福路\n1 张"]
    with pytest.raises(TelegramBadRequest, match="can't be edited"):
        await office.bot.edit_message_text(
            "已记下：滨河公园", chat_id=office.chat, message_id=sent.message_id
        )
    assert len(office.calls("message/update_template_card")) == 1
    assert office.corp.platform.violations == []


async def test_a_press_gives_a_new_code(office: Office):
    sent = await office.bot.send_message(office.chat, "一", reply_markup=keyboard("改"))
    where = {"chat_id": office.chat, "message_id": sent.message_id}
    await office.bot.edit_message_text("二", **where, reply_markup=keyboard("改"))
    await office.pressed(sent.message_id)
    await office.bot.edit_message_text("三", **where, reply_markup=keyboard("改"))
    assert office.phone() == ["三"]


async def test_an_edit_that_changes_nothing_is_not_sent(office: Office):
    sent = await office.bot.send_message(office.chat, "一", reply_markup=keyboard("改"))
    where = {"chat_id": office.chat, "message_id": sent.message_id}
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await office.bot.edit_message_text("一", **where, reply_markup=keyboard("改"))
    await office.bot.edit_message_text("二", **where, reply_markup=keyboard("改"))
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await office.bot.edit_message_text("二", **where, reply_markup=keyboard("改"))


async def test_after_72_hours_a_card_can_not_be_edited_and_nothing_is_asked(office: Office):
    sent = await office.bot.send_message(office.chat, "一", reply_markup=keyboard("改"))
    office.move(hours=72)
    with pytest.raises(TelegramBadRequest, match="can't be edited"):
        await office.bot.edit_message_text("二", chat_id=office.chat, message_id=sent.message_id)
    assert office.calls("message/update_template_card") == []


async def test_a_code_that_the_platform_calls_used_is_not_tried_again(office: Office):
    sent = await office.bot.send_message(office.chat, "一", reply_markup=keyboard("改"))
    office.corp.state.codes.clear()
    for _ in range(2):
        with pytest.raises(TelegramBadRequest, match="can't be edited"):
            await office.bot.edit_message_text(
                "二", chat_id=office.chat, message_id=sent.message_id
            )
    assert len(office.calls("message/update_template_card")) == 1


async def test_an_edit_whose_answer_was_lost_counts_as_done(office: Office):
    sent = await office.bot.send_message(office.chat, "一", reply_markup=keyboard("改"))
    where = {"chat_id": office.chat, "message_id": sent.message_id}
    office.fail("update_template_card", "lost")
    with pytest.raises(TelegramNetworkError):
        await office.bot.edit_message_text("二", **where, reply_markup=keyboard("改"))
    edited = await office.bot.edit_message_text("二", **where, reply_markup=keyboard("改"))
    assert (edited.text, office.phone()) == ("二", ["二"])


async def test_an_edit_that_met_a_busy_platform_can_be_tried_again(office: Office):
    sent = await office.bot.send_message(office.chat, "一", reply_markup=keyboard("改"))
    where = {"chat_id": office.chat, "message_id": sent.message_id}
    office.fail("update_template_card", "errcode", errcode=45009)
    with pytest.raises(TelegramRetryAfter):
        await office.bot.edit_message_text("二", **where, reply_markup=keyboard("改"))
    await office.bot.edit_message_text("二", **where, reply_markup=keyboard("改"))
    assert office.phone() == ["二"]


async def test_a_code_that_comes_while_a_card_is_changed_is_kept(office: Office):
    sent = await office.bot.send_message(office.chat, "一", reply_markup=keyboard("改"))
    where = {"chat_id": office.chat, "message_id": sent.message_id}
    call = office.opened.client.call

    async def pressed_meanwhile(path: str, *args: Any, **more: Any) -> Any:
        answer = await call(path, *args, **more)
        await office.pressed(sent.message_id)
        return answer

    office.opened.client.call = pressed_meanwhile  # type: ignore[method-assign]
    await office.bot.edit_message_text("二", **where, reply_markup=keyboard("改"))
    await office.bot.edit_message_text("三", **where, reply_markup=keyboard("改"))
    assert office.phone() == ["三"]


async def test_a_card_whose_buttons_are_taken_away_is_greyed(office: Office):
    sent = await office.bot.send_message(office.chat, "一\n二", reply_markup=keyboard("改"))
    where = {"chat_id": office.chat, "message_id": sent.message_id}
    edited = await office.bot.edit_message_reply_markup(**where, reply_markup=None)
    assert edited.text == "一\n二"
    (body,) = office.calls("message/update_template_card")
    assert body["template_card"]["replace_text"] == "已处理"
    assert office.corp.platform.chat(1).messages[1].buttons == []


async def test_a_press_that_is_read_again_brings_no_new_code(office: Office):
    sent = await office.bot.send_message(office.chat, "一", reply_markup=keyboard("改"))
    where = {"chat_id": office.chat, "message_id": sent.message_id}
    (task,) = office.book.names(CARD)
    code = office.corp.new_code(task)
    now = office.corp.platform.clock.now()
    await renewed(office.book, task, code, now)
    await office.bot.edit_message_text("二", **where, reply_markup=keyboard("改"))
    assert await renewed(office.book, task, code, now) == sent.message_id - updates.MESSAGES
    with pytest.raises(TelegramBadRequest, match="can't be edited"):
        await office.bot.edit_message_text("三", **where, reply_markup=keyboard("改"))
    assert len(office.calls("message/update_template_card")) == 1
    assert await renewed(office.book, "unknown", code, now) is None


async def test_a_long_text_before_its_card_stays_and_only_the_card_changes(office: Office):
    long = "本周\n" + "\n".join(f"点位{n} 2/2" for n in range(40))
    sent = await office.bot.send_message(office.chat, long, reply_markup=keyboard("看", "改"))
    assert office.phone() == [long, "本周"]
    where = {"chat_id": office.chat, "message_id": sent.message_id}
    with pytest.raises(TelegramBadRequest, match="can't be edited"):
        await office.bot.edit_message_text(long + "！", **where, reply_markup=keyboard("看"))
    await office.bot.edit_message_reply_markup(**where, reply_markup=keyboard("看"))
    assert [len(row) for row in office.corp.platform.chat(1).messages[2].buttons] == [1]


async def test_seven_to_twenty_choices_are_one_vote(office: Office):
    labels = [f"点位{n}" for n in range(20)]
    await office.bot.send_message(office.chat, "哪里拍的？", reply_markup=keyboard(*labels))
    (body,) = office.calls("message/send")
    card = body["template_card"]
    assert card["card_type"] == "vote_interaction"
    assert [o["text"] for o in card["checkbox"]["option_list"]] == labels
    assert card["submit_button"]["text"] == "选好了"
    assert office.corp.platform.violations == []


async def test_what_no_card_can_hold_is_numbered_and_a_digit_is_understood(office: Office):
    labels = [f"点位{n}" for n in range(25)]
    sent = await office.bot.send_message(office.chat, "哪里？", reply_markup=keyboard(*labels))
    assert office.phone()[0].endswith("25 点位24\n回复数字就行。")
    number = sent.message_id - updates.MESSAGES
    chosen = await menus.chosen(office.book, "user1", "2", office.corp.platform.clock.now)
    assert chosen == menus.Choice("v1:sp:1:1", number)
    with pytest.raises(TelegramBadRequest, match="can't be edited"):
        await office.bot.edit_message_text("好", chat_id=office.chat, message_id=sent.message_id)


async def test_a_deployment_without_cards_gets_numbers(office: Office):
    config = replace(office.config, cards=False)
    bare = app_line(config, office.book, office.corp.platform.clock.now)
    await bare.line.bot.send_message(office.chat, "哪里？", reply_markup=keyboard("甲", "乙"))
    await bare.line.bot.session.close()
    assert office.phone() == ["哪里？\n1 甲\n2 乙\n回复数字就行。"]


async def test_a_message_that_is_not_ours_can_not_be_edited(office: Office):
    with pytest.raises(TelegramBadRequest, match="can't be edited"):
        await office.bot.edit_message_text("好", chat_id=office.chat, message_id=5)
    with pytest.raises(TelegramBadRequest, match="to edit not found"):
        await office.bot.edit_message_text(
            "好", chat_id=office.chat, message_id=updates.message_id(999)
        )


# ---- refusals ----


async def test_a_member_outside_the_apps_range_is_forbidden(office: Office):
    office.corp.removed.add(1)
    with pytest.raises(TelegramForbiddenError):
        await office.bot.send_message(office.chat, "好")


@pytest.mark.parametrize("field", ["invaliduser", "unlicenseduser"])
async def test_an_only_receiver_who_is_named_invalid_is_forbidden(office: Office, field: str):
    call = office.opened.client.call

    async def without_him(path: str, *args: Any, **more: Any) -> Any:
        return await call(path, *args, **more) | {field: "user1"}

    office.opened.client.call = without_him  # type: ignore[method-assign]
    with pytest.raises(TelegramForbiddenError, match=field):
        await office.bot.send_message(office.chat, "好")


async def test_too_many_calls_a_minute_are_told_when_to_come_again(office: Office):
    office.fail("message/send", "errcode", errcode=45009)
    with pytest.raises(TelegramRetryAfter) as caught:
        await office.bot.send_message(office.chat, "好")
    assert caught.value.retry_after == 60


async def test_no_answer_is_a_network_error_without_an_address(office: Office):
    office.fail("message/send", "html")
    with pytest.raises(TelegramNetworkError) as caught:
        await office.bot.send_message(office.chat, "好")
    assert "access_token" not in str(caught.value)
    assert "127.0.0.1" not in str(caught.value)


async def test_a_call_that_lasts_too_long_is_a_network_error(office: Office):
    office.fail("message/send", "slow", seconds=3)
    with pytest.raises(TelegramNetworkError, match="timeout"):
        await office.bot.send_message(office.chat, "好", request_timeout=1)


async def test_a_method_without_a_counterpart_is_not_found(office: Office):
    with pytest.raises(TelegramNotFound, match="SendPoll has no WeCom equivalent"):
        await office.bot.send_poll(office.chat, "？", ["a", "b"])


# ---- answers to presses, and what is done by doing nothing ----


async def test_only_an_alert_is_said_and_only_to_who_pressed(office: Office):
    query = f"{office.chat}:abc"
    assert await office.bot.answer_callback_query(query) is True
    assert await office.bot.answer_callback_query(query, text="记下了") is True
    assert office.phone() == []
    await office.bot.answer_callback_query(query, text="已被别人改了", show_alert=True)
    await office.bot.answer_callback_query(query, text="已被别人改了", show_alert=True)
    assert [text.rstrip("\u200b") for text in office.phone()] == ["已被别人改了"] * 2
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await office.bot.answer_callback_query("abc", text="？", show_alert=True)


async def test_what_wecom_lacks_is_done_by_doing_nothing(office: Office):
    bot, chat = office.bot, office.chat
    done = [
        await bot.set_message_reaction(chat, 5, [ReactionTypeEmoji(emoji="👌")]),
        await bot.pin_chat_message(chat, 5), await bot.unpin_chat_message(chat, message_id=5),
        await bot.send_chat_action(chat, "typing"), await bot.set_my_commands([]),
        await bot.delete_webhook(), await bot.leave_chat(chat),
    ]  # fmt: skip
    assert done == [True] * 7
    assert office.corp.calls == []


async def test_the_bot_knows_its_name(office: Office):
    me = await office.bot.get_me()
    assert (me.id, me.is_bot, me.first_name) == (1000002, True, "岗亭")


# ---- taken back ----


async def test_a_message_is_recalled_with_all_its_parts(office: Office):
    sent = await office.bot.send_message(office.chat, "字\n" * 1500)
    assert await office.bot.delete_message(office.chat, sent.message_id) is True
    assert office.phone() == []
    assert await office.bot.delete_message(office.chat, sent.message_id) is True
    assert len(office.calls("message/recall")) == 4


async def test_after_a_day_or_without_the_call_nothing_is_recalled(office: Office):
    sent = await office.bot.send_message(office.chat, "一")
    office.move(hours=24)
    assert await office.bot.delete_message(office.chat, sent.message_id) is True
    config = replace(office.config, recall=False)
    bare = app_line(config, office.book, office.corp.platform.clock.now)
    fresh = await bare.line.bot.send_message(office.chat, "二")
    assert await bare.line.bot.delete_message(office.chat, fresh.message_id) is True
    assert await bare.line.bot.delete_message(office.chat, 7_000_000_000_000_000_000) is True
    await bare.line.bot.session.close()
    assert office.calls("message/recall") == []
    assert office.phone() == ["一", "二"]


async def test_a_recalled_card_can_not_be_edited(office: Office):
    sent = await office.bot.send_message(office.chat, "一", reply_markup=keyboard("改"))
    await office.bot.delete_message(office.chat, sent.message_id)
    with pytest.raises(TelegramBadRequest, match="can't be edited"):
        await office.bot.edit_message_text("二", chat_id=office.chat, message_id=sent.message_id)
    assert office.calls("message/update_template_card") == []


# ---- files ----


async def test_a_photo_goes_up_and_its_caption_follows_as_a_card(office: Office):
    shot = picture()
    sent = await office.bot.send_photo(
        office.chat, BufferedInputFile(shot, "整改前.jpg"), caption="整改前\n松江路",
        reply_markup=keyboard("看记录"),
    )  # fmt: skip
    assert [m.text for m in office.corp.platform.chat(1).messages.values()] == [
        "",
        "整改前\n松江路",
    ]
    assert (sent.caption, len(sent.photo)) == ("整改前\n松江路", 1)
    held = BytesIO()
    await office.bot.download(sent.photo[0].file_id, held)
    assert held.getvalue() == shot
    edited = await office.bot.edit_message_caption(
        chat_id=office.chat, message_id=sent.message_id, caption="整改后"
    )
    assert edited.caption == "整改后"


async def test_a_photo_whose_sending_was_lost_is_neither_uploaded_nor_shown_twice(office: Office):
    shot = picture()
    office.fail("message/send", "lost")
    with pytest.raises(TelegramNetworkError):
        await office.bot.send_photo(office.chat, BufferedInputFile(shot, "a.jpg"))
    await office.bot.send_photo(office.chat, BufferedInputFile(shot, "a.jpg"))
    assert len(office.calls("media/upload")) == 1
    assert len(office.phone()) == 1


async def test_a_document_keeps_its_chinese_name_and_its_bytes(office: Office):
    sent = await office.bot.send_document(
        office.chat, BufferedInputFile(b"PK\x03\x04 sheet", "周报“松江路”.xlsx"), caption="本周"
    )
    file = next(iter(office.corp.platform.chat(1).messages.values())).file
    assert (file.kind, file.name) == ("document", "周报“松江路”.xlsx")
    assert sent.document.file_name == "周报“松江路”.xlsx"
    assert office.phone()[1] == "本周"


async def test_what_is_no_picture_for_wecom_is_sent_as_a_file(office: Office):
    await office.bot.send_photo(office.chat, BufferedInputFile(b"GIF89a......", "a.gif"))
    assert next(iter(office.corp.platform.chat(1).messages.values())).file.kind == "document"


async def test_an_album_is_sent_one_by_one(office: Office):
    items = [
        InputMediaPhoto(media=BufferedInputFile(picture("red"), "1.jpg"), caption="两张"),
        InputMediaPhoto(media=BufferedInputFile(picture("blue"), "2.jpg")),
    ]
    sent = await office.bot.send_media_group(office.chat, items)
    assert len({message.message_id for message in sent}) == 2
    assert office.phone() == ["", "两张", ""]


async def test_a_file_that_is_there_already_is_sent_by_its_media_id(office: Office):
    shot = picture()
    first = await office.bot.send_photo(office.chat, BufferedInputFile(shot, "a.jpg"))
    await office.bot.send_photo(office.chat, first.photo[0].file_id)
    assert len(office.calls("media/upload")) == 1
    assert len(office.phone()) == 2


async def test_a_file_comes_as_the_fetcher_asks_for_it(office: Office):
    shot = picture("green")
    media_id = office.corp.keep_media(shot, "image", "x.jpg")
    file = await office.bot.get_file(media_id, request_timeout=30)
    url = office.bot.session.api.file_url(office.bot.token, file.file_path)
    stream = office.bot.session.stream_content(
        url, timeout=60, chunk_size=65536, raise_for_status=True
    )
    assert b"".join([chunk async for chunk in stream]) == shot


async def test_a_file_that_is_too_old_is_a_bad_request_and_a_silent_line_a_network_error(
    office: Office,
):
    media_id = office.corp.keep_media(picture(), "image", "x.jpg")
    office.fail("media/get", "reset", times=2)  # aiohttp asks once more by itself
    with pytest.raises(TelegramNetworkError):
        await office.bot.download(media_id, BytesIO())
    office.move(days=4)
    with pytest.raises(TelegramBadRequest, match="older than three days"):
        await office.bot.download(media_id, BytesIO())


# ---- groups ----


async def group(office: Office, how: str) -> int:
    name = "hook"
    if how == "appchat":
        members = {"userlist": ["User1", "User2"], "name": "中队"}
        name = (await office.opened.client.call("appchat/create", members))["chatid"]
    return updates.group_id(await office.book.keep(GROUP, name, {"title": "中队", "how": how}))


@pytest.mark.parametrize("how", ["appchat", "webhook"])
async def test_a_group_gets_text_and_file_and_no_choices(office: Office, how: str):
    chat = await group(office, how)
    link = InlineKeyboardButton(text="大屏", url="https://x.test/wall")
    rows = [*keyboard("看记录").inline_keyboard, [link]]
    sent = await office.bot.send_message(
        chat, "本周巡查", reply_markup=InlineKeyboardMarkup(inline_keyboard=rows)
    )
    await office.bot.send_document(chat, BufferedInputFile(b"PK\x03\x04 sheet", "周报.xlsx"))
    await office.bot.send_photo(chat, BufferedInputFile(picture(), "墙.jpg"), caption="大屏")
    shown = list(office.corp.platform.chat(office.corp.platform.group.id).messages.values())
    assert [m.text for m in shown] == ["本周巡查\n大屏：https://x.test/wall", "", "", "大屏"]
    assert shown[1].file.name == "周报.xlsx"
    assert shown[2].file.kind == "photo"
    assert (sent.chat.id, sent.chat.title) == (chat, "中队")
    with pytest.raises(TelegramBadRequest, match="can't be edited"):
        await office.bot.edit_message_text("改", chat_id=chat, message_id=sent.message_id)
    assert await office.bot.delete_message(chat, sent.message_id) is True


async def test_a_webhook_that_is_not_configured_is_forbidden(office: Office):
    chat = await group(office, "webhook")
    bare = app_line(
        replace(office.config, group_webhook=None), office.book, office.corp.platform.clock.now
    )
    with pytest.raises(TelegramForbiddenError, match="not configured"):
        await bare.line.bot.send_message(chat, "本周")
    await bare.line.bot.session.close()


async def test_the_line_says_what_wecom_can(office: Office):
    line = office.opened.line
    assert (line.name, line.title, line.chat_pace, line.choices) == ("wecom", "企业微信", 20, 20)
    assert (line.reactions, line.place_key, line.crowded) == (False, False, {0, 30})
