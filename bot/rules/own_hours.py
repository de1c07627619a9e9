"""A person's own hours: when his morning message comes, and when he wants none; pure.

They narrow the bureau's hours and never widen them. Knows no store and no sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.rules.records import Hours

LATEST = time(12, 0)
"""A morning message comes by noon: what is due today must be told while there is time."""

SPREAD = 600
"""Seconds over which the morning messages of all are spread, each at a moment of his own."""

_CLOCK = (
    r"(?P<part{n}>早上|上午|中午|下午|傍晚|晚上|夜里)?\s*(?P<hour{n}>\d{{1,2}})"
    r"\s*(?:[:：](?P<minute{n}>[0-5]?\d)|点(?P<half{n}>半)?|时)?"
)
_STRETCH = re.compile(rf"{_CLOCK.format(n=1)}\s*(?:到|至|-|~|—)\s*{_CLOCK.format(n=2)}[。 ]*")
_LATE = frozenset({"下午", "傍晚", "晚上", "夜里"})

_ODD = 37
"""Neighbours by number are told this many seconds apart."""


@dataclass(frozen=True, slots=True)
class OwnHours:
    """What a person has set; None stands for the bureau's own. `brief` is fewer words 字少一点."""

    morning: time | None = None
    quiet_from: time | None = None
    quiet_to: time | None = None
    brief: bool = False

    def rests(self, at: time) -> bool:
        """Whether it is one of his own quiet hours, which may run over midnight."""
        begins, ends = self.quiet_from, self.quiet_to
        if begins is None or ends is None or begins == ends:
            return False
        return at >= begins or at < ends if begins > ends else begins <= at < ends

    def starts(self, hours: Hours) -> time:
        """From when on he is told in the morning: his time, or the end of his quiet hours."""
        wanted = self.morning or hours.morning
        assert wanted is not None
        if self.rests(wanted) and self.quiet_to is not None:
            return self.quiet_to
        return wanted


def stretch_in(text: str) -> tuple[time, time] | None:
    """The hours that are written: 12:30到14:00, 18点到9点, 晚上9点到早上8点半; None for none."""
    found = _STRETCH.fullmatch(text.strip())
    if found is None:
        return None
    begins, ends = _clock(found, 1), _clock(found, 2)
    if begins is None or ends is None:
        return None
    # 下午1点到3点: the second hour is of the afternoon too.
    if found["part1"] == "下午" and not found["part2"] and begins.hour - 12 < ends.hour < 12:
        ends = ends.replace(hour=ends.hour + 12)
    return begins, ends


def _clock(found: re.Match[str], n: int) -> time | None:
    hour = int(found[f"hour{n}"])
    if found[f"part{n}"] in _LATE and hour < 12:
        hour += 12
    minute = 30 if found[f"half{n}"] else int(found[f"minute{n}"] or 0)
    return time(hour % 24, minute) if hour <= 24 else None


def objection(own: OwnHours, hours: Hours) -> str | None:
    """Why these hours can't be: "early" or "late" for the morning, "quiet" where none is left."""
    if own.morning is not None and not hours.quiet_to <= own.morning <= LATEST:
        return "early" if own.morning < hours.quiet_to else "late"
    start = own.starts(hours)
    if not hours.quiet_to <= start <= LATEST:
        return "quiet"
    first = start.hour * 60 + start.minute
    spread = [time(*divmod(first + n, 60)) for n in range(SPREAD // 60 + 1)]
    return "quiet" if any(own.rests(one) for one in spread) else None


def morning_moment(person: int, own: OwnHours, hours: Hours, midnight: datetime) -> datetime:
    """When the person is told on the day that begins at `midnight`: always the same minute."""
    start = datetime.combine(midnight.date(), own.starts(hours), midnight.tzinfo)
    return start + timedelta(seconds=person * _ODD % SPREAD)


def open_moment(own: OwnHours, hours: Hours, now: datetime) -> datetime | None:
    """From when on today, `now` or later, he may be told; None where the day is over for him.

    `now` is local.
    """
    at = now
    if own.rests(now.time()) and own.quiet_to is not None:
        at = datetime.combine(now.date(), own.quiet_to, now.tzinfo)
        if at < now:
            return None
    begins, ends = hours.quiet_from, hours.quiet_to
    quiet = at.time() >= begins or at.time() < ends if begins > ends else begins <= at.time() < ends
    return None if quiet or own.rests(at.time()) else at
