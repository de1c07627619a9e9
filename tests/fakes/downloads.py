"""/file/bot<token>/<path>: downloads, whole, slow or cut."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web
from aiohttp.web_request import BaseRequest

from tests.fakes.faults import HTML, Fault
from tests.fakes.rules import Wrong

if TYPE_CHECKING:
    from tests.fakes.telegram import FakeTelegram

TYPE = "application/octet-stream"
CHUNK = 16_384


async def download(fake: FakeTelegram, request: BaseRequest, path: str) -> web.StreamResponse:
    """The file's bytes, unless a fault on `download` says otherwise."""
    file = fake.world.paths.get(path)
    fault = fake.faults.take("download", None) if fake.faults else None
    if file is None or (fault is not None and fault.kind == "404"):
        raise Wrong(404, "Not Found")
    fake.world.counts["download"] = fake.world.counts.get("download", 0) + 1
    if fault is None:
        return web.Response(body=file.data, content_type=TYPE)
    if fault.kind == "slow":
        return await _slow(request, file.data, fault)
    if fault.kind == "html502":
        return web.Response(status=502, body=HTML, content_type="text/html")
    if fault.kind.startswith("cut"):
        return _cut(request, file.data, fault)
    return await fake.fail(request, fault)


async def _slow(request: BaseRequest, data: bytes, fault: Fault) -> web.StreamResponse:
    rate = fault.more.get("bytes_per_second", 20_000)
    step = min(CHUNK, max(1, int(rate / 20)))
    response = web.StreamResponse(headers={"Content-Type": TYPE})
    response.content_length = len(data)
    await response.prepare(request)
    for begin in range(0, len(data), step):
        await response.write(data[begin : begin + step])
        await asyncio.sleep(step / rate)
    await response.write_eof()
    return response


def _cut(request: BaseRequest, data: bytes, fault: Fault) -> web.Response:
    """Raw bytes, because aiohttp would mark a cut answer as chunked and so as incomplete."""
    size = f"Content-Length: {len(data)}\r\n" if fault.kind == "cut_len" else ""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {TYPE}\r\n{size}Connection: close\r\n\r\n"
    part = data[: int(len(data) * fault.more.get("at", 0.5))]
    transport = request.transport
    if transport is not None:
        transport.write(head.encode() + part)
        transport.close()
    return web.Response()
