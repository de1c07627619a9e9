"""Files up (temporary media, three days) and down, as the page path/96484 and 96486 have them.

A refused download is JSON with HTTP 200; it never passes for a file. Knows no message and no store.
"""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

import aiohttp

from bot.transports.wecom.client import Client, Held
from bot.transports.wecom.errors import STALE_TOKEN, NoAnswer, WeComError

MEGABYTE = 1024 * 1024
SMALLEST = 6
"""Bytes: the platform wants more than five."""

LARGEST = {
    "image": 10 * MEGABYTE,
    "voice": 2 * MEGABYTE,
    "video": 10 * MEGABYTE,
    "file": 20 * MEGABYTE,
}
MIMES = {
    "image": ("image/jpeg", "image/png"),
    "voice": ("audio/amr", "audio/x-amr", "voice/amr"),
    "video": ("video/mp4",),
}
BAD_TYPE, BAD_SIZE = 40004, 40006
"""The platform's own codes for what is refused here before it is sent."""

TOO_BIG_AT_ONCE = 830002
PIECE = 10 * MEGABYTE
"""A file above 20 MB comes in ranges, this long each."""

UPLOAD_SECONDS = 120.0
ERROR_SIZE = 64 * 1024
CHUNK = 64 * 1024
NAME_LENGTH = 100


async def upload(client: Client, kind: str, name: str, data: bytes, mime: str) -> str:
    """The media id of the file, good for three days in the whole corporation.

    `kind` is image, voice, video or file. Raises WeComError (40004, 40006) for what the platform
    would not take, else what `Client.call` raises.
    """
    _fits(kind, data, mime)
    shown = file_name(name)

    def form() -> aiohttp.FormData:
        # Quoted, a Chinese name would arrive as percent signs (wecom.md 7.2).
        made = aiohttp.FormData(quote_fields=False)
        made.add_field("media", io.BytesIO(data), filename=shown, content_type=mime)
        return made

    async with asyncio.timeout(UPLOAD_SECONDS), client.bulk:
        answer = await client.call(
            "media/upload", params={"type": kind}, form=form, timeout=UPLOAD_SECONDS
        )
    media_id = answer.get("media_id")
    if not (isinstance(media_id, str) and media_id):
        raise NoAnswer("media/upload: no media id in the answer")
    return media_id


async def download(client: Client, media_id: str) -> AsyncGenerator[bytes, None]:
    """The file's bytes, all of them or a fault at the end.

    Raises WeComError where the platform refuses (40007: unknown, or older than three days),
    NoAnswer where it breaks off. Until it is read to its end or closed it holds one of the
    client's places, ten minutes at the longest.
    """
    try:
        async with aclosing(_piece(client, media_id, {}, _Extent())) as whole:
            async for chunk in whole:
                yield chunk
    except WeComError as refused:
        if refused.code != TOO_BIG_AT_ONCE:
            raise
    else:
        return
    start, total = 0, 1
    while start < total:
        extent = _Extent()
        wanted = {"Range": f"bytes={start}-{start + PIECE - 1}"}
        async with aclosing(_piece(client, media_id, wanted, extent)) as part:
            async for chunk in part:
                yield chunk
        if extent.start != start or extent.total <= start:
            raise NoAnswer("media/get: not the range that was asked for")
        start, total = extent.end + 1, extent.total


def file_name(name: str) -> str:
    """The name as it may stand raw in a header: no path, no quotes, no control characters."""
    last = re.split(r"[/\\]", name)[-1]
    clean = re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029\"]", "", last)
    clean = clean.encode("utf-8", "replace").decode("utf-8").strip(" .")
    stem, dot, ending = clean.rpartition(".")
    if not dot or len(ending) > 10:
        return clean[:NAME_LENGTH] or "file"
    return f"{stem[: NAME_LENGTH - len(ending) - 1]}.{ending}"


