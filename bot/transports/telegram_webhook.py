"""Telegram's webhook: the server brings the updates itself; knows neither inbox nor handlers.

Apart from `telegram` because a polling bot needs no web server.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable

import structlog
from aiogram import Bot
from aiohttp import web

from bot.transports.line import Accept
from bot.transports.telegram import KINDS, until_answered

log = structlog.get_logger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
BODY_LIMIT = 1024 * 1024


async def start_webhook(bot: Bot, url: str, secret: str) -> None:
    """The server sends to `url`, with the secret in the header; what waits there is kept."""
    await until_answered(lambda: bot.set_webhook(url, secret_token=secret, allowed_updates=KINDS))


def webhook(secret: str, accept: Accept) -> Callable[[web.Request], Awaitable[web.Response]]:
    """A handler: 200 after the update is stored, 401 to strangers, 503 when it can't be."""
    expected = secret.encode()

    async def receive(request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode("utf-8", "surrogateescape"), expected):
            return web.Response(status=401, text="wrong secret\n")
        body = bytearray()
        async for part in request.content.iter_any():
            body += part
            if len(body) > BODY_LIMIT:
                return web.Response(status=413, text="too large\n")
        try:
            update = json.loads(body)
        except (ValueError, RecursionError):
            return web.Response(status=400, text="not JSON\n")
        try:
            await accept([update])
        except Exception as fault:  # noqa: BLE001 - whatever it is, Telegram must keep the update
            log.error("the inbox can't be written", fault=type(fault).__name__)
            return web.Response(status=503, text="not stored, send it again\n")
        return web.Response(text="{}", content_type="application/json")

    return receive
