"""Finds written stretches of time in a text; knows nothing of what is asked about them.

A closed grammar: the longest form at the leftmost place wins; what no form covers is no time. A
form whose time does not exist (2月30日, a holiday not announced) is found with an empty span, so
that nobody answers as if no time had been named.

A time may be opened: 从6月起 runs until tonight, 截至6月底 reaches back for ever, 6月1日之前 ends
before the day, and with deadlines ahead 月底前 runs from today.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from bot.rules.period_forms import ANY, TO, forms
from bot.rules.periods import day, unit_of_span
from bot.rules.records import Span
from bot.rules.rough_spans import UnannouncedError
from bot.rules.spoken_spans import Calendar, SpanOf

_NOW = "(?:现在|目前|今天|今日|如今|眼下|当前|此刻|现今)(?:为止)?"
_SINCE = re.compile(
    f"(?:之后|以后|后)?(?:开始|起)?(?:一直)?(?:以来|至今|(?:到|至|截至|截止){_NOW})"
    "|起(?![到至])|开始(?![到至的])"
)
_UNTIL = re.compile("截至|截止到?|到")
_END = re.compile("[末底]?(?:之前|以前)?(?:为止|止)")
_LAST_DAYS = re.compile("[末底]")
_BEFORE = re.compile("(?:以前|之前|前)(?![一二两三四五六七八九十几半0-9])")
_AFTER = re.compile("(?:以后|之后|后)(?![一二两三四五六七八九十几半0-9])")
_TO = re.compile(TO)


@dataclass(frozen=True)
class Period:
    """A stretch of time written at [start, end) of a text."""

    span: Span
    start: int
    end: int
    announced: bool = True

    @property
    def empty(self) -> bool:
        """Whether the time that is written does not exist."""
        return self.span.since == self.span.until


def find_periods(text: str, calendar: Calendar) -> list[Period]:
    """The stretches of time written in the text, from left to right, none overlapping another.

    The span is empty where a time is written that does not exist or is not announced.
    """
    found: list[Period] = []
    at = 0
    while match := _first().search(text, at):
        joined = bool(found) and found[-1].end == match.start()
        period, at = _period_at(text, match.start(), calendar, joined=joined)
        if period is not None:
            reached = _reached(text, found[-1], period) if found else None
            found[-1:] = [reached] if reached else [*found[-1:], period]
    return found


@cache
def _first() -> re.Pattern[str]:
    return re.compile(rf"(?:(?<![0-9])|(?![0-9]))(?:{ANY}|截至|截止|到)")  # 13月 holds no 3月


def _reached(text: str, first: Period, last: Period) -> Period | None:
    """From the first time to the last (上周三到昨天), or None where no 到 joins them."""
    if first.span.since is None or last.span.since is None:
        return None
    if _TO.fullmatch(text, first.end, last.start) is None:
        return None
    backwards = last.span.since < first.span.since or first.empty or last.empty
    span = _nothing(first.span.since) if backwards else Span(first.span.since, last.span.until)
    return Period(span, first.start, last.end, first.announced and last.announced)


def _nothing(at: datetime) -> Span:
    return Span(at, at)


def _period_at(
    text: str, at: int, calendar: Calendar, *, joined: bool = False
) -> tuple[Period | None, int]:
    """The time written here, if any, and where to look on; `joined` to the time before it."""
    longest: re.Match[str] | None = None
    meaning: SpanOf | None = None
    for pattern, span_of in forms():
        match = pattern.match(text, at)
        if match is not None and match.end() > (longest.end() if longest else at):
            longest, meaning = match, span_of
    if longest is None or meaning is None:
        return (None, at + 1) if joined else _bounded(text, at, calendar)
    written = Period(_nothing(calendar.now), at, longest.end())
    try:
        span = meaning(longest, calendar)
    except UnannouncedError:
        return replace(written, announced=False), written.end
    except (ValueError, OverflowError):  # 2月30日, 13月, 近99999年: no such time
        span = None
    if span is None or (span.since is not None and span.since >= span.until):  # 近0天
        return written, written.end
    period = _opened(text, replace(written, span=span), calendar)
    return period, period.end


def _bounded(text: str, at: int, calendar: Calendar) -> tuple[Period | None, int]:
    """截至 before a time reaches back for ever, and so does 到 where 为止 is behind the time."""
    prefix = _UNTIL.match(text, at)
    if prefix is None or prefix.end() >= len(text):
        return None, at + 1
    inner, end = _period_at(text, prefix.end(), replace(calendar, bounded=True))
    if inner is None:
        return None, end
    closing = _END.match(text, inner.end)
    if closing is None and prefix[0] == "到":
        return None, at + 1
    closing = closing or _LAST_DAYS.match(text, inner.end)
    since = inner.span.since if inner.empty else None
    span = Span(since, inner.span.until)
    return Period(span, at, closing.end() if closing else inner.end, inner.announced), end


def _opened(text: str, period: Period, calendar: Calendar) -> Period:
    """The time with what 以来, 之后, 之前 or 前 behind it makes of it; unclear ones are no time."""
    since, until = period.span.since, period.span.until
    after = _SINCE.match(text, period.end)
    if after is not None and since is not None and since < calendar.tonight:
        return replace(period, span=Span(since, calendar.tonight), end=after.end())
    before, later = _BEFORE.match(text, period.end), _AFTER.match(text, period.end)
    if since is None or calendar.bounded or not (before or later):
        return period
    if before is not None and calendar.ahead:
        span = Span(day(calendar.now).since, until)
    elif before is not None:
        span = Span(None, since)
    elif unit_of_span(period.span) == "day" and since < calendar.tonight:
        span = Span(since, calendar.tonight)
    else:
        span = _nothing(calendar.now)  # 10月之后: with it, or from November?
    ending = before or later
    return replace(period, span=span, end=ending.end() if ending else period.end)
