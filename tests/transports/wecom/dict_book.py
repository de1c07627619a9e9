"""A line's book in memory, for tests: the promises of `Book`, kept with dictionaries."""

from __future__ import annotations

import copy
import json
from typing import Any


class DictBook:
    """Names with their numbers and facts; facts must be what JSON can hold, as in the store."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str], int] = {}
        self._facts: dict[tuple[str, str], dict[str, Any]] = {}
        self._last = 0

    async def number(self, kind: str, name: str) -> int:
        if (kind, name) not in self._numbers:
            self._last += 1
            self._numbers[kind, name] = self._last
        return self._numbers[kind, name]

    async def named(self, kind: str, number: int) -> str | None:
        for (known, name), its in self._numbers.items():
            if known == kind and its == number:
                return name
        return None

    async def keep(self, kind: str, name: str, facts: dict[str, Any]) -> int:
        number = await self.number(kind, name)
        self._facts[kind, name] = json.loads(json.dumps(facts))
        return number

    async def facts(self, kind: str, name: str) -> dict[str, Any] | None:
        return copy.deepcopy(self._facts.get((kind, name)))

    async def rename(self, kind: str, old: str, new: str) -> None:
        number = self._numbers.pop((kind, old), None)
        if number is not None:
            self._numbers[kind, new] = number
        facts = self._facts.pop((kind, old), None)
        if facts is not None:
            self._facts[kind, new] = facts

    def names(self, kind: str) -> list[str]:
        """Every name of the kind, in the order of their numbers; for a test to look at."""
        found = [(number, name) for (k, name), number in self._numbers.items() if k == kind]
        return [name for _, name in sorted(found)]
