"""Whether a message may have arrived although nobody said so, and what is done then.

A notice to one person goes again, marked; what a group reads is held until somebody says so.
"""

from __future__ import annotations

from dataclasses import replace

from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramNetworkError,
    TelegramServerError,
)
from aiohttp import ClientConnectorError, ConnectionTimeoutError

from bot.transports.line import Line
from bot.words.card import Card
from storage.outbox import Owed

BROADCASTS = frozenset({"digest", "board"})
"""Cards that a whole group reads: twice would be seen by everybody."""

NEVER_LEFT = (ClientConnectorError, ConnectionTimeoutError)


def in_doubt(row: Owed, fault: BaseException) -> bool:
    """Whether the row's first message may be in the chat; an edit twice is no harm."""
    if row.message is not None:
        return False
    if isinstance(fault, TelegramNetworkError):
        return not isinstance(fault.__cause__, NEVER_LEFT)
    if isinstance(fault, (TelegramServerError, ClientDecodeError)):
        return True
    return isinstance(fault, (TimeoutError, OSError)) and not isinstance(fault, AiogramError)


def marked(line: Line, row: Owed, card: Card) -> Card:
    """The card, which says so where it may be in the chat already.

    A line that delivers the same only once must get the same.
    """
    if line.same_once or row.message is not None or not row.repeats:
        return card
    return replace(card, text=f"〔重发〕{card.text}")
