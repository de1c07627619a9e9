"""The app's callbacks: verified, opened, kept, answered; knows neither worker nor aiogram.

Facts: developer.work.weixin.qq.com/document/path/90930. The platform waits five seconds, asks three
times, then the message is gone: so everything that is ours is kept before the empty 200, and
nothing else is done here.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from aiohttp import web

from bot.transports.wecom.crypto import BadEnvelope, Envelope
from bot.transports.wecom.fields import key_of
from bot.transports.wecom.xml import BadXml, parse

log = structlog.get_logger(__name__)

BODY_LIMIT = 64 * 1024
BODY_SECONDS = 4.0
OUTER_TAGS = 32
"""Tags around what is encrypted; before the signature is checked nothing longer is read."""

SKEW = timedelta(minutes=5)
"""A callback whose moment is farther off is refused if its nonce was seen: clocks may be wrong."""

TRACKS = "LOCATION"
"""The event by which a phone tells where it is each time the app is opened: nobody asked for it."""


class Kept(Protocol):
    """Where messages are kept until the worker takes them."""

    async def add(self, key: str, nonce: str, raw: str, now: datetime) -> None:
        """The message is on the disk when this returns; a known key changes nothing."""

    async def seen(self, nonce: str) -> bool:
        """Whether a message with this nonce was kept."""


class Callbacks:
    """The two handlers of the callback's address."""

    def __init__(self, envelope: Envelope, kept: Kept, now: Callable[[], datetime]) -> None:
        self._envelope, self._kept, self._now = envelope, kept, now

    async def verify(self, request: web.Request) -> web.Response:
        """GET: the decrypted `echostr` and nothing else, which proves that we have the key."""
        # A sender that leaves + as it is means base64's sign, never a blank.
        echo = request.query.get("echostr", "").replace(" ", "+")
        try:
            plain = self._open(request, echo)
        except BadEnvelope as wrong:
            return _refused(403, str(wrong))
        return web.Response(body=plain, content_type="text/plain")

    async def receive(self, request: web.Request) -> web.Response:
        """POST: an empty 200 after the message is kept; 4xx for what is none, 503 to come again."""
        try:
            message = parse(self._open(request, _encrypted(await _body(request))))
            nonce = request.query["nonce"]
            if self._is_far(request) and await self._kept.seen(nonce):
                return _refused(403, "replayed")
            if message.get("Event") != TRACKS:
                raw = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
                await self._kept.add(key_of(message), nonce, raw, self._now())
        except BadEnvelope as wrong:
            return _refused(403, str(wrong))
        except BadXml as wrong:
            return _refused(400, str(wrong))
        except web.HTTPException as wrong:
            return _refused(wrong.status, wrong.reason)
        except Exception as fault:  # noqa: BLE001 - whatever it is, the platform must send it again
            log.error("a message could not be kept", fault=f"{type(fault).__name__}: {fault}"[:300])
            return web.Response(status=503)
        return web.Response()

    def _open(self, request: web.Request, encrypted: str) -> bytes:
        query = request.query
        given = [query.get(name, "") for name in ("msg_signature", "timestamp", "nonce")]
        return self._envelope.open(given[0], given[1], given[2], encrypted)

    def _is_far(self, request: web.Request) -> bool:
        said = request.query["timestamp"]
        if not (said.isdecimal() and len(said) <= 10):
            return True
        return abs(self._now().timestamp() - int(said)) > SKEW.total_seconds()


async def _body(request: web.Request) -> bytes:
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise web.HTTPUnsupportedMediaType  # the platform packs nothing; a bomb would be packed
    if (request.content_length or 0) > BODY_LIMIT:
        raise web.HTTPRequestEntityTooLarge(BODY_LIMIT, request.content_length or 0)
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for part in request.content.iter_any():
                body += part
                if len(body) > BODY_LIMIT:
                    raise web.HTTPRequestEntityTooLarge(BODY_LIMIT, len(body))
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    return bytes(body)


def _encrypted(body: bytes) -> str:
    encrypted = parse(body, OUTER_TAGS).get("Encrypt")
    if not isinstance(encrypted, str) or not encrypted:
        raise BadXml("nothing is encrypted")
    return encrypted.strip()


def _refused(status: int, why: str) -> web.Response:
    hint = "are corp id, token and AES key (GANGTING_WECOM__…) those of the app's 接收消息?"
    log.warning("a callback was refused", status=status, why=why, hint=hint)
    return web.Response(status=status)
