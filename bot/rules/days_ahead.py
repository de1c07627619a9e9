"""A day ahead as people say it: 6月20日, 下周五, 6月底; pure.

For one day that somebody was asked for. What a table or an order writes is read elsewhere.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from bot.rules.away_words import away_in
from bot.rules.deadlines import deadlines
from bot.rules.ledger_dates import read_due
from bot.rules.records import Bureau

NEAR = timedelta(days=270)
"""So far ahead a day may lie of which no year was said; else it is one that is over."""

_YEAR = re.compile(r"20\d\d|[今本]年")


def read_day(text: str, bureau: Bureau, now: datetime) -> date | None:
    """The day that the words name, ahead of now, or None: 6月20日, 下周五, 6月底."""
    here, said = now.astimezone(bureau.tz), text.strip().rstrip("。前")
    written = deadlines(f"{said}前", here, bureau.hours.work_to)
    if written:
        day = written[0].moment.astimezone(bureau.tz).date()
        return day if _YEAR.search(said) else _ahead(day, here.date())
    spoken = away_in(said, here)
    return spoken[1] if spoken is not None else read_due(said, here.year, here.date()).day


def _ahead(day: date, today: date) -> date:
    """A day that is over is next year's where that is near: 1月5日 in December, not 11月1日."""
    if day >= today or (day.month, day.day) == (2, 29):
        return day
    later = day.replace(year=day.year + 1)
    return later if later - today < NEAR else day
