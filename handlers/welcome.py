"""Coming in: an invitation made, opened, accepted, refused or void, and the practice shot."""

from __future__ import annotations

import re
from datetime import datetime

from aiogram import Router
from aiogram.filters import CommandObject, CommandStart
from aiogram.types import CallbackQuery, Message

from bot.actions import people as deeds
from bot.errors import Refused
from bot.rules.records import ROLE_NAMES, Bureau, Role
from bot.transports.line import Line
from bot.words import people as words
from bot.words.card import Card, Press, Toast
from handlers.desk import Write
from handlers.filters import Inside, Pressed, Says, Words
from storage.people import Person

CODE = r"邀请码[ ：:]*(?P<token>\S+)"
"""What somebody invited sends where he has no link to open."""


def build_router() -> Router:
    """The way in, and the first steps."""
    router = Router(name="welcome")
    # Also for somebody who is in already: it may give him another role, or a second account.
    router.message.register(opened, CommandStart(deep_link=True), Inside())
    router.message.register(by_code, Says(CODE), Inside())
    router.message.register(start, CommandStart(), Inside())
    router.message.register(invite, Says(r"/?邀请 ?(?P<who>.*)"), Inside())
    router.message.register(practise, Words("试一张"), Inside())
    router.message.register(start_now, Words("直接开始"), Inside())
    router.callback_query.register(practise_pressed, Pressed("jt"), Inside())
    router.callback_query.register(start_pressed, Pressed("js"), Inside())
    router.callback_query.register(void, Pressed("iv"), Inside())
    router.callback_query.register(yes, Pressed("jy"))
    router.callback_query.register(no, Pressed("jn"))
    return router


async def by_code(
    message: Message, said: re.Match[str], line: Line, now: datetime, write: Write
) -> None:
    """「邀请码 …」: what an invited person sends where the platform has no links."""
    user = message.from_user.id if message.from_user else message.chat.id
    await write(deeds.open_link, said["token"], line.name, user, message.chat.id, now)


async def opened(
    message: Message, command: CommandObject, line: Line, now: datetime, write: Write
) -> None:
    """A link was opened: whoever it is, is asked whether he is the invited person."""
    token = (command.args or "").removeprefix("i_")
    user = message.from_user.id if message.from_user else message.chat.id
    await write(deeds.open_link, token, line.name, user, message.chat.id, now)


async def start(message: Message, person: Person) -> Card:
    """/start from one of ours."""
    return words.welcome(person.name, person.roles)


async def invite(
    message: Message, said: re.Match[str], person: Person, line: Line, bureau: Bureau,
    now: datetime, write: Write,
) -> None:  # fmt: skip
    """「邀请 张建国 队员 一中队」."""
    name, roles, squad = read_invitation(said["who"])
    await write(
        deeds.invite_by_chat, person.id, name, roles, squad, line.name, message.chat.id, bureau, now
    )


def read_invitation(text: str) -> tuple[str, frozenset[Role], str | None]:
    """Name, roles and squad of an invitation. Raises Refused with an example."""
    by_name = {said: role for role, said in ROLE_NAMES.items()}
    parts = text.split()
    roles = frozenset(by_name[part] for part in parts[1:] if part in by_name)
    rest = [part for part in parts[1:] if part not in by_name]
    if not roles or len(rest) > 1:
        known = "、".join(ROLE_NAMES.values())
        raise Refused(f"邀请这样写：邀请 张建国 队员 一中队。\n岗位有：{known}。还没有发出邀请。")
    return parts[0], roles, rest[0] if rest else None


async def void(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> Toast:
    """「作废」 on an invitation's card."""
    await write(deeds.void, person.id, press.subject, now)
    return Toast("作废了")


async def yes(query: CallbackQuery, press: Press, line: Line, now: datetime, write: Write) -> None:
    """「是我」."""
    chat = query.message.chat.id if query.message else query.from_user.id
    await write(deeds.accept, press.subject, line.name, query.from_user.id, chat, now)


async def no(query: CallbackQuery, press: Press, line: Line, now: datetime, write: Write) -> None:
    """「不是」."""
    chat = query.message.chat.id if query.message else query.from_user.id
    await write(deeds.refuse, press.subject, line.name, query.from_user.id, chat, now)


async def practise(message: Message, person: Person, write: Write) -> None:
    """「试一张」: the next report counts nowhere."""
    await write.saying(lambda _: words.try_one(person.roles), deeds.practise, person.id, True)


async def practise_pressed(query: CallbackQuery, person: Person, write: Write) -> None:
    """「试一张」 on the welcome card."""
    await write.saying(lambda _: words.try_one(person.roles), deeds.practise, person.id, True)


async def start_now(message: Message, person: Person, write: Write) -> None:
    """「直接开始」."""
    await write.saying(lambda _: words.start_now(person.roles), deeds.practise, person.id, False)


async def start_pressed(query: CallbackQuery, person: Person, write: Write) -> None:
    """「直接开始」 on the welcome card."""
    await write.saying(lambda _: words.start_now(person.roles), deeds.practise, person.id, False)
