"""The fake's chats: sending, editing, pressing, reacting, media, standing."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
)
from aiogram.types import (
    BufferedInputFile,
    FSInputFile,
    InputMediaDocument,
    InputMediaPhoto,
    KeyboardButton,
    LinkPreviewOptions,
    ReactionTypeEmoji,
    ReplyKeyboardMarkup,
    ReplyParameters,
)

from bot.words.card import Button, Card
from scheduler import drawing
from tests.fakes.control import Control, ControlError
from tests.fakes.shared import GROUP, JPEG, buttons, reason


async def test_an_edit_that_changes_nothing_is_refused(tg: Control, bot: Bot) -> None:
    card = await bot.send_message(7, "甲", reply_markup=buttons("改"))
    told = await reason(
        bot.edit_message_text("甲 ", chat_id=7, message_id=card.message_id,
                              reply_markup=buttons("改"))
    )  # fmt: skip
    assert told == (
        "Bad Request: message is not modified: specified new message content and reply markup "
        "are exactly the same as a current content and reply markup of the message"
    )
    await bot.edit_message_text("甲", chat_id=7, message_id=card.message_id)
    assert tg.messages(7)[0]["buttons"] == []
    assert tg.sent(method="sendMessage")[0]["result"]["reply_markup"]


async def test_what_can_not_be_edited(tg: Control, bot: Bot) -> None:
    assert "message to edit not found" in await reason(
        bot.edit_message_text("x", chat_id=7, message_id=99)
    )
    own = tg.text(7, "人的话")["message_id"]
    markup = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="k")]])
    bound = (await bot.send_message(7, "t", reply_markup=markup)).message_id
    for number in (own, bound):
        assert "message can't be edited" in await reason(
            bot.edit_message_text("x", chat_id=7, message_id=number)
        )
    plain = (await bot.send_message(7, "t")).message_id
    assert "there is no caption in the message to edit" in await reason(
        bot.edit_message_caption(chat_id=7, message_id=plain, caption="c")
    )
    await bot.delete_message(7, plain)
    assert "message to delete not found" in await reason(bot.delete_message(7, plain))


async def test_presses_and_their_answers(tg: Control, bot: Bot) -> None:
    card = await bot.send_message(7, "甲", reply_markup=buttons("改点位", data="v1:sp"))
    with pytest.raises(ControlError, match="改点位"):
        tg.press(7, card.message_id, "没有")
    press = tg.press(7, card.message_id, "改点位")
    query = (await bot.get_updates())[0].callback_query
    assert (query.data, query.message.message_id) == ("v1:sp", card.message_id)
    assert tg.answers(press["callback_query_id"]) is None
    assert "MESSAGE_TOO_LONG" in await reason(query.answer("字" * 201).as_(bot))
    await query.answer("字" * 200).as_(bot)
    assert tg.answers(press["callback_query_id"])["text"] == "字" * 200
    told = "query is too old and response timeout expired or query ID is invalid"
    assert told in await reason(query.answer().as_(bot))
    late = tg.press(7, card.message_id, "v1:sp")["callback_query_id"]
    tg.expire_queries()
    assert told in await reason(bot.answer_callback_query(late))
    assert tg.press(7, card.message_id, "v9:forged", forge=True)["update_id"]


async def test_reactions(tg: Control, bot: Bot) -> None:
    album = [tg.photo(7, JPEG, group="g")["message_id"] for _ in range(2)]
    with pytest.raises(TelegramBadRequest, match="REACTION_INVALID"):
        await bot.set_message_reaction(7, album[1], [ReactionTypeEmoji(emoji="✅")])
    await bot.set_message_reaction(7, album[1], [ReactionTypeEmoji(emoji="👌")])
    assert [m["reaction"] for m in tg.messages(7)] == [["👌"], []]
    assert "message to react not found" in await reason(
        bot.set_message_reaction(7, 99, [ReactionTypeEmoji(emoji="👀")])
    )


async def test_media_of_the_bot(tg: Control, bot: Bot) -> None:
    picture = BufferedInputFile(JPEG, "a.jpg")
    sent = await bot.send_photo(7, picture, caption="<i>图</i>", parse_mode="HTML")
    assert (sent.caption, sent.photo[-1].width, sent.photo[-1].file_size) == (
        "图", 2000, len(JPEG),
    )  # fmt: skip
    again = await bot.send_photo(7, sent.photo[-1].file_id)
    assert again.photo[-1].file_id != sent.photo[-1].file_id
    media = [InputMediaPhoto(media=picture, caption="c"), InputMediaPhoto(media=picture)]
    album = await bot.send_media_group(7, media)
    assert len({m.media_group_id for m in album}) == 1
    document = BufferedInputFile(b"PK\x03\x04", "台账.xlsx")
    file = await bot.send_document(7, document)
    assert file.document.file_name == "台账.xlsx"
    assert (await bot.download(file.document.file_id)).read() == b"PK\x03\x04"
    edited = await bot.edit_message_media(
        InputMediaDocument(media=document), chat_id=7, message_id=sent.message_id
    )
    assert edited.photo is None
    assert edited.document.file_size == 4
    text = BufferedInputFile(b"no picture", "a.jpg")
    assert "IMAGE_PROCESS_FAILED" in await reason(bot.send_photo(7, text))
    assert "message caption is too long" in await reason(
        bot.send_photo(7, picture, caption="字" * 1025)
    )
    assert not tg.violations()


def png(width: int, height: int) -> BufferedInputFile:
    """The head of a picture of this size."""
    size = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    return BufferedInputFile(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + size, "chart.png")


async def test_pictures_beyond_the_limits_are_refused(tg: Control, bot: Bot) -> None:
    for width, height in ((5000, 5000), (2000, 100), (100, 2000)):
        await bot.send_photo(7, png(width, height))
    for width, height in ((5000, 5001), (2001, 100), (100, 2001), (0, 100)):
        assert "PHOTO_INVALID_DIMENSIONS" in await reason(bot.send_photo(7, png(width, height)))
    heavy = BufferedInputFile(JPEG + b"\0" * (10 << 20), "a.jpg")
    assert "PHOTO_SAVE_FILE_INVALID" in await reason(bot.send_photo(7, heavy))
    album = [InputMediaPhoto(media=png(100, 100)), InputMediaPhoto(media=png(9000, 9000))]
    assert "PHOTO_INVALID_DIMENSIONS" in await reason(bot.send_media_group(7, album))
    assert len(tg.messages(7)) == 3
    assert not tg.violations()


async def test_a_request_over_fifty_megabytes_is_refused(tg: Control, bot: Bot) -> None:
    with pytest.raises(TelegramEntityTooLarge):
        await bot.send_document(7, BufferedInputFile(b"PK" + b"x" * (50 << 20), "a.bin"))
    assert tg.messages(7) == []


async def test_a_cards_photos_picture_and_file_pass_over_the_wire(
    tg: Control, bot: Bot, tmp_path: Path
) -> None:
    """What the sender makes of a card, uploaded by aiogram's own session, from disk and memory."""
    paths = [tmp_path / f"{n}.jpg" for n in range(3)]
    for path in paths:
        path.write_bytes(JPEG)
    card = Card("反弹 1 次。\n按「松江路」查的。", ((Button("看明细", "v1:x:1:1"),),), quiet=False)
    await bot(drawing.album([FSInputFile(path) for path in paths], 7))
    await bot(drawing.photo(png(1280, 800), 7, card))
    await bot(drawing.document(BufferedInputFile(b"PK\x03\x04", "松江路 反弹.xlsx"), 7, card))
    shown = tg.messages(7)
    assert [("photo" in m, m.get("caption")) for m in shown[:3]] == [(True, None)] * 3
    assert len({m["media_group_id"] for m in shown[:3]}) == 1
    assert [m["caption"] for m in shown[3:]] == [card.text] * 2
    assert [m["caption_entities"][0]["length"] for m in shown[3:]] == [7, 7]
    assert [m["buttons"] for m in shown[3:]] == [shown[3]["buttons"]] * 2
    assert shown[4]["document"]["file_name"] == "松江路 反弹.xlsx"
    assert not tg.violations()


