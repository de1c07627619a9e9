"""What a question is narrowed to, grouped by and drawn as, by what was heard; knows no words."""

from __future__ import annotations

from typing import Literal, cast

from bot.rules.hearing import Heard
from bot.rules.periods import unit_of_span
from bot.rules.ranges import grain
from bot.rules.records import Filters, Span

_OF_PATROLS = ("special_count", "quota_status", "report_count", "problem_count", "problem_list",
               "closed_count", "open_count", "closure_rate", "export_records",
               "photo_list")  # fmt: skip
"""The measures that can be narrowed to what special patrols found."""
"""The measures that can be narrowed to what special patrols found."""

_OF_LEDGER = ("ledger_list", "ledger_summary")

Format = Literal["text", "xlsx", "docx", "csv", "chart"]


def range_on(heard: Heard, metrics: tuple[str, ...]) -> Literal["occurred", "due", "period"]:
    """Which of its days the range is about."""
    if metrics == ("obligation_status",):
        return "period"
    return "due" if "due" in heard.cues and metrics[0].startswith("ledger") else "occurred"


def filters_of(heard: Heard, metrics: tuple[str, ...]) -> Filters:
    """What the count is narrowed to."""
    metric = metrics[0]
    if metric == "bulletin":
        return Filters()
    rates = any(m.startswith("hotline") for m in metrics)
    return Filters(
        spots=heard.spots,
        categories=heard.categories,
        officers=heard.officers,
        dept=_dept(heard, metric),
        source="hotline" if rates else heard.source,
        state=_state(heard, metrics),
        patrol_type=_patrol_type(heard, metrics),
        obligation=heard.obligation.code
        if heard.obligation and metric == "obligation_status"
        else None,
        long_term=True if "long_term" in heard.cues and metric.startswith("ledger") else None,
    )


def _dept(heard: Heard, metric: str) -> str | None:
    """The department, unless its name is only a part of the obligation's (党支部的汇报)."""
    of_obligation = heard.obligation.words if heard.obligation else ()
    own = metric == "obligation_status" and any(heard.dept in words for words in of_obligation)
    return None if own else heard.dept


def _state(heard: Heard, metrics: tuple[str, ...]) -> str | None:
    if "open_count" in metrics:
        return None
    if "left_over" in heard.cues and metrics == ("ledger_summary",):
        return "open"
    said = next((s for s in ("overdue", "open", "closed_state") if s in heard.cues), None)
    if metrics[0] in _OF_LEDGER and said is None and "due" in heard.cues:
        return "open"
    if metrics[0] in ("problem_list", "problem_count", "ledger_list", "ledger_summary"):
        closed = "closed" if "closed_count" not in metrics else None
        return closed if said == "closed_state" else said
    return None


def _patrol_type(heard: Heard, metrics: tuple[str, ...]) -> str | None:
    if {"patrol_count", "special_count"} <= set(metrics):
        return None
    if "special" in heard.cues and metrics[0] in _OF_PATROLS:
        return "special"
    at_spots = heard.spots or heard.group == "spot"
    if "patrol_count" in metrics or (metrics == ("quota_status",) and not at_spots):
        return "full"
    return None


def group_of(heard: Heard, metrics: tuple[str, ...], span: Span | None) -> str | None:
    """What the number is parted by, or None."""
    if heard.group is not None:
        return heard.group
    if "trend" in heard.cues:
        return grain(span)
    apart = bool({"compare", "which", "most", "apart"} & heard.cues)
    if len(heard.officers) > 1 and "apart" in heard.cues:
        return "officer"
    apart = apart or heard.asks > len(metrics)
    if not apart or not metrics[0].endswith(("_count", "_rate")):
        return None
    several = (("spot", heard.spots), ("category", heard.categories))
    of_times = {unit_of_span(span) for span in heard.spans} if len(heard.spans) > 1 else set()
    parts = [group for group, said in several if len(said) > 1]
    parts += [unit for unit in ("day", "week", "month") if of_times == {unit} and _each(heard)]
    return parts[0] if len(parts) == 1 else None


def _each(heard: Heard) -> bool:
    return "apart" in heard.cues and not {"compare", "yoy"} & heard.cues


def limit_of(heard: Heard) -> int | None:
    """How many of the parts are wanted, or None; who asks for the fewest sees all parts."""
    if "least" in heard.cues:
        return None
    if heard.group is None or not {"most", "first"} & heard.cues:
        return heard.how_many if "first" in heard.cues else None
    return heard.how_many or 1


def format_of(heard: Heard, metrics: tuple[str, ...]) -> Format:
    """The form the answer is wanted in."""
    default: Format = "xlsx" if metrics == ("export_records",) else "text"
    return cast(Format, heard.format or default)
