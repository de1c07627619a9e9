"""Telegram's line and its raw getUpdates loop; knows neither inbox nor handlers.

Updates are handed on as they came, undecoded: a malformed one must not stop the others. Nothing is
confirmed before `accept` has returned (reliability.md 2.1-2.3), and nothing is ever dropped.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

import structlog
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    AiogramError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import TelegramMethod

from bot.errors import BadToken, SecondPoller
from bot.transports.line import Accept, Line

log = structlog.get_logger(__name__)

R = TypeVar("R")

KINDS = ["message", "edited_message", "callback_query", "my_chat_member"]
"""The updates this house concerns itself with."""

LONG_POLL = 25
"""Seconds that the server may hold a getUpdates."""

CONFLICTS = 3
"""After so many conflicts in a row somebody else is really receiving for this bot."""

GROUP_PACE = 20
"""Messages a minute to one group (core.telegram.org/bots/faq)."""

CHAT_GAP = timedelta(seconds=1.1)
"""Between two messages to one chat: a second by the same page, and what the way may shorten it."""


class RawGetUpdates(TelegramMethod[list[Any]]):
    """getUpdates whose result is not decoded any further than JSON."""

    __returning__: ClassVar[type] = list[Any]
    __api_method__: ClassVar[str] = "getUpdates"

    offset: int | None = None
    limit: int | None = None
    timeout: int | None = None
    allowed_updates: list[str] | None = None


def telegram_line(token: str, api: str, pace: float) -> Line:
    """The line to the Bot API server at `api`; it has no name before `greet`.

    `pace` is messages a second; 0 sets no bound of any kind, for a server of one's own.
    """
    session = AiohttpSession(api=TelegramAPIServer.from_base(api), timeout=30.0, limit=100)
    return Line(
        "telegram", Bot(token, session=session), title="Telegram", pace=pace,
        group_pace=GROUP_PACE if pace else 0, gap=CHAT_GAP if pace else timedelta(0), pins=True,
    )  # fmt: skip


async def greet(line: Line) -> None:
    """The server was reached and takes the token; the line knows the bot's name.

    Tries until the server answers. Raises BadToken when it refuses.
    """
    me = await until_answered(lambda: line.bot.get_me(request_timeout=15))
    line.username = me.username or ""


async def until_answered(call: Callable[[], Awaitable[R]]) -> R:
    """What the server answers, however often it must be asked: a start survives a bad network.

    Raises BadToken when the server refuses the token, TelegramBadRequest when it refuses the call.
    """
    wait = 1.0
    while True:
        try:
            return await call()
        except (TelegramUnauthorizedError, TelegramNotFound):
            raise BadToken(
                "Telegram refuses the token (401); check GANGTING_TELEGRAM__TOKEN"
            ) from None
        except TelegramBadRequest:
            raise
        except (AiogramError, TimeoutError, OSError) as fault:
            log.warning("telegram is not reachable yet", fault=type(fault).__name__, again_in=wait)
            await asyncio.sleep(wait)
            wait = min(wait * 2, 30.0)


async def poll(bot: Bot, accept: Accept, up: Callable[[bool], None]) -> None:
    """Hands over every update for as long as it runs; `up` hears whether the line works.

    Raises BadToken (401) or SecondPoller (409 again and again).
    """
    offset: int | None = None
    conflicts, wait = 0, 1.0
    while True:
        try:
            request = RawGetUpdates(
                offset=offset, limit=100, timeout=LONG_POLL, allowed_updates=KINDS
            )
            updates = await bot(request, request_timeout=LONG_POLL + 15)
            up(True)
            if updates:
                await accept(updates)
            # Kept only while there is a batch to confirm: the server remembers, ids may restart.
            offset = _after(updates)
            conflicts, wait = 0, 1.0
        except (TelegramUnauthorizedError, TelegramNotFound):
            raise BadToken(
                "Telegram refuses the token (401); check GANGTING_TELEGRAM__TOKEN"
            ) from None
        except TelegramConflictError as conflict:
            conflicts += 1
            if conflicts >= CONFLICTS:
                raise SecondPoller(
                    f"another process receives the updates of this bot (409: {conflict.message}); "
                    "stop it, or use a token of its own"
                ) from None
            await asyncio.sleep(1.0)
        except TelegramRetryAfter as pause:
            await asyncio.sleep(pause.retry_after)
        except Exception as fault:  # noqa: BLE001 - a lane that must survive: the intake
            up(False)
            log.warning("getUpdates failed", fault=_said(fault), again_in=wait)
            await asyncio.sleep(wait)
            wait = min(wait * 2, 30.0)


def _after(updates: list[Any]) -> int | None:
    ids = [u["update_id"] for u in updates if isinstance(u, dict) and _is_id(u.get("update_id"))]
    return max(ids) + 1 if ids else None


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _said(fault: BaseException) -> str:
    """The fault without what it may quote: an address of the Bot API holds the token."""
    return type(fault).__name__


async def start_polling(bot: Bot) -> None:
    """The server sends to nobody else: a webhook is taken away, what waits there is kept."""
    await until_answered(bot.delete_webhook)
