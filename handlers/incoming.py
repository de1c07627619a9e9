"""From aiogram's message to what a deed is told: its file, its words, its moment; knows no deed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from aiogram import types

from bot.actions.reports import File, Message
from bot.errors import Refused
from bot.rules.joining import sent_at
from bot.rules.records import Limits
from bot.transports.line import Line

MEGABYTE = 1024 * 1024
KINDS = {"document": "文件", "voice": "语音", "video": "视频", "photo": "照片"}


def file_of(message: types.Message) -> File | None:
    """The message's file; of a photo's sizes the largest."""
    if message.photo:
        best = max(message.photo, key=lambda size: (size.width * size.height, size.file_size or 0))
        return File("photo", best.file_id, best.file_unique_id, best.file_size)
    for kind in ("document", "video", "voice"):
        found = getattr(message, kind)
        if found is not None:
            name = getattr(found, "file_name", None)
            return File(kind, found.file_id, found.file_unique_id, found.file_size, name)
    if message.video_note is not None:
        note = message.video_note
        return File("video", note.file_id, note.file_unique_id, note.file_size)
    return None


def words_of(message: types.Message) -> str:
    """The message's text or caption, without the blanks around it."""
    return (message.text or message.caption or "").strip()


def when_sent(message: types.Message, now: datetime) -> datetime:
    """When the message was sent, as far as the platform's word can be true."""
    return sent_at(message.date.astimezone(UTC), now)


def datum_of(location: types.Location) -> str | None:
    """The datum a location came in where the line had to convert it, else None."""
    said = (location.model_extra or {}).get("datum")
    return said if isinstance(said, str) else None


def incoming(message: types.Message, line: Line, limits: Limits, now: datetime) -> Message:
    """What a deed is told of the message.

    A file that is too big to be had doesn't take its words with it. Raises Refused for one without.
    """
    file, words = file_of(message), words_of(message)
    if file is not None and (file.size or 0) > limits.photo_megabytes * MEGABYTE:
        sentence = _too_big(file, limits)
        if not words:
            raise Refused(f"{sentence}\n拍张照片，或者剪成 1 分钟以内再发。")
        file = replace(file, refused=sentence)
    answered = message.reply_to_message
    return Message(
        line.name, message.chat.id, message.message_id, when_sent(message, now), words,
        file, message.media_group_id, line.settle, line.captions,
        answered.message_id if answered is not None else None,
    )  # fmt: skip


def _too_big(file: File, limits: Limits) -> str:
    size = round((file.size or 0) / MEGABYTE)
    what = KINDS[file.kind]
    return f"这个{what}太大（{size} MB），我最多收 {limits.photo_megabytes} MB，没收下。"
