"""`gangting run`: the house with the lines of the settings, until a signal or a line's fault."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import urlsplit

import structlog

from bot.app import House
from bot.clock import Clock
from bot.errors import BadSetting
from bot.logs import configure
from bot.settings import Settings
from bot.transports import telegram
from bot.transports.line import Line

log = structlog.get_logger(__name__)


async def run(settings: Settings) -> None:
    """The bot runs until SIGTERM or SIGINT, then ends cleanly within ten seconds.

    Raises BadSetting without a line, StoreTaken, BadToken or SecondPoller.
    """
    token = settings.telegram.token
    if token is None:
        raise BadSetting(
            "no line is configured: set GANGTING_TELEGRAM__TOKEN (README, «Connect Telegram»), "
            "or try it without any account: gangting demo"
        )
    secret = settings.telegram.webhook_secret
    configure(settings.log, [s.get_secret_value() for s in (token, secret) if s])
    line = telegram.telegram_line(
        token.get_secret_value(), settings.telegram.api, settings.telegram.pace
    )
    house = await House.open(settings, Clock(), [line])
    async with AsyncExitStack() as stack:
        stack.push_async_callback(house.close)
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, house.stop)
        if settings.listen:
            from bot.web import health_app, listen

            runner = await listen(health_app(house), settings.listen)
            stack.push_async_callback(runner.cleanup)
        receiver = await _receiver(settings, house, line, stack)
        log.info("running", home=str(settings.home), lines=list(house.lines))
        await house.run(receiver)


async def _receiver(
    settings: Settings, house: House, line: Line, stack: AsyncExitStack
) -> Callable[[], Coroutine[Any, Any, None]]:
    """The webhook where one is set, else the poll loop."""
    accept, up = house.acceptor(line.name), house.line_is(line.name)
    address = settings.telegram.webhook_url
    if address is None:

        async def poll() -> None:
            await telegram.greet(line)
            await telegram.start_polling(line.bot)
            await telegram.poll(line.bot, accept, up)

        return poll
    secret = settings.telegram.webhook_secret
    if secret is None:
        raise BadSetting(
            "GANGTING_TELEGRAM__WEBHOOK_SECRET must be set with the webhook: "
            "without it anybody could post reports"
        )
    from aiohttp import web

    from bot.transports import telegram_webhook
    from bot.web import listen

    app = web.Application()
    path = urlsplit(address).path or "/"
    app.router.add_post(path, telegram_webhook.webhook(secret.get_secret_value(), accept))
    runner = await listen(app, settings.telegram.webhook_listen)
    stack.push_async_callback(runner.cleanup)

    async def announce() -> None:
        await telegram.greet(line)
        await telegram_webhook.start_webhook(line.bot, address, secret.get_secret_value())
        up(True)

    return announce