async def test_what_no_good_bot_uploads_is_noted(tg: Control, bot: Bot) -> None:
    sent = await bot.send_document(7, BufferedInputFile(b"a,b", "表.xlsx"))
    assert sent.document.mime_type.endswith("spreadsheetml.sheet")
    told = [one["what"] for one in tg.violations()]
    assert told == ["表.xlsx is no xlsx by its first bytes"]


async def test_replies_pins_and_chats(tg: Control, bot: Bot) -> None:
    tg.group(GROUP, members=(7,))
    asked = tg.text(7, "本周", chat=GROUP)["message_id"]
    reply = await bot.send_message(
        GROUP, "2/2", reply_parameters=ReplyParameters(message_id=asked),
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )  # fmt: skip
    assert reply.reply_to_message.text == "本周"
    assert "not enough rights" in await reason(bot.pin_chat_message(GROUP, reply.message_id))
    tg.my_chat_member(7, "administrator", chat=GROUP)
    await bot.pin_chat_message(GROUP, reply.message_id)
    assert (await bot.get_chat(GROUP)).pinned_message.text == "2/2"
    assert (await bot.get_chat_member(GROUP, 7)).status == "member"
    assert (await bot.get_chat_member(GROUP, bot.id)).status == "administrator"
    assert (await bot.get_updates())[1].my_chat_member.new_chat_member.status == "administrator"
    await bot.leave_chat(GROUP)
    assert "bot is not a member" in await reason(
        bot.send_message(GROUP, "t"), TelegramForbiddenError
    )


async def test_people_who_can_not_be_reached(tg: Control, bot: Bot) -> None:
    tg.user(9, started=False)
    assert "can't initiate conversation" in await reason(
        bot.send_message(9, "t"), TelegramForbiddenError
    )
    tg.my_chat_member(7, "kicked")
    assert "bot was blocked by the user" in await reason(
        bot.send_message(7, "t"), TelegramForbiddenError
    )
    tg.start(7, "back")
    await bot.send_message(7, "t")
    tg.group(-5, type="group", members=(7,))
    tg.migrate(-5, GROUP)
    with pytest.raises(TelegramMigrateToChat) as caught:
        await bot.send_message(-5, "t")
    assert caught.value.migrate_to_chat_id == GROUP


async def test_what_people_send_is_read_by_aiogram(tg: Control, bot: Bot) -> None:
    photo = tg.photo(7, JPEG, "松江路 占道", unique="same")
    again = tg.photo(7, JPEG, unique="same")
    tg.document(7, b"data", "a.pdf", mime="application/pdf", caption="附件")
    tg.voice(7, b"OggS")
    tg.video(7, b"mp4")
    tg.location(7, 31.2, 121.5)
    tg.edited_caption(7, photo["message_id"], "松江路 已清")
    got = await bot.get_updates()
    assert [u.event_type for u in got] == ["message"] * 6 + ["edited_message"]
    sizes = got[0].message.photo
    assert [s.width for s in sizes] == [90, 320, 800, 2000]
    assert sizes[-1].file_unique_id == got[1].message.photo[-1].file_unique_id
    assert sizes[-1].file_id != again["file_id"]
    assert got[-1].edited_message.caption == "松江路 已清"
    assert got[5].message.location.latitude == 31.2
