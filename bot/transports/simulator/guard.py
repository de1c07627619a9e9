"""Who may talk to the page's server: this machine's browser, on this page, and nobody else.

Another site that is open in the same browser must not drive the phones. Knows no phone.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

from bot.errors import GangtingError, NotFound

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_HERE = {"localhost", "127.0.0.1"}
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' blob: data:; style-src 'self'; object-src 'none'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@web.middleware
async def keep_to_this_machine(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The request came from the page itself; else 403 and nothing was done."""
    host = request.headers.get("Host", "")
    if urlsplit(f"//{host}").hostname not in _HERE:
        return trouble(403, "只能在本机用 localhost 或 127.0.0.1 打开。")
    origin = request.headers.get("Origin")
    foreign = origin is not None and origin != f"http://{host}"
    if foreign or request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        return trouble(403, "别的网页不能操作演练台。")
    return await handler(request)


@web.middleware
async def say_what_is_wrong(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A refusal is a JSON sentence with its 4xx status."""
    try:
        return await handler(request)
    except NotFound as refused:
        return trouble(404, refused.sentence)
    except GangtingError as refused:
        return trouble(400, refused.sentence)
    except web.HTTPRequestEntityTooLarge:
        return trouble(413, "文件太大，演练台最多收 100 MB。")
    except web.HTTPException as refused:
        return trouble(refused.status, refused.text or refused.reason)


async def add_headers(_: web.Request, response: web.StreamResponse) -> None:
    """Nothing from elsewhere is loaded, and nothing is taken for what it isn't."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)


def trouble(status: int, sentence: str) -> web.Response:
    """The answer to a request that can't be carried out."""
    return web.json_response({"error": sentence}, status=status)
