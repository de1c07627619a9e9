"""How fast each line may be written to: overall, to one chat, and not at all in crowded minutes.

Some platforms answer what is too fast with an error, others drop it in silence: so the bounds are
kept here, and what was sent just before a restart counts too. Knows no card's words.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from aiolimiter import AsyncLimiter

from bot.transports.line import Line
from storage.outbox import Owed

MINUTE = timedelta(minutes=1)

PLANNED = frozenset({"reminder", "places"})
"""Cards that the clock brings, at no particular minute: they avoid the crowded ones."""

NOW = timedelta(0)


class Pace:
    """The bounds of all lines, and what was sent to each chat in the last minute."""

    def __init__(self, lines: Mapping[str, Line]) -> None:
        self._limits = {
            name: _limiter(line.pace) if line.pace else None for name, line in lines.items()
        }
        self._sent: dict[tuple[str, int], deque[datetime]] = {}

    def remember(self, sent: Iterable[tuple[str, int, datetime]]) -> None:
        """These messages went out before the start: they count."""
        for line, chat, at in sorted(sent, key=lambda one: one[2]):
            self._sent.setdefault((line, chat), deque()).append(at)

    def wait(self, line: Line, row: Owed, now: datetime, messages: int = 1) -> timedelta:
        """How long the row must wait until all its messages may be sent; nothing where now."""
        if row.card in PLANNED and now.minute in line.crowded:
            # Spread over the next minutes, for the others who had the same idea.
            return MINUTE * (1 + row.chat % 4) - timedelta(seconds=now.second)
        if not line.chat_pace:
            return NOW
        recent = self._recent(row, now)
        # More than a minute bears at all are begun when the minute before was quiet.
        over = len(recent) + min(messages, line.chat_pace) - line.chat_pace
        return recent[over - 1] + MINUTE - now if over > 0 else NOW

    async def take(self, line: Line, row: Owed, now: datetime) -> None:
        """One message more goes to the row's chat, as soon as the line's own bound allows it."""
        limit = self._limits[row.line]
        if limit is not None:
            await limit.acquire()
        if line.chat_pace:
            self._recent(row, now).append(now)

    def _recent(self, row: Owed, now: datetime) -> deque[datetime]:
        sent = self._sent.setdefault((row.line, row.chat), deque())
        # What lies ahead of now was sent before the clock was put back: it tells nothing.
        while sent and not now - MINUTE < sent[0] <= now:
            sent.popleft()
        return sent


def _limiter(pace: float) -> AsyncLimiter:
    """At most `pace` a second, spread over quarters of a second where that is one or more."""
    quarter = int(pace / 4)
    return AsyncLimiter(quarter, 0.25) if quarter else AsyncLimiter(1, 1 / pace)
