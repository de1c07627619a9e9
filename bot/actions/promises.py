"""What the bureau owes in a period, and how it stands, as the papers lay it out; only reads.

The figures are those of bot.actions.quotas; here they are only picked.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

from bot.actions.quotas import Ledger
from bot.rules.dates import step, unit_start
from bot.rules.papers import Promise
from bot.rules.periods import midnight
from bot.rules.quotas import KEPT, PERS, Per, QuotaStanding
from bot.rules.records import Bureau, Span
from storage import counts, quotas
from storage.schema import Transaction

VISITS = "week/visit/spot/"
"""How the keys of what spots owe begin."""


def of_digest(
    tx: Transaction, bureau: Bureau, part: Span, sent_at: datetime | None
) -> tuple[Promise, ...]:
    """The quotas of the week, and of the month that its last day lies in.

    What went out counts and knows only what was there by then.
    """
    last = (part.until - timedelta(seconds=1)).date()
    ledger = Ledger(tx, bureau, sent_at)
    pers: tuple[Per, ...] = ("week", "month")
    return tuple(
        _promise(one, last) for per in pers for one in _of(ledger, per, unit_start(last, per))
    )


def of_span(
    tx: Transaction, bureau: Bureau, span: Span, now: datetime, sent_at: datetime | None
) -> tuple[Promise, ...]:
    """Every period of every quota that begins in the span and has begun by now, in order.

    What was over before the first record was nobody's to count.
    """
    assert span.since is not None
    ledger, found = Ledger(tx, bureau, sent_at), []
    today = now.astimezone(bureau.tz).date()
    first, end = span.since.date(), min(span.until, now.astimezone(bureau.tz))
    began = counts.first_at(tx)
    opened = (began or now).astimezone(bureau.tz).date()
    for per in PERS:
        start = unit_start(first, per)
        if start < first:
            start = step(start, per, 1)
        while midnight(start, bureau.tz) < end:
            if step(start, per, 1) > opened:
                found += [_promise(one, today) for one in _of(ledger, per, start)]
            start = step(start, per, 1)
    return tuple(found)


def short_weeks(tx: Transaction, span: Span) -> Counter[str]:
    """Spot code to the number of its weeks in the span that ended short."""
    since = span.since.date() if span.since else date.min
    missed = quotas.missed(tx, since, span.until.date())
    return Counter(one.quota.removeprefix(VISITS) for one in missed if one.quota.startswith(VISITS))


def _of(ledger: Ledger, per: Per, start: date) -> list[QuotaStanding]:
    """What spots owe stands in a table of its own."""
    return [one for one in ledger.period(per, start) if one.what != "visit"]


def _promise(one: QuotaStanding, today: date) -> Promise:
    excused = one.decision is not None and one.decision.verdict != KEPT
    noun = f"{one.whose}{one.noun}" if one.whose else one.noun
    owed = one.asked if excused else one.owed
    return Promise(
        noun, one.per, one.start, one.done, owed, one.end <= today, excused, one.reason
    )  # fmt: skip
