"""The simulator as an aiogram session: the same method calls as Telegram's, the same answers.

Results and errors pass through aiogram's own reading of Telegram's JSON, so that types and
exceptions are those of the real line. Knows no page.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from typing import Any, cast

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import GetFile, TelegramMethod
from aiogram.methods.base import TelegramType
from typing_extensions import override

from bot.transports.simulator.limits import Rejected
from bot.transports.simulator.methods import CARRIERS, Call
from bot.transports.simulator.platform import Platform

CUT = "the simulated net is cut"


class SimulatorSession(BaseSession):
    """Carries a bot's calls to a `Platform`; use it as `Bot("1:simulator", session=…)`."""

    def __init__(self, platform: Platform) -> None:
        super().__init__()
        self._platform = platform

    @override
    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,
    ) -> TelegramType:
        """The platform did what the method says; raises as over Telegram's line."""
        carrier = CARRIERS.get(type(method))
        if carrier is None:
            raise NotImplementedError(f"the simulator doesn't know {type(method).__name__}")
        if not self._platform.online:
            raise TelegramNetworkError(method=method, message=CUT)
        status, body = 200, {}
        try:
            body = {"ok": True, "result": await carrier(Call(bot, self._platform, method))}
        except Rejected as no:
            status, body = no.code, _refusal(no)
        response = self.check_response(bot, method, status, json.dumps(body))
        return cast("TelegramType", response.result)

    @override
    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        """The bytes of the file whose download address `GetFile` led to."""
        file_id = url.rsplit("/", 1)[-1]
        data = self._platform.shelf.get(file_id)
        if not self._platform.online or data is None:
            reason = CUT if data is not None else "no such file"
            raise TelegramNetworkError(method=GetFile(file_id=file_id), message=reason)
        for start in range(0, len(data), chunk_size):
            yield data[start : start + chunk_size]

    async def close(self) -> None:
        """Nothing to close: the platform outlives its bots."""


def _refusal(no: Rejected) -> dict[str, Any]:
    body: dict[str, Any] = {"ok": False, "error_code": no.code, "description": no.description}
    if no.retry_after is not None:
        body["parameters"] = {"retry_after": no.retry_after}
    return body
