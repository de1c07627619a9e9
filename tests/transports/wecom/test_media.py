"""Files up and down: what is on the wire, and what never passes for a file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from aiohttp import web

from bot.transports.wecom import client as client_module
from bot.transports.wecom import media
from bot.transports.wecom.client import AT_ONCE, Client
from bot.transports.wecom.errors import NoAnswer, WeComError
from bot.transports.wecom.media import LARGEST, MEGABYTE, download, file_name, upload
from tests.transports.wecom.api_server import Answer, ApiServer, api, refusal

OK = {"errcode": 0, "errmsg": "ok"}
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 1000


def shelf(data: bytes, whole: int = 20 * MEGABYTE, **headers: str) -> Answer:
    """media/get of one file: at once up to `whole` bytes, else in ranges."""

    async def get(request: web.Request) -> web.StreamResponse | dict[str, Any]:
        sent = {"Content-Type": "image/jpeg", **headers}
        wanted = request.headers.get("Range")
        if wanted is None:
            if len(data) > whole:
                return refusal(830002, "file too large, use range")
            return web.Response(body=data, headers=sent)
        first, last = (int(n) for n in wanted.removeprefix("bytes=").split("-"))
        last = min(last, len(data) - 1)
        sent["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
        return web.Response(status=206, body=data[first : last + 1], headers=sent)

    return get


async def taken(chunks: AsyncGenerator[bytes, None]) -> bytes:
    return b"".join([chunk async for chunk in chunks])


async def fails(client: Client) -> WeComError | NoAnswer:
    with pytest.raises((WeComError, NoAnswer)) as caught:
        await taken(download(client, "m"))
    fault = caught.value
    assert isinstance(fault, (WeComError, NoAnswer))
    return fault


async def test_a_file_name_goes_out_raw_and_the_bytes_as_they_are() -> None:
    async with api() as (server, client):
        server.answers["media/upload"] = OK | {"media_id": "M1"}
        assert (
            await upload(client, "file", "松江路“占道”.pdf", b"%PDF-1.7 x", "application/pdf")
            == "M1"
        )
        sent = server.asked[-1]
        assert sent.query["type"] == "file"
        assert 'name="media"; filename="松江路“占道”.pdf"'.encode() in sent.body
        assert b"filename*" not in sent.body
        assert b"%PDF-1.7 x\r\n" in sent.body
        assert b"Content-Type: application/pdf" in sent.body


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ('a"b\r\nX-Evil: 1.jpg', "abX-Evil: 1.jpg"),
        ("../../etc/周报.xlsx", "周报.xlsx"),
        ("C:\\照片\\一.png", "一.png"),
        ("", "file"),
        ("..", "file"),
        ("a\x00\u2028b.txt", "ab.txt"),
        ("\ud83d.txt", "?.txt"),
        ("长" * 300 + ".docx", "长" * 95 + ".docx"),
    ],
)
def test_a_file_name_can_do_no_harm_in_a_header(name: str, clean: str) -> None:
    assert file_name(name) == clean


@pytest.mark.parametrize(
    ("kind", "size", "mime", "code"),
    [
        ("image", 5, "image/jpeg", 40006),
        ("image", 10 * MEGABYTE + 1, "image/png", 40006),
        ("voice", 2 * MEGABYTE + 1, "audio/amr", 40006),
        ("video", 10 * MEGABYTE + 1, "video/mp4", 40006),
        ("file", 20 * MEGABYTE + 1, "text/plain", 40006),
        ("image", 100, "image/webp", 40004),
        ("voice", 100, "audio/ogg", 40004),
        ("sticker", 100, "image/png", 40004),
    ],
)
async def test_what_the_platform_would_refuse_is_not_sent(
    kind: str, size: int, mime: str, code: int
) -> None:
    async with api() as (server, client):
        with pytest.raises(WeComError) as caught:
            await upload(client, kind, "f", b"x" * size, mime)
        assert caught.value.code == code
        assert server.asked == []


async def test_the_largest_file_and_the_smallest_go_up() -> None:
    async with api() as (server, client):
        server.answers["media/upload"] = OK | {"media_id": "M"}
        await upload(client, "image", "a.png", b"x" * 6, "image/png")
        await upload(client, "file", "a.zip", bytes(LARGEST["file"]), "application/zip")
        assert len(server.asked[-1].body) > LARGEST["file"]


async def test_an_upload_with_a_stale_token_is_sent_again_whole() -> None:
    async with api() as (server, client):
        server.answers["media/upload"] = OK | {"media_id": "M"}
        await client.token()
        server.tokens.append("newer")
        await upload(client, "image", "a.png", b"x" * 6, "image/png")
        first, _, second = server.asked[-3:]
        assert b"xxxxxx" in first.body
        assert b"xxxxxx" in second.body


async def test_a_file_comes_down_byte_for_byte() -> None:
    async with api() as (server, client):
        server.answers["media/get"] = shelf(JPEG)
        assert await taken(download(client, "m")) == JPEG
        assert server.asked[-1].query["media_id"] == "m"
        await client.token()
        server.tokens.append("newer")  # the one we hold is stale now
        assert await taken(download(client, "m")) == JPEG


async def test_a_large_file_comes_down_in_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "PIECE", 100_000)
    async with api() as (server, client):
        for size in (250_000, 200_000, 100_001):
            data = (JPEG * 2)[:size]
            server.answers["media/get"] = shelf(data, whole=90_000)
            assert await taken(download(client, "m")) == data
        ranges = [one.headers.get("Range") for one in server.asked if one.path == "media/get"]
        assert ranges[:4] == [
            None, "bytes=0-99999", "bytes=100000-199999", "bytes=200000-299999",
        ]  # fmt: skip


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Range": "bytes 0-99/3000"},  # the same part again and again
        {"Content-Range": "bytes */3000"},
        {"Content-Range": ""},
    ],
)
async def test_ranges_that_do_not_fit_together_are_no_file(
    headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media, "PIECE", 100)
    async with api() as (server, client):

        async def get(request: web.Request) -> web.StreamResponse | dict[str, Any]:
            if "Range" not in request.headers:
                return refusal(830002)
            return web.Response(status=206, body=bytes(100), headers=headers)

        server.answers["media/get"] = get
        assert isinstance(await fails(client), NoAnswer)


@pytest.mark.parametrize(
    "kind", ["application/json; charset=UTF-8", "text/plain", "image/jpeg", "application/zip"]
)  # fmt: skip
async def test_an_error_with_http_200_never_passes_for_a_photo(kind: str) -> None:
    async with api() as (server, client):

        async def get(request: web.Request) -> web.Response:
            text = '{"errcode":40007,"errmsg":"invalid media_id"}'
            return web.Response(text=text, headers={"Content-Type": kind})

        server.answers["media/get"] = get
        fault = await fails(client)
        assert isinstance(fault, WeComError)
        assert fault.code == 40007


@pytest.mark.parametrize(
    "response",
    [
        {"text": "<html>please log in</html>", "content_type": "text/html"},
        {"text": '{"errcode":0,"errmsg":"ok"}', "content_type": "application/json"},
        {"text": '{"errcode":0,"errmsg":"ok"}', "content_type": "image/jpeg"},
        {"text": "{}", "content_type": "application/json"},
        {"text": "no", "content_type": "text/plain"},
        {"body": JPEG, "content_type": "image/jpeg", "status": 500},
        {"body": JPEG, "content_type": "image/jpeg", "status": 404},
        {"body": b"", "content_type": "image/jpeg"},
    ],
)
async def test_what_is_no_file_is_none(response: dict[str, Any]) -> None:
    async with api() as (server, client):

        async def get(request: web.Request) -> web.Response:
            return web.Response(**response)

        server.answers["media/get"] = get
        assert isinstance(await fails(client), NoAnswer)


async def test_a_document_of_json_that_was_sent_as_a_file_is_one() -> None:
    async with api() as (server, client):
        data = b'{"spots": [1, 2, 3]}'
        disposition = {"Content-Disposition": 'attachment; filename="a.json"'}
        server.answers["media/get"] = shelf(data, **disposition, **{"Content-Type": "text/plain"})
        assert await taken(download(client, "m")) == data


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_that_breaks_off_is_a_fault_not_a_file(chunked: bool) -> None:
    async with api() as (server, client):

        async def torn(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse(headers={"Content-Type": "image/jpeg"})
            if chunked:
                response.enable_chunked_encoding()
            else:
                response.content_length = len(JPEG)
            await response.prepare(request)
            await response.write(JPEG[:100_000])
            await asyncio.sleep(0.02)
            assert request.transport is not None
            request.transport.close()
            return response

        server.answers["media/get"] = torn
        assert isinstance(await fails(client), NoAnswer)


@pytest.mark.parametrize("bound", ["LONGEST_SECONDS", "SILENT_SECONDS"])
async def test_a_download_that_never_ends_is_given_up(
    bound: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, bound, 0.3)
    async with api() as (server, client):

        async def drip(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse(headers={"Content-Type": "image/jpeg"})
            await response.prepare(request)
            await response.write(JPEG[:1000])
            for _ in range(200):
                await asyncio.sleep(0.02 if bound == "LONGEST_SECONDS" else 5)
                await response.write(b"x")
            return response

        server.answers["media/get"] = drip
        assert isinstance(await fails(client), NoAnswer)


async def stuck(server: ApiServer, client: Client) -> list[AsyncGenerator[bytes, None]]:
    """Downloads of which nobody reads more than the beginning."""
    server.answers["media/get"] = shelf(JPEG * 30)
    return [download(client, f"m{n}") for n in range(6)]


async def test_stuck_downloads_leave_places_for_calls_and_give_theirs_back() -> None:
    async with api() as (server, client):
        downloads = await stuck(server, client)
        reading = [asyncio.ensure_future(anext(one)) for one in downloads]
        done, _ = await asyncio.wait(reading, timeout=0.3)
        assert len(done) == 2
        server.answers["message/send"] = OK
        await asyncio.gather(*(client.call("message/send", {}, timeout=2) for _ in range(8)))
        assert server.most_at_once <= AT_ONCE
        for one, task in zip(downloads, reading, strict=True):
            await task  # each gets its turn as the one before is closed
            await one.aclose()
        assert await taken(download(client, "m")) == JPEG * 30
