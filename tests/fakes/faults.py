"""Faults of the wire, set by tests: which call they hit, how often, and what happens.

Kinds for calls: 429 (retry_after), error (code, description, parameters), html502, empty,
truncated, reset_before, reset_after, hang_before, hang_after (seconds, or until release).
Kinds for downloads: slow (bytes per second), cut_len, cut_nolen (at: share of the file),
404, html502, reset_before, hang_before.
"""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections import deque
from fnmatch import fnmatchcase
from typing import Any

from tests.fakes.rules import Wrong
from tests.fakes.world import World

DELIVERED = frozenset(("reset_after", "hang_after", "empty_after", "html502_after"))
CALL_KINDS = (
    frozenset(
        ("429", "error", "html502", "empty", "truncated", "reset_before", "hang_before", "conflict")
    )
    | DELIVERED
)
DOWNLOAD_KINDS = frozenset(
    ("slow", "cut_len", "cut_nolen", "404", "html502", "reset_before", "hang_before")
)
HTML = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad "
    b"Gateway</h1></center>\r\n<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n"
)


class Fault:
    """One rule; `left` calls of it are still to be hit (-1: all)."""

    def __init__(
        self,
        kind: str,
        method: str = "*",
        times: int = 1,
        chat_id: int | None = None,
        skip: int = 0,
        **more: Any,
    ) -> None:
        known = DOWNLOAD_KINDS if method == "download" else CALL_KINDS
        if kind not in known:
            raise ValueError(f"unknown fault {kind!r} for {method!r}; known: {sorted(known)}")
        self.kind, self.method, self.left, self.chat_id = kind, method, times, chat_id
        self.skip, self.more = skip, more
        self.hits = 0

    def meets(self, method: str, chat_id: Any) -> bool:
        """Whether this call is one the rule is for."""
        if self.left == 0 or not fnmatchcase(method, self.method):
            return False
        # getUpdates and downloads are hit only when named: "*" means what the bot says.
        if self.method == "*" and method in ("getUpdates", "download"):
            return False
        return self.chat_id is None or str(self.chat_id) == str(chat_id)

    def shown(self) -> dict[str, Any]:
        """The rule as the control API tells it."""
        return {
            "kind": self.kind,
            "method": self.method,
            "left": self.left,
            "chat_id": self.chat_id,
            "hits": self.hits,
            **self.more,
        }


class Flood:
    """Telegram's speed limits: messages a second in all and per chat, a minute per group."""

    def __init__(self, total: int = 30, chat: int = 1, group: int = 20) -> None:
        self.limits = {"total": (total, 1.0), "chat": (chat, 1.0), "group": (group, 60.0)}
        self.seen: dict[tuple[str, Any], deque[float]] = {}

    def check(self, world: World, chat_id: Any) -> None:
        """Count the call, or refuse it with 429 and the seconds to wait."""
        keys: list[tuple[str, Any]] = [("total", None), ("chat", chat_id)]
        if str(chat_id).startswith(("-", "@")):
            keys.append(("group", chat_id))
        now = time.monotonic()
        for key in keys:
            most, span = self.limits[key[0]]
            times = self.seen.setdefault(key, deque())
            while times and now - times[0] >= span:
                times.popleft()
            if len(times) >= most:
                after = math.ceil(span - (now - times[0]))
                world.counts["flood"] = world.counts.get("flood", 0) + 1
                raise Wrong(429, f"Too Many Requests: retry after {after}", retry_after=after)
        for key in keys:
            self.seen[key].append(now)


class Faults:
    """The rules in force, and the dice for chaos runs."""

    def __init__(self) -> None:
        self.rules: list[Fault] = []
        self.revoked = False
        self.latency = 0.0
        self.flood: Flood | None = None
        self.released = asyncio.Event()
        self.dice = random.Random(0)
        self.chances: list[tuple[float, dict[str, Any]]] = []
        self.hits: dict[str, int] = {}
        self.log: list[dict[str, Any]] = []

    def __bool__(self) -> bool:
        return bool(self.rules or self.chances)

    def add(self, **rule: Any) -> None:
        """The rule is in force, behind those set before it."""
        self.rules.append(Fault(**rule))

    def chaos(self, seed: int, chances: list[dict[str, Any]]) -> None:
        """From now on each call meets each fault with its probability `p`, drawn from `seed`."""
        self.dice = random.Random(seed)
        self.chances = []
        for one in chances:
            rule = {k: v for k, v in one.items() if k != "p"}
            Fault(**rule)
            self.chances.append((one["p"], rule))

    def clear(self) -> None:
        """No fault is in force; calls that hang go on."""
        self.rules, self.chances, self.revoked, self.latency = [], [], False, 0.0
        self.flood = None
        self.release()

    def release(self) -> None:
        """Calls that hang at this moment go on; later ones hang again."""
        self.released.set()
        self.released = asyncio.Event()

    def take(self, method: str, chat_id: Any) -> Fault | None:
        """The fault this call meets, counted as hit."""
        for rule in self.rules:
            if rule.meets(method, chat_id):
                if rule.skip > 0:
                    rule.skip -= 1
                    continue
                rule.left -= 1 if rule.left > 0 else 0
                return self._hit(rule, method)
        for chance, rule in self.chances:
            made = Fault(**rule)
            if made.meets(method, chat_id) and self.dice.random() < chance:
                return self._hit(made, method)
        return None

    def _hit(self, rule: Fault, method: str) -> Fault:
        rule.hits += 1
        self.hits[rule.kind] = self.hits.get(rule.kind, 0) + 1
        self.log.append({"kind": rule.kind, "method": method})
        self.rules = [r for r in self.rules if r.left != 0]
        return rule

    async def hang(self, fault: Fault) -> None:
        """Wait as long as the fault says, at most until release or clear."""
        try:
            await asyncio.wait_for(self.released.wait(), fault.more.get("seconds", 600))
        except TimeoutError:
            return
