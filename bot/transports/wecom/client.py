"""The active interface `/cgi-bin/…`: one token, four calls at once, every answer read strictly.

The token stands in every address, so no address is ever logged or told in an exception, and what
aiohttp raises (it quotes them) ends here. Knows no message and no file.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

import aiohttp
import structlog

from bot.transports.wecom.config import App
from bot.transports.wecom.errors import NO_SUCH_CALL, RETRY, STALE_TOKEN, NoAnswer, WeComError
from bot.transports.wecom.trust import authorities

log = structlog.get_logger(__name__)

T = TypeVar("T")
Form = Callable[[], aiohttp.FormData]

AT_ONCE = 4
"""Calls in flight: the platform refuses more than 5 to 10 with 45033."""

BULK_AT_ONCE = 2
"""Files up and down at once: they may be long, and calls must find a place beside them."""

EARLY = timedelta(minutes=5)
"""A token is renewed so long before its end, or a tenth of its life where that is shorter."""

REFUSED_WAIT, REFUSED_LONGEST = timedelta(seconds=30), timedelta(minutes=15)
"""After a refused gettoken: 2000 wrong calls an hour and the platform bars the address for one."""

TOKEN_SECONDS = 10.0
CONNECT_SECONDS, SILENT_SECONDS, LONGEST_SECONDS = 10.0, 30.0, 600.0
"""A file may take its time, a silent line may not."""

LARGEST_ANSWER = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Held:
    """A token; `serial` tells it from the next one, which may read the same."""

    token: str = field(repr=False)
    serial: int
    until: datetime


class Client:
    """Calls of one app. `now` is only asked how old the token is."""

    def __init__(self, config: App, now: Callable[[], datetime]) -> None:
        """Raises BadSetting when the CA file can't be used."""
        self.config = config
        self.slots = asyncio.Semaphore(AT_ONCE)
        self.bulk = asyncio.Semaphore(BULK_AT_ONCE)
        self._now = now
        self._ssl = authorities(config.ca_file)
        self._web: aiohttp.ClientSession | None = None
        self._lock = asyncio.Lock()
        self._held = Held("", 0, now())
        self._failures = 0
        self._fault: WeComError | NoAnswer = NoAnswer("")
        self._refusals = 0
        self._closed: tuple[datetime, datetime] | None = None

    async def call(
        self, path: str, body: Mapping[str, Any] | None = None, *,
        params: Mapping[str, str | int] | None = None, form: Form | None = None,
        timeout: float = 20.0,  # noqa: ASYNC109 - the bound of the whole, waiting for a place too
    ) -> dict[str, Any]:  # fmt: skip
        """What `/cgi-bin/{path}` answered: POST with a body or a form, else GET.

        Equal bodies are the same bytes. Raises WeComError where the platform refused, NoAnswer or
        TimeoutError (after `timeout` seconds) where it may not have heard: then the call may have
        been done all the same.
        """

        async def ask(token: str) -> dict[str, Any]:
            async with self.slots, self.opened(path, token, body, params, form) as response:
                return await self._read(response)

        async with asyncio.timeout(timeout):
            return await self.with_token(ask)

    async def with_token(self, ask: Callable[[str], Awaitable[T]]) -> T:
        """What `ask` says with the token; asked once more with a new one if it was stale."""
        held = await self.token()
        try:
            return await ask(held.token)
        except WeComError as refused:
            if refused.code not in STALE_TOKEN:
                raise
        return await ask((await self.token(after=held.serial)).token)

    async def token(self, after: int = 0) -> Held:
        """A token that still holds and is younger than the one with the serial number `after`.

        However many wait for it, it is fetched once; they share its failure, too. After a refusal
        nothing is asked for a while, and the refusal is raised again.
        """
        failures = self._failures
        if not self._good(after):
            async with self._lock:
                if not self._good(after):
                    self._share(failures)
                    await self._fetch()
        return self._held

    @asynccontextmanager
    async def opened(
        self, path: str, token: str, body: Mapping[str, Any] | None = None,
        params: Mapping[str, str | int] | None = None, form: Form | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:  # fmt: skip
        """The response of one request, its body not yet read; takes no slot of its own.

        What goes wrong with it, in the body of the `with` too, is a NoAnswer or a TimeoutError.
        """
        query = {**(params or {}), "access_token": token} if token else params
        data: Any = form() if form else None if body is None else encoded(body)
        sent = dict(headers or {})
        if body is not None:
            sent["Content-Type"] = "application/json; charset=utf-8"
        fault = ""
        try:
            async with self._session().request(
                "GET" if data is None else "POST", f"{self.config.api}/cgi-bin/{path}",
                params=query, data=data, headers=sent, allow_redirects=False,
            ) as response:  # fmt: skip
                yield response
        except TimeoutError:
            fault = "TimeoutError"
        except aiohttp.ClientError as broken:
            fault = type(broken).__name__
        # Raised outside, so that the address in aiohttp's exception is not its context.
        if fault:
            raise NoAnswer(f"{path}: {fault}") from None

    @property
    def refused(self) -> bool:
        """Whether the platform refuses the app itself just now: nothing can be sent."""
        return self._shut()

    async def close(self) -> None:
        """No connection is open; a later call opens one again."""
        if self._web is not None:
            await self._web.close()
            self._web = None

    def _session(self) -> aiohttp.ClientSession:
        if self._web is None:
            self._web = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(ssl=self._ssl, limit=AT_ONCE),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(
                    LONGEST_SECONDS, sock_connect=CONNECT_SECONDS, sock_read=SILENT_SECONDS
                ),
            )
        return self._web

    def _good(self, after: int) -> bool:
        held = self._held
        return held.serial > after and self._now() < held.until

    def _share(self, failures: int) -> None:
        """Raises what the one before met, where that was while we waited or holds for longer."""
        if self._failures != failures or self._shut():
            raise _again(self._fault)

    def _shut(self) -> bool:
        """Whether the platform is left alone; a clock that was put back keeps nothing shut."""
        return self._closed is not None and self._closed[0] <= self._now() < self._closed[1]

    async def _fetch(self) -> None:
        config = self.config
        secrets = {"corpid": config.corp_id, "corpsecret": config.secret}
        asked = self._now()
        try:
            async with (
                asyncio.timeout(TOKEN_SECONDS),
                self.slots,
                self.opened("gettoken", "", params=secrets) as response,
            ):
                answer = await self._read(response)
            token, seconds = answer.get("access_token"), answer.get("expires_in", 7200)
            if not (token and isinstance(token, str) and isinstance(seconds, int)):
                raise NoAnswer("gettoken: no token in the answer")
        except (WeComError, NoAnswer, TimeoutError) as fault:
            self._failed(fault)
            raise
        life = timedelta(seconds=seconds)
        self._held = Held(token, self._held.serial + 1, asked + life - min(EARLY, life / 10))
        self._refusals, self._closed = 0, None

    def _failed(self, fault: WeComError | NoAnswer | TimeoutError) -> None:
        """Who waits hears of it; after a refusal the platform is left alone for a while."""
        self._failures += 1
        if not isinstance(fault, WeComError):
            self._fault = fault if isinstance(fault, NoAnswer) else NoAnswer("gettoken: timeout")
            return
        self._fault = fault
        wait = min(REFUSED_WAIT * 2 ** min(self._refusals, 9), REFUSED_LONGEST)
        if fault.code in RETRY:
            wait = timedelta(seconds=RETRY[fault.code])
        self._refusals += 1
        self._closed = (self._now(), self._now() + wait)
        log.warning("the app gets no token", code=fault.code, why=fault.message,
                    again_in=wait.total_seconds())  # fmt: skip

    async def _read(self, response: aiohttp.ClientResponse) -> dict[str, Any]:
        """The answer's JSON; raises WeComError for an errcode, NoAnswer for what is no answer."""
        raw = bytearray()
        async for piece in response.content.iter_any():
            raw += piece
            if len(raw) > LARGEST_ANSWER:
                raise NoAnswer("the answer is too long")
        status, looks = response.status, raw.lstrip().startswith(b"{")
        if status == 200 or (400 <= status < 500 and looks):
            return self.judged(bytes(raw))
        if status in NO_SUCH_CALL:
            raise WeComError(status, "there is no such call")
        raise NoAnswer(f"HTTP {status}")

    def judged(self, raw: bytes) -> dict[str, Any]:
        """The JSON object in `raw`; WeComError for its errcode, NoAnswer where it is none."""
        try:
            answer = json.loads(raw)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict) or not isinstance(answer.get("errcode", 0), int):
            raise NoAnswer("the answer is no JSON of the interface")
        if answer.get("errcode", 0):
            raise WeComError(answer["errcode"], self._clean(str(answer.get("errmsg", ""))))
        return answer

    def _clean(self, said: str) -> str:
        for secret in (self.config.secret, self._held.token):
            said = said.replace(secret, "…") if secret else said
        return said


def encoded(body: Mapping[str, Any]) -> bytes:
    """The body on the wire: equal bodies are equal bytes, Chinese stays Chinese."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.encode("utf-8", "replace")


def _again(fault: WeComError | NoAnswer) -> WeComError | NoAnswer:
    if isinstance(fault, WeComError):
        return WeComError(fault.code, fault.message)
    return NoAnswer(str(fault))
