"""The fake's queue: confirmed pointer, long poll, conflict, webhook."""

from __future__ import annotations

import asyncio
import time

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramConflictError
from aiohttp import web

from tests.fakes.control import AsyncControl, Control
from tests.fakes.shared import raw, reason


async def test_only_an_offset_confirms(tg: Control, bot: Bot) -> None:
    ids = [tg.text(7, str(n))["update_id"] for n in range(3)]
    for _ in range(2):
        assert [u.update_id for u in await bot.get_updates()] == ids
    for _ in range(2):
        assert [u.update_id for u in await bot.get_updates(offset=ids[1])] == ids[1:]
    assert [u.update_id for u in await bot.get_updates(limit=1)] == ids[1:2]
    assert await bot.get_updates(offset=ids[2] + 1) == []
    assert tg.state()["confirmed"] == ids[2]
    assert not tg.violations()


async def test_ids_that_restart_lower_are_not_lost(tg: Control, bot: Bot) -> None:
    tg.settings(next_update=1000)
    tg.text(7, "a")
    assert await bot.get_updates(offset=1001) == []
    tg.settings(next_update=10)
    tg.text(7, "b")
    assert [u.update_id for u in await bot.get_updates(offset=1001)] == [10]


async def test_a_long_poll_ends_with_the_update(tg: Control, bot: Bot) -> None:
    begun = time.monotonic()
    poll = asyncio.ensure_future(bot.get_updates(timeout=20))
    await asyncio.sleep(0.2)
    tg.text(7, "到了")
    assert (await poll)[0].message.text == "到了"
    assert time.monotonic() - begun < 5
    begun = time.monotonic()
    assert await bot.get_updates(offset=tg.state()["next_update"], timeout=1) == []
    assert 0.9 < time.monotonic() - begun < 3


async def test_a_second_poller_ends_the_first(tg: Control, bot: Bot) -> None:
    first = asyncio.ensure_future(bot.get_updates(timeout=20))
    await asyncio.sleep(0.2)
    second = asyncio.ensure_future(bot.get_updates(timeout=20))
    told = await reason(first, TelegramConflictError)
    assert "terminated by other getUpdates request; make sure that only one bot" in told
    tg.text(7, "t")
    assert len(await second) == 1


async def test_kinds_not_asked_for_are_withheld(tg: Control, bot: Bot) -> None:
    await bot.get_updates(allowed_updates=["callback_query"])
    assert tg.text(7, "t")["update_id"] is None
    assert tg.state()["withheld"] == 1


async def test_a_dead_poll_serves_nothing(tg: Control, bot: Bot) -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(bot.get_updates(timeout=20), 0.2)
    await bot.session.close()
    tg.text(7, "t")
    assert tg.served() == []
    assert len(tg.pending()) == 1


async def test_raw_repeated_and_expired_updates(tg: Control, bot: Bot) -> None:
    update = {"message": {"nonsense": True}}
    tg.push(update, 5)
    tg.push(update, 5)
    answer = await raw(tg, "getUpdates")
    assert answer["result"] == [{**update, "update_id": 5}] * 2
    assert tg.expire_updates() == 2
    assert await bot.get_updates() == []


async def test_a_webhook_gets_updates_until_200(tg: Control, bot: Bot) -> None:
    got: list[tuple[str | None, str]] = []

    async def hook(request: web.Request) -> web.Response:
        body = await request.json()
        got.append(
            (request.headers.get("X-Telegram-Bot-Api-Secret-Token"), body["message"]["text"])
        )
        return web.Response(status=500 if len(got) == 1 else 200)

    app = web.Application()
    app.router.add_post("/hook", hook)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    tg.settings(webhook_retry=0.05)
    tg.text(7, "一")
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    await bot.set_webhook(url, secret_token="s-1")
    tg.text(7, "二")
    assert "webhook is active" in await reason(bot.get_updates(), TelegramConflictError)
    async with AsyncControl(tg.port) as waiting:
        await waiting.wait_until(lambda state: state["pending"] == 0)
    assert got == [("s-1", "一"), ("s-1", "一"), ("s-1", "二")]
    assert "500" in str((await bot.get_webhook_info()).last_error_message)
    await bot.delete_webhook(drop_pending_updates=True)
    assert "drop_pending_updates" in tg.violations()[0]["what"]
    assert await bot.get_updates() == []
    await runner.cleanup()
