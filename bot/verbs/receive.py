"""`gangting receive`: takes WeCom's callbacks in, keeps them, and does nothing else.

A process of its own, up in a second: the platform asks three times in fifteen seconds and
then forgets, while the house may be starting, busy or standing still. So nothing here may import
aiogram or SQLAlchemy.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import structlog
from aiohttp import web

from bot.clock import Clock
from bot.errors import BadSetting, StoreFault, StoreTaken
from bot.listening import listen
from bot.logs import configure
from bot.receiving import OURS, at_work
from bot.settings import Settings
from bot.transports.wecom.callback import Callbacks
from bot.transports.wecom.crypto import Envelope
from storage.spool import Spool
from storage.spool_file import SPOOL_FILE

log = structlog.get_logger(__name__)

TRIES = 50
"""Tenths of a second that another receiver has to end."""

FORGET_SECONDS = 20.0
"""Between two looks at what the worker has taken."""


async def receive(settings: Settings, for_run: bool = False) -> None:
    """Callbacks are kept until SIGTERM or SIGINT.

    One that somebody runs himself takes over from one that `gangting run` had started (`for_run`).
    Raises BadSetting where no app is set up, StoreTaken where another receiver is at work,
    StoreFault where the file was taken away: who looks after this process starts it anew.
    """
    callback = settings.wecom.callback()
    if callback is None:
        raise BadSetting(
            "no WeCom app is configured: set GANGTING_WECOM__CORP_ID, __AGENT_ID, __SECRET, "
            "__TOKEN and __AES_KEY (README, «Connect WeCom»)"
        )
    configure(settings.log, settings.wecom.secrets())
    clock, stop = Clock(), asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with AsyncExitStack() as stack:
        spool = await _opened(settings.home, for_run)
        stack.push_async_callback(spool.close)
        callbacks = Callbacks(Envelope(callback), spool, clock.now)
        app = receiver_app(callbacks, spool, settings.wecom.path)
        runner = await listen(app, settings.wecom.listen)
        stack.push_async_callback(runner.cleanup)
        log.info("receiving", home=str(settings.home), at=settings.wecom.listen)
        while not stop.is_set():
            spool.still_there()
            try:
                await spool.forget(clock.now())
            except StoreFault as fault:
                log.error("the receiver's file can't be tidied", fault=fault.sentence)
            with suppress(TimeoutError):
                async with asyncio.timeout(FORGET_SECONDS):
                    await stop.wait()


async def _opened(home: Path, for_run: bool) -> Spool:
    """The home's spool; a receiver that was only started for want of one gives way."""
    try:
        return await Spool.open(home / SPOOL_FILE)
    except StoreTaken:
        other = None if for_run else at_work(home, OURS)
        if other is None:
            raise
    log.info("taking over from the receiver that run had started", pid=other)
    with suppress(ProcessLookupError):
        os.kill(other, signal.SIGTERM)
    for _ in range(TRIES):
        await asyncio.sleep(0.1)
        with suppress(StoreTaken):
            return await Spool.open(home / SPOOL_FILE)
    return await Spool.open(home / SPOOL_FILE)


def receiver_app(callbacks: Callbacks, spool: Spool, path: str) -> web.Application:
    """The callback's two handlers at `path`, and GET /healthz."""
    app = web.Application()
    app.router.add_get(path, callbacks.verify, allow_head=False)
    app.router.add_post(path, callbacks.receive)
    app.router.add_get("/healthz", _healthz(spool))
    return app


def _healthz(spool: Spool) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def healthz(request: web.Request) -> web.Response:
        del request
        try:
            await spool.check()
        except StoreFault as fault:
            log.error("messages can't be kept", fault=fault.sentence)
            # The address is open to the world: where the file is stands in the log.
            body = {"ok": False, "reasons": ["messages can't be kept"], "spool": spool.name}
            return web.json_response(body, status=503)
        # By the name `gangting run` knows whether it is the receiver of its own home.
        return web.json_response({"ok": True, "reasons": [], "spool": spool.name})

    return healthz
