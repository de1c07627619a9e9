"""What the commands of the robot's long connection do, as strict as the documents.

Each takes the robot's desk and a frame's body, and gives the answer's body. Sources: developer.
work.weixin.qq.com/document/path/101031 and 101463; the codes of refusals are those that public
code met (846605, 846607, 846608), else the app's. Knows no socket.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.transports.simulator.botside import Look
from bot.transports.simulator.chats import Message
from bot.transports.simulator.wecom import cards, messages
from bot.transports.simulator.wecom.checks import Refusal, part_of, text_of
from bot.transports.simulator.wecom.corp import Corp
from bot.transports.simulator.wecom.media import SMALLEST, file_name
from bot.transports.simulator.wecom.records import Sent
from bot.transports.simulator.wecom.robot_told import GROUP

Body = dict[str, Any]

CONTENT_BYTES = 20480
EVENT_SECONDS = 5
STREAM_SECONDS = 360
ANSWERED_FOR = 24 * 3600
CHUNK, CHUNKS = 512 * 1024, 100
UPLOADS_A_MINUTE, UPLOAD_SECONDS = 30, 1800
LARGEST = {"image": 10, "voice": 2, "video": 10, "file": 20}
"""Megabytes, as of the active interface."""


@dataclass
class Asked:
    """A callback that was sent and may be answered; `task` is the card that was pressed."""

    kind: Literal["message", "enter_chat", "template_card_event"]
    chat: int
    at: int
    task: str = ""
    carded: bool = False
    used: bool = False


@dataclass
class Stream:
    """An answer that may still be replaced."""

    chat: int
    message: int | None
    at: int
    finished: bool


@dataclass
class Upload:
    """A file on its way up."""

    kind: str
    name: str
    size: int
    md5: str
    at: int
    pieces: dict[int, bytes] = field(default_factory=dict)


class Desk:
    """What the platform remembers of one robot's callbacks, streams and uploads."""

    def __init__(self, corp: Corp) -> None:
        self.corp = corp
        self.asked: dict[str, Asked] = {}
        self.streams: dict[tuple[str, str], Stream] = {}
        self.uploads: dict[str, Upload] = {}
        self._begun: deque[int] = deque()

    # ---- the commands ----

    def respond(self, request: str, body: Body) -> Body:
        """aibot_respond_msg: an answer to a message of the last 24 hours."""
        asked = self._asked(request, "message", ANSWERED_FOR)
        kind = body.get("msgtype")
        if kind == "stream":
            self._stream(request, asked, part_of(body, "stream"))
        elif kind == "template_card":
            if asked.carded:
                raise Refusal(40058, "a message is answered with one card only")
            self._card(asked.chat, part_of(body, "template_card"))
            asked.carded = True
        elif kind in LARGEST:
            self._show(asked.chat, messages.look_of(self.corp, body), body)
        else:
            raise Refusal(40008, "invalid message type")
        return {}

    def welcome(self, request: str, body: Body) -> Body:
        """aibot_respond_welcome_msg: within five seconds of the entry, once."""
        asked = self._asked(request, "enter_chat", EVENT_SECONDS)
        if body.get("msgtype") == "text":
            content = text_of(part_of(body, "text"), "content", most=CONTENT_BYTES)
            self._show(asked.chat, Look(content), body)
        elif body.get("msgtype") == "template_card":
            self._card(asked.chat, part_of(body, "template_card"))
        else:
            raise Refusal(40008, "invalid message type")
        asked.used = True
        return {}

    def update(self, request: str, body: Body) -> Body:
        """aibot_respond_update_msg: within five seconds of the press, the very card, once."""
        asked = self._asked(request, "template_card_event", EVENT_SECONDS)
        _only(body, "response_type", "template_card", "userids")
        if body.get("response_type") != "update_template_card":
            raise Refusal(40058, "invalid response_type")
        card = self._checked(part_of(body, "template_card"))
        if card.get("task_id") != asked.task:
            raise Refusal(40058, "task_id differs from the one of the callback")
        sent = self.corp.state.sent[self.corp.state.tasks[asked.task]]
        for chat, message in sent.shown.items():
            self.corp.change(chat, message, cards.look(card))
        sent.card = card
        asked.used = True
        return {}

    def send(self, _: str, body: Body) -> Body:
        """aibot_send_msg: to whoever has written to the robot before, or to the group."""
        kind = body.get("msgtype")
        if not isinstance(kind, str):
            raise Refusal(40008, "invalid message type")
        _only(body, "chatid", "chat_type", "msgtype", kind)
        chat = self._chat(text_of(body, "chatid"))
        if kind == "markdown":
            content = text_of(part_of(body, "markdown"), "content", most=CONTENT_BYTES)
            self._show(chat, _markdown(content), body)
        elif kind == "template_card":
            self._card(chat, part_of(body, "template_card"))
        elif kind in LARGEST:
            self._show(chat, messages.look_of(self.corp, body), body)
        else:
            raise Refusal(40008, "invalid message type")
        return {}

    def begin_upload(self, _: str, body: Body) -> Body:
        """aibot_upload_media_init: at most thirty a minute."""
        _only(body, "type", "filename", "total_size", "total_chunks", "md5")
        kind = body.get("type")
        if kind not in LARGEST:
            raise Refusal(40004, "invalid media type")
        name = file_name(f'filename="{text_of(body, "filename", most=256)}"')
        size, pieces = _number(body, "total_size"), _number(body, "total_chunks")
        if not SMALLEST < size <= LARGEST[kind] * 1024 * 1024:
            raise Refusal(40006, "invalid file size")
        if pieces != -(-size // CHUNK) or pieces > CHUNKS:
            raise Refusal(40058, "invalid total_chunks")
        now = self.corp.now()
        while self._begun and not now - 60 < self._begun[0] <= now:
            self._begun.popleft()
        if len(self._begun) >= UPLOADS_A_MINUTE:
            raise Refusal(846607, "too many request")
        self._begun.append(now)
        upload_id = self.corp.fresh("upload")
        self.uploads[upload_id] = Upload(kind, name, size, str(body.get("md5") or ""), now)
        return {"upload_id": upload_id}

    def take_piece(self, _: str, body: Body) -> Body:
        """aibot_upload_media_chunk: counted from 0; the same piece again is no fault."""
        _only(body, "upload_id", "chunk_index", "base64_data")
        upload = self._upload(body)
        index = _number(body, "chunk_index")
        try:
            data = base64.b64decode(text_of(body, "base64_data"), validate=True)
        except binascii.Error:
            raise Refusal(40058, "base64_data can't be read") from None
        due = min(CHUNK, upload.size - index * CHUNK)
        if index < 0 or due <= 0 or len(data) != due:
            raise Refusal(40058, "invalid chunk_index or chunk size")
        upload.pieces[index] = data
        return {}

    def end_upload(self, _: str, body: Body) -> Body:
        """aibot_upload_media_finish: the whole file is there, byte for byte."""
        _only(body, "upload_id")
        upload = self._upload(body)
        data = b"".join(upload.pieces[index] for index in sorted(upload.pieces))
        if len(data) != upload.size:
            raise Refusal(40058, "chunks are missing")
        if upload.md5 and hashlib.md5(data, usedforsecurity=False).hexdigest() != upload.md5:
            raise Refusal(40058, "md5 doesn't fit")
        del self.uploads[str(body["upload_id"])]
        media_id = self.corp.keep_media(data, upload.kind, upload.name)
        return {"type": upload.kind, "media_id": media_id, "created_at": str(self.corp.now())}

    # ---- inside ----

    def _asked(self, request: str, kind: str, seconds: int) -> Asked:
        asked = self.asked.get(request)
        if asked is None or asked.kind != kind or asked.used:
            raise Refusal(846605, "invalid req_id")
        if self.corp.now() - asked.at > seconds:
            raise Refusal(846605, "invalid req_id, too late")
        return asked

    def _stream(self, request: str, asked: Asked, part: Body) -> None:
        _only(part, "id", "finish", "content", "msg_item", "feedback")
        name = text_of(part, "id", most=256)
        if not isinstance(part.get("finish", False), bool):
            raise Refusal(40058, "finish must be true or false")
        look = _markdown(text_of(part, "content", most=CONTENT_BYTES))
        known, now = self.streams.get((request, name)), self.corp.now()
        if known is None:
            message = self._show(asked.chat, look, part)
            number = message.id if message else None
            self.streams[request, name] = Stream(asked.chat, number, now, bool(part.get("finish")))
            return
        if now - known.at > STREAM_SECONDS:
            raise Refusal(846608, "stream message update expired")
        known.finished = bool(part.get("finish"))
        if known.message is not None:
            self.corp.change(known.chat, known.message, look)

    def _card(self, chat: int, part: Body) -> None:
        card = self._checked(part)
        task = str(card["task_id"])
        if task in self.corp.state.tasks:
            raise Refusal(42014, "task_id is used already")
        message = self._show(chat, cards.look(card), part)
        shown = {chat: message.id} if message else {}
        self.corp.remember(Sent(self.corp.fresh("msg"), self.corp.now(), shown, task, card))

    def _checked(self, part: Body) -> cards.Card:
        """A card that the robot may show: its buttons open no address, and it always has a task."""
        card = cards.check(part, self.corp.platform.complain)
        for button in card.get("button_list", []):
            _only(button, "text", "style", "key")
        if "replace_text" in card:
            raise Refusal(40058, "replace_text is no field of the robot's cards")
        text_of(card, "task_id")
        return card

    def _chat(self, name: str) -> int:
        platform = self.corp.platform
        if name == GROUP:
            return platform.group.id
        person = self.corp.person(name)
        if person is None:
            raise Refusal(40003, "invalid userid")
        written = (m.sender == person.id for m in platform.chat(person.id).messages.values())
        if not any(written):
            raise Refusal(40058, "the user has not written to the robot yet")
        return person.id

    def _show(self, chat: int, look: Look, body: Any) -> Message | None:
        return self.corp.show(chat, look, body)

    def _upload(self, body: Body) -> Upload:
        upload = self.uploads.get(text_of(body, "upload_id"))
        if upload is None or self.corp.now() - upload.at > UPLOAD_SECONDS:
            raise Refusal(40058, "invalid upload_id")
        return upload


def _markdown(content: str) -> Look:
    """How a phone shows it: what only keeps signs from being markup can't be seen."""
    return Look(content.replace("\u200b", ""))


def _only(body: Body, *names: str) -> None:
    more = body.keys() - set(names)
    if more:
        raise Refusal(40058, f"unknown fields {', '.join(sorted(more))}")


def _number(body: Body, name: str) -> int:
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refusal(40058, f"{name} must be a number")
    return value
