"""What the app showed and what it is sending, kept in the book.

A draft stands before anything is sent: sending the same again is then byte for byte the same, which
the platform delivers once. A sent message has its record under its task id, whose number is the
message's id. A card's code changes it once, within 72 hours (path/94945).
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.transports.wecom import media
from bot.transports.wecom.book import CARD, DRAFT, Book
from bot.transports.wecom.cards import Look
from bot.transports.wecom.client import Client
from bot.transports.wecom.outgoing import File

CODE_LIVES = timedelta(hours=72)
DUPLICATES = timedelta(minutes=30)
"""So long the platform delivers equal requests once."""

AGAIN_WITHIN = 2 * DUPLICATES
"""A text that was sent so lately must look different to be delivered again."""

DRAFT_LIVES = timedelta(days=1)
"""The sender tries for a day; an older draft that was never finished is begun anew."""

Facts = dict[str, Any]


@dataclass
class Draft:
    """A message being sent. `resumed` where an earlier attempt may have been delivered.

    `again` counts the times that the same was sent before within the hour. `ids` are the platform's
    ids of the parts that were answered for, `media` that of the uploaded file; `number` is the
    draft's in the book.
    """

    key: str
    task: str
    at: datetime
    again: int = 0
    ids: list[str] = field(default_factory=list)
    media: str = ""
    number: int = 0
    resumed: bool = False


def fingerprint(*content: Any) -> str:
    """Equal for equal content."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


class Shown:
    """The book's drafts and records, in this line's words."""

    def __init__(self, book: Book, now: Callable[[], datetime]) -> None:
        self._book, self._now = book, now

    async def draft(self, to: str, content: str) -> Draft:
        """The draft of this content to this receiver, in the book before it returns."""
        key, now = f"{to}:{content}", self._now()
        held = await self._book.facts(DRAFT, key)
        again = 0
        if held is not None:
            age = now - datetime.fromisoformat(held["at"])
            if not held["sent"] and age < DRAFT_LIVES:
                return await self._resumed(key, held)
            if held["sent"] and age < AGAIN_WITHIN:
                again = held["again"] + 1
        draft = Draft(key, secrets.token_hex(12), now, again)
        await self.progress(draft)
        return draft

    async def _resumed(self, key: str, held: Facts) -> Draft:
        at, number = datetime.fromisoformat(held["at"]), await self._book.number(DRAFT, key)
        return Draft(
            key, held["task"], at, held["again"], held["ids"], held["media"], number, resumed=True
        )

    async def progress(self, draft: Draft, *, sent: bool = False) -> None:
        """How far the draft has come is in the book."""
        at = self._now() if sent else draft.at
        facts = {
            "task": draft.task, "sent": sent, "at": at.isoformat(), "again": draft.again,
            "ids": draft.ids, "media": draft.media,
        }  # fmt: skip
        draft.number = await self._book.keep(DRAFT, draft.key, facts)

    async def upload(self, draft: Draft, client: Client, file: File) -> None:
        """The draft has the file's media id, in the book before it is used."""
        if not draft.media:
            draft.media = file.media or await media.upload(
                client, file.kind, file.name, file.data, file.mime
            )
            await self.progress(draft)

    async def record(self, draft: Draft, to: str, text: str, look: Look, code: str | None) -> int:
        """The message is on record; its number. A record from before a crash stays as it is."""
        if await self._book.facts(CARD, draft.task) is not None:
            return await self._book.number(CARD, draft.task)
        facts = {
            "to": to, "msgids": draft.ids, "at": self._now().isoformat(), "text": text,
            "texts": list(look.texts), "card": look.card, "choices": [list(c) for c in look.menu],
        }  # fmt: skip
        return await self._book.keep(CARD, draft.task, facts | _code(code, draft.at))

    async def find(self, number: int) -> tuple[str, Facts] | None:
        """Task id and record of the message with the number; None where we sent none."""
        task = await self._book.named(CARD, number)
        facts = await self._book.facts(CARD, task) if task is not None else None
        return (task, facts) if task is not None and facts is not None else None

    def code(self, facts: Facts) -> str | None:
        """The code that changes the card now, or None."""
        if not facts.get("code") or self._now() >= datetime.fromisoformat(facts["until"]):
            return None
        return str(facts["code"])

    async def trying(self, task: str, facts: Facts, code: str, wanted: str) -> bool:
        """It is on record that the card is being changed; True where it was so before already."""
        mark = [code, wanted]
        if facts.get("trying") == mark:
            return True
        await self._book.keep(CARD, task, facts | {"trying": mark})
        return False

    async def spent(self, task: str, code: str, **now_so: Any) -> None:
        """The code can't be used again, and the card looks as `now_so` says.

        A code that came with a press in the meantime is kept.
        """
        facts = await self._book.facts(CARD, task) or {}
        facts.pop("trying", None)
        if facts.get("code") == code:
            facts |= _code(None, self._now())
        await self._book.keep(CARD, task, facts | {"spent": code} | now_so)


async def renewed(book: Book, task: str, code: str, now: datetime) -> int | None:
    """A press came with this code: it changes the card once. The card's number, None if unknown.

    A press that is read again brings a code that may be spent by now: it stays so.
    """
    facts = await book.facts(CARD, task)
    if facts is None:
        return None
    if code in (facts.get("spent"), facts.get("code")):
        return await book.number(CARD, task)
    return await book.keep(CARD, task, facts | _code(code, now))


def same(facts: Facts, look: Look) -> bool:
    """Whether the record shows just that."""
    return (facts["texts"], facts["card"], facts["choices"]) == (
        list(look.texts), look.card, _lists(look.menu),
    )  # fmt: skip


def _lists(menu: Sequence[tuple[str, str]]) -> list[list[str]]:
    return [list(choice) for choice in menu]


def _code(code: str | None, since: datetime) -> Facts:
    return {"code": code, "until": (since + CODE_LIVES).isoformat() if code else None}
