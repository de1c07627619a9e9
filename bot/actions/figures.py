"""Every number the bot says, counted in one place; only reads.

The chat's answer, the week so far, the receipt's "本周第 2 次" and the export rest on the same
functions, so they can't disagree. Knows no sentence.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from bot.errors import NotAllowed, Refused
from bot.rules.facts import Answer, SpotWeek, Todo, Week
from bot.rules.periods import previous, year_before
from bot.rules.periods import week as week_of_moment
from bot.rules.records import Bureau, Question, Span
from bot.rules.rights import Right, may
from storage import counts, people, reports, spots
from storage.counts import Scope
from storage.people import Person
from storage.schema import Transaction

UNITS = {
    "report_count": "次", "patrol_count": "次", "problem_count": "个", "weekly_summary": "",
    "quota_status": "",
}  # fmt: skip
"""The metrics of this first form of questions, each with the word it is counted in."""


def is_counted(question: Question) -> bool:
    """Whether the house counts just what was asked: one measure, and every filter of it.

    A number for something wider than the question would be a wrong answer that looks right.
    """
    held = question.filters
    others = (held.dept, held.source, held.state, held.obligation, held.long_term)
    whole = held.patrol_type in (None, "full") and all(other is None for other in others)
    whole = whole and question.group_by in (None, "spot", "category")
    return whole and len(question.metrics) == 1 and question.metrics[0] in UNITS


def week_of(bureau: Bureau, moment: datetime) -> Span:
    """The Monday-to-Monday week of the moment in the bureau's zone."""
    return week_of_moment(moment.astimezone(bureau.tz))


def spot_weeks(tx: Transaction, bureau: Bureau, span: Span) -> tuple[SpotWeek, ...]:
    """Every spot's visits in the span, in the bureau's order."""
    assert span.since is not None
    visits = counts.by_spot(tx, Scope(span.since, span.until))
    owed = bureau.spot_quota()
    return tuple(
        SpotWeek(spot.code, spot.name, visits.get(spot.code, 0), owed if spot.key else None)
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
    return SpotWeek(code, spot.name, visits, bureau.spot_quota() if spot.key else None)


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
    )  # fmt: skip


def answer(
    tx: Transaction, asker: Person | None, question: Question, bureau: Bureau, now: datetime
) -> Answer:
    """The question's number. Raises NotAllowed, or Refused for a metric that is not counted yet.

    `asker` is None for the command line, which sees everything.
    """
    who = people.by_id(tx, asker.id) if asker else None
    if asker is not None and (who is None or not who.active):
        raise NotAllowed
    metric = question.metrics[0]
    if not is_counted(question):
        raise Refused("这个我还不会数。")
    span = question.range or week_of(bureau, now)
    scope = Scope(
        span.since, span.until, question.filters.spots, question.filters.categories,
        _persons(tx, who, question.filters.officers),
    )  # fmt: skip
    count = counts.problem_count if metric == "problem_count" else counts.report_count
    found = Answer(
        metric, UNITS[metric], count(tx, scope), span,
        tuple(_spot_name(tx, bureau, code) for code in scope.spots),
        tuple(_category_name(bureau, code) for code in scope.categories),
        question.filters.officers,
        parts=_parts(tx, question, scope, bureau),
        first_at=counts.first_at(tx),
    )  # fmt: skip
    if metric in ("quota_status", "weekly_summary"):
        found = replace(found, quotas=_quotas(tx, bureau, span, scope.spots))
    if question.compare:
        earlier = _before(question, span)
        past = replace(scope, since=earlier.since, until=earlier.until)
        found = replace(found, before=(earlier, count(tx, past)))
    return replace(found, beside=_crossings(tx, bureau, scope, metric))


def _persons(tx: Transaction, who: Person | None, names: tuple[str, ...]) -> tuple[int, ...] | None:
    """The ids of those named; raises NotAllowed where the asker may not see their figures."""
    if not names:
        return None
    if who is not None and names == (who.name,):
        return (who.id,)
    found = [p for name in names for p in people.named(tx, name)]
    if not found:
        raise Refused(f"没有叫「{'、'.join(names)}」的人，没法查。")
    if who is None:
        return tuple(p.id for p in found)
    others = [p for p in found if p.id != who.id]
    squad_only = all(p.squad == who.squad for p in others)
    allowed = may(who.roles, Right.ASK_ALL) or (squad_only and may(who.roles, Right.ASK_SQUAD))
    if others and not allowed:
        raise NotAllowed("这个要中队长或者分管领导才能看，您可以问自己的，比如：我本周报了几次。")
    return tuple(p.id for p in found)


def _parts(
    tx: Transaction, question: Question, scope: Scope, bureau: Bureau
) -> tuple[tuple[str, int], ...]:
    group = question.group_by or ("spot" if len(scope.spots) > 1 else None)
    if group == "category":
        names = {c.code: c.name for c in bureau.categories}
        return _named(counts.problems_by(tx, scope, "category"), names)
    if group != "spot":
        return ()
    names = spots.names(tx)
    if question.metrics[0] == "problem_count":
        found = counts.problems_by(tx, scope, "spot")
    else:
        found = counts.by_spot(tx, scope)
    wanted = scope.spots or tuple(s.code for s in bureau.spots if s.key)
    return _named(dict.fromkeys(wanted, 0) | found, names)


def _quotas(
    tx: Transaction, bureau: Bureau, span: Span, wanted: tuple[str, ...]
) -> tuple[SpotWeek, ...]:
    weeks = spot_weeks(tx, bureau, span) if span.since else ()
    return tuple(w for w in weeks if (w.code in wanted if wanted else w.owed is not None))


def _crossings(
    tx: Transaction, bureau: Bureau, scope: Scope, metric: str
) -> tuple[tuple[str, int], ...]:
    """Crossings of the one road asked about, which count apart but belong to the picture."""
    if len(scope.spots) != 1 or metric not in ("report_count", "problem_count"):
        return ()
    road = bureau.spot(scope.spots[0])
    if road is None:
        return ()
    at = [s for s in bureau.spots if s.code != road.code and road.name in s.name]
    count = counts.problem_count if metric == "problem_count" else counts.report_count
    found = ((s.name, count(tx, replace(scope, spots=(s.code,)))) for s in at)
    return tuple((name, number) for name, number in found if number)


def _before(question: Question, span: Span) -> Span:
    return year_before(span) if question.compare == "yoy" else previous(span)


def _named(found: dict[str, int], names: dict[str, str]) -> tuple[tuple[str, int], ...]:
    ordered = sorted(found.items(), key=lambda item: -item[1])
    return tuple((names.get(code, code), number) for code, number in ordered)


def _spot_name(tx: Transaction, bureau: Bureau, code: str) -> str:
    spot = bureau.spot(code)
    return spot.name if spot else spots.names(tx).get(code, code)


def _category_name(bureau: Bureau, code: str) -> str:
    category = bureau.category(code)
    return category.name if category else code


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


def todo(tx: Transaction, person: int) -> tuple[Todo, ...]:
    """Everything that waits for this person, oldest first."""
    waiting = reports.waiting_for(tx, person)
    return tuple(Todo(r.number, r.received_at, r.id) for r in waiting)
