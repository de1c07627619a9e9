"""The fake Telegram refuses what the real one refuses; seen through a real aiogram Bot."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramUnauthorizedError
from aiogram.types import (
    BotCommand,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    MessageEntity,
    ReplyKeyboardMarkup,
)
from aiohttp import ClientSession

from tests.fakes.control import Control
from tests.fakes.shared import GROUP, buttons, raw, reason


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (" \n", "Bad Request: text must be non-empty"),
        ("字" * 4097, "Bad Request: message is too long"),
        ("😀" * 4097, "Bad Request: message is too long"),
        ("<b>粗", 'Bad Request: can\'t parse entities: Can\'t find end tag corresponding to '
         'start tag "b"'),
        ("<x>y</x>", 'Bad Request: can\'t parse entities: Unsupported start tag "x" '
         "at byte offset 0"),
        ("街道<b>a</i>", "Bad Request: can't parse entities: Unmatched end tag at byte offset "
         '10, expected "</b>", found "</i>"'),
        ("a</b>", "Bad Request: can't parse entities: Unexpected end tag at byte offset 1"),
        ("3 < 4 <", "Bad Request: can't parse entities: Unclosed start tag at byte offset 2"),
    ],
)  # fmt: skip
async def test_texts(bot: Bot, text: str, told: str) -> None:
    assert told in await reason(bot.send_message(7, text, parse_mode="HTML"))


async def test_the_longest_text_and_an_escaped_one_pass(bot: Bot) -> None:
    for character in "字😀":
        assert (await bot.send_message(7, character * 4096)).text == character * 4096
    message = await bot.send_message(7, "<b>😀</b> 1&lt;2 ", parse_mode="HTML")
    assert message.text == "😀 1<2"
    bold = message.entities[0]
    assert (bold.type, bold.offset, bold.length) == ("bold", 0, 2)


@pytest.mark.parametrize(
    ("markup", "told"),
    [
        (buttons(""), "inline keyboard button text must be non-empty"),
        (buttons("a", data="字" * 22), "BUTTON_DATA_INVALID"),
        (InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="a")]]),
         "can't parse inline keyboard button: Text buttons are unallowed in the inline"),
        (InlineKeyboardMarkup(
            inline_keyboard=[[InlineKeyboardButton(text="a", url="ftp://x.cn")]]),
         "inline keyboard button URL 'ftp://x.cn' is invalid: Unsupported URL protocol"),
        (InlineKeyboardMarkup(inline_keyboard=[buttons("a").inline_keyboard[0]] * 101),
         "REPLY_MARKUP_TOO_LONG"),
    ],
)  # fmt: skip
async def test_keyboards(bot: Bot, markup: InlineKeyboardMarkup, told: str) -> None:
    assert f"Bad Request: {told}" in await reason(bot.send_message(7, "t", reply_markup=markup))


async def test_64_bytes_of_data_and_100_buttons_pass(bot: Bot) -> None:
    row = [InlineKeyboardButton(text="a", callback_data="字" * 21 + "x", style="danger")]
    await bot.send_message(7, "t", reply_markup=InlineKeyboardMarkup(inline_keyboard=[row] * 100))


async def test_entities_outside_the_text(bot: Bot) -> None:
    beyond = [MessageEntity(type="bold", offset=0, length=3)]
    assert "ends after the end of the text at UTF-16 offset 3" in await reason(
        bot.send_message(7, "😀", entities=beyond)
    )


async def test_location_button_only_in_private_chats(tg: Control, bot: Bot) -> None:
    tg.group(GROUP)
    button = KeyboardButton(text="位置", request_location=True)
    markup = ReplyKeyboardMarkup(keyboard=[[button]], resize_keyboard=True)
    await bot.send_message(7, "t", reply_markup=markup)
    assert tg.chat(7)["keyboard"]["keyboard"][0][0]["text"] == "位置"
    told = await reason(bot.send_message(GROUP, "t", reply_markup=markup))
    assert "location can be requested in private chats only" in told


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"chat_id": 7}, "message text is empty"),
        ({"text": "t"}, "chat_id is empty"),
        ({"chat_id": 8, "text": "t"}, "chat not found"),
        ({"chat_id": 7, "text": 5}, 'field "text" must be of type String'),
        ({"chat_id": 7, "text": "t", "parse_mode": "X"}, "unsupported parse_mode"),
        ({"chat_id": 7, "text": "t", "message_thread_id": "a"}, "must be of type Integer"),
        ({"chat_id": 7, "text": "t", "reply_markup": "{"}, "can't parse reply keyboard markup"),
        ({"chat_id": 7, "text": "t", "reply_markup": {"inline_keyboard": "x"}},
         'field "inline_keyboard" must be of type Array'),
        ({"chat_id": 7, "text": "t", "reply_markup": {"inline_keyboard": [[{"url": "x"}]]}},
         'can\'t parse inline keyboard button: Can\'t find field "text"'),
        ({"chat_id": 7, "text": "t", "reply_parameters": {"quote": "x"}},
         'can\'t find field "message_id"'),
        ({"chat_id": 7, "text": "t", "entities": [{"type": "x", "offset": 0, "length": 1}]},
         "can't parse MessageEntity: Unsupported type specified"),
        ({"chat_id": 7, "text": "\ud83d"}, "strings must be encoded in UTF-8"),
    ],
)  # fmt: skip
async def test_raw_calls(tg: Control, params: dict[str, Any], told: str) -> None:
    answer = await raw(tg, "sendMessage", **params)
    assert (answer["ok"], answer["error_code"]) == (False, 400)
    assert told in answer["description"]
    assert not tg.sent()
    assert len(tg.sent(refused=True)) == 1


async def test_what_the_real_server_ignores_is_a_violation(tg: Control) -> None:
    markup = {"inline_keyboard": [[{"text": "a", "callback_data": "b", "colour": "red"}]]}
    answer = await raw(tg, "sendMessage", chat_id=7, text="t", txt="x", reply_markup=markup)
    assert answer["ok"]
    assert [one["what"] for one in tg.violations(clear=True)] == [
        "sendMessage: unknown parameter txt",
        "InlineKeyboardButton: unknown field colour",
    ]
    assert not tg.violations()


async def test_unknown_and_unimplemented_methods(tg: Control) -> None:
    answer = await raw(tg, "sendMesage", chat_id=7)
    assert answer == {"ok": False, "error_code": 404, "description": "Not Found"}
    answer = await raw(tg, "sendDice", chat_id=7)
    assert "not implemented by the fake" in answer["description"]
    assert len(tg.violations()) == 2


async def test_every_form_of_a_request(tg: Control) -> None:
    url = f"{tg.url}/bot{tg.token}/sendMessage"
    params = {"chat_id": "7", "text": "甲 & 乙", "reply_markup": buttons("a").model_dump_json(
        exclude_none=True)}  # fmt: skip
    async with ClientSession() as session:
        await (await session.get(url, params=params)).read()
        await (await session.post(url, data=params)).read()
        await (await session.post(url.replace("sendM", "SENDm"), json=params)).read()
        mixed = {**params, "reply_markup": json.loads(params["reply_markup"])}
        await (await session.post(url, json=mixed)).read()
    assert [m["text"] for m in tg.messages(7)] == ["甲 & 乙"] * 4
    assert [m["buttons"] for m in tg.messages(7)] == [[["a"]]] * 4
    assert not tg.violations()


async def test_commands(tg: Control, bot: Bot) -> None:
    scope = BotCommandScopeChat(chat_id=7)
    await bot.set_my_commands([BotCommand(command="week", description="本周")], scope=scope)
    assert (await bot.get_my_commands(scope=scope))[0].command == "week"
    assert await bot.get_my_commands() == []
    for wrong in ("Week", "周", "a" * 33):
        commands = [BotCommand(command=wrong, description="d")]
        assert "BOT_COMMAND_INVALID" in await reason(bot.set_my_commands(commands))


async def test_wrong_token(tg: Control) -> None:
    session = AiohttpSession(api=TelegramAPIServer.from_base(tg.url))
    async with Bot("42:other", session=session) as other:
        assert "Unauthorized" in await reason(other.get_me(), TelegramUnauthorizedError)
