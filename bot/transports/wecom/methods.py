"""The dispatch table of the app's session: each Bot API method that WeCom can do, and how.

A carrier takes a `Call` and gives the result as the Bot API's JSON. A method that is not in the
table has no counterpart. What WeCom has not at all, and nobody misses, is done by doing nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiogram import Bot
from aiogram import methods as api
from aiogram.methods import TelegramMethod
from aiogram.types import InputFile

from bot.transports.wecom import reading, updates
from bot.transports.wecom.book import GROUP, USER, Book
from bot.transports.wecom.cards import Choice
from bot.transports.wecom.client import Client
from bot.transports.wecom.groups import Groups
from bot.transports.wecom.outgoing import File, Refused
from bot.transports.wecom.sending import Sending
from bot.transports.wecom.shown import Shown

Raw = dict[str, Any]
BOT_NAME = "岗亭"


class Hands:
    """What the carriers work with."""

    def __init__(self, client: Client, book: Book, now: Callable[[], datetime]) -> None:
        shown = Shown(book, now)
        self.client, self.book, self.now = client, book, now
        self.members, self.groups = Sending(client, book, shown, now), Groups(client, book, shown)


@dataclass(frozen=True)
class Call:
    """One call of the bot; `of` is the method with its fields."""

    bot: Bot
    hands: Hands
    of: Any

    def plain(self, text: str | None, entities: Any, of: Any = None) -> str:
        """The text to show."""
        mode = getattr(of or self.of, "parse_mode", None)
        return reading.plain(self.bot, text, mode, entities)

    async def send(self, said: str, file: File | None = None, **shown: Any) -> Raw:
        """The chat has the file and the text with the method's choices; the message's JSON."""
        kind, name, chat = await self.chat(self.of.chat_id)
        choices = reading.choices(getattr(self.of, "reply_markup", None))
        if kind == GROUP:
            number, media = await self.hands.groups.send(name, _spoken(said, choices), file)
        else:
            number, media = await self.hands.members.send(name, said, choices, file)
        if file is not None:
            shown |= _shown(file, media)
        return self.message(number, chat, **shown)

    async def chat(self, chat_id: Any) -> tuple[str, str, Raw]:
        """Kind and name of the chat in the book, and its JSON."""
        if not isinstance(chat_id, int) or abs(chat_id) <= updates.PEOPLE:
            raise Refused("Bad Request: chat not found")
        kind, number = USER if chat_id > 0 else GROUP, updates.number_of(chat_id)
        name = await self.hands.book.named(kind, number)
        if name is None:
            raise Refused("Bad Request: chat not found")
        facts = await self.hands.book.facts(kind, name) or {}
        if kind == USER:
            return kind, name, updates.private(number, str(facts.get("name") or name))
        return kind, name, updates.group(number, str(facts.get("title") or name))

    def message(self, number: int, chat: Raw, **shown: Any) -> Raw:
        """A message of ours as JSON."""
        date = int(self.hands.now().timestamp())
        return updates.message(updates.message_id(number), bot_user(self.bot), chat, date, **shown)


Carrier = Callable[[Call], Awaitable[Any]]


def bot_user(bot: Bot, name: str = BOT_NAME) -> Raw:
    """The app as a user."""
    return {"id": bot.id, "is_bot": True, "first_name": name}


async def _get_me(call: Call) -> Any:
    agent = call.hands.client.config.agent_id
    answer = await call.hands.client.call("agent/get", params={"agentid": agent})
    return bot_user(call.bot, str(answer.get("name") or BOT_NAME))


async def _send_message(call: Call) -> Any:
    text = call.plain(call.of.text, call.of.entities)
    if not text.strip():
        raise Refused("Bad Request: message text is empty")
    return await call.send(text, text=text)


async def _send_photo(call: Call) -> Any:
    file = await _file(call.bot, call.of.photo, "photo.jpg", picture=True)
    caption = call.plain(call.of.caption, call.of.caption_entities)
    return await call.send(caption, file, caption=caption)


async def _send_document(call: Call) -> Any:
    file = await _file(call.bot, call.of.document, "file")
    caption = call.plain(call.of.caption, call.of.caption_entities)
    return await call.send(caption, file, caption=caption)


async def _send_media_group(call: Call) -> Any:
    sent = []
    for item in call.of.media:
        if item.type not in ("photo", "document"):
            raise Refused(f"Bad Request: {item.type} has no WeCom equivalent")
        picture = item.type == "photo"
        file = await _file(call.bot, item.media, "photo.jpg" if picture else "file", picture)
        caption = call.plain(item.caption, item.caption_entities, item)
        sent.append(await call.send(caption, file, caption=caption))
    return sent


async def _edit_text(call: Call) -> Any:
    return await _edited(call, call.plain(call.of.text, call.of.entities), "text")


async def _edit_caption(call: Call) -> Any:
    return await _edited(call, call.plain(call.of.caption, call.of.caption_entities), "caption")


async def _edit_markup(call: Call) -> Any:
    return await _edited(call, None, "text")


async def _edited(call: Call, text: str | None, field: str) -> Any:
    _, name, chat = await call.chat(call.of.chat_id)
    number = _number(call.of.message_id)
    choices = reading.choices(call.of.reply_markup)
    facts = await call.hands.members.edit(name, number, text, choices)
    return call.message(number, chat, **{field: facts["text"]})


async def _delete(call: Call) -> Any:
    if call.of.message_id > updates.MESSAGES:
        await call.hands.members.recall(_number(call.of.message_id))
    return True


async def _answer(call: Call) -> Any:
    """An alert is a short message to whoever pressed; a toast has no counterpart."""
    if not (call.of.text and call.of.show_alert):
        return True
    presser = call.of.callback_query_id.partition(":")[0]
    if not presser.isdecimal():
        raise Refused(
            "Bad Request: query is too old and response timeout expired or query ID is invalid"
        )
    kind, name, _ = await call.chat(int(presser))
    if kind == USER:
        await call.hands.members.send(name, call.of.text)
    return True


async def _get_file(call: Call) -> Any:
    file_id = call.of.file_id
    return {"file_id": file_id, "file_unique_id": file_id, "file_path": file_id}


async def _nothing_to_do(_: Call) -> Any:
    return True


CARRIERS: dict[type[TelegramMethod[Any]], Carrier] = {
    api.GetMe: _get_me,
    api.SendMessage: _send_message,
    api.SendPhoto: _send_photo,
    api.SendDocument: _send_document,
    api.SendMediaGroup: _send_media_group,
    api.EditMessageText: _edit_text,
    api.EditMessageCaption: _edit_caption,
    api.EditMessageReplyMarkup: _edit_markup,
    api.DeleteMessage: _delete,
    api.AnswerCallbackQuery: _answer,
    api.GetFile: _get_file,
    api.SetMessageReaction: _nothing_to_do,
    api.PinChatMessage: _nothing_to_do,
    api.UnpinChatMessage: _nothing_to_do,
    api.SendChatAction: _nothing_to_do,
    api.SetMyCommands: _nothing_to_do,
    api.DeleteWebhook: _nothing_to_do,
    api.LeaveChat: _nothing_to_do,
}


async def _file(bot: Bot, given: InputFile | str, name: str, picture: bool = False) -> File:
    """The file that the method brings, or names by its media id."""
    if isinstance(given, str):
        if "://" in given:
            raise Refused("Bad Request: wrong file identifier/HTTP URL specified")
        return File(name, media=given, picture=picture)
    data = b"".join([chunk async for chunk in given.read(bot)])
    if not data:
        raise Refused("Bad Request: file must be non-empty")
    return File(given.filename or name, data, picture=picture)


def _shown(file: File, media: str) -> Raw:
    known = {"file_id": media or "sent", "file_unique_id": media or "sent"}
    if file.picture:
        return {"photo": [{**known, "width": 0, "height": 0}]}
    return {"document": {**known, "file_name": file.name}}


def _spoken(text: str, choices: tuple[Choice, ...]) -> str:
    """What a group is told: nobody can press there, but addresses can be opened."""
    lines = [f"{choice.label}：{choice.url}" for choice in choices if choice.url]
    return "\n".join([text, *lines] if text else lines)


def _number(message_id: int | None) -> int:
    """The number in the book of a message of ours."""
    if message_id is None or message_id <= updates.MESSAGES:
        raise Refused("Bad Request: message can't be edited")
    return message_id - updates.MESSAGES
