"""Which stretch of time a question is about, and what it is compared with; knows no words."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Literal

from bot.rules.hearing import Heard
from bot.rules.periods import day, month, previous, unit_of, week, year_before
from bot.rules.records import Span

SOON_DAYS = 7
_ONE_DAY = 86400

Compare = Literal["prev_period", "yoy"]


def range_of(
    heard: Heard, metrics: tuple[str, ...], now: datetime
) -> tuple[Span | None, Compare | None] | None:
    """The range and what it is compared with; None where the times said make no sense together."""
    compared = bool({"compare", "yoy"} & heard.cues)
    spans = list(dict.fromkeys(heard.spans))
    if any(span.since == span.until for span in spans):
        return None  # a time was named that does not exist or is not announced
    spans = _bounded(spans if compared else _adjoining(spans))
    if len(spans) > 2 or (len(spans) == 2 and not compared and not _nested(spans)):
        return None
    if len(spans) == 2 and not _nested(spans):
        return _two(spans[0], spans[1])
    span = min(spans, key=_length) if spans else _natural(heard, metrics, now)
    if span is not None and heard.group in ("day", "week", "month") and _length(span) <= _ONE_DAY:
        return None  # 每天晚上: a stretch of one day has no days
    if "yoy" in heard.cues:
        return span, "yoy"
    against_before = "compare" in heard.cues and span is not None
    among_spots = len(heard.spots) > 1 or "group" in heard.cues
    return span, "prev_period" if against_before and not among_spots else None


def _two(first: Span, second: Span) -> tuple[Span, Compare] | None:
    """Two times compared: the later one against the one just before it, or a year before it."""
    for later, other in ((second, first), (first, second)):
        if previous(later) in (other, year_before(other)):
            return later, "prev_period"
        if year_before(later) == other:
            return later, "yoy"
    return None


def _adjoining(spans: list[Span]) -> list[Span]:
    """One span where each begins as the one before ends (周一和周二), else the spans unchanged."""
    if len(spans) < 2 or any(a.until != b.since for a, b in pairwise(spans)):
        return spans
    return [Span(spans[0].since, spans[-1].until)]


def _bounded(spans: list[Span]) -> list[Span]:
    """A time and 截至 another are one span, that ends with the earlier of both."""
    ends = [span.until for span in spans if span.since is None]
    begun = [span for span in spans if span.since is not None]
    if not ends or len(begun) != 1:
        return spans
    return [Span(begun[0].since, min(begun[0].until, *ends))]


def _nested(spans: list[Span]) -> bool:
    inner, outer = sorted(spans, key=_length)
    starts = outer.since is None or (inner.since is not None and inner.since >= outer.since)
    return starts and inner.until <= outer.until


def _length(span: Span) -> float:
    return (span.until - span.since).total_seconds() if span.since else float("inf")


def _natural(heard: Heard, metrics: tuple[str, ...], now: datetime) -> Span | None:
    """The range a measure has where none is said, or None."""
    metric = metrics[0]
    if metric == "weekly_summary":
        return week(now, -1)
    if metric == "absent":
        return day(now)
    if metric == "bulletin":
        return Span(None, day(now).until)
    if metric == "quota_status":
        return month(now) if "special" in heard.cues else week(now)
    if metric == "obligation_status" and heard.obligation is not None:
        return unit_of(now, heard.obligation.per)
    if "soon" in heard.cues:
        return Span(day(now).since, day(now, SOON_DAYS).until)
    return None


def grain(span: Span | None) -> str:
    """The unit a trend over the span is drawn in."""
    days = _length(span) / 86400 if span is not None else 0
    return "month" if days > 100 else "week" if days > 31 else "day"
