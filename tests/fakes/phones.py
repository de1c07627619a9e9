"""What people do with their phones, turned into updates as the real server would send them."""

from __future__ import annotations

import base64
import re
from typing import Any

from tests.fakes.media import FOLDERS, content_of, photo_sizes
from tests.fakes.standing import member_object
from tests.fakes.world import Chat, Dict, World

COMMAND = re.compile(r"^/[A-Za-z0-9_]{1,32}(?:@\w+)?")


def place(world: World, user: int, chat: int | None) -> tuple[Chat, Dict]:
    """The chat and the sender; writing to the bot makes the private chat and ends a block."""
    sender = world.user(user)
    if chat is None or chat == user:
        private = world.private(user)
        private.forbidden = None
        return private, sender
    group = world.chats.get(chat)
    if group is None:
        raise ValueError(f"no group {chat}: make it with group() first")
    group.members.add(user)
    return group, sender


def said(world: World, user: int, chat: int | None, content: Dict, more: Dict) -> Dict:
    """Put a person's message into the chat and queue its update."""
    where, sender = place(world, user, chat)
    reply_to = more.pop("reply_to", None)
    if reply_to is not None:
        content["reply_to_message"] = dict(where.messages[reply_to])
    message = world.message(where, sender, {**content, **more})
    update_id = world.push({"message": dict(message)})
    return {"update_id": update_id, "message_id": message["message_id"], "chat_id": where.id}


def text(world: World, user: int, text: str, chat: int | None = None, **more: Any) -> Dict:
    """A text, with the entity of a command if it begins with one."""
    content: Dict = {"text": text}
    command = COMMAND.match(text)
    if command:
        content["entities"] = [{"type": "bot_command", "offset": 0, "length": command.end()}]
    return said(world, user, chat, content, more)


def start(world: World, user: int, payload: str = "") -> Dict:
    """The start button, or a deep link with its payload."""
    return text(world, user, f"/start {payload}".strip())


def photo(
    world: World,
    user: int,
    data: str,
    caption: str | None = None,
    group: str | None = None,
    chat: int | None = None,
    size: int | None = None,
    unique: str = "",
    **more: Any,
) -> Dict:
    """A photo (base64); `group` joins an album, `unique` sends a known picture again."""
    content: Dict = {"photo": photo_sizes(world, base64.b64decode(data), size, unique)}
    if caption is not None:
        content["caption"] = caption
    if group is not None:
        content["media_group_id"] = group
    answer = said(world, user, chat, content, more)
    return {**answer, "file_id": content["photo"][-1]["file_id"]}


def attached(
    world: World,
    kind: str,
    user: int,
    data: str = "",
    caption: str | None = None,
    name: str = "file.bin",
    mime: str = "application/octet-stream",
    chat: int | None = None,
    group: str | None = None,
    size: int | None = None,
    **more: Any,
) -> Dict:
    """A document, voice or video; `size` alone stands for a file of that size."""
    folder, suffix = FOLDERS[kind]
    file = world.file(folder, suffix, base64.b64decode(data), size)
    content = content_of(world, kind, file, name, mime)
    if caption is not None:
        content["caption"] = caption
    if group is not None:
        content["media_group_id"] = group
    answer = said(world, user, chat, content, more)
    return {**answer, "file_id": file.file_id}


def location(
    world: World, user: int, latitude: float, longitude: float, chat: int | None = None, **more: Any
) -> Dict:
    """A place, sent by the paperclip or by a location button."""
    spot = {"latitude": latitude, "longitude": longitude, "horizontal_accuracy": 20.0}
    return said(world, user, chat, {"location": spot}, more)


def edited(
    world: World, user: int, message_id: int, chat: int | None = None, **fields: Any
) -> Dict:
    """The person changes the text or caption of an own message."""
    where, _ = place(world, user, chat)
    message = where.messages[message_id]
    message.update(fields)
    message["edit_date"] = int(world.now())
    return {"update_id": world.push({"edited_message": dict(message)}), "message_id": message_id}


def find_button(message: Dict, wanted: str) -> Dict:
    """The inline button with this text or callback_data; ValueError names those there are."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    buttons = [button for row in rows for button in row]
    for button in buttons:
        if wanted in (button["text"], button.get("callback_data")):
            return button
    raise ValueError(f"no button {wanted!r}; there are {[b['text'] for b in buttons]}")


def press(
    world: World,
    user: int,
    message_id: int,
    button: str,
    chat: int | None = None,
    forge: bool = False,
) -> Dict:
    """A press on an inline button; `forge` sends `button` as data though no such button is."""
    where, sender = place(world, user, chat)
    message = where.messages.get(message_id)
    if message is None:
        raise ValueError(f"message {message_id} is not in chat {where.id}")
    data = button if forge else find_button(message, button).get("callback_data")
    if data is None:
        raise ValueError(f"button {button!r} has no callback_data")
    query_id = str(4_380_000_000_000_000_000 + world.number())
    world.callbacks[query_id] = {
        "at": world.now(),
        "answered": None,
        "expired": False,
        "user": user,
    }
    query = {
        "id": query_id,
        "from": sender,
        "message": dict(message),
        "chat_instance": str(-where.id),
        "data": data,
    }
    return {"update_id": world.push({"callback_query": query}), "callback_query_id": query_id}


def my_chat_member(
    world: World, user: int, status: str, chat: int | None = None, by: int | None = None
) -> Dict:
    """The bot's standing changes: blocked or unblocked by a person, added to or put out of a group.

    Afterwards the bot may write there only if the new status lets it.
    """
    where, sender = place(world, user, chat)
    old, where.bot_status = where.bot_status, status
    where.forbidden = None
    if status in ("kicked", "left"):
        blocked = "bot was blocked by the user"
        kicked = f"bot was kicked from the {where.info['type']} chat"
        where.forbidden = blocked if where.private else kicked
    change = {
        "chat": where.info,
        "from": world.user(by) if by else sender,
        "date": int(world.now()),
        "old_chat_member": member_object(world.me, old),
        "new_chat_member": member_object(world.me, status),
    }
    return {"update_id": world.push({"my_chat_member": change})}


def migrate(world: World, chat: int, new_id: int) -> Dict:
    """The group becomes a supergroup: sends to the old id are refused and name the new one."""
    old = world.chats[chat]
    new = world.group(new_id, old.info["title"])
    new.members, new.bot_status = set(old.members), old.bot_status
    sender = world.users[min(old.members)] if old.members else world.me
    leaving = world.message(old, sender, {"migrate_to_chat_id": new_id})
    coming = world.message(new, sender, {"migrate_from_chat_id": chat})
    old.migrated_to = new_id
    return {"update_id": [world.push({"message": m}) for m in (leaving, coming)]}
