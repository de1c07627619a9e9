"""The least that can answer a callback: aiohttp with an empty 200, nothing verified, nothing kept.

Run: python -m tests.bench.empty 8082
"""

from __future__ import annotations

import sys

from aiohttp import web


async def answer(request: web.Request) -> web.Response:
    """An empty 200 after the body is read."""
    await request.read()
    return web.Response()


def main() -> None:
    """Answers until it is killed."""
    app = web.Application()
    app.router.add_post("/wecom", answer)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)


if __name__ == "__main__":
    main()
