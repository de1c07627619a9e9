"""Raw updates in the words of the Bot API, for what happened in WeCom; pure.

An update carries its own `key`: the platform's id of the message, so that a repeat is known however
it reads by then. Numbers are set apart: people from 2^50, groups below -2^50, our own messages from
2^40; a message of a person keeps the platform's 64-bit id where it has one.
"""

from __future__ import annotations

import hashlib
from typing import Any

Raw = dict[str, Any]

PEOPLE = 1 << 50
MESSAGES = 1 << 40


def user_id(number: int) -> int:
    """The aiogram id of the member, and of his private chat, from the number in the book."""
    return PEOPLE + number


def group_id(number: int) -> int:
    """The aiogram id of a group from its number in the book."""
    return -PEOPLE - number


def message_id(number: int) -> int:
    """The aiogram id of a message that we sent, from its number in the book."""
    return MESSAGES + number


def number_of(chat: int) -> int:
    """The number in the book behind the id of a person or a group."""
    return abs(chat) - PEOPLE


def user(number: int, name: str) -> Raw:
    """The member as a user."""
    return {"id": user_id(number), "is_bot": False, "first_name": name}


def private(number: int, name: str) -> Raw:
    """The member's chat with us."""
    return {"id": user_id(number), "type": "private", "first_name": name}


def group(number: int, title: str) -> Raw:
    """A group chat."""
    return {"id": group_id(number), "type": "supergroup", "title": title}


def update(key: str, **content: Raw) -> Raw:
    """The update with this key: its number is made of the key, the same for the same."""
    digest = hashlib.sha256(key.encode()).digest()
    return {"update_id": int.from_bytes(digest[:7], "big"), "key": key, **content}


def message(number: int, sender: Raw, chat: Raw, date: int, **content: Any) -> Raw:
    """A message of a person; `date` in unix seconds. A /command at its start is marked as one."""
    text = content.get("text", "")
    raw = {"message_id": number, "from": sender, "chat": chat, "date": date, **content}
    first = text.split(maxsplit=1)[0] if text.strip() else ""
    if first.startswith("/") and len(first) > 1:
        raw["entities"] = [{"type": "bot_command", "offset": 0, "length": len(first)}]
    return raw


def press(query: str, sender: Raw, chat: Raw, pressed: int | None, date: int, data: str) -> Raw:
    """A press of a button; `pressed` is the aiogram id of the card, None where it isn't known.

    `query` begins with the presser's aiogram id and a colon: an answer in words goes there.
    """
    raw: Raw = {"id": query, "from": sender, "chat_instance": str(chat["id"]), "data": data}
    if pressed is not None:
        shown = {"message_id": pressed, "chat": chat, "date": date, "text": "…"}
        raw["message"] = shown
    return raw


def membership(
    sender: Raw, chat: Raw, date: int, inside: bool, *, came: bool = False, deleted: bool = False
) -> Raw:
    """The bot can be used by the member from now on, or can't any more.

    `came` where he opened the chat himself; `deleted` where he is in the directory no more.
    """
    bot = {"id": 1, "is_bot": True, "first_name": "岗亭"}
    here: Raw = {"user": bot, "status": "member"}
    gone: Raw = {"user": bot, "status": "left"}
    if deleted:
        gone = {"user": bot, "status": "kicked", "until_date": 0}
    before, after = (gone, here) if inside else (here, gone)
    raw = {
        "chat": chat, "from": sender, "date": date,
        "old_chat_member": before, "new_chat_member": after,
    }  # fmt: skip
    return raw | {"via_join_request": True} if came else raw
