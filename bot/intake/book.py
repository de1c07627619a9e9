"""A line's book in the house's store: names with their numbers and facts; knows no platform.

Numbers never change, so they are remembered; facts are read each time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from storage import outside
from storage.database import Database


class Book:
    """Fits the `Book` that a line asks for; lines of one organisation share a `realm`."""

    def __init__(self, database: Database, realm: str, now: Callable[[], datetime]) -> None:
        self._database, self._realm, self._now = database, realm, now
        self._numbers: dict[tuple[str, str], int] = {}
        self._names: dict[tuple[str, int], str] = {}

    async def number(self, kind: str, name: str) -> int:
        """The name's number, assigned where it has none."""
        if (kind, name) not in self._numbers:
            given = await self._database.write(outside.number, self._realm, kind, name, self._now())
            self._learn(kind, name, given)
        return self._numbers[kind, name]

    async def named(self, kind: str, number: int) -> str | None:
        """The name of this kind with the number, or None."""
        if (kind, number) not in self._names:
            found = await self._database.read(outside.named, self._realm, kind, number)
            if found is None:
                return None
            self._learn(kind, found, number)
        return self._names[kind, number]

    async def keep(self, kind: str, name: str, facts: dict[str, Any]) -> int:
        """These are the name's facts now; its number."""
        return await self._database.write(outside.keep, self._realm, kind, name, facts, self._now())

    async def facts(self, kind: str, name: str) -> dict[str, Any] | None:
        """The name's facts; None where none were kept."""
        return await self._database.read(outside.facts, self._realm, kind, name)

    async def rename(self, kind: str, old: str, new: str) -> None:
        """What was known by the old name is known by the new one."""
        await self._database.write(outside.rename, self._realm, kind, old, new)
        self._numbers.clear()
        self._names.clear()

    def _learn(self, kind: str, name: str, number: int) -> None:
        if len(self._numbers) > 10_000:
            self._numbers.clear()
            self._names.clear()
        self._numbers[kind, name] = number
        self._names[kind, number] = name
