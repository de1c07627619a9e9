"""The client of the fake's control API, for tests, chaos runs and benches.

    from tests.fakes.control import running
    with running() as tg:                    # starts the server as a process, ends it afterwards
        tg.url                               # for TelegramAPIServer.from_base(tg.url)
        tg.token                             # "123456:TEST-abc" unless given
        tg.start(7, "invite-code")           # a person presses start
        m = tg.photo(7, jpeg, "松江路 占道")  # -> {"update_id", "message_id", "chat_id", "file_id"}
        card = tg.wait_sent("sendMessage", chat=7)["result"]
        tg.press(7, card["message_id"], "改点位")         # by button text or callback_data
        assert not tg.violations()

Control(port, token) is synchronous (urllib), AsyncControl(port, token) has the same verbs as
coroutines (aiohttp; use as `async with`). Both may run beside the bot in any process.

People: user, group, block, text, start, photo, document, voice, video, location, edited,
edited_caption, press, my_chat_member, migrate, push (raw update), many (a list of verbs at once).
Reading: sent, messages, chat, answers, commands, file, violations, pending, served, state,
wait_for(predicate over the sent log), wait_sent(method, chat), wait_until(condition on state).
Faults: too_many (429), bad_gateway, reset, hang, fail (any code), conflict, slow_download,
cut_download, lost_download, fault (any rule), chaos, flood, revoke, latency, release, clear_faults,
expire_updates, expire_queries, settings, reset_all. Kinds and rules: tests/fakes/faults.py.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from aiohttp import ClientSession

from tests.fakes.verbs import TOKEN, Dict, Verbs

ROOT = Path(__file__).parent.parent.parent


class ControlError(Exception):
    """The fake could not do what the test asked: a mistake of the test, never of the bot."""


def _told(verb: str, answer: Dict) -> Any:
    if "error" in answer:
        raise ControlError(answer["error"])
    return answer["result"]


class Control(Verbs):
    """The synchronous client."""

    # A proxy of the environment must not stand between a test and its own machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def _do(self, verb: str, /, **given: Any) -> Any:
        body = json.dumps(given).encode()
        request = urllib.request.Request(f"{self.url}/control/{verb}", body)
        try:
            with self.opener.open(request, timeout=60) as response:
                return _told(verb, json.load(response))
        except urllib.error.HTTPError as error:
            with error:
                return _told(verb, json.load(error))

    def wait_for(self, predicate: Callable[[list[Dict]], Any], timeout: float = 10) -> Any:
        """The first truthy value of predicate(all sent so far); AssertionError after `timeout`."""
        deadline, seen, following = time.monotonic() + timeout, [], 0
        while True:
            left = max(0.0, deadline - time.monotonic())
            news = self._do("wait", since=following, seconds=min(left, 5))
            following, seen = news["next"], seen + news["entries"]
            if value := predicate(seen):
                return value
            if left == 0:
                raise AssertionError(f"not sent within {timeout} s; sent: {_brief(seen)}")

    def wait_sent(
        self, method: str, chat: int | None = None, count: int = 1, timeout: float = 10
    ) -> Any:
        """The count-th such call of the log, waited for."""
        return self.wait_for(_nth(method, chat, count), timeout)

    def wait_until(self, condition: Callable[[Dict], Any], timeout: float = 10) -> Any:
        """The first truthy value of condition(state()); AssertionError after `timeout`."""
        deadline = time.monotonic() + timeout
        while not (value := condition(state := self.state())):
            if time.monotonic() > deadline:
                raise AssertionError(f"not so within {timeout} s; state: {state}")
            time.sleep(0.02)
        return value


class AsyncControl(Verbs):
    """The same verbs as coroutines; `async with`, or close() at the end."""

    def __init__(self, port: int, token: str = TOKEN) -> None:
        super().__init__(port, token)
        self._session: ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """The connections are closed."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _do(self, verb: str, /, **given: Any) -> Any:
        if self._session is None:
            self._session = ClientSession()
        async with self._session.post(f"{self.url}/control/{verb}", json=given) as response:
            return _told(verb, await response.json())

    async def wait_for(self, predicate: Callable[[list[Dict]], Any], timeout: float = 10) -> Any:  # noqa: ASYNC109
        """As Control.wait_for."""
        deadline, seen, following = time.monotonic() + timeout, [], 0
        while True:
            left = max(0.0, deadline - time.monotonic())
            news = await self._do("wait", since=following, seconds=min(left, 5))
            following, seen = news["next"], seen + news["entries"]
            if value := predicate(seen):
                return value
            if left == 0:
                raise AssertionError(f"not sent within {timeout} s; sent: {_brief(seen)}")

    async def wait_sent(
        self,
        method: str,
        chat: int | None = None,
        count: int = 1,
        timeout: float = 10,  # noqa: ASYNC109
    ) -> Any:
        """As Control.wait_sent."""
        return await self.wait_for(_nth(method, chat, count), timeout)

    async def wait_until(self, condition: Callable[[Dict], Any], timeout: float = 10) -> Any:  # noqa: ASYNC109
        """As Control.wait_until."""
        deadline = time.monotonic() + timeout
        while not (value := condition(state := await self._ask_state())):
            if time.monotonic() > deadline:
                raise AssertionError(f"not so within {timeout} s; state: {state}")
            await asyncio.sleep(0.02)
        return value

    def _ask_state(self) -> Awaitable[Dict]:
        return self._do("state")


def _nth(method: str, chat: int | None, count: int) -> Callable[[list[Dict]], Any]:
    def found(seen: list[Dict]) -> Any:
        hits = [
            e
            for e in seen
            if e["method"] == method
            and (chat is None or str(e["params"].get("chat_id")) == str(chat))
        ]
        return hits[count - 1] if len(hits) >= count else None

    return found


def _brief(seen: list[Dict]) -> str:
    last = [(e["method"], e["params"].get("chat_id"), e["params"].get("text")) for e in seen[-12:]]
    return f"{len(seen)} calls, the last: {last}"


@contextmanager
def running(token: str = TOKEN, port: int = 0, light: bool = False) -> Iterator[Control]:
    """A fake in a process of its own, ready; it is ended on leaving."""
    command = [sys.executable, "-m", "tests.fakes.telegram", "--token", token, "--port", str(port)]
    command += ["--with-parent", *(["--light"] if light else [])]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            yield Control(json.loads(process.stdout.readline())["port"], token)
        finally:
            process.kill()
