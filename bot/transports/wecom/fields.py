"""What stands in a decrypted message of the app, read without trusting any of it; pure."""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any

LONGEST_NAME = 64
"""Bytes of a userid (path/90195)."""

LAST_SECOND = 4_102_444_800
"""The year 2100; a later moment is none."""


def key_of(message: dict[str, Any]) -> str:
    """What the platform knows the message by; the same for one that it sends again.

    Events have no id: who, when, what, on which key and card, and which member it is about. At
    most 200 characters.
    """
    number = text(message, "MsgId")
    if number.isdecimal():
        return f"msg:{_bounded(number)}"
    said = [text(message, name) for name in ("FromUserName", "CreateTime", "Event", "EventKey",
                                             "TaskId")]  # fmt: skip
    about = [text(message, name) for name in ("ChangeType", "UserID")]
    if not said[2]:
        # Neither a message nor an event that we know: then it is what it says.
        whole = json.dumps(message, sort_keys=True, default=str)
        said = ["", "", hashlib.sha256(whole.encode()).hexdigest()]
    return ":".join(["event", *map(_bounded, said), *map(_bounded, filter(None, about))])


def text(found: dict[str, Any], name: str) -> str:
    """The field without the blanks around it; nothing where it is missing or no text."""
    value = found.get(name)
    return value.strip() if isinstance(value, str) else ""


def inside(found: dict[str, Any], *path: str) -> dict[str, Any]:
    """The element at the end of the path; an empty one where there is none."""
    for name in path:
        value = found.get(name)
        found = value if isinstance(value, dict) else {}
    return found


def several(found: dict[str, Any], name: str) -> list[Any]:
    """What XML gives as one, as several or not at all."""
    value = found.get(name, [])
    return value if isinstance(value, list) else [value]


def options(message: dict[str, Any]) -> list[str]:
    """The ids of what was ticked on a card, over all its questions; at most 20."""
    items = several(inside(message, "SelectedItems"), "SelectedItem")
    found = [
        option
        for item in items
        if isinstance(item, dict)
        for option in several(inside(item, "OptionIds"), "OptionId")
    ]
    return [option for option in found if isinstance(option, str) and option][:20]


def pictures(message: dict[str, Any]) -> list[str]:
    """The MD5 of each picture that a menu key announces, in hexadecimal; at most 20."""
    items = several(inside(message, "SendPicsInfo", "PicList"), "item")
    found = [text(item, "PicMd5Sum").lower() for item in items if isinstance(item, dict)]
    return [md5 for md5 in found if len(md5) == 32 and md5.isascii() and md5.isalnum()][:20]


def number(found: dict[str, Any], name: str) -> int:
    """The field as a natural number below 2^64; 0 where it is none."""
    said = text(found, name)
    value = int(said) if said.isdecimal() and len(said) <= 20 else 0
    return value if value < 1 << 64 else 0


def seconds(message: dict[str, Any]) -> int | None:
    """When the message was made, in unix seconds; None where it doesn't say so."""
    value = number(message, "CreateTime")
    return value if 0 < value < LAST_SECOND else None


def degrees(place: dict[str, Any], name: str, most: float) -> float | None:
    """The field as degrees; None where it is none."""
    try:
        value = float(text(place, name))
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) <= most else None


def is_userid(name: str) -> bool:
    """Whether it can be a member's id."""
    return name.isprintable() and 0 < len(name.encode()) <= LONGEST_NAME


def _bounded(said: str) -> str:
    """The text if it is short and plain, else a hash."""
    if len(said) <= 24 and said.isascii() and said.isprintable() and ":" not in said:
        return said
    return "#" + hashlib.sha256(said.encode("utf-8", "backslashreplace")).hexdigest()[:16]
