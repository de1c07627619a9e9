"""A bare aiogram bot as its documentation shows it: polls and answers; no storage, no tuning."""

from __future__ import annotations

import asyncio
import os

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message


def connect() -> Bot:
    """The bot at the server of the environment."""
    api = TelegramAPIServer.from_base(os.environ["GANGTING_TELEGRAM__API"])
    return Bot(os.environ["GANGTING_TELEGRAM__TOKEN"], session=AiohttpSession(api=api))


async def main() -> None:
    """Runs until it is killed."""
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def answer(message: Message) -> None:
        await message.answer("已收")

    await dispatcher.start_polling(connect())


if __name__ == "__main__":
    asyncio.run(main())
