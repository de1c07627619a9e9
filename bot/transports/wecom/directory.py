"""Who a member is, as the corporation's own directory says: asked once a day, kept in the book.

What the directory vouches for carries `at`, the moment it said so; a name without it came from
elsewhere. Knows no person of the house.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.transports.line import Member
from bot.transports.wecom import updates
from bot.transports.wecom.book import USER, Book
from bot.transports.wecom.client import Client
from bot.transports.wecom.errors import FORBIDDEN, NO_SUCH_CALL, NoAnswer, WeComError

log = structlog.get_logger(__name__)

FRESH = timedelta(days=1)
REFUSED = timedelta(hours=1)
"""So long nothing is asked again that was refused."""

SILENT = timedelta(minutes=1)
"""So long nothing is asked after no answer: not every message may wait for it."""

SECONDS = 5.0

NOT_THERE = frozenset({40003, 46004, 60111})
"""The directory has no such member (any more)."""

NOT_OURS = frozenset({48002, 48004, 48006, *NO_SUCH_CALL})
"""The call itself is refused, whoever is asked for."""

GONE = (2, 5)
"""user/get's status: disabled, left; 1 is active and 4 has not yet logged in (path/90196)."""


class Directory:
    """The directory behind a client; where `config.directory` is off it knows nobody."""

    def __init__(self, client: Client, book: Book, now: Callable[[], datetime]) -> None:
        self._client, self._book, self._now = client, book, now
        self._refused: dict[str, datetime] = {}
        self._rest_until = now()
        self._departments: dict[int, tuple[str | None, datetime]] = {}

    async def look(self, userid: str) -> Member | None:
        """Who the member is: asked, or remembered for a day, and for longer when asking fails.

        None where the directory has him not (then what it once said is taken back), was never
        reached for him, or may not be asked.
        """
        if not self._client.config.directory:
            return None
        userid = userid.casefold()
        facts = await self._book.facts(USER, userid) or {}
        now = self._now()
        if _age(facts, now) < FRESH or self._must_wait(userid, now):
            return _member(facts)
        try:
            answer = await self._client.call("user/get", params={"userid": userid}, timeout=SECONDS)
        except WeComError as refused:
            return await self._without(userid, facts, refused)
        except (NoAnswer, TimeoutError):
            self._rest_until = now + SILENT
            return _member(facts)
        if answer.get("status") in GONE:
            await self._forget(userid, facts)
            return None
        return await self._learn(userid, facts, answer)

    async def known(self, user_id: int) -> Member | None:
        """The member with this aiogram id, if the directory said once who he is; asks nobody."""
        if not self._client.config.directory or user_id <= updates.PEOPLE:
            return None
        userid = await self._book.named(USER, updates.number_of(user_id))
        return _member(await self._book.facts(USER, userid) or {}) if userid is not None else None

    def _must_wait(self, userid: str, now: datetime) -> bool:
        self._refused = {who: until for who, until in self._refused.items() if until > now}
        return userid in self._refused or self._rest_until > now

    async def _learn(self, userid: str, facts: dict[str, Any], answer: dict[str, Any]) -> Member:
        name = str(answer.get("name") or "").strip() or userid
        department = await self._department(answer)
        said = {"name": name, "department": department, "at": self._now().isoformat()}
        await self._book.keep(USER, userid, {**facts, **said})
        return Member(name, department)

    async def _without(
        self, userid: str, facts: dict[str, Any], refused: WeComError
    ) -> Member | None:
        """What is left to say after a refusal, which is remembered."""
        now = self._now()
        if refused.code in NOT_THERE:
            self._refused[userid] = now + REFUSED
            await self._forget(userid, facts)
            return None
        if refused.code in NOT_OURS:
            self._rest_until = now + REFUSED
            log.warning("the directory may not be read", code=refused.code, why=refused.message)
        elif refused.code in FORBIDDEN:
            self._refused[userid] = now + REFUSED
        else:
            self._rest_until = now + SILENT
        return _member(facts)

    async def _forget(self, userid: str, facts: dict[str, Any]) -> None:
        """The directory vouches for him no more; his number and what else is known stay."""
        if "at" in facts:
            await self._book.keep(USER, userid, {k: v for k, v in facts.items() if k != "at"})

    async def _department(self, answer: dict[str, Any]) -> str | None:
        """The name of the main department, where the app may know it."""
        among = answer.get("department")
        number = answer.get("main_department") or (among[0] if among else None)
        if not isinstance(number, int):
            return None
        now = self._now()
        kept, until = self._departments.get(number, (None, now))
        if until <= now:
            kept, wait = await self._ask_department(number)
            self._departments[number] = kept, now + wait
        return kept

    async def _ask_department(self, number: int) -> tuple[str | None, timedelta]:
        """The department's name, and how long that may be believed.

        department/get is younger than many private deployments; department/list has it, too.
        """
        for path in ("department/get", "department/list"):
            try:
                answer = await self._client.call(path, params={"id": number}, timeout=SECONDS)
            except WeComError:
                continue
            except (NoAnswer, TimeoutError):
                return None, SILENT
            found = answer.get("department")
            for one in found if isinstance(found, list) else [found]:
                if isinstance(one, dict) and one.get("id") == number and one.get("name"):
                    return str(one["name"]), FRESH
        return None, REFUSED


def _age(facts: dict[str, Any], now: datetime) -> timedelta:
    return abs(now - datetime.fromisoformat(facts["at"])) if "at" in facts else timedelta.max


def _member(facts: dict[str, Any]) -> Member | None:
    """What the directory said; None where it never did, or took it back."""
    return Member(facts["name"], facts.get("department")) if "at" in facts else None
