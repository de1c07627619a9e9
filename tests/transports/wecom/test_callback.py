"""The callback's address against the platform, and against everybody else."""

from __future__ import annotations

import asyncio
import json
import time
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import ClientSession, web

from bot.errors import StoreFault
from bot.listening import listen
from bot.transports.wecom.callback import BODY_LIMIT, Callbacks
from bot.transports.wecom.config import Callback
from bot.transports.wecom.crypto import Envelope
from tests.transports.wecom.test_xml import DEEP, LAUGHS, MANY, OUTSIDE, QUADRATIC, REMOTE

OURS = Callback(
    "ww5823bf96d3bd56c7", "token-of-ours", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
)
NOON = datetime(2025, 6, 9, 12, 0, tzinfo=UTC)
STAMP = str(int(NOON.timestamp()))


class Kept:
    """Keeps in memory, after a moment; fails when told to."""

    def __init__(self) -> None:
        self.rows: dict[str, tuple[str, str, datetime]] = {}
        self.fault: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def add(self, key: str, nonce: str, raw: str, now: datetime) -> None:
        await self.gate.wait()
        if self.fault:
            raise self.fault
        self.rows.setdefault(key, (nonce, raw, now))

    async def seen(self, nonce: str) -> bool:
        return any(row[0] == nonce for row in self.rows.values())

    @property
    def messages(self) -> list[Any]:
        return [json.loads(raw) for _, raw, _ in self.rows.values()]


class Platform:
    """Calls back as the platform does, or a little otherwise."""

    def __init__(self, session: ClientSession, url: str, kept: Kept) -> None:
        self.session, self.url, self.kept = session, url, kept
        self.envelope = Envelope(OURS)

    async def post(
        self,
        message: str,
        *,
        nonce: str = "1372623149",
        stamp: str = STAMP,
        envelope: Envelope | None = None,
        forged: dict[str, str] | None = None,
    ) -> tuple[int, str]:
        sealed = (envelope or self.envelope).seal(message.encode(), stamp, nonce)
        given = {"msg_signature": sealed.signature, "timestamp": stamp, "nonce": nonce}
        given |= forged or {}
        body = (
            f"<xml><ToUserName><![CDATA[{OURS.corp_id}]]></ToUserName>"
            f"<Encrypt><![CDATA[{sealed.encrypted}]]></Encrypt><AgentID>218</AgentID></xml>"
        )
        return await self.raw(body.encode(), given)

    async def raw(
        self, body: Any, query: dict[str, str] | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, str]:
        async with self.session.post(self.url, params=query, data=body, headers=headers) as answer:
            return answer.status, await answer.text()


@asynccontextmanager
async def platform_of(kept: Kept, now: datetime = NOON) -> AsyncIterator[Platform]:
    callbacks = Callbacks(Envelope(OURS), kept, lambda: now)
    app = web.Application()
    app.router.add_get("/wecom", callbacks.verify)
    app.router.add_post("/wecom", callbacks.receive)
    runner = await listen(app, "127.0.0.1:0")
    port = runner.addresses[0][1]
    try:
        async with ClientSession() as session:
            yield Platform(session, f"http://127.0.0.1:{port}/wecom", kept)
    finally:
        await runner.cleanup()


@pytest.fixture
async def wecom() -> AsyncIterator[Platform]:
    async with platform_of(Kept()) as platform:
        yield platform


def text(content: str = "松江路 流动摊贩2个", number: int = 7001) -> str:
    return (
        f"<xml><ToUserName><![CDATA[{OURS.corp_id}]]></ToUserName><FromUserName>zhang</FromUserName>"
        f"<CreateTime>{STAMP}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content><![CDATA[{content}]]></Content><MsgId>{number}</MsgId><AgentID>1</AgentID></xml>"
    )


# ---- the address is checked ----


