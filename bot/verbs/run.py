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

SIGNALS = (signal.SIGTERM, signal.SIGINT)


async def run(settings: Settings) -> None:
    """The bot runs until SIGTERM or SIGINT, then ends cleanly within ten seconds.

    Raises BadSetting without a line, StoreTaken, BadToken or SecondPoller.
    """
    telegram = settings.telegram
    secrets = [s.get_secret_value() for s in (telegram.token, telegram.webhook_secret) if s]
    secrets += settings.intake.tokens().values()
    configure(settings.log, [*secrets, *settings.wecom.secrets()])
    loop, here = asyncio.get_running_loop(), asyncio.current_task()
    stopped = asyncio.Event()
    assert here is not None

    def stop_opening() -> None:
        stopped.set()
        here.cancel()

    for name in SIGNALS:
        loop.add_signal_handler(name, stop_opening)
    try:
        async with AsyncExitStack() as stack:
            house, lines = await _open(settings, stack)
            for name in SIGNALS:
                loop.add_signal_handler(name, house.stop)
            await house.run(*lines.receivers(house))
    except asyncio.CancelledError:
        if not stopped.is_set():
            raise


async def _open(settings: Settings, stack: AsyncExitStack) -> tuple[House, Lines]:
    """The house with its lines, open; `stack` closes what was opened, also where this fails."""
    clock = Clock()
    lines = Lines(settings, clock, stack)
    await lines.prepare()
    house = await House.open(settings, clock, lines.open)
    stack.push_async_callback(house.close)
    if settings.listen:
        from bot.listening import listen
        from bot.web import health_app

        runner = await listen(health_app(house), settings.listen)
        stack.push_async_callback(runner.cleanup)
    if settings.intake.tokens():
        from bot.case_web import intake_app
        from bot.listening import listen

        runner = await listen(intake_app(house), settings.intake.listen)
        stack.push_async_callback(runner.cleanup)
    log.info("running", home=str(settings.home), lines=list(house.lines))
    return house, lines
