"""Opening a number: the rows that it counts, for the chat's list and the Excel file; only reads.

The rows come of the same condition as the number, so there are always as many.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any

from bot.actions import ledger_views, outings
from bot.actions.scoping import Look, category_name, come_due, kind_of, look, span_of, spot_names
from bot.errors import NotFound
from bot.rules import kept_questions
from bot.rules.answers import Listing, Measured, Row
from bot.rules.facts import FindFacts
from bot.rules.indicators import INDICATORS, Progress, state_of
from bot.rules.ledger_facts import TaskList
from bot.rules.loop import Outcome, Stage
from bot.rules.metrics import LISTS, METRICS
from bot.rules.records import NO_TROUBLE, Bureau, Question
from storage import asked as asked_store
from storage import counts, patrol_counts, people, problem_counts, ticket_counts
from storage.people import Person
from storage.schema import Transaction

LISTED = 10
"""So many lines of a list are said in the chat; the whole goes as a file."""

GONE = "这个按钮是旧的，当时问的什么已经找不到了。请再问一次。"


def listing(tx: Transaction, asked: Look, metric: str, most: int | None, bureau: Bureau) -> Listing:
    """The newest `most` rows (all for None) that the metric counts, and how many there are."""
    kind = kind_of(metric, asked.question.filters.state)
    share = METRICS[metric].of if metric in METRICS else None
    counted = share or kind
    total = counts.number(tx, counted, asked.scope)
    if counted in patrol_counts.KINDS:
        rows = outings.rows(tx, asked, counted, most, bureau)
        return Listing(asked.question, asked.over, Measured(metric, total), rows, total)
    of_tickets = counted in ticket_counts.KINDS
    read = ticket_counts.rows if of_tickets else counts.rows
    found = read(tx, counted, asked.scope, most)
    by_report = counted == "reports" or of_tickets
    measured = Measured(metric, total)
    if metric in INDICATORS:
        share_of = problem_counts.tally(tx, asked.scope)[metric]
        measured = Measured(metric, share_of.total, share_of.of, apart=share_of.apart)
    elif share:
        measured = Measured(metric, counts.number(tx, kind, asked.scope), total)
    names = spot_names(tx, bureau)
    rows = tuple(_rows(found, by_report, asked, bureau, names))
    return Listing(asked.question, asked.over, measured, rows, total)


def kept(tx: Transaction, number: int, bureau: Bureau) -> Question:
    """What was asked under this number. Raises NotFound for what was never understood."""
    row = asked_store.by_id(tx, number)
    if row is None or row.question is None:
        raise NotFound(GONE)
    return kept_questions.from_json(row.question, bureau.tz)


def opened(
    tx: Transaction, asker: Person | None, number: int, which: int, most: int | None,
    bureau: Bureau, now: datetime,
) -> Listing | TaskList:  # fmt: skip
    """The rows behind the `which`-th number of what was asked, as they stand now.

    Raises NotAllowed where the asker may not see them, NotFound where there is no such number.
    """
    question = kept(tx, number, bureau)
    metrics = numbers_of(question)
    if not metrics:
        raise NotFound(GONE)
    metric = metrics[which] if which < len(metrics) else metrics[0]
    if metric == ledger_views.LIST:
        tasks = replace(question, metrics=metrics, group_by=None)
        return ledger_views.listing(tx, asker, tasks, most, bureau, now)
    # A quota counts a road without its crossings, so its rows are looked for as the quota was.
    asked = question if question.metrics == ("quota_status",) else None
    question = replace(question, metrics=(metric,))
    found = look(tx, asker, asked or question, bureau, span_of(question, bureau, now), now)
    found = come_due(found, now)
    return listing(tx, replace(found, question=question), metric, most, bureau)


NUMBERS = {
    "bulletin": ("patrol_count", "special_count", "problem_count", "closed_count"),
    "weekly_summary": ("report_count", "problem_count"),
    ledger_views.SUMMARY: (ledger_views.LIST,),
    ledger_views.LIST: (ledger_views.LIST,),
}
"""The numbers of an answer that says several, in the order in which it says them."""

QUOTA_ROWS = {"full": "patrol_count", "special": "special_count"}


def numbers_of(question: Question) -> tuple[str, ...]:
    """The measures whose rows lie behind the answer; none behind photos, or who is absent."""
    metric = question.metrics[0]
    if metric == "quota_status":
        kind = None if question.filters.spots else question.filters.patrol_type
        return (QUOTA_ROWS.get(kind or "", "report_count"),)
    if metric in NUMBERS:
        return NUMBERS[metric]
    return question.metrics if metric in METRICS or metric in LISTS else ()


def whole(tx: Transaction, number: int, bureau: Bureau, now: datetime) -> Listing | TaskList | None:
    """All rows of the first number of what was asked, for the file.

    None where the asker may not see them any more.
    """
    row = asked_store.by_id(tx, number)
    asker = people.by_id(tx, row.person) if row is not None else None
    if row is None or asker is None or not asker.active:
        return None
    return opened(tx, asker, number, 0, None, bureau, now)


def _rows(
    found: list[Any], by_report: bool, asked: Look, bureau: Bureau, names: Mapping[str, str]
) -> Iterator[Row]:
    """A row a find, or a row a report with all its finds in the scope."""

    def thing(row: Any) -> tuple[str, int]:
        return (row.number, -1 if by_report else row.position)

    for _, together in groupby(found, key=thing):
        same = list(together)
        first = same[0]
        sees = asked.sees(first.squad, first.person)
        yield Row(
            first.number, first.occurred_at.astimezone(bureau.tz),
            tuple(_find(row, bureau, names) for row in same), first.name if sees else None,
            first.squad, first.source, first.text, progress=_progress(first, asked),
        )  # fmt: skip


def _progress(row: Any, asked: Look) -> Progress | None:
    """How a problem stands; None for the finds of a report."""
    if "handle_by" not in row._fields:
        return None
    stage, outcome = Stage(row.stage), Outcome(row.outcome) if row.outcome else None
    state = state_of(stage, outcome, row.handle_by, row.handled_at, asked.scope.moment)
    done = state in ("in_time", "late", "handled") and row.handled_at is not None
    minutes = round(float(row.seconds) / 60) if done else None
    return Progress(state, row.exempt is not None, row.extended, row.sent_back, minutes)


def _find(row: Any, bureau: Bureau, names: Mapping[str, str]) -> FindFacts:
    trouble = row.category not in (None, NO_TROUBLE)
    return FindFacts(
        row.spot, names.get(row.spot) if row.spot else row.spot_text, row.spot_text,
        category_name(bureau, row.category) if row.category else None, trouble, row.quantity,
        row.action or "none", row.state or "none",
    )  # fmt: skip
