"""Finds written stretches of time in a text; knows nothing of what is asked about them.

A closed grammar: the longest form at the leftmost place wins; what no form covers is no time. A
form whose time does not exist (2月30日, a holiday not announced) is found with an empty span, so
that nobody answers as if no time had been named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from bot.rules.period_forms import ANY, FORMS, TO
from bot.rules.periods import day
from bot.rules.records import Span
from bot.rules.spoken_spans import Calendar, SpanOf

_FIRST = re.compile(rf"(?:(?<![0-9])|(?![0-9]))(?:{ANY}|截至|截止)")  # 13月 holds no 3月
_SINCE = re.compile("(?:开始)?(?:以来|起?至今|起?到(?:现在|目前|今天|今日)|起(?![到至]))")
_UNTIL = re.compile("截至|截止到?")
_BEFORE = re.compile("(?:以前|之前|前)")
_TO = re.compile(TO)


@dataclass(frozen=True)
class Period:
    """A stretch of time written at [start, end) of a text."""

    span: Span
    start: int
    end: int


def find_periods(text: str, calendar: Calendar) -> list[Period]:
    """The stretches of time written in the text, from left to right, none overlapping another.

    The span is empty where a time is written that does not exist or is not announced.
    """
    found: list[Period] = []
    at = 0
    while match := _FIRST.search(text, at):
        period, at = _period_at(text, match.start(), calendar)
        if period is not None:
            reached = _reached(text, found[-1], period) if found else None
            found[-1:] = [reached] if reached else [*found[-1:], period]
    return found


def _reached(text: str, first: Period, last: Period) -> Period | None:
    """From the first time to the last (上周三到昨天), or None where no 到 joins them."""
    if first.span.since is None or last.span.since is None:
        return None
    if _TO.fullmatch(text, first.end, last.start) is None:
        return None
    backwards = last.span.since < first.span.since
    span = _nothing(first.span.since) if backwards else Span(first.span.since, last.span.until)
    return Period(span, first.start, last.end)


def _nothing(at: datetime) -> Span:
    return Span(at, at)


def _period_at(text: str, at: int, calendar: Calendar) -> tuple[Period | None, int]:
    """The time written here, if any, and where to look on."""
    span, end = None, at
    for pattern, span_of in FORMS:
        match = pattern.match(text, at)
        if match is not None and match.end() > end:
            span, end = _safely(span_of, match, calendar), match.end()
    if end == at:
        return _bounded(text, at, calendar)
    if span is None:
        return Period(_nothing(calendar.now), at, end), end
    period = _opened(text, Period(span, at, end), calendar)
    return period, period.end


def _safely(span_of: SpanOf, match: re.Match[str], calendar: Calendar) -> Span | None:
    try:
        span = span_of(match, calendar)
    except (ValueError, OverflowError):  # 2月30日, 13月, 近99999年: no such time
        return None
    empty = span is not None and span.since is not None and span.since >= span.until
    return None if empty else span  # 近0天 is no time either


def _bounded(text: str, at: int, calendar: Calendar) -> tuple[Period | None, int]:
    """截至 before a time reaches back for ever."""
    prefix = _UNTIL.match(text, at)
    if prefix is None or prefix.end() >= len(text):
        return None, at + 1
    inner, end = _period_at(text, prefix.end(), calendar)
    return inner and Period(Span(None, inner.span.until), at, inner.end), end


def _opened(text: str, period: Period, calendar: Calendar) -> Period:
    """以来 behind a time opens it to tonight; looking ahead, 前 behind it opens it from today."""
    since = period.span.since
    if since == period.span.until:
        return period
    after = _SINCE.match(text, period.end)
    if after is not None and since is not None and since < calendar.tonight:
        return replace(period, span=Span(since, calendar.tonight), end=after.end())
    before = _BEFORE.match(text, period.end)
    if before is not None and calendar.ahead:
        today = day(calendar.now).since
        return replace(period, span=Span(today, period.span.until), end=before.end())
    return period
