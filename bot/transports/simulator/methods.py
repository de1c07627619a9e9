"""The dispatch table: each Bot API method that the simulator knows, and what it does.

A carrier takes a `Call` and gives the result as the Bot API's JSON. A method that is not in the
table is not known. Knows no network.
"""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiogram import Bot
from aiogram import methods as api
from aiogram.methods import TelegramMethod
from aiogram.types import InputFile, ReactionTypeEmoji

from bot.transports.simulator import markup, pictures, wire
from bot.transports.simulator.botside import BotSide, Look
from bot.transports.simulator.chats import File, Message
from bot.transports.simulator.limits import (
    ALBUM_PHOTOS,
    DOWNLOAD_BYTES,
    Rejected,
    check_photo,
    check_upload,
)
from bot.transports.simulator.platform import Platform


@dataclass(frozen=True)
class Call:
    """One call of the bot; `of` is the method with its fields."""

    bot: Bot
    platform: Platform
    of: Any

    @property
    def side(self) -> BotSide:
        """The bot's hands."""
        return BotSide(self.platform)

    def look(self, text: str | None, mode: Any, entities: Any, file: File | None = None) -> Look:
        """What the method wants to show, with its buttons and keys."""
        plain, marks = markup.words(self.bot, text, mode, entities)
        wanted = getattr(self.of, "reply_markup", None)
        return Look(
            plain, marks, file, markup.inline(wanted), markup.keys(wanted),
            markup.placeholder(wanted),
        )  # fmt: skip

    def send(self, look: Look, album: str | None = None) -> wire.Raw:
        """The message was sent; its JSON."""
        reply = self.of.reply_parameters
        sent = self.side.send(
            self.of.chat_id,
            look,
            reply_to=reply.message_id if reply else None,
            silent=bool(self.of.disable_notification),
            album=album,
        )
        return self.platform.raw(sent)

    def edit(self, look: Look) -> wire.Raw:
        """The message was edited; its JSON."""
        return self.platform.raw(self.side.edit(self.of.chat_id, self.of.message_id, look))

    async def file(self, given: InputFile | str, photo: bool) -> File:
        """The file that the method brings or names by its id."""
        shelf = self.platform.shelf
        if isinstance(given, str):
            data, name = shelf.get(given), "file"
            known = _known_file(self.platform, given)
            if known is not None:
                return known
        else:
            data = b"".join([chunk async for chunk in given.read(self.bot)])
            name = given.filename or "file"
        if not data:
            raise Rejected("Bad Request: wrong file identifier/HTTP URL specified")
        if not photo:
            check_upload(len(data))
            mime = mimetypes.guess_type(name)[0] or "application/octet-stream"
            return pictures.keep_file(shelf, data, "document", name, mime)
        check_photo(len(data), await asyncio.to_thread(pictures.measures, data))
        return await asyncio.to_thread(pictures.keep_photo, shelf, data)


Carrier = Callable[[Call], Awaitable[Any]]


async def _get_me(_: Call) -> Any:
    return wire.BOT_USER | {"can_join_groups": True, "can_read_all_group_messages": True}


async def _send_message(call: Call) -> Any:
    return call.send(call.look(call.of.text, call.of.parse_mode, call.of.entities))


async def _send_file(call: Call) -> Any:
    photo = isinstance(call.of, api.SendPhoto)
    file = await call.file(call.of.photo if photo else call.of.document, photo)
    of = call.of
    if call.platform.skin == "wecom" and of.caption:
        # A picture has no words there: they follow it, with the buttons.
        first = call.send(Look(file=file))
        return call.send(call.look(of.caption, of.parse_mode, of.caption_entities)) | {
            name: first[name] for name in ("photo", "document") if name in first
        }
    return call.send(call.look(of.caption, of.parse_mode, of.caption_entities, file))


async def _send_media_group(call: Call) -> Any:
    media = call.of.media
    if not 2 <= len(media) <= ALBUM_PHOTOS:
        raise Rejected("Bad Request: wrong number of messages in the album")
    wecom = call.platform.skin == "wecom"
    if wecom:
        call.platform.complain("没有相册，图片一张一张发出")
    album = None if wecom else f"album{call.platform.next_id('query')}"
    sent = []
    for item in media:
        file = await call.file(item.media, item.type == "photo")
        look = call.look(item.caption, item.parse_mode, item.caption_entities, file)
        sent.append(call.send(look, album))
    return sent


