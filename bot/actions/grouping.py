"""A number by spots, kinds, squads, persons or time: the lines of a breakdown, the bars of a chart.

Knows no sentence; labels are names, and dates as people write them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

from bot.actions.scoping import NOT_YOURS, Look, crossings_of, kind_of, spot_names
from bot.errors import NotAllowed
from bot.rules.answers import Part
from bot.rules.metrics import METRICS, Measure
from bot.rules.periods import Unit, unit_of
from bot.rules.ranges import grain
from bot.rules.records import Bureau, Role, Span
from bot.rules.rights import Right, may
from storage import counts, people
from storage.counts import Scope
from storage.people import Person
from storage.schema import Transaction

UNNAMED = {"spot": "其他地方", "category": "没写类别", "dept": "没编中队"}
"""What is in no line of its own has one, the last, so that the lines sum up."""

MOST_STEPS = 62
"""So many steps of time a trend has at most; a longer one goes on in the next larger unit."""


def parts(
    tx: Transaction, asked: Look, bureau: Bureau, before: Span | None, now: datetime
) -> tuple[Part, ...]:
    """The lines of the breakdown that was asked for; none where none was.

    Of places and kinds the largest come first and `limit` cuts; time runs on; persons and squads
    stand in the roster's order, because the bureau ranks nobody.
    """
    question = asked.question
    group = question.group_by or ("spot" if len(question.filters.spots) > 1 else None)
    if group is None and question.format == "chart" and before is None:
        group = grain(asked.over.span)
    if group is None:
        return ()
    if group in ("day", "week", "month"):
        found = _over_time(tx, asked, cast(Unit, group), now)
        return _largest(found, question.limit) if question.limit else found
    found = _by_name(tx, asked, bureau, group)
    if before is not None:
        past = replace(asked.scope, since=before.since, until=before.until)
        then = _by_name(tx, replace(asked, scope=past), bureau, group)
        found = _beside(found, then)
    if group in ("officer", "dept"):
        return found
    return _largest(found, question.limit, least=question.least)


def _by_name(tx: Transaction, asked: Look, bureau: Bureau, group: str) -> tuple[Part, ...]:
    metric = METRICS[asked.question.metrics[0]]
    totals = _totals(tx, asked, bureau, group, kind_of(metric.name, asked.question.filters.state))
    whole = _totals(tx, asked, bureau, group, metric.of) if metric.of else None
    labels = dict.fromkeys([*totals, *(whole or {})])
    return tuple(
        Part(label, totals.get(label, 0), whole.get(label, 0) if whole is not None else None)
        for label in labels
    )


def _totals(
    tx: Transaction, asked: Look, bureau: Bureau, group: str, kind: Measure
) -> dict[str, int]:
    """Label to number; what was asked for by name, and key spots, are there also at 0."""
    scope = asked.scope
    if group == "category":
        names = {category.code: category.name for category in bureau.categories}
        kinds: Measure = "problems" if kind == "reports" else kind
        found = counts.by(tx, kinds, scope, "category")
        kinds = "records" if kind == "reports" else kind
        left = counts.unnamed(tx, kinds, scope, "category")
        return _with_rest({names.get(code, code): n for code, n in found.items()}, group, left)
    if group == "spot":
        return _spots(tx, asked, bureau, kind)
    if asked.who is not None and not may(asked.who.roles, Right.ASK_SQUAD):
        raise NotAllowed(NOT_YOURS)
    if group == "dept":
        squads: dict[str, int] = dict.fromkeys(bureau.squads, 0)
        squads |= counts.by(tx, kind, scope, "squad")
        left = counts.unnamed(tx, kind, scope, "squad") if asked.sees(None, 0) else 0
        seen = {squad: n for squad, n in squads.items() if asked.sees(squad, 0)}
        return _with_rest(seen, group, left)
    by_person = counts.by(tx, kind, scope, "person")
    shown = [
        person for person in people.everyone(tx)
        if asked.sees(person.squad, person.id)
        and (person.id in by_person or (person.active and Role.OFFICER in person.roles))
    ]  # fmt: skip
    return {
        label: by_person.get(person.id, 0)
        for label, person in zip(_apart(shown), shown, strict=True)
    }


def _apart(persons: list[Person]) -> list[str]:
    """A label for each; people of one name are told apart by squad, and then by their order."""
    names = Counter(person.name for person in persons)
    found: list[str] = []
    for person in persons:
        label = person.name
        if names[label] > 1:
            label = f"{label}（{person.squad or '无中队'}）"
        same = sum(other == label or other.startswith(f"{label}第") for other in found)
        found.append(f"{label}第{same + 1}位" if same else label)
    return found


def _spots(tx: Transaction, asked: Look, bureau: Bureau, kind: Measure) -> dict[str, int]:
    """A road that was asked for counts with its crossings; else every spot for itself."""
    names = spot_names(tx, bureau)
    wanted = asked.question.filters.spots
    if wanted:
        return {
            names.get(code, code): counts.number(tx, kind, _at(asked.scope, bureau, code))
            for code in wanted
        }
    key = {spot.code: 0 for spot in bureau.spots if spot.key}
    found: dict[str, int] = key | counts.by(tx, kind, asked.scope, "spot")
    left = counts.unnamed(tx, kind, asked.scope, "spot")
    return _with_rest({names.get(code, code): n for code, n in found.items()}, "spot", left)


def _with_rest(found: dict[str, int], group: str, left: int) -> dict[str, int]:
    return found | {UNNAMED[group]: left} if left else found


def _at(scope: Scope, bureau: Bureau, code: str) -> Scope:
    return replace(scope, spots=(code, *crossings_of(bureau, code)))


def _beside(found: tuple[Part, ...], then: tuple[Part, ...]) -> tuple[Part, ...]:
    """The lines with the numbers of the span before; a line that was only then is there at 0."""
    past = {part.label: part.total for part in then}
    here = tuple(replace(part, before=past.pop(part.label, 0)) for part in found)
    return here + tuple(Part(label, 0, before=n) for label, n in past.items() if n)


def _largest(
    found: tuple[Part, ...], limit: int | None, *, least: bool = False
) -> tuple[Part, ...]:
    """The lines in order; what has no name stands last, and is the most or fewest of nothing."""

    def size(part: Part) -> float:
        return (part.total or 0) / (part.of or 1) if part.of is not None else part.total or 0

    named = [part for part in found if part.label not in UNNAMED.values()]
    ordered = tuple(sorted(named, key=size, reverse=not least))
    if least:  # a share of nothing is not the lowest one
        ordered = tuple(sorted(ordered, key=lambda part: part.of == 0))
    if not limit:
        return ordered + tuple(part for part in found if part not in named)
    # Those that are level with the last one are named too: no order is made up between equals.
    last = size(ordered[limit - 1]) if len(ordered) > limit else 0
    return tuple(part for part in ordered if size(part) >= last and (part.total or not last))


def _over_time(tx: Transaction, asked: Look, unit: Unit, now: datetime) -> tuple[Part, ...]:
    metric = METRICS[asked.question.metrics[0]]
    kind = kind_of(metric.name, asked.question.filters.state)
    found: list[Part] = []
    for span in steps(asked.over.span, unit, asked.over.first_at, now):
        assert span.since is not None
        first = asked.over.first_at
        if span.since > now or (first is not None and span.until <= first):
            found.append(Part(_label(span, unit, not found), None))
            continue
        until = min(span.until, asked.scope.until)
        scope = replace(asked.scope, since=span.since, until=until)
        whole = counts.number(tx, metric.of, scope) if metric.of else None
        found.append(Part(_label(span, unit, not found), counts.number(tx, kind, scope), whole))
    return tuple(found)


def steps(span: Span, unit: Unit, first: datetime | None, now: datetime) -> list[Span]:
    """The span cut at the unit's borders; an open one begins with the first record."""
    since = span.since or min(first or now, span.until - timedelta(days=1))
    larger: dict[Unit, Unit] = {"day": "week", "week": "month", "month": "year"}
    found: list[Span] = []
    here = since.astimezone(span.until.tzinfo)
    while here < span.until:
        end = min(unit_of(here, unit).until, span.until)
        found.append(Span(here, end))
        if len(found) > MOST_STEPS and unit in larger:
            return steps(Span(since, span.until), larger[unit], first, now)
        here = end
    return found


def _label(span: Span, unit: Unit, opens: bool) -> str:
    assert span.since is not None
    begin = span.since
    if unit == "year":
        return f"{begin.year}年"
    if unit == "month":
        return f"{begin.month}月" if begin.month > 1 else f"{begin.year}年1月"
    if unit == "week":
        return f"{begin.month}月{begin.day}日起"
    return f"{begin.day}日" if begin.day > 1 and not opens else f"{begin.month}月{begin.day}日"
