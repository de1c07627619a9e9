"""What the tests of the fake share: keyboards, bare calls, the reason of a refusal."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import TelegramMethod
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from aiohttp import ClientSession

from tests.fakes.control import Control

# The head of a JPEG, 2000x1400, as far as the fake reads it.
JPEG = bytes.fromhex("ffd8ffc0001108057807d003012200021101031101") + bytes(5000)
GROUP = -1001234567890


def buttons(*labels: str, data: str | None = None) -> InlineKeyboardMarkup:
    """One row of buttons."""
    row = [InlineKeyboardButton(text=one, callback_data=data or one) for one in labels]
    return InlineKeyboardMarkup(inline_keyboard=[row])


async def raw(tg: Control, method: str, **params: Any) -> dict[str, Any]:
    """The answer to a JSON call without aiogram between."""
    async with (
        ClientSession() as session,
        session.post(f"{tg.url}/bot{tg.token}/{method}", json=params) as response,
    ):
        return await response.json()


async def reason(
    call: TelegramMethod[Any] | Any, kind: type[Exception] = TelegramBadRequest
) -> str:
    """The description of the refusal the call meets."""
    with pytest.raises(kind) as caught:
        await call
    return str(caught.value.message)
