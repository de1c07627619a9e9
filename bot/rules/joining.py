"""What a message belongs to: a new report or the last one, and at which spot; pure.

Rules of conversations.md 2.5-2.9: an album is one report; a photo without words joins what the
same person has just reported; words join a photo that still has no place, and the other way
round; a place is guessed from the caption, then from a location, then from the last spot.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.rules.records import Limits, Reading


@dataclass(frozen=True)
class Arrival:
    """A message of an officer: whether it brings a file, its words, and how they read."""

    has_file: bool
    words: str
    reading: Reading
    at: datetime


@dataclass(frozen=True)
class Previous:
    """The person's last report: what it still lacks, and when something was last added to it."""

    placed: bool
    worded: bool
    guessed: bool
    last_part_at: datetime


def joins(new: Arrival, last: Previous | None, hint_at: datetime | None, limits: Limits) -> bool:
    """Whether the message belongs to the person's last report.

    `hint_at` is when the person last sent a location: one sent after the last report says that he
    has moved on.
    """
    if last is None:
        return False
    moved_on = hint_at is not None and hint_at > last.last_part_at
    gap = abs(new.at - last.last_part_at)
    near = gap <= timedelta(seconds=limits.join_seconds)
    if new.reading.intent == "followup":
        return gap <= timedelta(minutes=limits.last_spot_minutes) and not moved_on
    if not new.words:
        return gap <= timedelta(seconds=limits.add_photo_seconds) and not moved_on
    if _answers(new, last) and not moved_on:
        return gap <= timedelta(minutes=limits.last_spot_minutes)
    if not near or moved_on:
        return False
    says_place = any(find.spot or find.spot_text for find in new.reading.items)
    if not last.worded and (not last.placed or last.guessed):
        # A picture with a place of its own is a visit of its own: what was receipted stays.
        return not last.placed or not (new.has_file and says_place)
    if not last.placed:
        return says_place and not new.has_file
    # Words that tell of nothing are small talk, and change no report.
    return not says_place and not new.has_file and new.reading.intent == "problem"


def _answers(new: Arrival, last: Previous) -> bool:
    """Whether the words are only a place, and a place is what the last report was asked for."""
    found = new.reading.items
    plain = bool(found) and new.reading.intent == "patrol_ok" and new.reading.at is None
    placed = all(find.spot or find.spot_text for find in found)
    return plain and placed and not new.has_file and not last.placed


SAID = "words"
"""The source of a place that was named in a message of its own: said, not guessed."""


@dataclass(frozen=True)
class Guess:
    """A spot that was not written with it, and where it comes from: words, location or last."""

    spot: str
    source: str


def guess_spot(
    at: datetime, hint: tuple[str, datetime] | None, last: tuple[str, datetime] | None,
    limits: Limits, said: bool = False,
) -> Guess | None:  # fmt: skip
    """The place a message without one is taken to be at, or None when it must be asked.

    `hint` is the spot of the last location and when it came, `last` the last reported one; a hint
    that was `said` in words is the place of what follows within the minute, and no longer.
    """
    if hint and said:
        if timedelta(0) <= at - hint[1] <= timedelta(seconds=limits.join_seconds):
            return Guess(hint[0], SAID)
        hint = None
    if hint and timedelta(0) <= at - hint[1] <= timedelta(minutes=limits.place_hint_minutes):
        return Guess(hint[0], "location")
    if last and timedelta(0) <= at - last[1] <= timedelta(minutes=limits.last_spot_minutes):
        return Guess(last[0], "last")
    return None


def sent_at(written: datetime, received: datetime) -> datetime:
    """The moment a message was sent: the platform's word where it can be true, else the arrival.

    A platform keeps a message for a day at most (Telegram: 24 h); what is older, or lies ahead of
    the arrival, is no time to count a visit by.
    """
    earliest = received - timedelta(hours=48)
    return written if earliest <= written <= received + timedelta(seconds=60) else received
