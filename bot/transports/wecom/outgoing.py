"""A message as the requests that carry it; pure. Equal messages make equal requests."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from bot.transports.wecom.cards import Look
from bot.transports.wecom.media import LARGEST
from bot.transports.wecom.texts import TEXT_BYTES

REPEATS = 60
"""Equal texts within an hour that are told apart, by so many zero-width spaces at their end."""

APART = "\u200b"
LIMIT = TEXT_BYTES - REPEATS * len(APART.encode())
"""Bytes of a text message that leave room for them."""

NO_EDIT = "Bad Request: message can't be edited"
PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png"}

Body = dict[str, Any]


class Refused(Exception):
    """Not done; said as the Bot API would say it, with its HTTP status."""

    def __init__(self, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.status = status


@dataclass(frozen=True, slots=True)
class File:
    """A file to send: its bytes, or the media id that it has already."""

    name: str
    data: bytes = b""
    media: str = ""
    picture: bool = False

    @property
    def mime(self) -> str:
        """What the bytes are, as far as it matters here."""
        found = [mime for start, mime in PICTURES.items() if self.data.startswith(start)]
        return found[0] if found else "application/octet-stream"

    @property
    def kind(self) -> str:
        """`image` for what the platform takes as a picture, else `file`."""
        if self.media:
            return "image" if self.picture else "file"
        fits = self.mime in PICTURES.values() and len(self.data) <= LARGEST["image"]
        return "image" if self.picture and fits else "file"

    def print(self) -> list[str]:
        """What tells it from other files."""
        return [self.kind, self.name, self.media, hashlib.sha256(self.data).hexdigest()]


def media_body(kind: str, media_id: str) -> Body:
    """An uploaded file as a message."""
    return {"msgtype": kind, kind: {"media_id": media_id}}


def bodies(look: Look, task: str, again: int) -> list[Body]:
    """The texts and the card as messages; texts that are sent `again` within the hour differ."""
    apart = APART * (again % REPEATS)
    found: list[Body] = [
        {"msgtype": "text", "text": {"content": text + apart}} for text in look.texts
    ]
    if look.card is not None:
        card = {**look.card, "task_id": task}
        found.append({"msgtype": "template_card", "template_card": card})
    return found
