"""What a fragment (永福路呢, 按类别分) makes of the question before it; knows no words."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.rules.hearing import Heard
from bot.rules.measures import refused
from bot.rules.periods import previous, year_before
from bot.rules.ranges import Compare, grain, range_of
from bot.rules.records import Question, Span

FOLLOWS_WITHIN = timedelta(minutes=10)
"""For so long a fragment is about the last question (conversations.md 2.15)."""

_PARTS = frozenset({
    "cue", "spot", "range", "long_range", "group", "group_asked", "group_spot", "officer", "dept",
    "format", "xlsx", "docx", "csv", "chart", "trend", "compare", "yoy", "before", "category",
    "source", "spots_word", "which", "apart", "filler", "one_number",
})  # fmt: skip
"""The cues of fragments: any other one asks for a measure, and is a question of its own."""
_OF_PROBLEMS = ("problem_count", "problem_list", "closed_count", "open_count", "closure_rate",
                "ontime_rate", "avg_handle_time", "overdue_rate", "extension_rate",
                "rework_rate", "rebound_count", "photo_list", "export_records")  # fmt: skip


def followed(heard: Heard, last: Question, now: datetime, *, own_thing: bool) -> Question | None:
    """The last question asked again of what the fragment names; None where it is no fragment.

    `own_thing` says that the text names problems itself, which a grouping by category does not.
    """
    cues = heard.cues - ({"problem"} if heard.group == "category" and not own_thing else set())
    told_more = cues - _PARTS or refused(heard) or heard.unknown_places
    if last.reason is not None or told_more or not _names_something(heard):
        return None
    if last.metrics == ("export_records",) and {"chart", "trend", "compare", "yoy"} & cues:
        return None  # a file has no trend
    question = _narrowed(heard, last)
    if heard.spans and "compare" in cues and ("before" in cues or len(heard.spans) == 2):
        both = range_of(heard, question.metrics, now)
        return replace(question, range=both[0], compare=both[1]) if both and both[1] else None
    if heard.spans and {"compare", "yoy"} & cues:
        compare = _compared(question.range, heard.spans)
        return replace(question, compare=compare) if compare else None
    if heard.spans:
        asked = range_of(heard, question.metrics, now)
        return replace(question, range=asked[0]) if asked else None
    if {"compare", "yoy"} & cues and question.range is not None:
        return replace(question, compare="yoy" if "yoy" in cues else "prev_period")
    return question


def _names_something(heard: Heard) -> bool:
    parts = (heard.spots, heard.categories, heard.spans, heard.group, heard.officers, heard.dept)
    return any(parts) or bool({"chart", "trend", "compare", "yoy"} & heard.cues)


def _narrowed(heard: Heard, last: Question) -> Question:
    """The last question with the filters, the grouping and the form that are named instead."""
    old = last.filters
    filters = replace(
        old,
        spots=heard.spots or old.spots,
        categories=heard.categories or old.categories,
        officers=heard.officers or old.officers,
        dept=heard.dept or old.dept,
        source=heard.source or old.source,
    )
    metrics = last.metrics
    if heard.categories and metrics[0] not in _OF_PROBLEMS:
        metrics, filters = ("problem_count",), replace(filters, patrol_type=None)
    elif heard.spots and metrics == ("patrol_count",):
        metrics, filters = ("report_count",), replace(filters, patrol_type=None)
    group = heard.group or (grain(last.range) if "trend" in heard.cues else last.group_by)
    if group == "spot" and len(heard.spots) == 1:
        group = None
    limit = last.limit if group == last.group_by else None
    form = "chart" if heard.format == "chart" else last.format
    return replace(last, metrics=metrics, filters=filters, group_by=group, limit=limit, format=form)


def _compared(span: Span | None, others: tuple[Span, ...]) -> Compare | None:
    """How the time named lies to the time asked about, or None."""
    if span is None or len(others) != 1:
        return None
    if others[0] == previous(span):
        return "prev_period"
    return "yoy" if others[0] == year_before(span) else None
