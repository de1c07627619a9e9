"""People, chats and messages of the make-believe platform, as records.

Knows no rule, no JSON of the Bot API and no event loop.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Skin = Literal["telegram", "wecom"]
Status = Literal["pending", "delivered", "seen"]
FileKind = Literal["photo", "document", "video", "voice"]

BOT = 0
"""The sender of the bot's own messages."""


@dataclass(frozen=True)
class Person:
    """Somebody with a phone; `id` is the user id and the id of the private chat."""

    id: int
    name: str
    role: str = ""


@dataclass(frozen=True)
class Group:
    """The work group; every person is a member of it."""

    id: int = -1001
    title: str = "工作群"


@dataclass(frozen=True)
class Place:
    """A place that a phone may send as its location; degrees in WGS-84."""

    name: str
    lat: float
    lon: float


@dataclass
class Button:
    """An inline button; exactly one of `data`, `url` and `copy` says what a press does."""

    text: str
    data: str | None = None
    style: str | None = None
    url: str | None = None
    copy: str | None = None


@dataclass
class Key:
    """A key of the reply keyboard; `location` asks the phone for its place."""

    text: str
    location: bool = False


@dataclass
class File:
    """A file on the shelf; `unique` is the same for the same bytes. `small` is its thumbnail."""

    id: str
    unique: str
    kind: FileKind
    name: str
    mime: str
    size: int
    width: int = 0
    height: int = 0
    small: File | None = None


@dataclass
class Message:
    """One message of a chat; `at` and `edited` are unix seconds of the simulated clock.

    `sender` is a person's id or BOT. `code_until` is the end of a WeCom card's response code, or
    None where the code was used up. `place` is (lat, lon).
    """

    id: int
    chat: int
    sender: int
    at: int
    text: str = ""
    entities: list[dict[str, Any]] = field(default_factory=list)
    file: File | None = None
    place: tuple[float, float] | None = None
    buttons: list[list[Button]] = field(default_factory=list)
    reaction: str | None = None
    edited: int | None = None
    album: str | None = None
    status: Status = "seen"
    reply_to: int | None = None
    pinned: bool = False
    silent: bool = False
    code_until: int | None = None


@dataclass
class Chat:
    """A private chat with the bot, or the group; messages by id, in order of sending."""

    id: int
    title: str
    messages: dict[int, Message] = field(default_factory=dict)
    keys: list[list[Key]] = field(default_factory=list)
    placeholder: str = ""


@dataclass
class Line:
    """A line of 刚发生: who did what; `kind` is act, bot, note or violation."""

    at: int
    kind: str
    who: str
    deed: str
    rest: str = ""


def chat_as_dict(chat: Chat) -> dict[str, Any]:
    """The chat as plain data, messages as a list."""
    return {**asdict(chat), "messages": [asdict(m) for m in chat.messages.values()]}


def chat_from_dict(data: dict[str, Any]) -> Chat:
    """The chat that `chat_as_dict` wrote."""
    messages = [_message(m) for m in data["messages"]]
    keys = [[Key(**key) for key in row] for row in data["keys"]]
    return Chat(data["id"], data["title"], {m.id: m for m in messages}, keys, data["placeholder"])


def _message(data: dict[str, Any]) -> Message:
    return Message(
        **{
            **data,
            "file": _file(data["file"]),
            "place": tuple(data["place"]) if data["place"] else None,
            "buttons": [[Button(**button) for button in row] for row in data["buttons"]],
        }
    )


def _file(data: dict[str, Any] | None) -> File | None:
    return File(**{**data, "small": _file(data["small"])}) if data else None
