"""The Bot API's methods over the World: each takes checked parameters and gives the result.

A refusal is a raised Wrong with the real server's wording. What is sent is kept in the chat as
the phones show it; replies, edits and presses are judged against that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.fakes.rules import Wrong, bad
from tests.fakes.world import MAX_DOWNLOAD, Chat, Dict, World

TWO_DAYS = 48 * 3600
SAME = (
    "message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
MEMBER_STATUSES = ("member", "administrator", "creator", "restricted")


def writable(world: World, p: Dict) -> Chat:
    """The chat of the call, one that the bot may write to; refuses as Telegram does."""
    chat = world.find(p["chat_id"])
    if chat is None:
        if isinstance(p["chat_id"], int) and p["chat_id"] in world.users:
            raise Wrong(403, "Forbidden: bot can't initiate conversation with a user")
        raise bad("chat not found")
    if chat.migrated_to is not None:
        raise Wrong(
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            migrate_to_chat_id=chat.migrated_to,
        )
    if chat.forbidden is not None:
        raise Wrong(403, f"Forbidden: {chat.forbidden}")
    return chat


def message_of(chat: Chat, p: Dict, missing: str) -> Dict:
    """The message the call names; refuses with `missing`."""
    if not p.get("message_id"):
        raise bad("message identifier is not specified")
    message = chat.messages.get(p["message_id"])
    if message is None:
        raise bad(missing)
    return message


def check_markup(chat: Chat, markup: Dict | None) -> None:
    """Refuse what only private chats may have."""
    if markup is None or chat.private or "keyboard" not in markup:
        return
    for button in (b for row in markup["keyboard"] for b in row if isinstance(b, dict)):
        if button.get("request_location"):
            raise bad("location can be requested in private chats only")
        if button.get("request_contact"):
            raise bad("phone number can be requested in private chats only")


def reply_part(chat: Chat, p: Dict) -> Dict:
    """reply_to_message for the new message, when the call replies."""
    reply = p.get("reply_parameters")
    if not reply or "message_id" not in reply:
        return {}
    target = chat.messages.get(reply["message_id"])
    if target is None:
        if reply.get("allow_sending_without_reply"):
            return {}
        raise bad("message to be replied not found")
    return {"reply_to_message": {k: v for k, v in target.items() if k != "reply_to_message"}}


def post(world: World, chat: Chat, p: Dict, content: Dict) -> Dict:
    """Put the bot's message into the chat, with its reply and its keyboard."""
    markup = p.get("reply_markup")
    if markup is not None:
        check_markup(chat, markup)
    if p.get("reply_parameters"):
        content.update(reply_part(chat, p))
    if p.get("protect_content"):
        content["has_protected_content"] = True
    if markup is not None and "inline_keyboard" in markup:
        content["reply_markup"] = markup
    message = world.message(chat, world.me, content)
    if markup is not None and "inline_keyboard" not in markup:
        chat.reply_markups.add(message["message_id"])
        chat.keyboard = None if markup.get("remove_keyboard") else markup
    return message


def send_message(world: World, p: Dict) -> Dict:
    """The text is in the chat."""
    chat = writable(world, p)
    content: Dict = {"text": p["text"]}
    if p.get("entities"):
        content["entities"] = p["entities"]
    if p.get("link_preview_options"):
        content["link_preview_options"] = p["link_preview_options"]
    return post(world, chat, p, content)


def send_location(world: World, p: Dict) -> Dict:
    """The place is in the chat."""
    place = {"latitude": p["latitude"], "longitude": p["longitude"]}
    return post(world, writable(world, p), p, {"location": place})


def edited(world: World, p: Dict) -> tuple[Chat, Dict]:
    if p.get("inline_message_id"):
        raise bad("the fake has no inline messages")
    if "chat_id" not in p:
        raise bad("chat_id is empty")
    chat = writable(world, p)
    message = message_of(chat, p, "message to edit not found")
    own = message["from"]["id"] == world.me["id"]
    # A message that carries a reply keyboard can never be edited, on the real server too.
    if not own or message["message_id"] in chat.reply_markups:
        raise bad("message can't be edited")
    return chat, message


