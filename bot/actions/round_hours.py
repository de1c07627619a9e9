"""The hours of a round: its day, its night, when it rests; knows no card and no sentence."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bot.rules.records import Bureau
from storage.patrols import Patrol

NIGHT = timedelta(hours=6)
"""So long goes a round that was begun in the evening, over midnight."""


def local_day(moment: datetime, bureau: Bureau) -> date:
    """The day of the moment in the bureau's zone."""
    return moment.astimezone(bureau.tz).date()


def evening_of(found: Patrol, bureau: Bureau) -> datetime:
    """When the round rests at the latest; one begun after that hour may go on into the night."""
    here = found.started_at.astimezone(bureau.tz)
    evening = datetime.combine(here.date(), bureau.hours.round_pause, bureau.tz)
    return evening if here < evening else found.started_at + NIGHT


def runs(found: Patrol, at: datetime, bureau: Bureau) -> bool:
    """Whether what happens at that moment may be of the round: its day, or its night."""
    if local_day(found.started_at, bureau) == local_day(at, bureau):
        return True
    idle = timedelta(minutes=bureau.limits.round_idle_minutes)
    return found.started_at <= at <= min(found.started_at + NIGHT, found.last_at + idle)