async def _edit_text(call: Call) -> Any:
    now = call.side.look_of(call.of.chat_id, call.of.message_id)
    if now.file is not None:
        raise Rejected("Bad Request: there is no text in the message to edit")
    return call.edit(call.look(call.of.text, call.of.parse_mode, call.of.entities))


async def _edit_caption(call: Call) -> Any:
    now = call.side.look_of(call.of.chat_id, call.of.message_id)
    if now.file is None:
        raise Rejected("Bad Request: there is no caption in the message to edit")
    entities = call.of.caption_entities
    return call.edit(call.look(call.of.caption, call.of.parse_mode, entities, now.file))


async def _edit_media(call: Call) -> Any:
    media = call.of.media
    file = await call.file(media.media, media.type == "photo")
    return call.edit(call.look(media.caption, media.parse_mode, media.caption_entities, file))


async def _edit_markup(call: Call) -> Any:
    look = call.side.look_of(call.of.chat_id, call.of.message_id)
    look.buttons = markup.inline(call.of.reply_markup)
    return call.edit(look)


async def _delete(call: Call) -> Any:
    call.side.delete(call.of.chat_id, call.of.message_id)
    return True


async def _answer(call: Call) -> Any:
    of = call.of
    call.side.answer(of.callback_query_id, of.text or "", bool(of.show_alert), of.url)
    return True


async def _react(call: Call) -> Any:
    wanted = [r.emoji for r in call.of.reaction or [] if isinstance(r, ReactionTypeEmoji)]
    if len(wanted) > 1:
        raise Rejected("Bad Request: REACTIONS_TOO_MANY")
    call.side.react(call.of.chat_id, call.of.message_id, wanted[0] if wanted else None)
    return True


async def _get_file(call: Call) -> Any:
    data = call.platform.shelf.get(call.of.file_id)
    if data is None:
        raise Rejected("Bad Request: invalid file_id")
    if len(data) > DOWNLOAD_BYTES:
        raise Rejected("Bad Request: file is too big")
    known = _known_file(call.platform, call.of.file_id)
    unique = known.unique if known else call.of.file_id
    return {
        "file_id": call.of.file_id,
        "file_unique_id": unique,
        "file_size": len(data),
        "file_path": f"files/{call.of.file_id}",
    }


async def _set_commands(call: Call) -> Any:
    if call.of.scope is None or call.of.scope.type == "default":
        call.platform.commands = [
            {"command": c.command, "description": c.description} for c in call.of.commands
        ]
        call.platform.tell({"kind": "commands", "commands": call.platform.commands})
    return True


async def _pin(call: Call) -> Any:
    call.side.pin(call.of.chat_id, call.of.message_id)
    return True


async def _chat_action(call: Call) -> Any:
    call.side.typing(call.of.chat_id, call.of.action)
    return True


async def _leave(call: Call) -> Any:
    call.side.leave(call.of.chat_id)
    return True


async def _nothing_to_show(_: Call) -> Any:
    return True


CARRIERS: dict[type[TelegramMethod[Any]], Carrier] = {
    api.GetMe: _get_me,
    api.SendMessage: _send_message,
    api.SendPhoto: _send_file,
    api.SendDocument: _send_file,
    api.SendMediaGroup: _send_media_group,
    api.EditMessageText: _edit_text,
    api.EditMessageCaption: _edit_caption,
    api.EditMessageMedia: _edit_media,
    api.EditMessageReplyMarkup: _edit_markup,
    api.DeleteMessage: _delete,
    api.AnswerCallbackQuery: _answer,
    api.SetMessageReaction: _react,
    api.GetFile: _get_file,
    api.SetMyCommands: _set_commands,
    api.SetChatMenuButton: _nothing_to_show,
    api.SendChatAction: _chat_action,
    api.PinChatMessage: _pin,
    api.LeaveChat: _leave,
}


def _known_file(platform: Platform, file_id: str) -> File | None:
    messages: list[Message] = [m for c in platform.chats.values() for m in c.messages.values()]
    files = [m.file for m in messages if m.file is not None]
    sizes = files + [file.small for file in files if file.small is not None]
    return next((file for file in sizes if file.id == file_id), None)
