"""A reading as plain values and back, so that a button can ask the same again; knows no words."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.rules.records import Filters, Question, Span


def to_json(question: Question) -> dict[str, Any]:
    """The question as plain values; moments are written with their offset."""
    held, span = question.filters, question.range
    return {
        "metrics": list(question.metrics),
        "range": span and {
            "since": span.since and span.since.isoformat(), "until": span.until.isoformat()
        },
        "range_on": question.range_on,
        "filters": {
            "spots": list(held.spots), "categories": list(held.categories),
            "officers": list(held.officers), "dept": held.dept, "source": held.source,
            "state": held.state, "patrol_type": held.patrol_type, "obligation": held.obligation,
            "long_term": held.long_term,
        },
        "compare": question.compare, "group_by": question.group_by, "limit": question.limit,
        "format": question.format, "reason": question.reason, "least": question.least,
    }  # fmt: skip


def from_json(kept: dict[str, Any], tz: ZoneInfo) -> Question:
    """The question that `to_json` was given, its range in the bureau's zone."""
    held, span = dict(kept["filters"]), kept["range"]
    for name in ("spots", "categories", "officers"):
        held[name] = tuple(held[name])
    return Question(
        tuple(kept["metrics"]), _span(span, tz) if span else None, kept["range_on"],
        Filters(**held), kept["compare"], kept["group_by"], kept["limit"], kept["format"],
        kept["reason"], kept.get("least", False),
    )  # fmt: skip


def _span(kept: dict[str, Any], tz: ZoneInfo) -> Span:
    since, until = kept["since"], datetime.fromisoformat(kept["until"]).astimezone(tz)
    return Span(datetime.fromisoformat(since).astimezone(tz) if since else None, until)
