"""The from and to of a shift as written: 8点到12点, 08:00-12:00, 晚上7点至10点半. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.rules.numerals import number

_PART = "凌晨|早上|上午|中午|下午|傍晚|晚上|夜里|早|晚"
_NUM = "[0-9]{1,2}|[零一二两三四五六七八九十]{1,3}"
_CLOCK = (
    rf"(?P<part{{n}}>{_PART})?\s*(?P<hour{{n}}>{_NUM})"
    r"(?:[:：](?P<minute{n}>[0-5][0-9])|[点时](?:(?P<half{n}>半|一刻|三刻)|(?P<of{n}>[0-5]?[0-9])分?)?(?:整|钟)?)"
)
_SPAN = re.compile(
    _CLOCK.replace("{n}", "1") + r"\s*(?:-|~|—|–|至|到)+\s*" + _CLOCK.replace("{n}", "2")
)
_LATE = frozenset({"下午", "傍晚", "晚上", "夜里", "晚"})
_MINUTES = {"半": 30, "一刻": 15, "三刻": 45}


@dataclass(frozen=True, slots=True)
class Shift:
    """From when to when, local and aware; `until` may lie on the next day."""

    since: datetime
    until: datetime


def shift_in(text: str, at: datetime) -> Shift | None:
    """The shift that the text tells of, on the day of `at` (local); None where none is written."""
    found = _SPAN.search(text)
    if found is None:
        return None
    begin = _clock(found, 1, None)
    end = _clock(found, 2, found["part1"]) if begin is not None else None
    if begin is None or end is None:
        return None
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    since, until = midnight + begin, midnight + end
    if until <= since:
        until += timedelta(hours=12 if end < timedelta(hours=12) and not found["part2"] else 24)
    if until <= since:
        until += timedelta(hours=12)
    return Shift(since, until) if until - since <= timedelta(hours=24) else None


def _clock(found: re.Match[str], which: int, before: str | None) -> timedelta | None:
    said = number(found[f"hour{which}"])
    if said is None or said > 24:
        return None
    part = found[f"part{which}"] or before
    hour = said + 12 if part in _LATE and said < 12 else said
    minute = found[f"minute{which}"] or found[f"of{which}"]
    minutes = int(minute) if minute else _MINUTES.get(found[f"half{which}"] or "", 0)
    return timedelta(hours=hour, minutes=minutes)
