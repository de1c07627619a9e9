"""The active interface: token, places, bytes, and what may not be said in a fault."""

from __future__ import annotations

import asyncio
import logging
import traceback
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from bot.errors import BadSetting
from bot.transports.wecom.client import AT_ONCE, Client, encoded
from bot.transports.wecom.config import App
from bot.transports.wecom.errors import NoAnswer, WeComError
from tests.transports.wecom.api_server import AGENT, CORP, SECRET, START, api, refusal

OK = {"errcode": 0, "errmsg": "ok"}


async def test_a_call_is_a_post_of_the_bodys_bytes_and_a_get_without_one() -> None:
    async with api() as (server, client):
        server.answers["message/send"] = server.answers["agent/get"] = OK | {"msgid": "m"}
        answer = await client.call("message/send", {"touser": "张三", "agentid": 1})
        assert answer["msgid"] == "m"
        sent = server.asked[-1]
        assert sent.body == '{"agentid":1,"touser":"张三"}'.encode()
        assert sent.headers["Content-Type"] == "application/json; charset=utf-8"
        await client.call("agent/get", params={"agentid": 7})
        assert server.asked[-1].query["agentid"] == "7"
        assert server.asked[-1].body == b""


def test_equal_bodies_are_equal_bytes_whatever_their_order() -> None:
    assert encoded({"b": {"y": 1, "x": "永福路\u200b"}, "a": [2]}) == encoded(
        {"a": [2], "b": {"x": "永福路\u200b", "y": 1}}
    )
    assert encoded({"half a pair": "\ud83d"}) == b'{"half a pair":"?"}'


async def test_the_token_is_fetched_once_and_renewed_before_it_ends() -> None:
    async with api() as (server, client):
        server.answers["agent/get"] = OK
        await asyncio.gather(*(client.call("agent/get") for _ in range(5)))
        server.move(timedelta(seconds=7200 - 301))
        await client.call("agent/get")
        assert server.paths().count("gettoken") == 1
        server.move(timedelta(seconds=2))
        await client.call("agent/get")
        assert server.paths().count("gettoken") == 2


@pytest.mark.parametrize("same", [False, True], ids=["another token", "the same token again"])
@pytest.mark.parametrize("code", [40014, 41001, 42001])
async def test_twenty_parallel_calls_with_a_stale_token_ask_for_one_new_one(
    code: int, same: bool
) -> None:
    async with api() as (server, client):
        refused = 0

        async def answer(request: web.Request) -> dict[str, Any]:
            nonlocal refused
            if server.paths().count("gettoken") < 2:
                refused += 1
                await asyncio.sleep(0.01)
                return refusal(code, "access_token expired")
            return OK

        server.answers["message/send"] = answer
        await client.token()
        if same:  # the platform repeats a token while it holds one for us
            server.token_answer = OK | {"access_token": "token-0", "expires_in": 7200}
        await asyncio.gather(*(client.call("message/send", {"n": n}) for n in range(20)))
        assert server.paths().count("gettoken") == 2
        assert refused >= AT_ONCE


async def test_a_token_that_is_refused_twice_is_told() -> None:
    async with api() as (server, client):
        server.answers["agent/get"] = refusal(42001, "access_token expired")
        with pytest.raises(WeComError) as caught:
            await client.call("agent/get")
        assert caught.value.code == 42001
        assert server.paths() == ["gettoken", "agent/get", "gettoken", "agent/get"]


async def test_four_calls_are_in_flight_at_once_and_no_more() -> None:
    async with api() as (server, client):

        async def slow(request: web.Request) -> dict[str, Any]:
            await asyncio.sleep(0.02)
            return OK

        server.answers["message/send"] = slow
        await asyncio.gather(*(client.call("message/send", {"n": n}) for n in range(20)))
        assert server.most_at_once == AT_ONCE == 4
        assert server.paths().count("message/send") == 20


async def test_a_refused_secret_is_not_tried_again_at_once() -> None:
    async with api(secret="wrong") as (server, client):
        for _ in range(5):
            with pytest.raises(WeComError) as caught:
                await client.call("agent/get")
            assert caught.value.code == 40001
        assert server.paths() == ["gettoken"]
        waits = []
        for _ in range(7):
            before = server.now
            while len(server.paths()) == 1 + len(waits):
                server.move(timedelta(seconds=10))
                with pytest.raises(WeComError):
                    await client.call("agent/get")
            waits.append((server.now - before).total_seconds())
        assert waits == [30, 60, 120, 240, 480, 900, 900]


async def test_a_secret_that_is_right_again_is_taken_at_its_word() -> None:
    async with api() as (server, client):
        server.answers["agent/get"] = OK
        for _ in range(2):  # the second refusal waits no longer than the first
            server.token_answer = refusal(40001)
            with pytest.raises(WeComError):
                await client.call("agent/get")
            server.token_answer = None
            server.move(timedelta(seconds=30))
            assert await client.call("agent/get") == OK
            server.move(timedelta(hours=3))


