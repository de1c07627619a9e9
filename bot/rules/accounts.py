"""Whether a question that was made holds all that was heard; knows no words and no figures.

A filter, a comparison or a second measure that was said and is in no field of the question would
give a number of something else: the question is then refused.
"""

from __future__ import annotations

from bot.rules.hearing import Heard
from bot.rules.periods import unit_of_span
from bot.rules.records import Question

_LEDGER = ("ledger_list", "ledger_summary")
_OF_SPECIAL = ("special_count", "quota_status", "report_count", "problem_count", "problem_list",
               "closed_count", "open_count", "closure_rate", "export_records", "photo_list",
               "bulletin")  # fmt: skip
_TOPICS: dict[str, tuple[str, ...]] = {
    "special": _OF_SPECIAL,
    "rebound": ("rebound_count", "photo_list", "export_records"),
    "handle_time": ("avg_handle_time",),
    "photo": ("photo_list", "dup_photos"),
    "duplicate": ("dup_photos",),
    "weekly": ("weekly_summary",),
    "obligation": ("obligation_status",),
    "overdue_share": ("overdue_rate",),
    "extension": ("extension_rate",),
    "rework": ("rework_rate",),
    "closure": ("closure_rate", "ledger_summary"),
    "ontime": ("ontime_rate", "hotline_ontime"),
    "satisfied": ("hotline_satisfaction",),
    "solved_rate": ("hotline_solved",),
    "long_term": _LEDGER,
    "due": _LEDGER,
    "bulletin": ("bulletin",),
    "export": ("export_records", "photo_list"),
    "missing": ("absent", "quota_status", "obligation_status"),
    "short": ("quota_status",),
    "norm": ("quota_status",),
}
"""The measures that answer for a cue."""

_WHOLE = ("bulletin", "weekly_summary", "ledger_summary")
"""The measures that tell several numbers."""

_RATES = frozenset({"closure", "ontime", "handle_time", "overdue_share", "extension", "rework",
                    "satisfied", "solved_rate", "yesno"})  # fmt: skip
_RANKED = ("day", "week", "month")


def accounted(heard: Heard, question: Question) -> bool:
    """Whether every part that was heard is in the question."""
    metrics, cues = question.metrics, heard.cues
    topics = all(
        cue not in cues or any(metric in metrics for metric in answering)
        for cue, answering in _TOPICS.items()
    )
    alone = heard.asks == 1 and len(metrics) > 1 and "apart" not in cues and not _RATES & cues
    return (
        topics
        and not alone
        and (metrics != ("weekly_summary",) or _is_week(question))
        and _state_is_kept(heard, question)
        and _order_is_kept(heard, question)
        and _comparison_is_kept(heard, question)
        and (heard.asks <= max(1, len(metrics)) or metrics[0] in _WHOLE or _is_parted(question))
    )


def _is_week(question: Question) -> bool:
    return question.range is not None and unit_of_span(question.range) == "week"


def _state_is_kept(heard: Heard, question: Question) -> bool:
    if question.metrics[0] in ("bulletin", "weekly_summary", "obligation_status", "absent"):
        return True
    if "overdue" in heard.cues:
        return question.filters.state == "overdue"
    shown = question.filters.state is not None or "open_count" in question.metrics
    return "open" not in heard.cues or shown or question.metrics == ("quota_status",)


def _order_is_kept(heard: Heard, question: Question) -> bool:
    if heard.how_many is not None and heard.group is not None and question.limit is None:
        return False
    if "least" in heard.cues:
        return question.group_by is not None
    ranked = "first" in heard.cues or ("most" in heard.cues and question.compare is None)
    if ranked and question.limit is None:
        return False
    return "trend" not in heard.cues or question.group_by in _RANKED


def _comparison_is_kept(heard: Heard, question: Question) -> bool:
    parted = _is_parted(question) or len(question.metrics) > 1
    if "yoy" in heard.cues:
        return question.compare == "yoy" and question.range is not None
    if "compare" in heard.cues:
        return question.compare is not None or parted
    return "apart" not in heard.cues or parted or question.metrics == ("bulletin",)


def _is_parted(question: Question) -> bool:
    return question.group_by is not None
