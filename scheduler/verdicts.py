"""What becomes of a card that was tried: recorded, tried again, or ended; the only retry layer.

Knows what a line's refusals mean, and no card's words.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from aiogram.exceptions import (
    AiogramError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNotFound,
    TelegramRetryAfter,
)

from scheduler import upsets
from scheduler.doubts import BROADCASTS, in_doubt
from scheduler.faces import SECRET_ARGS
from storage import outbox
from storage.database import Database
from storage.outbox import Owed, Result

log = structlog.get_logger(__name__)

LONGEST_WAIT = timedelta(seconds=60)
GIVE_UP_AFTER = 1500
"""Attempts at one card, a day's worth at the longest wait; then it is failed and listed."""

BROKEN_AFTER = 5
"""Attempts at a card that can't even be drawn."""


class Judge:
    """Says what became of a row, and which chats must be left alone for a while."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pauses: dict[tuple[str, int], datetime] = {}

    def paused(self, row: Owed, now: datetime) -> timedelta:
        """How long the row's chat must be left alone; nothing where it needn't."""
        return self._pauses.get((row.line, row.chat), now) - now

    def forget_pauses(self, now: datetime) -> None:
        """Pauses that are over take no room."""
        self._pauses = {chat: until for chat, until in self._pauses.items() if until > now}

    async def judge(self, row: Owed, fault: Exception, now: datetime) -> Result:
        """Whether the card comes again, and when; or is refused for good, and who must know."""
        if isinstance(fault, TelegramRetryAfter):
            wait = timedelta(seconds=fault.retry_after)
            self._pauses[row.line, row.chat] = now + wait
            return later(row, now, wait, f"429, again in {fault.retry_after} s", 0)
        if isinstance(fault, TelegramMigrateToChat):
            await self._database.write(upsets.chat_moved, row, fault.migrate_to_chat_id, now)
            return later(row, now, timedelta(0), "the group has a new number")
        if isinstance(fault, TelegramForbiddenError):
            await self._database.write(upsets.shut_out, row, now)
            return ended(row, outbox.FAILED, now, fault.message)
        if isinstance(fault, (TelegramBadRequest, TelegramNotFound)):
            log.warning("a card was refused", card=row.card, subject=row.subject, why=fault.message)
            if shuts(fault):
                await self._database.write(upsets.shut_out, row, now)
            return ended(row, outbox.FAILED, now, fault.message)
        passing = isinstance(fault, (AiogramError, TimeoutError, OSError))
        if not passing:
            log.error("a card could not be drawn", card=row.card, exc_info=fault)
        if row.attempts >= (GIVE_UP_AFTER if passing else BROKEN_AFTER):
            return ended(row, outbox.FAILED, now, type(fault).__name__)
        wait = min(timedelta(seconds=2 ** min(row.attempts, 6)), LONGEST_WAIT)
        doubted = in_doubt(row, fault)
        if doubted and row.card in BROADCASTS:
            await self._database.write(upsets.hold, row, now)
            return replace(ended(row, outbox.HELD, now, type(fault).__name__), doubted=True)
        # What the chat shows is not known any more: the answer may have been lost, not the edit.
        again = later(replace(row, digest=None), now, wait, type(fault).__name__)
        return replace(again, doubted=doubted)


def later(row: Owed, now: datetime, wait: timedelta, reason: str, tried: int = 1) -> Result:
    """The row is owed again after `wait`."""
    return Result(
        row.id, outbox.OWED, row.wanted, row.message, row.digest, now, now + wait,
        row.attempts + tried, reason,
    )  # fmt: skip


def ended(row: Owed, state: str, now: datetime, reason: str) -> Result:
    """Nothing more is done about the row."""
    return Result(
        row.id, state, row.wanted, row.message, row.digest, now, now, row.attempts, reason,
        keep_args=row.card not in SECRET_ARGS,
    )  # fmt: skip


def done(row: Owed, now: datetime, message: int | None, digest: str | None) -> Result:
    """The chat shows the wanted version."""
    return Result(
        row.id, outbox.SHOWN, row.wanted, message, digest, now, now, 0,
        keep_args=row.card not in SECRET_ARGS,
    )  # fmt: skip


def gone(refused: TelegramBadRequest) -> bool:
    """Whether what showed the card can't show it any more: a new message takes its place.

    So it is with a picture that carried the card's words: it has no text to edit.
    """
    said = refused.message.lower()
    return "not found" in said or "no text in the message" in said or stands(refused)


def stands(refused: TelegramBadRequest) -> bool:
    """Whether the message is still to be seen, only not to be changed."""
    return "can't be edited" in refused.message.lower()


def shuts(refused: TelegramBadRequest | TelegramNotFound) -> bool:
    """Whether nothing at all will reach the chat: it is gone, or the bot may not write there."""
    said = refused.message.lower()
    return any(words in said for words in SHUT)


SHUT = (
    "chat not found", "group chat was deactivated", "not enough rights to send",
    "have no rights to send", "chat_write_forbidden", "user is deactivated",
)  # fmt: skip
"""What Telegram says of such chats, among its other 400s."""
