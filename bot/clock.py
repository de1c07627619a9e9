"""The one clock; the only place that reads the wall clock.

Everything else is handed a `now`. The simulator moves this clock; nothing else does.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """Tells the moment in UTC, shifted by `offset`; moving it never moves the machine's clock."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self.offset = offset

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC) + self.offset  # noqa: TID251 - the one reading there is

    def move(self, by: timedelta) -> datetime:
        """Shift the clock and tell the new moment; used by the simulator only."""
        self.offset += by
        return self.now()

    def set(self, moment: datetime) -> datetime:
        """Shift the clock so that it shows `moment`; it goes on running from there."""
        self.offset += moment - self.now()
        return self.now()
