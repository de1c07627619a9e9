"""How fast each line may be written to: overall, to one chat, and not at all in crowded minutes.

Some platforms answer what is too fast with an error, others drop it in silence: so the bounds are
kept here, and what was sent just before a restart counts too. Knows no card's words.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from bot.transports.line import Line
from storage.outbox import Owed

MINUTE = timedelta(minutes=1)

PLANNED = frozenset({"reminder", "places"})
"""Cards that the clock brings, at no particular minute: they avoid the crowded ones."""

NOW = timedelta(0)


class Pace:
    """The bounds of all lines, and what was sent to each chat in the last minute."""

    def __init__(self, lines: Mapping[str, Line]) -> None:
        self._slots = {name: Slots(line.pace) for name, line in lines.items() if line.pace}
        self._sent: dict[tuple[str, int], deque[datetime]] = {}

    def remember(self, sent: Iterable[tuple[str, int, datetime]]) -> None:
        """These messages went out before the start: they count."""
        for line, chat, at in sorted(sent, key=lambda one: one[2]):
            self._sent.setdefault((line, chat), deque()).append(at)

    def wait(self, line: Line, row: Owed, now: datetime, messages: int = 1) -> timedelta:
        """How long the row must wait until all its messages may be sent; nothing where now.

        No `messages` is a mark, which keeps no distance.
        """
        if row.card in PLANNED and now.minute in line.crowded:
            # Spread over the next minutes, for the others who had the same idea.
            return MINUTE * (1 + row.chat % 4) - timedelta(seconds=now.second)
        bound = _bound(line, row.chat)
        recent = self._recent(row, now) if bound or line.gap else deque[datetime]()
        waits = [NOW]
        if line.gap and recent and messages:
            waits.append(recent[-1] + line.gap - now)
        # More than a minute bears at all are begun when the minute before was quiet.
        over = len(recent) + min(messages, bound) - bound
        if bound and over > 0:
            waits.append(recent[over - 1] + MINUTE - now)
        return max(waits)

    async def take(self, line: Line, row: Owed, now: datetime) -> None:
        """One message more goes to the row's chat, as soon as the line's own bound allows it."""
        slots = self._slots.get(row.line)
        if slots is not None:
            now += timedelta(seconds=await slots.take())
        if line.gap or _bound(line, row.chat):
            self._recent(row, now).append(now)

    def forget(self, now: datetime) -> None:
        """Chats to which nothing was sent in the last minute take no room."""
        quiet = [c for c, sent in self._sent.items() if not sent or sent[-1] <= now - MINUTE]
        for chat in quiet:
            del self._sent[chat]

    def _recent(self, row: Owed, now: datetime) -> deque[datetime]:
        sent = self._sent.setdefault((row.line, row.chat), deque())
        # What lies ahead of now was sent before the clock was put back: it tells nothing.
        while sent and not now - MINUTE < sent[0] <= now:
            sent.popleft()
        return sent


def _bound(line: Line, chat: int) -> int:
    """Messages a minute to this chat, 0 for no bound; a group's number is below zero."""
    return line.chat_pace or (line.group_pace if chat < 0 else 0)


class Slots:
    """Lets one through after another: at most `pace` in any second.

    Who comes a little late doesn't delay the next one: what the event loop is late by is made up
    for, but no more than keeps every second within the bound, also after a long standstill.
    """

    LATE = 0.03
    SPARE = 1.035
    """The gap is so much longer than it need be: room for what is made up for."""

    def __init__(self, pace: float) -> None:
        self._gap = self.SPARE / pace
        self._next = 0.0
        self._turn = asyncio.Lock()

    async def take(self) -> float:
        """It is the caller's moment, after so many seconds."""
        asked = time.monotonic()
        async with self._turn:
            now = time.monotonic()
            if self._next > now:
                await asyncio.sleep(self._next - now)
                now = time.monotonic()
            self._next = max(self._next, now - self.LATE) + self._gap
        return now - asked
