"""Fixtures of the fake Telegram: `tg` steers it, `bot` is a real aiogram Bot that talks to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from tests.fakes.control import Control, running


@pytest.fixture(scope="session")
def fake() -> Iterator[Control]:
    """One fake process for all files."""
    with running() as control:
        yield control


@pytest.fixture
def tg(fake: Control) -> Control:
    """The fake, emptied, with one person in it."""
    fake.reset_all()
    fake.user(7, first_name="张三")
    return fake


@pytest.fixture
async def bot(tg: Control) -> AsyncIterator[Bot]:
    """An aiogram Bot that talks to the fake."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(tg.url))
    yield Bot(tg.token, session=session)
    # Bot's own closing sleeps a quarter of a second for TLS, which is not used here.
    await (await session.create_session()).close()
