"""Reads a plain-Chinese question into a `Question`; knows no figures and answers nothing.

What is half understood is refused: a filter that was said and not understood would make a wrong
number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, cast

from bot.rules.accounts import accounted
from bot.rules.doubts import Doubts
from bot.rules.following import followed
from bot.rules.hearing import Heard, Hearing
from bot.rules.marks import levelled
from bot.rules.measures import Reason, metrics_of, refused
from bot.rules.mishearing import Mishearing
from bot.rules.periods import unit_of_span
from bot.rules.ranges import grain, range_of
from bot.rules.records import Bureau, Filters, Question, Span
from bot.rules.scripts import without_pictures

LONGEST = 120  # letters; nobody asks so long a question, and pasted texts are none

_OF_PATROLS = ("special_count", "quota_status", "report_count", "problem_count", "problem_list",
               "closed_count", "open_count", "closure_rate", "export_records",
               "photo_list")  # fmt: skip
"""The measures that can be narrowed to what special patrols found."""

_OF_LEDGER = ("ledger_list", "ledger_summary")
_OF_SOMEBODY = ("absent", "dup_photos", *_OF_LEDGER)
"""The measures whose answer may be persons."""

Format = Literal["text", "xlsx", "docx", "csv", "chart"]


class QuestionReader:
    """Reads questions in the words of one bureau."""

    def __init__(self, bureau: Bureau, *, ahead: bool = True) -> None:
        """Every word is spelled out `ahead`; who reads only one text need not wait for that."""
        self._bureau = bureau
        self._hearing = Hearing(bureau)
        self._doubts = Doubts(bureau)
        self._mishearing = Mishearing(bureau)
        if ahead:
            self._hearing.unfold()
            self._doubts.unfold()
            self._mishearing.unfold()
        self._squads = re.compile("|".join(map(re.escape, bureau.squads)) or "(?!)")

    def read(self, text: str, now: datetime) -> Question:
        """What is asked at `now`; what is not ours or not understood is a refusal with a reason."""
        now = now.astimezone(self._bureau.tz)
        text = self._plain(text)
        if not text or len(text) > LONGEST:
            return refusal("unclear")
        heard = self._hearing.hear(text, now)
        question = self._question(text, heard, now)
        if question.reason == "unclear" and heard.unknown_letters:
            better = self._mishearing.put_right(text)
            if better is not None:
                question = self._question(better, self._hearing.hear(better, now), now)
        return question

    def _question(self, text: str, heard: Heard, now: datetime) -> Question:
        if self._doubts.doubtful(text, heard):
            return refusal("unclear")
        return self._understood(self._doubts.completed(text, heard), now)

    def follow(self, text: str, now: datetime, last: Question) -> Question | None:
        """The last question asked again of what a fragment names (永福路呢), or None."""
        now = now.astimezone(self._bureau.tz)
        text = self._plain(text)
        if not text or len(text) > LONGEST:
            return None
        heard = self._hearing.hear(text, now)
        if self._doubts.doubtful(text, heard):
            return None
        heard = self._doubts.completed(text, heard)
        return followed(heard, last, now, own_thing=self._doubts.names_problems(text))

    def follow_all(self, text: str, now: datetime, before: Sequence[str]) -> Question | None:
        """The text as a fragment after what was said before it, or None."""
        last: Question | None = None
        for said in before:
            again = self.follow(said, now, last) if last is not None else None
            last = again or self.read(said, now)
        return self.follow(text, now, last) if last is not None else None

    def _plain(self, text: str) -> str:
        """The text levelled; a squad's first letter is not the end of 上礼拜一."""
        return self._squads.sub(r" \g<0>", levelled(without_pictures(text))).strip()

    def _understood(self, heard: Heard, now: datetime) -> Question:
        reason = refused(heard)
        metrics = metrics_of(heard)
        if "who" in heard.cues and metrics and metrics[0] not in _OF_SOMEBODY:
            reason = reason or "unclear"
        if reason is not None or not metrics:
            return refusal(reason or "unclear")
        if not heard.announced:
            return refusal("unannounced")
        asked = range_of(heard, metrics, now)
        if asked is None:
            return refusal("unclear")
        span, compare = asked
        group, limit = _group_by(heard, metrics, span), _limit(heard)
        if limit is not None and group is None and metrics[0].endswith("_count"):
            return refusal("unclear")  # the first five of what?
        question = Question(
            metrics=metrics,
            range=span,
            range_on=_range_on(heard, metrics),
            filters=_filters(heard, metrics),
            compare=compare,
            group_by=group,
            limit=limit,
            format=_format(heard, metrics),
        )
        return question if accounted(heard, question) else refusal("unclear")


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


def _group_by(heard: Heard, metrics: tuple[str, ...], span: Span | None) -> str | None:
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


def _limit(heard: Heard) -> int | None:
    if heard.group is None or not {"most", "first"} & heard.cues:
        return heard.how_many if "first" in heard.cues else None
    return heard.how_many or 1


def _format(heard: Heard, metrics: tuple[str, ...]) -> Format:
    default: Format = "xlsx" if metrics == ("export_records",) else "text"
    return cast(Format, heard.format or default)
