"""The way from the phones to the bot: raw updates in order, none lost, whatever goes down.

Knows no message and no skin; it hands plain dicts to `accept` and keeps what isn't accepted.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any

Accept = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass
class Parcel:
    """An update on its way; `chat` and `message` say which bubble shows the clock sign."""

    raw: dict[str, Any]
    chat: int
    message: int


class Mailbag:
    """Updates that the bot has not accepted yet, oldest first."""

    def __init__(
        self, arrived: Callable[[Parcel], None], stuck: Callable[[Exception], None]
    ) -> None:
        self._parcels: deque[Parcel] = deque()
        self._accept: Accept | None = None
        self._cut_until = 0.0
        self._one_at_a_time = asyncio.Lock()
        self._arrived, self._stuck = arrived, stuck

    def __len__(self) -> int:
        return len(self._parcels)

    @property
    def seconds_cut(self) -> float:
        """How many real seconds the net stays cut; 0 while it is up."""
        return max(0.0, self._cut_until - time.monotonic())

    @property
    def connected(self) -> bool:
        """Whether a bot listens at the other end."""
        return self._accept is not None

    def connect(self, accept: Accept | None) -> None:
        """From now on `accept` gets the updates; None: the bot is down and they wait."""
        self._accept = accept

    def cut(self, seconds: float) -> None:
        """The net is down for so many real seconds from now; 0 mends it."""
        self._cut_until = time.monotonic() + seconds

    def put(self, parcel: Parcel) -> None:
        """The parcel waits behind all others."""
        self._parcels.append(parcel)

    def clear(self) -> None:
        """Nothing waits any more."""
        self._parcels.clear()

    async def hand_over(self) -> None:
        """All that waits was accepted, or the first that can't be handed over still is first."""
        async with self._one_at_a_time:
            while self._parcels and self._accept is not None and not self.seconds_cut:
                parcel = self._parcels[0]
                try:
                    await self._accept(parcel.raw)
                except Exception as fault:  # noqa: BLE001 - whatever the fault, the phone retries
                    self._stuck(fault)
                    return
                if self._parcels and self._parcels[0] is parcel:
                    self._parcels.popleft()
                    self._arrived(parcel)

    def as_list(self) -> list[dict[str, Any]]:
        """What waits, as plain data."""
        return [asdict(parcel) for parcel in self._parcels]

    def refill(self, parcels: list[dict[str, Any]]) -> None:
        """What `as_list` told waits again."""
        self._parcels.extend(Parcel(**parcel) for parcel in parcels)
