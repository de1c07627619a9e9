"""The frames of the long connection, as those of the official `@wecom/aibot-node-sdk`; no I/O.

A frame is `{cmd, headers: {req_id}, body}`; its answer repeats the req_id and has `errcode`. What
answers a callback carries the callback's req_id, anything else one of its own.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Frame = dict[str, Any]

MESSAGE, EVENT = "aibot_msg_callback", "aibot_event_callback"
"""What the platform sends: a person's message, and anything else that happened."""

STREAM_BYTES = 20480
"""Bytes of UTF-8 in a stream's or a markdown's content (path/101031, the SDK's api.d.ts)."""

CHUNK, CHUNKS = 512 * 1024, 100
"""Bytes of one uploaded piece, and how many pieces a file may have."""

BAD_SECRET = 853000
"""`invalid bot_id or secret`, as a public test against a real robot saw it."""

INVALID_REQUEST = 846605
"""`invalid req_id`: this callback can't be answered (any more) in this way."""

NOT_SUBSCRIBED = 846609
"""`aibot websocket not subscribed`: the platform forgot the connection that looks alive."""


def request_ids(now: Callable[[], datetime], token: Callable[[], str]) -> Callable[[str], str]:
    """Makes req_ids as the SDK does: the command, the milliseconds, eight hexadecimal digits."""

    def fresh(cmd: str) -> str:
        return f"{cmd}_{int(now().timestamp() * 1000)}_{token()}"

    return fresh


def encode(frame: Frame) -> str:
    """The frame as it goes over the wire; what can't be UTF-8 becomes a question mark."""
    text = json.dumps(frame, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace").decode()


def decode(text: str) -> Frame | None:
    """The frame, or None where the text is none; raw control characters in it don't matter."""
    try:
        frame = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    return frame if isinstance(frame, dict) else None


def inside(value: Any, *path: str) -> Any:
    """What stands under the path of names in a frame that may be anything; None where nothing."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def words(value: Any, *path: str) -> str:
    """As `inside`, where a text is expected: the text, or an empty one."""
    found = inside(value, *path)
    return found if isinstance(found, str) else ""


def req_id(frame: Any) -> str:
    """The frame's req_id, empty where it has none."""
    return words(frame, "headers", "req_id")


def is_callback(frame: Frame) -> bool:
    """Whether the platform tells of something, rather than answers."""
    return frame.get("cmd") in (MESSAGE, EVENT)


def event_of(frame: Any) -> str:
    """The kind of event a callback tells of, empty where it is a message."""
    return words(frame, "body", "event", "eventtype")


def subscribe(request: str, bot_id: str, secret: str) -> Frame:
    """The robot is on this connection from now on, and on no other."""
    return _frame("aibot_subscribe", request, {"bot_id": bot_id, "secret": secret})


def ping(request: str) -> Frame:
    """Whether the other end is still there."""
    return {"cmd": "ping", "headers": {"req_id": request}}


def stream(request: str, stream_id: str, content: str, finish: bool = True) -> Frame:
    """Markdown as an answer; the same stream id again replaces what it showed."""
    shown = {"id": stream_id, "finish": finish, "content": content}
    return answer(request, {"msgtype": "stream", "stream": shown})


def answer(request: str, content: Frame) -> Frame:
    """An answer to a message: `card(…)`, `media(…)` or a stream."""
    return _frame("aibot_respond_msg", request, content)


def welcome(request: str, content: Frame) -> Frame:
    """An answer to enter_chat within five seconds: `text(…)` or `card(…)`."""
    return _frame("aibot_respond_welcome_msg", request, content)


def update(request: str, shown: Frame, userids: list[str] | None = None) -> Frame:
    """The pressed card looks like this now: to all, or to these; `shown` has the same task_id."""
    body: Frame = {"response_type": "update_template_card", "template_card": shown}
    if userids:
        body["userids"] = userids
    return _frame("aibot_respond_update_msg", request, body)


def send(request: str, chat: str, content: Frame) -> Frame:
    """A message of our own accord: to a member by userid or to a group by chat id."""
    return _frame("aibot_send_msg", request, {"chatid": chat, **content})


def text(content: str) -> Frame:
    """Plain text; only a welcome can be one."""
    return {"msgtype": "text", "text": {"content": content}}


def markdown(content: str) -> Frame:
    """Markdown, where it is sent of our own accord."""
    return {"msgtype": "markdown", "markdown": {"content": content}}


def card(shown: Frame) -> Frame:
    """A template card."""
    return {"msgtype": "template_card", "template_card": shown}


def media(kind: str, media_id: str) -> Frame:
    """An uploaded file: `kind` is file, image, voice or video."""
    return {"msgtype": kind, kind: {"media_id": media_id}}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way up; `kind` is file, image, voice or video."""

    kind: str
    name: str
    data: bytes

    @property
    def pieces(self) -> int:
        """How many pieces it goes up in."""
        return -(-len(self.data) // CHUNK)

    def begin(self, request: str) -> Frame:
        """Announces the file; the answer names an upload id."""
        return _frame(
            "aibot_upload_media_init",
            request,
            {
                "type": self.kind,
                "filename": self.name,
                "total_size": len(self.data),
                "total_chunks": self.pieces,
                "md5": hashlib.md5(self.data, usedforsecurity=False).hexdigest(),
            },
        )

    def piece(self, request: str, upload_id: str, index: int) -> Frame:
        """One piece, counted from 0, as the SDK does in spite of its own type comments."""
        data = self.data[index * CHUNK : (index + 1) * CHUNK]
        body = {"upload_id": upload_id, "chunk_index": index}
        body["base64_data"] = base64.b64encode(data).decode()
        return _frame("aibot_upload_media_chunk", request, body)

    def end(self, request: str, upload_id: str) -> Frame:
        """All pieces are there; the answer names a media id, good for three days."""
        return _frame("aibot_upload_media_finish", request, {"upload_id": upload_id})


def _frame(cmd: str, request: str, body: Frame) -> Frame:
    return {"cmd": cmd, "headers": {"req_id": request}, "body": body}
