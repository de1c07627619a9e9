"""Telegram's line against a strict server: nothing is lost on the way in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import ClientSession, web

from bot.errors import BadSetting, BadToken, SecondPoller
from bot.intake.keys import arrival
from bot.listening import listen
from bot.transports import telegram, telegram_webhook
from bot.transports.line import Line
from storage import inbox
from storage.database import Database
from tests.fakes.control import Control, running

NOON = datetime(2025, 6, 9, 12, 0, tzinfo=UTC)
SECRET = "a-long-secret_42"


@pytest.fixture(scope="module")
def fake() -> Iterator[Control]:
    """One fake Telegram for this file."""
    with running() as control:
        yield control


@pytest.fixture
def tg(fake: Control) -> Control:
    """The fake, emptied, with one person in it."""
    fake.reset_all()
    fake.user(7, first_name="张三")
    return fake


@pytest.fixture
async def line(tg: Control) -> AsyncIterator[Line]:
    """Our line, greeted by the fake."""
    opened = telegram.telegram_line(tg.token, tg.url, 0)
    await telegram.greet(opened)
    yield opened
    await opened.bot.session.close()


class Store:
    """An `accept` that keeps what it took, fails when told to, and can be waited for."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.batches: list[list[Any]] = []
        self.failing = 0
        self.up: list[bool] = []
        self.news = asyncio.Event()

    async def accept(self, updates: list[Any]) -> None:
        if self.failing:
            self.failing -= 1
            raise OSError("disk full")
        self.batches.append(updates)
        self.taken += updates
        self.news.set()

    def texts(self) -> list[str]:
        return [update["message"]["text"] for update in self.taken]

    async def has(self, many: int, seconds: float = 15) -> None:
        async with asyncio.timeout(seconds):
            while len(self.taken) < many:
                self.news.clear()
                await self.news.wait()


@asynccontextmanager
async def polling(line: Line, store: Store) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.ensure_future(telegram.poll(line.bot, store.accept, store.up.append))
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, BadToken, SecondPoller):
            await task


async def until(tg: Control, condition: Any) -> Any:
    return await asyncio.to_thread(tg.wait_until, condition)


# ---- polling ----


async def test_the_bots_name_makes_the_link(line: Line) -> None:
    assert line.username
    assert line.link("abc") == f"https://t.me/{line.username}?start=i_abc"


async def test_updates_come_in_order_once_and_are_confirmed(tg: Control, line: Line) -> None:
    store = Store()
    for n in range(250):
        tg.text(7, f"nr {n}")
    async with polling(line, store):
        await store.has(250)
        await until(tg, lambda state: state["pending"] == 0)
    assert store.texts() == [f"nr {n}" for n in range(250)]
    assert max(len(batch) for batch in store.batches) <= 100
    assert not tg.violations()


async def test_nothing_is_confirmed_before_it_is_stored(tg: Control, line: Line) -> None:
    gate, entered = asyncio.Event(), asyncio.Event()

    async def accept(_: list[Any]) -> None:
        entered.set()
        await gate.wait()

    tg.text(7, "松江路")
    task = asyncio.ensure_future(telegram.poll(line.bot, accept, lambda _: None))
    await entered.wait()
    await asyncio.sleep(0.3)
    assert len(tg.pending()) == 1
    assert tg.state()["polls"] == 1
    gate.set()
    await until(tg, lambda state: state["pending"] == 0)
    task.cancel()


async def test_what_could_not_be_stored_is_served_again(tg: Control, line: Line) -> None:
    store = Store()
    store.failing = 1
    tg.text(7, "松江路")
    async with polling(line, store):
        await store.has(1)
        await until(tg, lambda state: state["pending"] == 0)
    assert store.texts() == ["松江路"]
    assert store.up == [True, False, True, True][: len(store.up)]
    assert len([batch for batch in tg.served() if batch["ids"]]) == 2


async def test_a_new_process_goes_on_where_the_old_one_stopped(tg: Control, line: Line) -> None:
    first, second = Store(), Store()
    tg.text(7, "eins")
    async with polling(line, first):
        await first.has(1)
        await until(tg, lambda state: state["pending"] == 0)
    tg.text(7, "zwei")
    async with polling(line, second):
        await second.has(1)
    assert second.texts() == ["zwei"]


async def test_ids_that_begin_anew_after_a_quiet_week_are_taken(tg: Control, line: Line) -> None:
    store = Store()
    tg.settings(next_update=900_000)
    async with polling(line, store):
        tg.text(7, "vorher")
        await store.has(1)
        await until(tg, lambda state: state["pending"] == 0)
        tg.settings(next_update=10)
        tg.text(7, "nachher")
        await store.has(2)
        await until(tg, lambda state: state["pending"] == 0)
    assert store.texts() == ["vorher", "nachher"]