@pytest.mark.parametrize("escaped", [True, False])
async def test_the_address_is_proved_by_the_bare_plain_text(wecom: Platform, escaped: bool) -> None:
    # A message whose ciphertext has every sign that an address must escape.
    for n in range(400):
        sealed = wecom.envelope.seal(b"1616140317555161061", STAMP, "n", n.to_bytes(16, "big"))
        if "+" in sealed.encrypted and "/" in sealed.encrypted:
            break
    echo = quote(sealed.encrypted, safe="") if escaped else sealed.encrypted
    query = f"msg_signature={sealed.signature}&timestamp={STAMP}&nonce=n&echostr={echo}"
    from yarl import URL

    begun = time.monotonic()
    async with wecom.session.get(URL(f"{wecom.url}?{query}", encoded=True)) as answer:
        assert (answer.status, await answer.read()) == (200, b"1616140317555161061")
        assert answer.headers["Content-Type"].startswith("text/plain")
    assert time.monotonic() - begun < 1
    assert not wecom.kept.rows


async def test_an_address_check_by_a_stranger_is_refused(wecom: Platform) -> None:
    for query in ({}, {"msg_signature": "0" * 40, "timestamp": "1", "nonce": "n", "echostr": "x"}):
        async with wecom.session.get(wecom.url, params=query) as answer:
            assert (answer.status, await answer.read()) == (403, b"")


# ---- messages are kept ----


async def test_a_message_is_kept_before_the_empty_200(wecom: Platform) -> None:
    wecom.kept.gate.clear()
    call = asyncio.ensure_future(wecom.post(text()))
    await asyncio.sleep(0.1)
    assert not call.done()
    wecom.kept.gate.set()
    assert await call == (200, "")
    assert wecom.kept.messages == [
        {
            "ToUserName": OURS.corp_id, "FromUserName": "zhang", "CreateTime": STAMP,
            "MsgType": "text", "Content": "松江路 流动摊贩2个", "MsgId": "7001", "AgentID": "1",
        }
    ]  # fmt: skip
    assert list(wecom.kept.rows) == ["msg:7001"]
    assert next(iter(wecom.kept.rows.values()))[2] == NOON


async def test_what_cant_be_kept_is_asked_for_again(wecom: Platform) -> None:
    for fault in (StoreFault("disk full"), OSError("disk full"), RuntimeError("bug")):
        wecom.kept.fault = fault
        assert await wecom.post(text()) == (503, "")
    wecom.kept.fault = None
    assert await wecom.post(text()) == (200, "")


async def test_a_hundred_repeats_at_once_are_one_message_and_a_hundred_200(
    wecom: Platform,
) -> None:
    answers = await asyncio.gather(*(wecom.post(text()) for _ in range(100)))
    assert answers == [(200, "")] * 100
    assert len(wecom.kept.rows) == 1


async def test_where_somebody_opens_the_app_is_not_kept(wecom: Platform) -> None:
    event = (
        "<xml><FromUserName>zhang</FromUserName><CreateTime>1</CreateTime><MsgType>event</MsgType>"
        "<Event>LOCATION</Event><Latitude>36.1</Latitude><Longitude>120.3</Longitude></xml>"
    )
    assert await wecom.post(event) == (200, "")
    assert not wecom.kept.rows


# ---- replays ----


async def test_an_old_callback_with_a_seen_nonce_is_refused() -> None:
    kept = Kept()
    async with platform_of(kept) as platform:
        assert await platform.post(text()) == (200, "")
    async with platform_of(kept, NOON + timedelta(minutes=6)) as later:
        assert await later.post(text(), stamp=STAMP) == (403, "")
        assert await later.post(text(number=7002), nonce="other", stamp=STAMP) == (200, "")
    async with platform_of(kept, NOON + timedelta(minutes=4)) as soon:
        assert await soon.post(text(number=7003), stamp=STAMP) == (200, "")
    assert list(kept.rows) == ["msg:7001", "msg:7002", "msg:7003"]


@pytest.mark.parametrize("stamp", ["", "now", "99999999999", "-5", "1e9"])
async def test_a_moment_that_is_none_counts_as_far(wecom: Platform, stamp: str) -> None:
    assert (await wecom.post(text(), stamp=stamp))[0] == 200
    assert (await wecom.post(text(number=8), stamp=stamp))[0] == 403


# ---- strangers ----


async def refused(wecom: Platform, call: Callable[[], Any], *statuses: int) -> None:
    """Refused, nothing kept, in under 50 ms: the best of three, as the machine has more to do."""
    taken = []
    for _ in range(3):
        begun = time.monotonic()
        status, body = await call()
        taken.append(time.monotonic() - begun)
        assert status in statuses
        assert body == ""
    assert min(taken) < 0.05
    assert not wecom.kept.rows


