"""Group chats: served only where an admin has allowed it, and then with numbers only."""

from __future__ import annotations

from datetime import datetime

from aiogram import F, Router
from aiogram.types import Message

from bot.actions import answering
from bot.actions import doors as deeds
from bot.rules.metrics import METRICS
from bot.rules.records import Bureau
from bot.transports.line import Line
from bot.words import answers as words
from bot.words.card import Card
from handlers.answers import about_me
from handlers.desk import ReadQuestion, Write
from handlers.filters import InGroup
from handlers.questions import is_ours
from storage.database import Read
from storage.people import Person

SAID_ALOUD = frozenset({*METRICS, "bulletin", "weekly_summary", "quota_status"})
"""What is answered in a group: numbers; who has not reported, lists and photos are not."""


def build_router() -> Router:
    """Everything said in groups ends here."""
    router = Router(name="groups")
    router.message.register(new_number, F.migrate_to_chat_id)
    router.message.register(group, InGroup())
    return router


async def new_number(message: Message, line: Line, write: Write) -> None:
    """The group became a supergroup: what is known of it follows."""
    assert message.migrate_to_chat_id is not None
    await write(deeds.move_group, line.name, message.chat.id, message.migrate_to_chat_id)


async def group(
    message: Message, line: Line, person: Person | None, read_question: ReadQuestion,
    bureau: Bureau, now: datetime, read: Read, write: Write,
) -> Card | None:  # fmt: skip
    """A question from one of ours is answered; an unknown group is asked about, once."""
    if not await read(deeds.is_allowed, line.name, message.chat.id):
        title, by = message.chat.title or "", person.id if person else None
        await write(deeds.meet_group, line.name, message.chat.id, title, by, now)
        return None
    if person is None or not person.active:
        return None
    question = read_question(message.text or "", now)
    if not is_ours(question):
        return None
    apart = question.filters.officers or about_me(message.text or "")
    if apart or any(name not in SAID_ALOUD for name in question.metrics):
        return Card("这个请私下问我，群里只说点位的数字。")
    found = await read(answering.answer, person, question, bureau, now)
    return words.answer(found, now)
