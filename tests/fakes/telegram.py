"""A fake Telegram Bot API server, as strict as the real one, run as a process of its own.

    python -m tests.fakes.telegram --port 0 --token 123:abc

prints {"port": N} when it listens on 127.0.0.1. The bot may be killed at any time: the queue, the
confirmed pointer and all that was sent live here. Tests steer it through tests/fakes/control.py.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import struct
from typing import Any
from urllib.parse import parse_qsl, unquote

from aiohttp import web
from aiohttp.web_request import BaseRequest

from tests.fakes import media, standing
from tests.fakes.desk import Desk
from tests.fakes.downloads import download
from tests.fakes.faults import DELIVERED, HTML, Fault, Faults
from tests.fakes.rules import Wrong, bad
from tests.fakes.schema import Schema, Upload
from tests.fakes.updates import Updates
from tests.fakes.world import Dict, World

MAX_BODY = 64 << 20
DUMPS = json.JSONEncoder(separators=(",", ":")).encode


def json_response(told: Dict, status: int = 200) -> web.Response:
    """An answer in the form of the Bot API."""
    return web.Response(
        body=DUMPS(told).encode(), status=status, headers={"Content-Type": "application/json"}
    )


def answer(result: Any) -> web.Response:
    """The {"ok": true} answer."""
    return json_response({"ok": True, "result": result})


def refusal(error: Wrong) -> web.Response:
    """The {"ok": false} answer of a Wrong."""
    told: Dict = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        told["parameters"] = error.parameters
    return json_response(told, error.code)


def reset(request: BaseRequest) -> web.Response:
    """Break the connection so that the client sees a reset, not an end."""
    if request.transport is not None:
        sock = request.transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return web.Response()


async def read_params(request: BaseRequest, query: str) -> Dict:
    """The call's parameters from the query and from a JSON, urlencoded or multipart body."""
    params: Dict = dict(parse_qsl(query, keep_blank_values=True)) if query else {}
    kind = request.headers.get("Content-Type", "")
    if kind.startswith("multipart/"):
        form = await request.post()
        for key, value in form.items():
            if isinstance(value, web.FileField):
                value = Upload(value.filename, value.file.read(), value.content_type)
            params[key] = value
        return params
    body = await request.read()
    if not body:
        return params
    try:
        if kind.startswith("application/json"):
            given = json.loads(body)
            if not isinstance(given, dict):
                raise bad("can't parse request body as JSON object")
            params.update((k, v) for k, v in given.items() if v is not None)
        else:
            params.update(parse_qsl(body.decode(), keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError:
        raise bad("strings must be encoded in UTF-8") from None
    except ValueError:
        raise bad("can't parse request body as JSON object") from None
    return params


def loggable(params: Dict) -> Dict:
    """The parameters with uploads described instead of carried."""
    if not any(isinstance(value, Upload) for value in params.values()):
        return params
    return {
        key: {"upload": v.name, "size": len(v.data)} if isinstance(v, Upload) else v
        for key, v in params.items()
    }


class FakeTelegram:
    """The server's parts, and the way of one request through them."""

    def __init__(self, token: str, light: bool = False) -> None:
        self.token = token
        self.schema = Schema(light)
        self.calls = {**media.CALLS, **standing.CALLS}
        self.bot_prefix = f"/bot{token}/"
        self.file_prefix = f"/file/bot{token}/"
        self.desk = Desk(self)
        self.begin()

    def begin(self) -> None:
        """An empty world without faults."""
        self.world = World(self.token)
        self.faults = Faults()
        self.updates = Updates(self.world)

    async def handle(self, request: BaseRequest) -> web.StreamResponse:
        """Answer one request, whatever it is for."""
        path, _, query = request.raw_path.partition("?")
        if "%" in path:
            path = unquote(path)
        if path.startswith("/control/"):
            return await self.desk.answer(request, path.removeprefix("/control/"))
        if self.faults.revoked or not path.startswith((self.bot_prefix, self.file_prefix)):
            known = path.startswith(("/bot", "/file/bot"))
            return refusal(Wrong(401, "Unauthorized") if known else Wrong(404, "Not Found"))
        try:
            if path.startswith(self.file_prefix):
                return await download(self, request, path.removeprefix(self.file_prefix))
            return await self.call(request, path.removeprefix(self.bot_prefix), query)
        except Wrong as error:
            return refusal(error)

    async def call(self, request: BaseRequest, name: str, query: str) -> web.StreamResponse:
        """One call of a method, through the faults in force."""
        method = self.schema.names.get(name.lower())
        if method is None:
            self.world.note(name, "unknown method")
            raise Wrong(404, "Not Found")
        params = await read_params(request, query)
        faults = self.faults
        if faults.latency:
            await asyncio.sleep(faults.latency)
        if faults.flood is not None and method.startswith(("send", "edit")):
            faults.flood.check(self.world, params.get("chat_id"))
        fault = faults.take(method, params.get("chat_id")) if faults else None
        if method == "getUpdates" and (fault is None or fault.kind in DELIVERED):
            result = await self.poll(request, params)
            return await self.fail(request, fault) if fault else answer(result)
        if fault is None:
            return answer(await self.perform(method, params))
        if fault.kind in DELIVERED:
            await self.perform(method, params, lost=fault.kind)
        else:
            self.world.log({"method": method, "params": loggable(params), "ok": False,
                            "error": f"fault {fault.kind}"})  # fmt: skip
        return await self.fail(request, fault)

    async def poll(self, request: BaseRequest, raw: Dict) -> list[Dict]:
        """The updates; polls are not logged, `served` tells of them."""
        params, notes = self.schema.check("getUpdates", raw)
        for what in notes:
            self.world.note("getUpdates", what)
        return await self.updates.get(params, lambda: request.transport is not None)

    async def perform(self, method: str, raw: Dict, lost: str | None = None) -> Any:
        """Do what the call asks; the log has it afterwards, refused or done."""
        world = self.world
        params = raw
        try:
            params, notes = self.schema.check(method, raw)
            media.check_uploads(method, params, notes)
            for what in notes:
                world.note(method, what)
            result = await self._result(method, params)
        except Wrong as error:
            world.log({"method": method, "params": loggable(params), "ok": False,
                       "error": error.description, "code": error.code})  # fmt: skip
            raise
        # Later edits change the message in place, the log keeps it as it was answered.
        shown = dict(result) if isinstance(result, dict) else result
        entry: Dict = {"method": method, "params": loggable(params), "ok": True, "result": shown}
        if lost is not None:
            entry["lost"] = lost
        world.log(entry)
        return result

    async def _result(self, method: str, params: Dict) -> Any:
        if method in self.updates.calls:
            return await self.updates.calls[method](params)
        one = self.calls.get(method)
        if one is None:
            self.world.note(method, "not implemented by the fake")
            raise bad(f"method {method} is not implemented by the fake server")
        return one(self.world, params)

    async def fail(self, request: BaseRequest, fault: Fault) -> web.StreamResponse:
        """The answer, or the silence, that the fault stands for."""
        kind, more = fault.kind, fault.more
        if kind.startswith("reset"):
            return reset(request)
        if kind.startswith("hang"):
            await self.faults.hang(fault)
            return reset(request)
        if kind.startswith("html502"):
            return web.Response(status=502, body=HTML, content_type="text/html")
        if kind.startswith("empty"):
            return web.Response(body=b"", content_type="application/json")
        if kind == "truncated":
            return web.Response(body=b'{"ok":true,"result":{"mess', content_type="application/json")
        if kind == "429":
            after = more.get("retry_after", 1)
            raise Wrong(429, f"Too Many Requests: retry after {after}", retry_after=after)
        if kind == "conflict":
            raise self.updates.conflict()
        raise Wrong(more["code"], more["description"], **more.get("parameters", {}))


async def serve(token: str, port: int = 0, light: bool = False) -> tuple[web.ServerRunner, int]:
    """Listen on 127.0.0.1; the runner (to be cleaned up by the caller) and the port."""
    fake = FakeTelegram(token, light)
    loop = asyncio.get_running_loop()

    def make_request(*parts: Any) -> BaseRequest:
        return BaseRequest(*parts, loop, client_max_size=MAX_BODY)

    server = web.Server(fake.handle, request_factory=make_request, access_log=None)
    runner = web.ServerRunner(server, shutdown_timeout=0.2)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port, backlog=1024)
    await site.start()
    return runner, runner.addresses[0][1]


async def _run(token: str, port: int, light: bool, with_parent: bool) -> None:
    parent = os.getppid()
    runner, bound = await serve(token, port, light)
    print(json.dumps({"port": bound}), flush=True)
    try:
        # A test run that was killed must not leave its fake behind.
        while not with_parent or os.getppid() == parent:  # noqa: ASYNC110 - no event tells it
            await asyncio.sleep(1)
    finally:
        await runner.cleanup()


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default="123:abc")
    parser.add_argument("--light", action="store_true", help="types of simple values only")
    parser.add_argument("--with-parent", action="store_true", help="end when the parent has ended")
    given = parser.parse_args()
    try:
        import uvloop

        runner: Any = uvloop.run
    except ImportError:
        runner = asyncio.run
    try:
        runner(_run(given.token, given.port, given.light, given.with_parent))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
