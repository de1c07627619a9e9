"""What both lines' sessions do alike: a method call is carried out, its answer told as Telegram's.

Knows neither how a method is carried out nor how a file comes.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramNetworkError, TelegramNotFound
from aiogram.methods import TelegramMethod
from aiogram.methods.base import TelegramType
from typing_extensions import override

from bot.transports.wecom.errors import NoAnswer, WeComError, answer_of
from bot.transports.wecom.outgoing import Refused

Carry = Callable[[Bot, TelegramMethod[Any]], Awaitable[Any]]
"""Carries a method out and gives its result as the Bot API's JSON."""


class CarryingSession(BaseSession):
    """Results and errors pass through aiogram's own reading: types and exceptions are its own."""

    def __init__(
        self, server: TelegramAPIServer, carriers: Mapping[type[TelegramMethod[Any]], Any],
        carry: Carry,
    ) -> None:  # fmt: skip
        """`carriers` are the methods that have an equivalent."""
        super().__init__(api=server)
        self._carriers, self._carry = carriers, carry

    @override
    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,
    ) -> TelegramType:
        """The platform did what the method says, or what comes nearest; raises as Telegram's."""
        if type(method) not in self._carriers:
            raise TelegramNotFound(
                method=method, message=f"{type(method).__name__} has no WeCom equivalent"
            )
        status, body = 200, {}
        try:
            async with asyncio.timeout(timeout or self.timeout):
                body = {"ok": True, "result": await self._carry(bot, method)}
        except Refused as no:
            status = no.status
            body = {"ok": False, "error_code": status, "description": str(no)}
        except WeComError as error:
            status, body = answer_of(error)
        except NoAnswer as fault:
            raise TelegramNetworkError(method=method, message=str(fault)) from None
        except TimeoutError:
            raise TelegramNetworkError(method=method, message="Request timeout error") from None
        response = self.check_response(bot, method, status, json.dumps(body))
        return cast("TelegramType", response.result)
