"""The fake's faults: each does on the wire what it says."""

from __future__ import annotations

import asyncio
import time

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiohttp import ClientPayloadError, ClientSession

from tests.fakes.control import AsyncControl, Control, ControlError
from tests.fakes.shared import reason


async def send_anyhow(tg: Control, text: str) -> None:
    """Send without aiogram; what the fault answers does not matter."""
    async with ClientSession() as session:
        url = f"{tg.url}/bot{tg.token}/sendMessage"
        async with session.post(url, json={"chat_id": 7, "text": text}) as response:
            await response.read()


async def test_429(tg: Control, bot: Bot) -> None:
    tg.too_many(2, retry_after=3, chat_id=7)
    for _ in range(2):
        with pytest.raises(TelegramRetryAfter) as caught:
            await bot.send_message(7, "t")
        assert caught.value.retry_after == 3
    await bot.send_message(7, "t")
    assert len(tg.sent()) == 1
    assert tg.state()["hits"] == {"429": 2}


async def test_flood_limits(tg: Control, bot: Bot) -> None:
    tg.flood(total=30, chat=1)
    await bot.send_message(7, "t")
    with pytest.raises(TelegramRetryAfter):
        await bot.send_message(7, "t")
    assert tg.state()["floods"] == 1


async def test_answers_that_are_none(tg: Control, bot: Bot) -> None:
    for kind in ("html502", "empty", "truncated"):
        tg.fault(kind, "sendMessage")
        with pytest.raises(ClientDecodeError):
            await bot.send_message(7, "t")
    assert tg.sent() == []
    tg.fault("html502_after", "sendMessage")
    with pytest.raises(ClientDecodeError):
        await bot.send_message(7, "t")
    assert tg.sent()[0]["lost"] == "html502_after"


async def test_resets(tg: Control, bot: Bot) -> None:
    for when, delivered in (("before", 0), ("after", 1)):
        tg.reset(when)
        with pytest.raises(TelegramNetworkError):
            await bot.send_message(7, "t")
        assert len(tg.messages(7)) == delivered
    assert tg.sent()[0]["lost"] == "reset_after"


async def test_a_hang_holds_until_released(tg: Control, bot: Bot) -> None:
    tg.hang(when="after")
    call = asyncio.ensure_future(bot.send_message(7, "t"))
    async with AsyncControl(tg.port) as waiting:
        assert (await waiting.wait_sent("sendMessage", 7))["lost"] == "hang_after"
        assert not call.done()
        await waiting.release()
    with pytest.raises(TelegramNetworkError):
        await call


async def test_downloads(tg: Control, bot: Bot) -> None:
    data = bytes(200_000)
    file = await bot.get_file(tg.document(7, data)["file_id"])
    tg.cut_download(with_length=True)
    with pytest.raises(ClientPayloadError):
        await bot.download_file(file.file_path)
    tg.cut_download(with_length=False)
    assert len((await bot.download_file(file.file_path)).read()) == 100_000
    tg.slow_download(400_000)
    begun = time.monotonic()
    assert (await bot.download_file(file.file_path)).read() == data
    assert time.monotonic() - begun > 0.3
    tg.lost_download()
    with pytest.raises(Exception, match="404"):
        await bot.download_file(file.file_path)
    assert (await bot.download_file(file.file_path)).read() == data


async def test_too_big_and_unknown_files(tg: Control, bot: Bot) -> None:
    big = tg.document(7, size=20 * 1024 * 1024 + 1)["file_id"]
    assert "file is too big" in await reason(bot.get_file(big))
    assert "invalid file_id" in await reason(bot.get_file("AgACnothing"))


async def test_revoked_conflict_latency_and_any_error(tg: Control, bot: Bot) -> None:
    tg.revoke()
    await reason(bot.get_me(), TelegramUnauthorizedError)
    tg.revoke(False)
    tg.conflict()
    await reason(bot.get_updates(), TelegramConflictError)
    tg.latency(200)
    begun = time.monotonic()
    await bot.get_me()
    assert time.monotonic() - begun >= 0.2
    tg.clear_faults()
    tg.fail(403, "Forbidden: user is deactivated", "sendMessage", chat_id=7)
    await reason(bot.send_message(7, "t"), TelegramForbiddenError)


async def test_chaos_is_the_same_for_the_same_seed(tg: Control, bot: Bot) -> None:
    runs = []
    for _ in range(2):
        tg.reset_all()
        tg.user(7)
        tg.chaos(5, [{"p": 0.5, "kind": "html502"}, {"p": 0.3, "kind": "429"}])
        for n in range(20):
            await send_anyhow(tg, str(n))
        runs.append([m["text"] for m in tg.messages(7)])
    assert runs[0] == runs[1]
    assert 0 < len(runs[0]) < 20


def test_waiting_tells_what_came_instead(tg: Control) -> None:
    with pytest.raises(AssertionError, match=r"not sent within 0\.1 s; sent: 0 calls"):
        tg.wait_sent("sendMessage", timeout=0.1)
    with pytest.raises(ControlError, match="unknown fault"):
        tg.fault("earthquake")