async def test_a_busy_platform_is_asked_for_a_token_again_in_two_seconds() -> None:
    async with api() as (server, client):
        server.answers["agent/get"] = OK
        server.token_answer = refusal(-1, "system busy")
        with pytest.raises(WeComError):
            await client.call("agent/get")
        server.token_answer = None
        server.move(timedelta(seconds=2))
        assert await client.call("agent/get") == OK


async def test_an_unreachable_platform_is_asked_once_by_all_who_wait_and_then_again() -> None:
    async with api() as (server, client):
        server.answers["agent/get"] = OK
        server.token_answer = web.Response(status=502, text="bad gateway")
        calls = [client.call("agent/get") for _ in range(20)]
        faults = await asyncio.gather(*calls, return_exceptions=True)
        assert {type(fault) for fault in faults} == {NoAnswer}
        assert server.paths() == ["gettoken"]
        server.token_answer = None
        assert await client.call("agent/get") == OK


@pytest.mark.parametrize(
    "response",
    [
        {"status": 502, "text": "<html>Bad Gateway</html>"},
        {"status": 503, "text": '{"errcode":40001}'},
        {"status": 302, "headers": {"Location": "http://127.0.0.1:9/login"}},
        {"status": 200, "text": "<html>log in first</html>"},
        {"status": 200, "text": ""},
        {"status": 200, "text": '{"errcode":0,"msg'},
        {"status": 200, "text": "[1]"},
        {"status": 200, "text": '{"errcode":"x"}'},
        {"status": 200, "text": "[" * 100_000},
    ],
)
async def test_what_is_no_answer_may_be_tried_again(response: dict[str, Any]) -> None:
    async with api() as (server, client):

        async def answer(request: web.Request) -> web.Response:
            return web.Response(**response)

        server.answers["message/send"] = answer
        with pytest.raises(NoAnswer) as caught:
            await client.call("message/send", {})
        assert isinstance(caught.value, OSError)  # what the sender takes as passing


async def test_a_call_that_the_deployment_lacks_is_no_passing_fault() -> None:
    async with api() as (_, client):
        with pytest.raises(WeComError) as caught:
            await client.call("message/recall", {})
        assert caught.value.code == 404


async def test_an_answer_that_breaks_off_is_none() -> None:
    async with api() as (server, client):

        async def torn(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse(headers={"Content-Length": "50"})
            await response.prepare(request)
            await response.write(b'{"errcode":0}')
            assert request.transport is not None
            request.transport.close()
            return response

        server.answers["message/send"] = torn
        with pytest.raises(NoAnswer):
            await client.call("message/send", {})


async def test_a_platform_that_does_not_answer_is_waited_for_no_longer_than_asked() -> None:
    async with api() as (server, client):
        never = asyncio.Event()

        async def silent(request: web.Request) -> dict[str, Any]:
            await never.wait()
            return OK

        server.answers["message/send"] = silent
        loop = asyncio.get_running_loop()
        began = loop.time()
        calls = [client.call("message/send", {}, timeout=0.2) for _ in range(8)]
        faults = await asyncio.gather(*calls, return_exceptions=True)
        assert {type(fault) for fault in faults} == {TimeoutError}
        assert loop.time() - began < 2
        never.set()
        server.answers["message/send"] = OK
        assert await client.call("message/send", {}) == OK  # every place is free again


async def test_no_secret_and_no_token_stands_in_a_fault_or_a_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    told: list[str] = []
    async with api() as (server, client):
        await client.token()
        token = server.tokens[-1]
        server.answers["a"] = refusal(40058, f"bad access_token={token} secret={SECRET}")
        server.answers["b"] = web.Response(status=500, text=token)
        server.answers["c"] = web.Response(status=302, headers={"Location": f"/?t={token}"})

        async def cut(request: web.Request) -> web.Response:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()

        async def garbage(request: web.Request) -> web.Response:
            assert request.transport is not None
            request.transport.write(b"no HTTP at all\r\n\r\n")
            request.transport.close()
            return web.Response()

        server.answers["d"], server.answers["e"] = cut, garbage
        for path in "abcde":
            try:
                await client.call(path, {"secret": "none"})
            except (WeComError, NoAnswer) as fault:
                told += [str(fault), repr(fault), *traceback.format_exception(fault)]
            else:
                pytest.fail(path)
        told.append(repr(await client.token()))
        told.append(repr(client.config))
    async with api(secret=SECRET + "x") as (server, client):
        with pytest.raises(WeComError) as caught:
            await client.call("a")
        told += [str(caught.value), *traceback.format_exception(caught.value)]
    async with api() as (server, client):
        await client.token()
        closed = Client(client.config, lambda: START)
    try:
        await closed.call("a")  # nobody listens there any more
    except NoAnswer as fault:
        told += traceback.format_exception(fault)
    await closed.close()
    everything = "\n".join([*told, caplog.text])
    assert "40058" in everything
    for secret in (SECRET, token, "access_token=t"):
        assert secret not in everything


async def test_the_ca_file_must_be_one(tmp_path: Any) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("no certificate")
    with pytest.raises(BadSetting, match="CA_FILE"):
        Client(App(CORP, AGENT, SECRET, ca_file=file), lambda: START)