class _Extent:
    """What part of the file a response holds, as its Content-Range says; else the whole."""

    def __init__(self) -> None:
        self.start, self.end, self.total = 0, 0, 0

    def read(self, response: aiohttp.ClientResponse) -> None:
        """Raises NoAnswer where a partial response doesn't say which part it is."""
        if response.status == 200:
            return
        said = re.fullmatch(
            r"bytes (\d{1,12})-(\d{1,12})/(\d{1,12})", response.headers.get("Content-Range", "")
        )
        if said is None:
            raise NoAnswer("media/get: a part of the file without its place")
        self.start, self.end, self.total = (int(number) for number in said.groups())

    def check(self, received: int) -> None:
        """Raises NoAnswer where the body was empty, or not as long as the part it said it is."""
        if not received:
            raise NoAnswer("media/get: an empty file")
        if self.total and received != self.end - self.start + 1:
            raise NoAnswer("media/get: a part of the file broke off")
        if not self.total:
            self.end, self.total = received - 1, received


async def _piece(
    client: Client, media_id: str, headers: Mapping[str, str], extent: _Extent
) -> AsyncGenerator[bytes, None]:
    """One response's bytes, with a new token if the first was stale; `extent` says which part."""
    serial = 0
    for last in (False, True):
        held = await client.token(after=serial)
        serial = held.serial
        try:
            async with aclosing(_response(client, held, media_id, headers, extent)) as chunks:
                async for chunk in chunks:
                    yield chunk
        except WeComError as refused:
            if last or refused.code not in STALE_TOKEN:
                raise
        else:
            return


async def _response(
    client: Client, held: Held, media_id: str, headers: Mapping[str, str], extent: _Extent
) -> AsyncGenerator[bytes, None]:
    async with (
        client.bulk,
        client.slots,
        client.opened(
            "media/get",
            held.token,
            params={"media_id": media_id},
            headers={"Accept-Encoding": "identity", **headers},
        ) as response,
    ):
        head = await _head(response)
        _judge(client, response, head)
        extent.read(response)
        received = len(head)
        yield head
        async for chunk in response.content.iter_chunked(CHUNK):
            received += len(chunk)
            yield chunk
        extent.check(received)


async def _head(response: aiohttp.ClientResponse) -> bytes:
    """The first bytes; all of them where they may be an error's JSON and are few enough."""
    head = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK):
        head += chunk
        if not head.lstrip().startswith(b"{") or len(head) > ERROR_SIZE:
            break
    return bytes(head)


def _judge(client: Client, response: aiohttp.ClientResponse, head: bytes) -> None:
    """Raises what the platform says instead of a file.

    JSON is known by itself as well as by its type: a proxy may rename the type, and a picture
    never begins with a brace.
    """
    attached = "filename" in response.headers.get("Content-Disposition", "").lower()
    kind = response.content_type
    if head.lstrip().startswith(b"{") and b'"errcode"' in head[:ERROR_SIZE]:
        client.judged(head)
        raise NoAnswer("media/get: an answer without a file")
    if response.status not in (200, 206):
        raise NoAnswer(f"media/get: HTTP {response.status}")
    if kind in ("application/json", "text/html", "text/plain") and not attached:
        raise NoAnswer(f"media/get: {kind} in place of a file")


def _fits(kind: str, data: bytes, mime: str) -> None:
    if kind not in LARGEST:
        raise WeComError(BAD_TYPE, f"{kind!r} is no kind of media")
    if mime not in MIMES.get(kind, (mime,)):
        allowed = " or ".join(MIMES[kind])
        raise WeComError(BAD_TYPE, f"{mime} can't be sent as {kind}, only {allowed}")
    if not SMALLEST <= len(data) <= LARGEST[kind]:
        most = LARGEST[kind] // MEGABYTE
        raise WeComError(
            BAD_SIZE, f"{len(data)} bytes can't be sent as {kind}: {SMALLEST} bytes to {most} MB"
        )