@pytest.mark.parametrize(
    "change",
    [
        {"msg_signature": "0" * 40}, {"msg_signature": ""}, {"msg_signature": "é" * 40},
        {"timestamp": "1"}, {"nonce": "other"}, {"nonce": ""},
    ],
)  # fmt: skip
async def test_a_forged_callback_is_refused(wecom: Platform, change: dict[str, str]) -> None:
    await refused(wecom, lambda: wecom.post(text(), forged=change), 403)


async def test_another_corporations_message_is_refused(wecom: Platform) -> None:
    other = Envelope(Callback("ww0000000000000000", OURS.token, OURS.aes_key))
    await refused(wecom, lambda: wecom.post(text(), envelope=other), 403)


async def test_another_apps_key_or_token_is_refused(wecom: Platform) -> None:
    key = Envelope(Callback(OURS.corp_id, OURS.token, "a" * 43))
    await refused(wecom, lambda: wecom.post(text(), envelope=key), 403)
    token = Envelope(Callback(OURS.corp_id, "another", OURS.aes_key))
    await refused(wecom, lambda: wecom.post(text(), envelope=token), 403)


@pytest.mark.parametrize("bomb", [LAUGHS, QUADRATIC, OUTSIDE, REMOTE, DEEP, MANY])
@pytest.mark.parametrize("signed", [True, False])
async def test_an_xml_bomb_is_refused(wecom: Platform, bomb: str, signed: bool) -> None:
    if signed:
        # What is encrypted is a third longer in base64, and has to fit below the limit.
        bomb = bomb.replace("a" * 30_000, "a" * 20_000)[:47_000]
        await refused(wecom, lambda: wecom.post(bomb), 400)
    else:
        await refused(wecom, lambda: wecom.raw(bomb.encode()), 400)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"hello", b"<xml/>", b"<xml><Encrypt/></xml>", b"<xml><Encrypt><a/></Encrypt></xml>",
        b"<xml><Encrypt>a</Encrypt><Encrypt>b</Encrypt></xml>", b'{"encrypt":"x"}', b"\xff\x00",
    ],
)  # fmt: skip
async def test_a_body_that_is_no_callback_is_refused(wecom: Platform, body: bytes) -> None:
    await refused(wecom, lambda: wecom.raw(body), 400)


async def test_an_unsigned_body_is_refused_without_decrypting(wecom: Platform) -> None:
    await refused(wecom, lambda: wecom.raw(b"<xml><Encrypt>AAAA</Encrypt></xml>"), 403)


async def stream(total: int) -> AsyncIterator[bytes]:
    for _ in range(total // 4096):
        yield b"<" * 4096


async def test_a_megabyte_is_refused_whether_announced_or_streamed(wecom: Platform) -> None:
    await refused(wecom, lambda: wecom.raw(b"<" * 1024 * 1024), 413)
    await refused(wecom, lambda: wecom.raw(stream(1024 * 1024)), 413)


async def test_the_longest_message_of_the_platform_passes(wecom: Platform) -> None:
    longest = text("摊" * 15_000)
    assert len(longest.encode()) * 4 // 3 < BODY_LIMIT
    assert await wecom.post(longest) == (200, "")


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_packed_body_is_refused_unread(wecom: Platform, encoding: str) -> None:
    packed = zlib.compress(b" " * 10_000_000)
    await refused(
        wecom, lambda: wecom.raw(packed, headers={"Content-Encoding": encoding}), 400, 415
    )


async def test_a_body_that_never_ends_is_given_up(
    wecom: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.transports.wecom.callback.BODY_SECONDS", 0.1)

    async def slowly() -> AsyncIterator[bytes]:
        yield b"<xml>"
        await asyncio.sleep(5)

    status, _ = await wecom.raw(slowly())
    assert status == 408
    assert not wecom.kept.rows


async def test_strangers_dont_keep_the_platform_waiting(wecom: Platform) -> None:
    bad = [wecom.raw(QUADRATIC.encode()) for _ in range(100)]
    begun = time.monotonic()
    answers = await asyncio.gather(*bad, wecom.post(text()))
    assert answers[-1] == (200, "")
    assert time.monotonic() - begun < 3
