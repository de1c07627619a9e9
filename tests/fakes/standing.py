"""Calls about chats and the bot itself: commands, menus, pins, members. They join CALLS."""

from __future__ import annotations

from tests.fakes.calls import CALLS, message_of, writable
from tests.fakes.rules import bad, words
from tests.fakes.world import Dict, World


def _scope(p: Dict) -> str:
    scope = p.get("scope") or {"type": "default"}
    parts = [scope["type"], str(scope.get("chat_id", "")), str(scope.get("user_id", ""))]
    return ":".join([*parts, p.get("language_code") or ""])


def _check_scope(world: World, p: Dict) -> None:
    chat_id = (p.get("scope") or {}).get("chat_id")
    if chat_id is not None and world.find(chat_id) is None:
        raise bad("chat not found")


def set_my_commands(world: World, p: Dict) -> bool:
    """The scope's menu is this list."""
    _check_scope(world, p)
    world.commands[_scope(p)] = p["commands"]
    return True


def delete_my_commands(world: World, p: Dict) -> bool:
    """The scope has no menu of its own."""
    world.commands.pop(_scope(p), None)
    return True


def get_my_commands(world: World, p: Dict) -> list[Dict]:
    """The scope's own menu."""
    return world.commands.get(_scope(p), [])


def set_chat_menu_button(world: World, p: Dict) -> bool:
    """The button beside the input line is this one, in the chat or everywhere."""
    button = p.get("menu_button") or {"type": "default"}
    if "chat_id" in p:
        writable(world, p).menu = button
    else:
        world.menu = button
    return True


def send_chat_action(world: World, p: Dict) -> bool:
    """The phone showed it for some seconds."""
    writable(world, p).actions.append(p["action"])
    return True


def pin_chat_message(world: World, p: Dict) -> bool:
    """The message is pinned, above older pins."""
    chat = writable(world, p)
    number = message_of(chat, p, "message to pin not found")["message_id"]
    if not chat.private and chat.bot_status != "administrator":
        raise bad("not enough rights to manage pinned messages in the chat")
    if number in chat.pinned:
        chat.pinned.remove(number)
    chat.pinned.append(number)
    return True


def leave_chat(world: World, p: Dict) -> bool:
    """The bot is out of the group."""
    chat = writable(world, p)
    if chat.private:
        raise bad("chat member status can't be changed in private chats")
    chat.bot_status = "left"
    chat.forbidden = f"bot is not a member of the {chat.info['type']} chat"
    return True


def get_chat(world: World, p: Dict) -> Dict:
    """ChatFullInfo, with the fields that are never absent."""
    chat = world.find(p["chat_id"])
    if chat is None:
        raise bad("chat not found")
    full: Dict = {
        **chat.info,
        "accent_color_id": 1,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(GIFTS, False),
    }
    if chat.pinned:
        full["pinned_message"] = chat.messages[chat.pinned[-1]]
    return full


GIFTS = words("unlimited_gifts limited_gifts unique_gifts premium_subscription gifts_from_channels")
ADMIN_RIGHTS = words(
    "can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats "
    "can_restrict_members can_promote_members can_change_info can_invite_users can_post_stories "
    "can_edit_stories can_delete_stories can_pin_messages can_send_welcome_messages"
)


def member_object(user: Dict, status: str) -> Dict:
    """A ChatMember of this status, complete enough for aiogram's types."""
    member: Dict = {"user": user, "status": status}
    if status == "administrator":
        member.update(dict.fromkeys(ADMIN_RIGHTS, True))
    elif status == "creator":
        member["is_anonymous"] = False
    elif status == "kicked":
        member["until_date"] = 0
    return member


def get_chat_member(world: World, p: Dict) -> Dict:
    """The person's standing in the chat."""
    chat = writable(world, p)
    if p["user_id"] == world.me["id"]:
        return member_object(world.me, chat.bot_status)
    user = world.users.get(p["user_id"])
    if user is None:
        raise bad("PARTICIPANT_ID_INVALID")
    inside = user["id"] in chat.members or chat.id == user["id"]
    return member_object(user, "member" if inside else "left")


def get_me(world: World, p: Dict) -> Dict:
    """The bot itself."""
    return {
        **world.me,
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
    }


CALLS.update(
    {
        "getMe": get_me,
        "setMyCommands": set_my_commands,
        "deleteMyCommands": delete_my_commands,
        "getMyCommands": get_my_commands,
        "setChatMenuButton": set_chat_menu_button,
        "sendChatAction": send_chat_action,
        "pinChatMessage": pin_chat_message,
        "leaveChat": leave_chat,
        "getChat": get_chat,
        "getChatMember": get_chat_member,
    }
)
