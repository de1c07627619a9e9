"""The plain way to store: aiogram and one aiosqlite commit for each update, then the answer."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import aiosqlite
from aiogram import Dispatcher
from aiogram.types import Message

from tests.bench.bare import connect


async def main() -> None:
    """Runs until it is killed."""
    dispatcher = Dispatcher()
    home = Path(os.environ["GANGTING_HOME"])
    async with aiosqlite.connect(home / "commit.db") as database:
        await database.execute("PRAGMA journal_mode=WAL")
        await database.execute("PRAGMA synchronous=FULL")
        await database.execute("CREATE TABLE messages (id INTEGER PRIMARY KEY, raw TEXT)")

        @dispatcher.message()
        async def answer(message: Message) -> None:
            raw = message.model_dump_json(exclude_none=True)
            await database.execute("INSERT INTO messages (raw) VALUES (?)", (raw,))
            await database.commit()
            await message.answer("已收")

        await dispatcher.start_polling(connect())


if __name__ == "__main__":
    asyncio.run(main())
