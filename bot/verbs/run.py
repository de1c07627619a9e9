"""`gangting run`: the house with the lines of the settings, until a signal or a line's fault."""

from __future__ import annotations

import asyncio
import signal
from contextlib import AsyncExitStack

import structlog

from bot.app import House
from bot.clock import Clock
from bot.connect import Lines
from bot.logs import configure
from bot.settings import Settings

log = structlog.get_logger(__name__)


async def run(settings: Settings) -> None:
    """The bot runs until SIGTERM or SIGINT, then ends cleanly within ten seconds.

    Raises BadSetting without a line, StoreTaken, BadToken or SecondPoller.
    """
    telegram = settings.telegram
    secrets = [s.get_secret_value() for s in (telegram.token, telegram.webhook_secret) if s]
    configure(settings.log, [*secrets, *settings.wecom.secrets()])
    clock = Clock()
    async with AsyncExitStack() as stack:
        lines = Lines(settings, clock, stack)
        await lines.prepare()
        house = await House.open(settings, clock, lines.open)
        stack.push_async_callback(house.close)
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, house.stop)
        if settings.listen:
            from bot.listening import listen
            from bot.web import health_app

            runner = await listen(health_app(house), settings.listen)
            stack.push_async_callback(runner.cleanup)
        log.info("running", home=str(settings.home), lines=list(house.lines))
        await house.run(*lines.receivers(house))
    for name in (signal.SIGTERM, signal.SIGINT):
        # A second signal while the interpreter shuts down must not spoil a clean end.
        asyncio.get_running_loop().remove_signal_handler(name)
        signal.signal(name, signal.SIG_IGN)