@pytest.mark.parametrize("kind", ["html502", "empty", "truncated", "reset_before", "reset_after"])
async def test_a_bad_answer_loses_nothing(tg: Control, line: Line, kind: str) -> None:
    store = Store()
    tg.text(7, "松江路")
    tg.fault(kind, "getUpdates", 1)
    async with polling(line, store):
        await store.has(1)
        await until(tg, lambda state: state["pending"] == 0)
    assert store.texts() == ["松江路"]
    assert store.up[0] is False
    assert store.up[-1] is True


@pytest.mark.parametrize(
    ("code", "what"), [(500, "Internal Server Error"), (403, "Forbidden"), (400, "Bad Request: x")]
)
async def test_any_refusal_is_survived(tg: Control, line: Line, code: int, what: str) -> None:
    store = Store()
    tg.text(7, "松江路")
    tg.fail(code, what, "getUpdates")
    async with polling(line, store):
        await store.has(1)
    assert store.texts() == ["松江路"]


async def test_a_pause_that_is_asked_for_is_kept(tg: Control, line: Line) -> None:
    store = Store()
    tg.text(7, "松江路")
    tg.too_many(1, retry_after=2, method="getUpdates")
    start = asyncio.get_running_loop().time()
    async with polling(line, store):
        await store.has(1)
    assert asyncio.get_running_loop().time() - start >= 1.9


async def test_updates_of_any_shape_are_handed_over_raw(tg: Control, line: Line) -> None:
    store = Store()
    odd: list[dict[str, Any]] = [
        {"message": {"no": "chat"}}, {"brand_new_kind": {"x": 1}}, {"message": "words"}, {},
    ]  # fmt: skip
    for update in odd:
        tg.push(update)
    async with polling(line, store):
        await store.has(len(odd))
        await until(tg, lambda state: state["pending"] == 0)
    assert [{k: v for k, v in u.items() if k != "update_id"} for u in store.taken] == odd


async def test_a_revoked_token_ends_the_line(tg: Control, line: Line) -> None:
    tg.revoke()
    with pytest.raises(BadToken, match="401"):
        await telegram.poll(line.bot, Store().accept, lambda _: None)
    with pytest.raises(BadToken, match="GANGTING_TELEGRAM__TOKEN"):
        await telegram.greet(line)


async def test_one_conflict_is_an_old_connection_three_are_somebody(
    tg: Control, line: Line
) -> None:
    store = Store()
    tg.conflict(times=1)
    tg.text(7, "松江路")
    async with polling(line, store):
        await store.has(1)
    tg.conflict(times=3)
    with pytest.raises(SecondPoller, match="another process receives"):
        await telegram.poll(line.bot, store.accept, lambda _: None)


async def test_greeting_waits_for_a_server_that_comes_later(tg: Control, line: Line) -> None:
    tg.bad_gateway(1, "getMe")
    line.username = ""
    await telegram.greet(line)
    assert line.username
    assert "html502" in [hit["kind"] for hit in tg.fault_log()]


async def test_what_waited_at_a_webhook_is_kept_when_polling_begins(
    tg: Control, line: Line
) -> None:
    store = Store()
    tg.settings(webhook_retry=60)
    await telegram_webhook.start_webhook(line.bot, "http://127.0.0.1:9/x", SECRET)
    tg.text(7, "松江路")
    await until(tg, lambda state: "last_error_message" in state["webhook"])
    await telegram.start_polling(line.bot)
    async with polling(line, store):
        await store.has(1)
    assert store.texts() == ["松江路"]
    assert not [v for v in tg.violations() if "drop_pending" in v["what"]]


# ---- webhook ----


@asynccontextmanager
async def hooked(accept: Any) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/hook", telegram_webhook.webhook(SECRET, accept))
    runner = await listen(app, "127.0.0.1:0")
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    finally:
        await runner.cleanup()


async def post(url: str, body: bytes, secret: str | bytes | None = SECRET) -> int:
    """The status of one POST, with the header as raw bytes."""
    value = secret.encode() if isinstance(secret, str) else secret
    host = url.split("/")[2]
    head = [b"POST /hook HTTP/1.1", b"Host: " + host.encode(), b"Connection: close",
            b"Content-Length: " + str(len(body)).encode()]  # fmt: skip
    if value is not None:
        head.append(telegram_webhook.SECRET_HEADER.encode() + b": " + value)
    reader, writer = await asyncio.open_connection(*host.split(":"))
    writer.write(b"\r\n".join(head) + b"\r\n\r\n" + body)
    with suppress(ConnectionError):
        await writer.drain()
    status = await reader.readline()
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
    return int(status.split()[1])


