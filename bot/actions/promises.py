"""What the bureau owes in a period, and how it stands, as the papers lay it out; only reads."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.rules.metrics import METRICS
from bot.rules.papers import Promise
from bot.rules.periods import step, unit_of
from bot.rules.records import Bureau, Quota, Span
from storage import counts, papers
from storage.counts import Scope
from storage.schema import Transaction

NOUNS = {"review": "问题研判"}


def of_digest(tx: Transaction, bureau: Bureau, part: Span) -> tuple[Promise, ...]:
    """The quotas of the week, and of the month that its last day lies in."""
    last = part.until - timedelta(seconds=1)
    return tuple(
        _standing(tx, quota, unit_of(last, quota.per), part.until)
        for quota in _owed(bureau) if quota.per in ("week", "month")
    )  # fmt: skip


def of_span(tx: Transaction, bureau: Bureau, span: Span, now: datetime) -> tuple[Promise, ...]:
    """Every period of every quota that begins in the span and has begun by now, in order."""
    assert span.since is not None
    found = []
    for quota in _owed(bureau):
        here = unit_of(span.since, quota.per)
        if here.since is not None and here.since < span.since:
            here = unit_of(span.since, quota.per, 1)
        while here.since is not None and here.since < min(span.until, now):
            found.append(_standing(tx, quota, here, now))
            here = unit_of(here.until, quota.per)
    return tuple(found)


def _owed(bureau: Bureau) -> list[Quota]:
    return [q for q in bureau.quotas if q.of == "bureau" and q.what != "visit"]


def _standing(tx: Transaction, quota: Quota, span: Span, now: datetime) -> Promise:
    assert span.since is not None
    until = min(span.until, now.astimezone(span.until.tzinfo))
    if quota.what == "review":
        first = span.since.date()
        done = len(papers.finished(tx, papers.QUARTER, first, step(first, "quarter", 1)))
    else:
        kind = "patrols" if quota.what == "patrol" else "specials"
        done = counts.number(tx, kind, Scope(span.since, until))  # type: ignore[arg-type]
    metric = "patrol_count" if quota.what == "patrol" else "special_count"
    noun = NOUNS.get(quota.what) or METRICS[metric].noun
    return Promise(noun, quota.per, span.since.date(), done, quota.count, span.until <= now)
