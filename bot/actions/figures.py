"""Every number the bot says, counted in one place; only reads.

The chat's answer, the week so far, the receipt's "本周第 2 次" and the export rest on the same
functions, so they can't disagree. Knows no sentence.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

from bot.actions.quotas import Ledger, visits_owed
from bot.rules.dates import unit_start
from bot.rules.facts import SpotWeek, Week
from bot.rules.periods import week as week_of_moment
from bot.rules.quotas import Per, QuotaStanding
from bot.rules.records import Bureau, Span
from storage import counts
from storage.counts import Scope
from storage.schema import Transaction


def week_of(bureau: Bureau, moment: datetime) -> Span:
    """The Monday-to-Monday week of the moment in the bureau's zone."""
    return week_of_moment(moment.astimezone(bureau.tz))


def spot_weeks(tx: Transaction, bureau: Bureau, span: Span) -> tuple[SpotWeek, ...]:
    """Every spot's visits in the span, in the bureau's order."""
    assert span.since is not None
    visits = counts.by_spot(tx, Scope(span.since, span.until))
    owed = visits_owed(tx, bureau, span.since.date())
    return tuple(
        SpotWeek(spot.code, spot.name, visits.get(spot.code, 0), owed.get(spot.code))
        for spot in bureau.spots
    )


def spot_week(tx: Transaction, bureau: Bureau, code: str, at: datetime) -> SpotWeek | None:
    """One spot's visits in the week of `at`, or None for a spot that is not the bureau's."""
    spot = bureau.spot(code)
    if spot is None:
        return None
    span = week_of(bureau, at)
    assert span.since is not None
    visits = counts.visits(tx, code, span.since, span.until)
    owed = visits_owed(tx, bureau, span.since.date())
    return SpotWeek(code, spot.name, visits, owed.get(code))


def week(tx: Transaction, bureau: Bureau, at: datetime) -> Week:
    """The figures of the week that `at` lies in."""
    span = week_of(bureau, at)
    scope = Scope(span.since, span.until)
    kinds = counts.problems_by(tx, scope, "category")
    weeks = spot_weeks(tx, bureau, span)
    known = {spot.code for spot in bureau.spots}
    elsewhere = sum(n for code, n in counts.by_spot(tx, scope).items() if code not in known)
    return Week(
        span, counts.report_count(tx, scope), counts.problem_count(tx, scope), weeks,
        _named(kinds, {c.code: c.name for c in bureau.categories}), elsewhere,
        quotas_beside(tx, bureau, at.astimezone(bureau.tz).date()),
    )  # fmt: skip


def quotas_beside(tx: Transaction, bureau: Bureau, day: date) -> tuple[QuotaStanding, ...]:
    """The quotas of the day's week and month that are no spot's."""
    ledger = Ledger(tx, bureau)
    pers: tuple[Per, ...] = ("week", "month")
    return tuple(
        one for per in pers for one in ledger.period(per, unit_start(day, per), spots=False)
    )


def _named(found: dict[str, int], names: dict[str, str]) -> tuple[tuple[str, int], ...]:
    ordered = sorted(found.items(), key=lambda item: -item[1])
    return tuple((names.get(code, code), number) for code, number in ordered)


def candidates(tx: Transaction, person: int, bureau: Bureau, at: datetime) -> list[str]:
    """The spots an officer is most likely at: key ones still short this week, his own habits.

    Ordered by: owed and short, how often he was there at this hour in the last 30 days, the
    bureau's order (conversations.md 2.6).
    """
    weeks = {w.code: w for w in spot_weeks(tx, bureau, week_of(bureau, at))}
    hour = at.astimezone(bureau.tz).hour
    habit: Counter[str] = Counter()
    for code, moment in counts.habits(tx, person, at - timedelta(days=30)):
        near = abs(moment.astimezone(bureau.tz).hour - hour) <= 1
        habit[code] += 3 if near else 1
    order = {spot.code: rank for rank, spot in enumerate(bureau.spots)}
    return sorted(
        order,
        key=lambda code: (weeks[code].short == 0, -habit[code], not weeks[code].owed, order[code]),
    )
