"""Words that the house asked for: a reason, a sentence, what is wrong; one table of who takes them.

A command or a question is never taken for an answer, and 「算了」 ends the waiting.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from aiogram import F, Router
from aiogram.filters import Filter
from aiogram.types import Message

from bot.actions import acceptance, checks, misses
from bot.rules.captions import CaptionReader
from bot.rules.records import Bureau
from bot.transports.line import Line
from bot.words import quotas as quota_words
from bot.words.card import Card
from handlers import papers
from handlers.desk import ReadQuestion, Write
from handlers.filters import Inside, plain
from handlers.incoming import incoming
from storage import awaited
from storage.awaited import Awaited
from storage.database import Read
from storage.people import Person
from storage.schema import Transaction

Deed = Callable[[Transaction, int, int, str, Bureau, datetime], Any]
"""What is done with the words: (tx, person, subject, words, bureau, now)."""

COMMANDS = frozenset(
    {"周报", "week", "本周", "我的待办", "待办", "todo", "待我处理", "帮助", "help", "?", "？",
     "点位", "spots", "本周还差什么", "还差什么", "撤回",
     "指标", "次数要求", "放假安排", "要发什么", "月报", "研判", "措施"}
)  # fmt: skip
ENOUGH = frozenset({"算了", "取消", "不写了", "不用了", "不改了"})

AWAITED: dict[str, tuple[Deed, Callable[[Any], Card]]] = {
    acceptance.REASON: (
        acceptance.take_reason, lambda reason: Card(f"认可了，理由是「{reason}」。"),
    ),
    misses.REASON: (misses.explain, quota_words.explained),
    **papers.AWAITED,
}  # fmt: skip
"""By what is awaited: the deed that takes the words, and what is said of its result."""


class Awaits(Filter):
    """Text of somebody from whom words are awaited; the handler gets what for as `wanted`."""

    async def __call__(
        self, message: Message, person: Person, now: datetime, read: Read,
        read_question: ReadQuestion,
    ) -> bool | dict[str, Any]:  # fmt: skip
        """What is awaited, where the text is an answer to it."""
        text = plain(message.text or "")
        if text in COMMANDS:
            return False
        wanted = await read(awaited.of, person.id, now)
        if wanted is None or wanted.what not in (*AWAITED, checks.ITEM):
            return False
        if text not in ENOUGH and read_question(message.text or "", now).metrics[0] != "refuse":
            return False
        return {"wanted": wanted}


def build_router() -> Router:
    """Asked after the commands of every room and before its questions."""
    router = Router(name="awaited")
    router.message.register(take, F.text, Inside(), Awaits())
    return router


async def take(
    message: Message, wanted: Awaited, person: Person, line: Line, reader: CaptionReader,
    bureau: Bureau, now: datetime, write: Write,
) -> Card | None:  # fmt: skip
    """The words are taken for what was asked, or the waiting ends."""
    words = (message.text or "").strip()
    if plain(words) in ENOUGH:
        fine = Card("好，不写了。")
        if wanted.what == checks.ITEM:
            back = (person.id, wanted.subject, None, now)
            await write.saying(lambda _: fine, checks.open_menu, *back)
        else:
            await write.saying(lambda _: fine, awaited.done, person.id)
        return None
    if wanted.what == checks.ITEM:
        came, item = incoming(message, line, bureau.limits, now), wanted.args["position"]
        where = (person.id, wanted.subject, item)
        await write(checks.finding, *where, came, reader.read, bureau, now)
        return None
    deed, said = AWAITED[wanted.what]
    await write.saying(said, deed, person.id, wanted.subject, words, bureau, now)
    return None
