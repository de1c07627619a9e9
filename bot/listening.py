"""Answering at an address; light enough for the receiver, so it knows no house."""

from __future__ import annotations

from aiohttp import web

from bot.errors import BadSetting


async def listen(app: web.Application, address: str) -> web.AppRunner:
    """The application answers at "host:port"; close it with `cleanup`. Raises BadSetting."""
    host, _, port = address.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:
        raise BadSetting(f"{address!r} is no address; write host:port, such as 127.0.0.1:8081")
    # Nobody sends us packed bodies; unpacking a stranger's could take all our time.
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0, auto_decompress=False)
    await runner.setup()
    try:
        await web.TCPSite(runner, host or "127.0.0.1", int(port)).start()
    except OSError as taken:
        await runner.cleanup()
        raise BadSetting(f"{address} can't be listened on: {taken.strerror}") from None
    return runner
