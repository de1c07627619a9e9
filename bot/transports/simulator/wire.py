"""Messages in the words of the Bot API: the JSON that Telegram would send for them.

Pure functions; knows no queue and no skin.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from bot.transports.simulator.chats import BOT, Button, File, Group, Message, Person

Raw = dict[str, Any]

BOT_USER: Raw = {
    "id": 1,
    "is_bot": True,
    "first_name": "岗亭",
    "username": "gangting_bot",
}


def user(person: Person) -> Raw:
    """The person as a Telegram user."""
    return {
        "id": person.id,
        "is_bot": False,
        "first_name": person.name,
        "language_code": "zh-hans",
    }


def chat_of(owner: Person | Group) -> Raw:
    """The private chat with a person, or the group."""
    if isinstance(owner, Group):
        return {"id": owner.id, "type": "supergroup", "title": owner.title}
    return {"id": owner.id, "type": "private", "first_name": owner.name}


def message(
    sent: Message, owner: Person | Group, sender: Person | None, reply: Raw | None = None
) -> Raw:
    """The message as the Bot API shows it; `sender` is None for the bot's own."""
    raw: Raw = {
        "message_id": sent.id,
        "from": BOT_USER if sender is None else user(sender),
        "chat": chat_of(owner),
        "date": sent.at,
    }
    if sent.file is not None:
        raw |= _file(sent.file)
        words = {"caption": sent.text, "caption_entities": sent.entities}
    else:
        words = {"text": sent.text, "entities": sent.entities or commands(sent)}
    raw |= {name: value for name, value in words.items() if value}
    if sent.place is not None:
        raw["location"] = {"latitude": sent.place[0], "longitude": sent.place[1]}
    if sent.buttons:
        raw["reply_markup"] = {"inline_keyboard": [[_button(b) for b in r] for r in sent.buttons]}
    extras = {"edit_date": sent.edited, "media_group_id": sent.album, "reply_to_message": reply}
    return raw | {name: value for name, value in extras.items() if value}


def commands(sent: Message) -> list[Raw]:
    """The mark that Telegram puts on a /command at the start of a person's text."""
    first = sent.text.split(maxsplit=1)[0] if sent.text.strip() else ""
    if sent.sender == BOT or not first.startswith("/") or len(first) == 1:
        return []
    return [{"type": "bot_command", "offset": 0, "length": len(first)}]


def callback(query: str, person: Person, pressed: Raw, data: str) -> Raw:
    """A press of an inline button under `pressed`."""
    return {
        "id": query,
        "from": user(person),
        "message": pressed,
        "chat_instance": str(pressed["chat"]["id"]),
        "data": data,
    }


def _file(file: File) -> Raw:
    if file.kind == "photo":
        return {"photo": [_size(size) for size in (file.small, file) if size is not None]}
    raw: Raw = {
        "file_id": file.id,
        "file_unique_id": file.unique,
        "file_size": file.size,
        "mime_type": file.mime,
    }
    if file.kind == "voice":
        return {"voice": raw | {"duration": 6}}
    raw["file_name"] = file.name
    if file.kind == "video":
        return {"video": raw | {"width": 1280, "height": 720, "duration": 10}}
    return {"document": raw}


def _size(file: File) -> Raw:
    return {
        "file_id": file.id,
        "file_unique_id": file.unique,
        "width": file.width,
        "height": file.height,
        "file_size": file.size,
    }


def _button(button: Button) -> Raw:
    given = {key: value for key, value in asdict(button).items() if value is not None}
    renamed: Raw = {"data": "callback_data", "copy": "copy_text"}
    raw = {renamed.get(key, key): value for key, value in given.items()}
    if "copy_text" in raw:
        raw["copy_text"] = {"text": raw["copy_text"]}
    return raw
