"""Serves a make-believe corporation on this machine: its API, its robot's socket, its controls.

Other modules add their routes with `more`. Knows no rule.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress

from aiohttp import web

from bot.transports.simulator.wecom.api import LARGEST_BODY, Api
from bot.transports.simulator.wecom.corp import Corp

SAVED_EVERY = 1.0


@asynccontextmanager
async def open_corp(
    corp: Corp, port: int = 0, more: Iterable[web.RouteDef] = ()
) -> AsyncIterator[str]:
    """The corporation is served on 127.0.0.1 while the context is open; gives its address.

    The address has no `/cgi-bin`. Closes the corporation's own connections at the end.
    """
    app = web.Application(client_max_size=LARGEST_BODY)
    app.add_routes([*Api(corp).routes(), *more])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    saving = asyncio.get_running_loop().create_task(_keep_saving(corp))
    try:
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        corp.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield corp.base
    finally:
        saving.cancel()
        with suppress(asyncio.CancelledError):
            await saving
        await runner.cleanup()
        await corp.close()


async def _keep_saving(corp: Corp) -> None:
    while True:
        await asyncio.sleep(SAVED_EVERY)
        corp.save()