def change(world: World, message: Dict, p: Dict, new: Dict, fields: tuple[str, ...]) -> Dict:
    """Replace `fields` by `new` and the keyboard by the call's (none given = taken away)."""
    markup = p.get("reply_markup")
    if markup is not None and "inline_keyboard" not in markup:
        raise bad("inline keyboard expected")
    if markup is not None:
        new = {**new, "reply_markup": markup}
    if all(message.get(k) == new.get(k) for k in (*fields, "reply_markup")):
        raise bad(SAME)
    for key in (*fields, "reply_markup"):
        message.pop(key, None)
    message.update(new)
    message["edit_date"] = int(world.now())
    return message


def edit_message_text(world: World, p: Dict) -> Dict:
    """The text is the new one; without reply_markup the buttons are gone."""
    _, message = edited(world, p)
    if "text" not in message:
        raise bad("there is no text in the message to edit")
    new: Dict = {"text": p["text"]}
    if p.get("entities"):
        new["entities"] = p["entities"]
    return change(world, message, p, new, ("text", "entities"))


def edit_message_caption(world: World, p: Dict) -> Dict:
    """The caption is the new one, or none; without reply_markup the buttons are gone."""
    _, message = edited(world, p)
    if not any(kind in message for kind in ("photo", "document", "video", "voice")):
        raise bad("there is no caption in the message to edit")
    new = {k: p[k] for k in ("caption", "caption_entities") if p.get(k)}
    return change(world, message, p, new, ("caption", "caption_entities"))


def edit_message_reply_markup(world: World, p: Dict) -> Dict:
    """The buttons are the new ones, or none."""
    _, message = edited(world, p)
    return change(world, message, p, {}, ())


def delete_message(world: World, p: Dict) -> bool:
    """The message is gone from the chat."""
    chat = writable(world, p)
    message = message_of(chat, p, "message to delete not found")
    own = message["from"]["id"] == world.me["id"]
    if world.now() - message["date"] > TWO_DAYS:
        raise bad("message can't be deleted for everyone")
    if not own and not chat.private and chat.bot_status != "administrator":
        raise bad("message can't be deleted")
    number = message["message_id"]
    del chat.messages[number]
    chat.reactions.pop(number, None)
    if number in chat.pinned:
        chat.pinned.remove(number)
    return True


def answer_callback_query(world: World, p: Dict) -> bool:
    """The press has its toast; a second answer or a late one is refused."""
    press = world.callbacks.get(p["callback_query_id"])
    if press is None or press["answered"] is not None:
        raise bad(TOO_OLD)
    if press["expired"] or world.now() - press["at"] > world.callback_ttl:
        raise bad(TOO_OLD)
    press["answered"] = {
        "at": world.now(),
        "text": p.get("text", ""),
        "show_alert": p.get("show_alert", False),
    }
    return True


def set_message_reaction(world: World, p: Dict) -> bool:
    """The bot's reaction stands at the message, or at the first of its album."""
    chat = writable(world, p)
    message = message_of(chat, p, "message to react not found")
    group = message.get("media_group_id")
    if group is not None:
        members = (m for m in chat.messages.values() if m.get("media_group_id") == group)
        message = min(members, key=lambda m: m["message_id"])
    chat.reactions[message["message_id"]] = p.get("reaction") or []
    return True


def get_file(world: World, p: Dict) -> Dict:
    """The path to download by; refused above 20 MB."""
    file = world.files.get(p["file_id"])
    if file is None:
        raise bad("invalid file_id")
    if file.size > MAX_DOWNLOAD:
        raise bad("file is too big")
    return {**file.shown(), "file_path": file.path}


CALLS: dict[str, Callable[[World, Dict], Any]] = {
    "sendMessage": send_message,
    "sendLocation": send_location,
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "answerCallbackQuery": answer_callback_query,
    "setMessageReaction": set_message_reaction,
    "getFile": get_file,
}
