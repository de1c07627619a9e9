"""From a question to its answer's facts: every number of the chat is counted here; only reads.

The command line, the buttons and the papers ask the same function. Knows no sentence but refusals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime

from bot.actions import figures, grouping, ledger_views, photo_lists
from bot.actions.obligations_asked import obliged
from bot.actions.opened import LISTED, listing
from bot.actions.quotas import Ledger
from bot.actions.scoping import NOT_YOURS, Look, come_due, kind_of, look, span_of
from bot.errors import NotAllowed, Refused
from bot.rules.answers import (
    Absent,
    Answer,
    Bulletin,
    Counted,
    Measured,
    Standing,
    Weekly,
)
from bot.rules.dates import Unit, step, unit_start
from bot.rules.indicators import INDICATORS
from bot.rules.metrics import LISTS, METRICS, Measure
from bot.rules.periods import previous, unit_of_span, year_before
from bot.rules.quotas import PERS, Per, QuotaStanding
from bot.rules.records import Bureau, Filters, Question, Role, Span
from bot.rules.rights import Right, may
from storage import counts, patrol_counts, people, problem_counts
from storage.counts import Scope
from storage.people import Person
from storage.schema import Transaction


def answer(
    tx: Transaction, asker: Person | None, question: Question, bureau: Bureau, now: datetime
) -> Answer:
    """The question's answer. Raises NotAllowed, or Refused for what is not recorded yet.

    `asker` is None for the command line, which sees everything.
    """
    if question.metrics[0] in ledger_views.METRICS:
        return ledger_views.answer(tx, asker, question, bureau, now)
    seen = look(tx, asker, question, bureau, span_of(question, bureau, now), now)
    asked = come_due(seen, now)
    metric = question.metrics[0]
    if all(name in METRICS for name in question.metrics):
        return _counted(tx, asked, bureau, now)
    if len(question.metrics) > 1:
        raise Refused("一次问一样，我才数得清。请分开问。")
    if metric in LISTS:
        return listing(tx, asked, metric, LISTED, bureau)
    if metric == "quota_status":
        return _standing(tx, asked, bureau, now)
    if metric in _FORMS:
        return _FORMS[metric](tx, asked, bureau)
    raise Refused("这个我还不会数。")


def _counted(tx: Transaction, asked: Look, bureau: Bureau, now: datetime) -> Counted:
    question, over = asked.question, asked.over
    before = _before(question, over.span)
    numbers = tuple(_measured(tx, name, asked, before) for name in question.metrics)
    found = Counted(question, over, numbers, before=before)
    first = METRICS[question.metrics[0]]
    if over.crossings and not over.standing(now):
        kind = kind_of(first.name, question.filters.state)
        alone = replace(asked.scope, spots=asked.scope.spots[len(question.filters.spots) :])
        found = replace(found, crossed=counts.number(tx, kind, alone))
    if first.counts == "patrols":
        short = patrol_counts.not_whole(tx, "patrols", asked.scope)
        found = replace(found, beside=short)
    if first.counts == "rebounds" and len(numbers) == 1:
        found = replace(found, beside=counts.number(tx, "problems", asked.scope))
    return replace(found, parts=grouping.parts(tx, asked, bureau, before, now))


def _measured(tx: Transaction, name: str, asked: Look, before: Span | None) -> Measured:
    metric, scope = METRICS[name], asked.scope
    past = replace(scope, since=before.since, until=before.until) if before else None
    if name in INDICATORS:
        return _indicated(tx, name, scope, past)
    kind = kind_of(name, asked.question.filters.state)
    whole = metric.of
    found = Measured(
        name, counts.number(tx, kind, scope), counts.number(tx, whole, scope) if whole else None
    )
    if past is None:
        return found
    return replace(
        found, before=counts.number(tx, kind, past),
        before_of=counts.number(tx, whole, past) if whole else None,
    )  # fmt: skip


def _indicated(tx: Transaction, name: str, scope: Scope, past: Scope | None) -> Measured:
    """The indicator with both numbers, and both again without what was exempted."""
    here = problem_counts.tally(tx, scope)[name]
    found = Measured(name, here.total, here.of, apart=here.apart)
    if past is None:
        return found
    then = problem_counts.tally(tx, past)[name]
    return replace(found, before=then.total, before_of=then.of)


def _before(question: Question, span: Span) -> Span | None:
    if question.compare is None:
        return None
    return year_before(span) if question.compare == "yoy" else previous(span)


def _standing(tx: Transaction, asked: Look, bureau: Bureau, now: datetime) -> Standing:
    """What is owed in the span, by the quotas and decisions of its time.

    A span that is a quota's own unit has its standings; in a longer one its periods are told.
    """
    span, held = asked.over.span, asked.question.filters
    unit = unit_of_span(span)
    ledger = Ledger(tx, bureau)
    own: list[QuotaStanding] = []
    within: list[QuotaStanding] = []
    for per in PERS if span.since and unit and not held.spots else ():
        for start in _starts(span, unit, per, now):
            rows = _wanted(ledger.period(per, start), held, asked.scope.squads)
            (own if per == unit else within).extend(rows)
    opens = [row for row in own if row.what in ("patrol", "special")]
    weekly = unit == "week" and (held.patrol_type is None or held.spots)
    spots = figures.spot_weeks(tx, bureau, span) if weekly else ()
    spots = tuple(w for w in spots if (w.code in held.spots if held.spots else w.owed is not None))
    told = (*(row for row in own if row not in opens), *within)
    return Standing(asked.question, asked.over, spots, tuple(opens), told)


def _starts(span: Span, unit: Unit | None, per: Per, now: datetime) -> list[date]:
    """The first days of the periods that begin in the span, and have begun."""
    if span.since is None or unit not in (*PERS[PERS.index(per) :], "year"):
        return []
    start = unit_start(span.since.date(), per)
    if start < span.since.date():
        start = step(start, per, 1)
    found, today = [], now.astimezone(span.until.tzinfo).date()
    while start < span.until.date() and (unit == per or start <= today):
        found.append(start)
        start = step(start, per, 1)
    return found


def _wanted(
    rows: Sequence[QuotaStanding], held: Filters, squads: tuple[str, ...]
) -> list[QuotaStanding]:
    """Those of the kind that was asked for; of a squad its own, where it owes any."""
    kind = held.patrol_type
    found = [
        row for row in rows
        if kind in (None, {"patrol": "full"}.get(row.what, row.what))
        and not (row.what == "visit" and row.code is not None)
    ]  # fmt: skip
    return [row for row in found if row.whose in squads] or found


def _bulletin(tx: Transaction, asked: Look) -> Bulletin:
    kinds: tuple[Measure, ...] = ("patrols", "specials", "problems", "closed", "unsolved")
    scope = replace(asked.scope, patrol_type=None)
    return Bulletin(asked.question, asked.over, *(counts.number(tx, kind, scope) for kind in kinds))


def _absent(tx: Transaction, asked: Look) -> Absent:
    """Who of the officers that the asker may see has nothing recorded. Raises NotAllowed."""
    who = asked.who
    if who is not None and not may(who.roles, Right.ASK_SQUAD):
        raise NotAllowed(NOT_YOURS)
    owing = [
        person for person in people.everyone(tx)
        if person.active and Role.OFFICER in person.roles and asked.sees(person.squad, person.id)
        and (not asked.scope.squads or person.squad in asked.scope.squads)
    ]  # fmt: skip
    there = counts.reporters(tx, replace(asked.scope, squads=()))
    names = tuple(person.name for person in owing if person.id not in there)
    return Absent(asked.question, asked.over, names, len(owing))


def _weekly(tx: Transaction, asked: Look, bureau: Bureau) -> Weekly:
    """The week's figures. Raises Refused for what is no week, or only a part of its reports."""
    span = asked.over.span
    if asked.question.filters != Filters() or span.since is None:
        raise Refused("周报说的是全局的一周。只看一处、一队的，请问次数和问题数。")
    if span != figures.week_of(bureau, span.since):
        raise Refused("周报是按周出的。别的时间，请问那段时间的次数和问题数。")
    return Weekly(asked.question, asked.over, figures.week(tx, bureau, span.since))


_FORMS: dict[str, Callable[[Transaction, Look, Bureau], Answer]] = {
    "photo_list": lambda tx, asked, _: photo_lists.photos(tx, asked, 0),
    "dup_photos": lambda tx, asked, _: photo_lists.copies(tx, asked),
    "absent": lambda tx, asked, _: _absent(tx, asked),
    "bulletin": lambda tx, asked, _: _bulletin(tx, asked),
    "weekly_summary": _weekly,
    "obligation_status": obliged,
}  # fmt: skip
"""The measures whose answer has a form of its own."""
