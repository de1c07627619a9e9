"""Reads a plain-Chinese question into a `Question`; knows no figures and answers nothing.

What is half understood is refused: a filter that was said and not understood would make a wrong
number. The words are data; which measure follows from which of them is the table `RULES`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, cast

from bot.rules.hearing import Heard, Hearing
from bot.rules.marks import levelled
from bot.rules.periods import day, month, previous, unit_of, week, year_before
from bot.rules.records import Bureau, Filters, Question, Span

LONGEST = 200  # letters; nobody asks so long a question, and pasted texts are none
TOLERATED = 4  # letters no rule knows; more of them is another question
SOON_DAYS = 7

Reason = Literal["rank", "other", "unclear"]
Format = Literal["text", "xlsx", "docx", "csv", "chart"]


@dataclass(frozen=True)
class Rule:
    """A measure that is asked for where all `needs` were heard and none of `without`.

    A need may name several cues with "|": one of them is enough.
    """

    metric: str
    needs: tuple[str, ...]
    without: tuple[str, ...] = ()

    def holds(self, heard: Heard) -> bool:
        """Whether the question asks for this measure."""
        said = heard.cues
        every = all(any(c in said for c in need.split("|")) for need in self.needs)
        return every and not any(c in said for c in self.without)


ASK = "count|times|list|yesno|trend|compare|group_asked|most|rank"
SINGLE = (
    Rule("weekly_summary", ("weekly",)),
    Rule("bulletin", ("bulletin",)),
    Rule("bulletin", ("patrol", "special", "problem", "count|times")),
    Rule("dup_photos", ("photo", "duplicate")),
    Rule("photo_list", ("photo", "list|yesno|export|which|range")),
    Rule("absent", ("missing", "person|list|range|yesno"), ("problem", "obligation", "ledger")),
    Rule("export_records", ("export",)),
    Rule("export_records", ("problem|ledger|report", "xlsx|docx|csv", "list")),
    Rule("obligation_status", ("obligation", "yesno|quota|progress|list|open|times|count|missing")),
    Rule(
        "ledger_list",
        ("ledger", "list|due|overdue|open|long_term"),
        ("count", "progress", "closure"),
    ),
    Rule("ledger_list", ("ledger", "due|list")),
    Rule("ledger_summary", ("ledger", "count|progress|yesno|list|closure|closed|trend|times")),
    Rule("avg_handle_time", ("handle_time",)),
    Rule("rebound_count", ("rebound", ASK + "|progress|long_range"), ("told",)),
    Rule("quota_status", ("short",), ("problem", "category")),
    Rule("quota_status", ("quota", "patrol|special|spot|visit"), ("problem", "category")),
    Rule("special_count", ("special", "times|count"), ("problem", "category")),
    Rule("problem_list", ("problem|category|overdue", "list"), ("count", "times", "group_asked")),
    Rule("problem_list", ("overdue|open", "list"), ("count", "times")),
)
SEVERAL = (
    Rule(
        "patrol_count",
        ("patrol", "times|count|trend|compare|group"),
        ("spot", "problem", "category", "group_spot", "report"),
    ),
    Rule("patrol_count", ("patrol", "times"), ("spot", "category", "group_spot")),
    Rule("report_count", ("spot|group_spot", "times"), ("category", "problem", "special")),
    Rule(
        "report_count",
        ("report", "count|times|most|rank|trend|compare|group"),
        ("category", "problem"),
    ),
    Rule("report_count", ("visit", "officer", "times"), ("spot", "category", "problem")),
    Rule("problem_count", ("problem|category|source", ASK), ("open",)),
    Rule("problem_count", ("problem|category", "open|overdue", "trend|group|compare")),
    Rule(
        "problem_count",
        ("problem|category", "long_range"),
        ("open", "closed_state", "closed", "told"),
    ),
    Rule("problem_count", ("spot|long_range", "compare"), ("report", "patrol", "special", "closed")),
    Rule("open_count", ("open", "count|times")),
    Rule("closed_count", ("closed|closed_state", "count|times"), ("open")),
)
"""Where no single measure is meant, all of these that hold are, the first meaning of each."""


class QuestionReader:
    """Reads questions in the words of one bureau."""

    def __init__(self, bureau: Bureau) -> None:
        self._bureau = bureau
        self._hearing = Hearing(bureau)

    def read(self, text: str, now: datetime) -> Question:
        """What is asked at `now`; what is not ours or not understood is a refusal with a reason."""
        now = now.astimezone(self._bureau.tz)
        text = levelled(text).strip()
        if not text or len(text) > LONGEST:
            return refusal("unclear")
        return self._understood(self._hearing.hear(text, now), now)

    def follow(self, text: str, now: datetime, last: Question) -> Question | None:
        """The last question asked again of what a fragment names (永福路呢), or None."""
        now = now.astimezone(self._bureau.tz)
        text = levelled(text).strip()
        if not text or len(text) > LONGEST or last.reason is not None:
            return None
        heard = self._hearing.hear(text, now)
        named = heard.spots or heard.categories or heard.spans
        if not named or heard.unknown_places or heard.unknown_letters or "told" in heard.cues:
            return None
        filters = replace(
            last.filters,
            spots=heard.spots or last.filters.spots,
            categories=heard.categories or last.filters.categories,
        )
        return replace(last, filters=filters, range=(*heard.spans, last.range)[0])

    def _understood(self, heard: Heard, now: datetime) -> Question:
        reason = _reason(heard)
        metrics = _metrics(heard)
        if reason is not None or not metrics:
            return refusal(reason or "unclear")
        asked = _spanned(heard, metrics, now)
        if asked is None:
            return refusal("unclear")
        span, compare = asked
        return Question(
            metrics=metrics,
            range=span,
            range_on=_range_on(heard, metrics),
            filters=_filters(heard, metrics),
            compare=compare,
            group_by=_group_by(heard, metrics, span),
            limit=_limit(heard),
            format=_format(heard, metrics),
        )


def refusal(reason: Reason) -> Question:
    """The question that is not answered, with the reason."""
    return Question(metrics=("refuse",), range_on=None, reason=reason)


def is_question(question: Question) -> bool:
    """Whether the text was a question, answered or refused for its content."""
    return question.reason != "unclear"


def question_json(question: Question) -> dict[str, Any]:
    """The question in the schema of `gangting ask --json`: every key is there."""
    return {
        "metrics": list(question.metrics),
        "range": _span_json(question.range),
        "range_on": question.range_on,
        "filters": {
            "spots": list(question.filters.spots),
            "categories": list(question.filters.categories),
            "officers": list(question.filters.officers),
            "dept": question.filters.dept,
            "source": question.filters.source,
            "state": question.filters.state,
            "patrol_type": question.filters.patrol_type,
            "obligation": question.filters.obligation,
            "long_term": question.filters.long_term,
        },
        "compare": question.compare,
        "group_by": question.group_by,
        "limit": question.limit,
        "format": question.format,
    }


def _span_json(span: Span | None) -> dict[str, str | None] | None:
    if span is None:
        return None
    since = span.since.strftime("%Y-%m-%dT%H:%M") if span.since else None
    return {"from": since, "to": span.until.strftime("%Y-%m-%dT%H:%M")}


def _reason(heard: Heard) -> Reason | None:
    """Why the question is refused before its measure is looked at, or None."""
    if "person" in heard.cues and {"most", "rank"} & heard.cues:
        return "rank"
    if "other" in heard.cues or heard.elsewhere:
        return "other"
    told = "denied" in heard.cues and not {"yesno", "count", "times"} & heard.cues
    if told or heard.unknown_places or heard.unknown_letters > TOLERATED or "monthly" in heard.cues:
        return "unclear"
    return None


def _metrics(heard: Heard) -> tuple[str, ...]:
    if {"satisfied", "solved_rate"} & heard.cues or (
        heard.source == "hotline" and "ontime" in heard.cues
    ):
        rates = (("ontime", "hotline_ontime"), ("satisfied", "hotline_satisfaction"),
                 ("solved_rate", "hotline_solved"))  # fmt: skip
        return tuple(metric for cue, metric in rates if cue in heard.cues)
    single = next((rule.metric for rule in SINGLE if rule.holds(heard)), None)
    if single is not None:
        return (single,)
    rates = (("ontime", "ontime_rate"), ("closure", "closure_rate"))
    several = [metric for cue, metric in rates if cue in heard.cues]
    several += [rule.metric for rule in SEVERAL if rule.holds(heard)] if not several else []
    return tuple(dict.fromkeys(several))


def _spanned(
    heard: Heard, metrics: tuple[str, ...], now: datetime
) -> tuple[Span | None, Literal["prev_period", "yoy"] | None] | None:
    """The range and what it is compared with; None where the times said make no sense together."""
    spans = list(dict.fromkeys(heard.spans))
    compared = bool({"compare", "yoy"} & heard.cues)
    if len(spans) > 2 or (len(spans) == 2 and not compared and not _nested(spans)):
        return None
    if len(spans) == 2 and not _nested(spans):
        return _two(spans[0], spans[1])
    span = min(spans, key=_length) if spans else _natural(heard, metrics, now)
    if "yoy" in heard.cues:
        return span, "yoy"
    against_before = "compare" in heard.cues and span is not None
    among_spots = len(heard.spots) > 1 or "group" in heard.cues
    return span, "prev_period" if against_before and not among_spots else None


def _two(first: Span, second: Span) -> tuple[Span, Literal["prev_period", "yoy"]] | None:
    """Two times compared: the later one against the one just before it, or a year before it."""
    for later, other in ((second, first), (first, second)):
        if previous(later) in (other, year_before(other)):
            return later, "prev_period"
        if year_before(later) == other:
            return later, "yoy"
    return None


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
        return unit_of(now, "quarter" if heard.obligation.per == "quarter" else "month")
    if "soon" in heard.cues:
        return Span(day(now).since, day(now, SOON_DAYS).until)
    return None


def _range_on(heard: Heard, metrics: tuple[str, ...]) -> Literal["occurred", "due", "period"]:
    if metrics == ("obligation_status",):
        return "period"
    return "due" if "due" in heard.cues and metrics[0].startswith("ledger") else "occurred"


def _filters(heard: Heard, metrics: tuple[str, ...]) -> Filters:
    metric = metrics[0]
    if metric == "bulletin":
        return Filters()
    rates = any(m.startswith("hotline") for m in metrics)
    return Filters(
        spots=heard.spots,
        categories=heard.categories,
        officers=heard.officers,
        dept=heard.dept,
        source="hotline" if rates else heard.source,
        state=_state(heard, metrics),
        patrol_type=_patrol_type(heard, metrics),
        obligation=heard.obligation.code
        if heard.obligation and metric == "obligation_status"
        else None,
        long_term=True if "long_term" in heard.cues and metric.startswith("ledger") else None,
    )


def _state(heard: Heard, metrics: tuple[str, ...]) -> str | None:
    said = next((s for s in ("overdue", "open", "closed_state") if s in heard.cues), None)
    if metrics == ("ledger_list",) and said is None and "due" in heard.cues:
        return "open"
    if metrics[0] in ("problem_list", "problem_count", "ledger_list", "ledger_summary"):
        closed = "closed" if "closed_count" not in metrics else None
        return closed if said == "closed_state" else said
    return None


def _patrol_type(heard: Heard, metrics: tuple[str, ...]) -> str | None:
    if "special" in heard.cues and metrics[0] in ("special_count", "quota_status", "report_count"):
        return "special"
    if "patrol_count" in metrics or (metrics == ("quota_status",) and not heard.spots):
        return "full"
    return None


def _group_by(heard: Heard, metrics: tuple[str, ...], span: Span | None) -> str | None:
    if heard.group is not None:
        return heard.group
    if "trend" in heard.cues:
        return _grain(span)
    several = len(heard.spots) > 1 and bool({"compare", "which", "most"} & heard.cues)
    if several and metrics[0].endswith("_count"):
        return "spot"
    return None


def _grain(span: Span | None) -> str:
    days = _length(span) / 86400 if span is not None else 0
    return "month" if days > 100 else "week" if days > 31 else "day"


def _limit(heard: Heard) -> int | None:
    if heard.group is None or not {"most", "first"} & heard.cues:
        return heard.how_many if "first" in heard.cues else None
    return heard.how_many or 1


def _format(heard: Heard, metrics: tuple[str, ...]) -> Format:
    default: Format = "xlsx" if metrics == ("export_records",) else "text"
    return cast(Format, heard.format or default)
