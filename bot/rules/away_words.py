"""Reads from when to when somebody is away: 请假 6月10日到12日, 请假三天, 请假到周五; pure.

Days are whole, a time of day in the words is none of it. Knows no store and no person.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from bot.rules.numerals import number
from bot.rules.spoken_spans import Calendar
from bot.rules.written_periods import find_periods

LONGEST = 366
"""Days of one absence at the most; what is longer is a person who has left."""

AGO = timedelta(days=31)
"""An absence that began longer ago is not told now: the words mean something else."""

_NUM = "[0-9]{1,3}|[零一二两三四五六七八九十]{1,3}"
_DAYS = re.compile(rf"(?:从?今天起)?(?:请|休)?(?P<n>{_NUM})天(?:假|的假)?")
_LAST = re.compile(r"(?P<first>.*\d月\d{1,2})[日号]?(?:到|至|-|—|~)(?P<last>\d{1,2})[日号]?")


def away_in(text: str, now: datetime) -> tuple[date, date] | None:
    """The first and the last day, both included; None where the words name no days.

    `now` is local. What is past altogether is none.
    """
    said, today = text.strip(" ，,。"), now.date()
    counted = _DAYS.fullmatch(said)
    if counted is not None:
        days = number(counted["n"]) or 0
        return _span(today, today + timedelta(days=days - 1), today)
    # 6月10日到12日: the second day is of the same month.
    short = _LAST.fullmatch(said)
    if short is not None:
        month = re.findall(r"\d{1,2}月", short["first"])[-1]
        said = f"{short['first']}日到{month}{short['last']}日"
    found = find_periods(said.removeprefix("到"), Calendar(now, date(2000, 1, 1), ahead=True))
    if len(found) != 1 or found[0].empty or not found[0].span.since or not found[0].span.until:
        return None
    first = found[0].span.since.astimezone(now.tzinfo).date()
    last = (found[0].span.until.astimezone(now.tzinfo) - timedelta(seconds=1)).date()
    return _span(today if said.startswith("到") else first, last, today)


def _span(first: date, last: date, today: date) -> tuple[date, date] | None:
    if last < max(first, today) or first < today - AGO or (last - first).days >= LONGEST:
        return None
    return first, last