UPDATE = json.dumps({"update_id": 5, "message": {"chat": {"id": 7}, "text": "松江路"}}).encode()


async def test_the_right_secret_is_let_in() -> None:
    store = Store()
    async with hooked(store.accept) as url:
        assert await post(url, UPDATE) == 200
    assert store.taken == [json.loads(UPDATE)]


@pytest.mark.parametrize(
    "secret",
    [
        None,
        "",
        "wrong",
        SECRET + "x",
        SECRET[:-1],
        SECRET.upper(),
        "密码",
        b"\xff\xfe\xfd",
        "x" * 4000,
    ],
    ids=["none", "empty", "wrong", "longer", "shorter", "upper", "chinese", "bytes", "long"],
)
async def test_any_other_is_not(secret: str | bytes | None) -> None:
    store = Store()
    async with hooked(store.accept) as url:
        assert await post(url, UPDATE, secret) == 401
        assert await post(url, UPDATE) == 200
    assert len(store.taken) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"{", 400), (b"\xff\xfe", 400), (b"hello", 400), (b'{"a":NaN', 400),
     (b"[" * 100_000, 400), (b"x" * (telegram_webhook.BODY_LIMIT + 1), 413),
     (b"[]", 200), (b"5", 200)],
    ids=["empty", "half", "no text", "words", "half NaN", "deep", "huge", "a list", "a number"],
)  # fmt: skip
async def test_a_bad_body_is_refused_and_harms_nothing(body: bytes, status: int) -> None:
    store = Store()
    async with hooked(store.accept) as url:
        assert await post(url, body) == status
        assert await post(url, UPDATE) == 200


@pytest.mark.parametrize("size", [2, 70_000, 900_000])
async def test_a_body_that_comes_in_pieces_is_read_to_its_end(size: int) -> None:
    store = Store()
    body = json.dumps({"update_id": 5, "message": {"text": "松" * (size // 6)}}).encode()
    async with hooked(store.accept) as url:
        reader, writer = await asyncio.open_connection(*url.split("/")[2].split(":"))
        writer.write(
            f"POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
            f"{telegram_webhook.SECRET_HEADER}: {SECRET}\r\n\r\n".encode()
            + body[:20]
        )
        await writer.drain()
        await asyncio.sleep(0.1)
        writer.write(body[20:])
        assert (await reader.readline()).split()[1] == b"200"
        writer.close()
    assert store.taken == [json.loads(body)]


async def test_what_cannot_be_stored_is_asked_for_again() -> None:
    store = Store()
    store.failing = 1
    async with hooked(store.accept) as url:
        assert await post(url, UPDATE) == 503
        assert store.taken == []
        assert await post(url, UPDATE) == 200


async def test_the_server_brings_again_what_was_not_stored(tg: Control, line: Line) -> None:
    store = Store()
    store.failing = 2
    tg.settings(webhook_retry=0.05)
    async with hooked(store.accept) as url:
        await telegram_webhook.start_webhook(line.bot, url, SECRET)
        for n in range(20):
            tg.text(7, f"nr {n}")
        await store.has(20)
        await until(tg, lambda state: state["pending"] == 0)
        await telegram.start_polling(line.bot)
    assert store.texts() == [f"nr {n}" for n in range(20)]
    assert not tg.violations()


async def test_the_same_update_a_hundred_times_at_once_is_one_row(tmp_path: Any) -> None:
    database = await Database.open(f"sqlite:///{tmp_path / 'gangting.db'}")

    async def accept(updates: list[Any]) -> None:
        await database.write(inbox.take_in, "telegram", [arrival(u) for u in updates], NOON)

    async with hooked(accept) as url:
        statuses = await asyncio.gather(*(post(url, UPDATE) for _ in range(100)))
    assert set(statuses) == {200}
    assert await database.read(inbox.census) == {"pending": 1}
    await database.close()


async def test_another_path_or_verb_is_nothing() -> None:
    async with hooked(Store().accept) as url, ClientSession() as session:
        async with session.get(url) as answer:
            assert answer.status == 405
        async with session.post(url + "/x", data=UPDATE) as answer:
            assert answer.status == 404


@pytest.mark.parametrize("address", ["nonsense", "127.0.0.1:", "127.0.0.1:http", ":99999999"])
async def test_an_address_that_is_none_is_told(address: str) -> None:
    with pytest.raises(BadSetting):
        await listen(web.Application(), address)


async def test_a_port_that_is_taken_is_told() -> None:
    async with hooked(Store().accept) as url:
        with pytest.raises(BadSetting, match="can't be listened on"):
            await listen(web.Application(), url.split("/")[2])
