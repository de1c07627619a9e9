"""Fetching a file that a line announced, by the line's own bot; knows nothing of what is in it."""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiogram import Bot


async def download(bot: Bot, file_id: str) -> AsyncIterator[bytes]:
    """The file's bytes as the line sends them; a fresh link for every try."""
    file = await bot.get_file(file_id, request_timeout=30)
    url = bot.session.api.file_url(bot.token, file.file_path or "")
    stream = bot.session.stream_content(url, timeout=60, chunk_size=65536, raise_for_status=True)
    async for chunk in stream:
        yield chunk
