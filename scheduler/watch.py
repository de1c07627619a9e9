"""Watches the lines: one that is down for a minute is told to the admins, and when it works again.

While a line is down its people's messages may be lost on the platform: somebody must know. Knows
no line's reasons.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.rules.records import Role
from bot.transports.line import Line
from storage import journal, outbox, people
from storage.database import Database
from storage.schema import Transaction

log = structlog.get_logger(__name__)

ALARM_AFTER = timedelta(minutes=1)


class Watch:
    """Since when each line is down, and whether the admins know."""

    def __init__(
        self, database: Database, lines: Mapping[str, Line], clock: Clock,
        owed: Callable[[], None],
    ) -> None:  # fmt: skip
        """`owed` is called when a card is owed."""
        self._database, self._lines, self._clock, self._owed = database, lines, clock, owed
        self._down: dict[str, datetime] = {}
        self._told: dict[str, datetime] = {}

    @property
    def up(self) -> dict[str, bool]:
        """Each line, and whether it works."""
        return {name: name not in self._down for name in self._lines}

    def line_is(self, name: str, up: bool) -> None:
        """A line says whether it works."""
        if up is (name in self._down):
            log.info("a line changed", line=name, up=up)
        if up:
            self._down.pop(name, None)
        else:
            self._down.setdefault(name, self._clock.now())

    async def run(self) -> None:
        """Looks every few seconds; runs until it is cancelled."""
        while True:
            await asyncio.sleep(5.0)
            await self.look()

    async def look(self) -> None:
        """Whoever must know that a line is down, or works again, is owed the word."""
        now = self._clock.now()
        for name, since in list(self._down.items()):
            if name not in self._told and now - since >= ALARM_AFTER:
                await self._tell(name, since, None)
        for name, since in list(self._told.items()):
            if name not in self._down:
                await self._tell(name, since, now)

    async def _tell(self, name: str, since: datetime, until: datetime | None) -> None:
        down, title = frozenset(self._down), self._lines[name].title or name
        try:
            await self._database.write(tell, name, title, since, until, down, self._clock.now())
        except Exception as fault:  # noqa: BLE001 - a lane that must survive: it looks again
            log.error("that a line is down could not be told", fault=type(fault).__name__)
            return
        if until is None:
            self._told[name] = since
        else:
            self._told.pop(name, None)
        self._owed()


def tell(
    tx: Transaction, name: str, title: str, since: datetime, until: datetime | None,
    down: frozenset[str], now: datetime,
) -> None:  # fmt: skip
    """Every admin is owed one card of this failure, where one can reach him: not on a line down."""
    said = {"title": title, "since": since.isoformat(), "until": until and until.isoformat()}
    journal.write(tx, now, None, "line_up" if until else "line_down", f"line/{name}", said)
    for admin in people.with_role(tx, Role.ADMIN):
        chats = people.chats_of(tx, admin.id)
        known = f"line:{name}:{since:%Y%m%d%H%M%S}:{admin.id}"
        owed = outbox.place_of(tx, known)
        best = owed or next((c for c in chats if c[0] not in down), next(iter(chats), None))
        if best is not None:
            outbox.owe(tx, *best, "line", 0, now, key=known, args=said)
