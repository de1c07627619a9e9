"""What is drawn of an answer: a bar a place, a kind or a span, a line over time; pure."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from bot.rules.answers import Counted, Measured, Part
from bot.rules.metrics import METRICS
from bot.words.chart import Chart
from bot.words.reading import looked_for, nouns, subject
from bot.words.spans import said_span

_TIMES = ("day", "week", "month")


def chart(facts: Counted, now: datetime) -> Chart | None:
    """The picture of a breakdown or a comparison; None where there is nothing to lay side by side.

    A share is drawn in whole percent, an average time in minutes.
    """
    metric = METRICS[facts.numbers[0].metric]
    question = facts.question
    title = f"{subject(facts.over, now)}{nouns(question)}"
    note = looked_for(question, facts.over, now)
    if len(facts.parts) > 1:
        here = tuple(_value(part, lasts=metric.lasts) for part in facts.parts)
        labels = tuple(part.label for part in facts.parts)
        series = [(said_span(facts.over.span, now), here)]
        if facts.before is not None:
            before = tuple(part.before for part in facts.parts)
            series.insert(0, (said_span(facts.before, now), before))
        over_time = question.group_by in _TIMES or (
            question.group_by is None and len(question.filters.spots) < 2
        )
        kind: Literal["bars", "line"] = "line" if over_time else "bars"
        return Chart(title, labels, tuple(series), metric.unit, kind, note)
    if facts.before is None or facts.numbers[0].before is None or facts.parts:
        return None
    spans = (said_span(facts.before, now), said_span(facts.over.span, now))
    both = tuple(_before_and_now(number) for number in facts.numbers)
    return Chart(title, spans, both, metric.unit, "bars", note)


def _before_and_now(number: Measured) -> tuple[str, tuple[int | None, ...]]:
    metric = METRICS[number.metric]
    if metric.of is None:
        return metric.noun, (number.before, number.total)
    each = _mean if metric.lasts else _whole_percent
    return metric.noun, (
        each(number.before or 0, number.before_of), each(number.total, number.of)
    )  # fmt: skip


def _value(part: Part, *, lasts: bool) -> int | None:
    if part.total is None or part.of is None:
        return part.total
    return _mean(part.total, part.of) if lasts else _whole_percent(part.total, part.of)


def _mean(minutes: int, by: int | None) -> int | None:
    return round(minutes / by) if by else None


def _whole_percent(part: int, whole: int | None) -> int | None:
    """16 of 5/32: rounded, as the words round."""
    return (part * 200 + whole) // (2 * whole) if whole else None
