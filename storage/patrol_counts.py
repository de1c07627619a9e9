"""Counting rounds, special checks and shifts, and the rows behind the number.

One condition for the number and for its rows, as in storage.counts. Only what counts is counted:
it has ended, was whole by the rule of its day or accepted, and was not withdrawn.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from storage.parts import EXPECTED, STORED
from storage.parts import table as parts
from storage.patrols import (
    COUNTED,
    ENDED,
    FIXED,
    FULL,
    SPECIAL,
    STANDING_TICK,
    WITHDRAWN,
    officers,
    ticks,
)
from storage.patrols import table as patrols
from storage.people import people
from storage.reports import COUNTING, finds, reports
from storage.schema import Transaction

if TYPE_CHECKING:
    from storage.counts import Scope

KINDS: dict[str, str] = {"patrols": FULL, "specials": SPECIAL, "shifts": FIXED}
"""The measures that count these rows, and the kind of each."""

x, o, k, f, r = patrols.c, officers.c, ticks.c, finds.c, reports.c
Grouping = Literal["spot", "category", "person", "squad"]


def _where(measure: str, scope: Scope, *, whole: bool = True) -> list[ColumnElement[bool]]:
    """Those that count in the scope; else those that have ended and don't."""
    counted = [COUNTED] if whole else [x.state == ENDED, x.counts.is_(False)]
    wanted: list[ColumnElement[bool]] = [
        *counted, x.kind == KINDS[measure], x.started_at < scope.until
    ]  # fmt: skip
    if scope.since is not None:
        wanted.append(x.started_at >= scope.since)
    if scope.squads:
        wanted.append(x.squad.in_(scope.squads))
    if scope.persons is not None:
        wanted.append(exists().where(o.patrol == x.id, o.person.in_(scope.persons)))
    if scope.spots:
        ticked = exists().where(k.patrol == x.id, k.spot.in_(scope.spots), STANDING_TICK)
        wanted.append(or_(x.spot.in_(scope.spots), ticked, _found(f.spot.in_(scope.spots))))
    if scope.categories:
        wanted.append(_found(f.category.in_(scope.categories)))
    if scope.source is not None:
        wanted.append(_found(r.source == scope.source))
    return wanted


def _found(what: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a report of the round has such a find."""
    return exists().where(r.patrol == x.id, f.report == r.id, COUNTING, what)


def number(tx: Transaction, measure: str, scope: Scope) -> int:
    """How many of them began in the scope."""
    query = select(func.count()).select_from(patrols).where(*_where(measure, scope))
    return int(tx.execute(query).scalar_one())


def not_whole(tx: Transaction, measure: str, scope: Scope) -> int:
    """How many began in the scope and ended without counting."""
    wanted = _where(measure, scope, whole=False)
    return int(tx.execute(select(func.count()).select_from(patrols).where(*wanted)).scalar_one())


def by(tx: Transaction, measure: str, scope: Scope, column: Grouping) -> dict[Any, int]:
    """The number for each spot, category, person or squad that has any."""
    wanted = _where(measure, scope)
    if column == "squad":
        squads = select(x.squad, func.count()).where(*wanted, x.squad.is_not(None))
        return {row[0]: row[1] for row in tx.execute(squads.group_by(x.squad))}
    if column == "person":
        crews = select(o.person, func.count()).join(patrols, x.id == o.patrol).where(*wanted)
        return {row[0]: row[1] for row in tx.execute(crews.group_by(o.person))}
    found = _by_find(tx, wanted, f.spot if column == "spot" else f.category)
    if column == "spot":
        for query in (
            select(k.spot, x.id).join(patrols, x.id == k.patrol).where(*wanted, STANDING_TICK),
            select(x.spot, x.id).where(*wanted, x.spot.is_not(None)),
        ):
            for spot, patrol in tx.execute(query):
                found.setdefault(spot, set()).add(patrol)
    return {name: len(those) for name, those in found.items()}


def _by_find(
    tx: Transaction, wanted: list[ColumnElement[bool]], key: ColumnElement[Any]
) -> dict[Any, set[int]]:
    query = (
        select(key, x.id)
        .select_from(patrols.join(reports, r.patrol == x.id).join(finds, f.report == r.id))
        .where(*wanted, COUNTING, key.is_not(None))
        .distinct()
    )
    found: dict[Any, set[int]] = {}
    for name, patrol in tx.execute(query):
        found.setdefault(name, set()).add(patrol)
    return found


def rows(tx: Transaction, measure: str, scope: Scope, most: int | None = None) -> list[Any]:
    """The rows that the number counts, newest first, with the name of who began each."""
    query = (
        select(
            x.id, x.number, x.kind, x.squad, x.spot, x.person, x.told, x.started_at, x.ended_at,
            x.late, x.asks, x.lacking, x.accepted_reason, people.c.name,
        )
        .join(people, people.c.id == x.person)
        .where(*_where(measure, scope))
        .order_by(x.started_at.desc(), x.id.desc())
    )  # fmt: skip
    return list(tx.execute(query if most is None else query.limit(most)))


def first_at(tx: Transaction) -> datetime | None:
    """When the first that counts began, or None."""
    return tx.execute(select(func.min(x.started_at)).where(COUNTED)).scalar_one()


def reached(tx: Transaction, ids: list[int]) -> dict[int, set[str]]:
    """The spots reached on each of these, by tick or by report."""
    found: dict[int, set[str]] = {number: set() for number in ids}
    if not ids:
        return found
    ticked = select(k.patrol, k.spot).where(k.patrol.in_(ids), STANDING_TICK)
    reported = (
        select(r.patrol, f.spot)
        .join(finds, f.report == r.id)
        .where(r.patrol.in_(ids), COUNTING, f.spot.is_not(None))
    )
    for query in (ticked, reported):
        for row in tx.execute(query).all():
            found[row[0] or 0].add(str(row[1]))
    return found


def photographed(tx: Transaction, patrol: int) -> set[str]:
    """The spots of which the round has a photo that was handed in nowhere before."""
    p = parts.c
    older = parts.alias("older").c
    copied = exists().where(older.sha256 == p.sha256, older.report != p.report, older.id < p.id)
    query = (
        select(f.spot)
        .join(reports, r.id == f.report)
        .join(parts, p.report == r.id)
        .where(
            r.patrol == patrol, COUNTING, f.spot.is_not(None), p.kind == "photo",
            p.state.in_((EXPECTED, STORED)), or_(p.sha256.is_(None), ~copied),
        )
        .distinct()
    )  # fmt: skip
    return {str(row[0]) for row in tx.execute(query)}


def everything(tx: Transaction, since: datetime | None, until: datetime | None) -> list[Any]:
    """Every row begun in the stretch that was not withdrawn, for the export, oldest first."""
    query = (
        select(
            x.id, x.number, x.kind, x.squad, x.spot, x.state, x.counts, x.late, x.told,
            x.started_at, x.ended_at, x.asks, x.lacking, x.accepted_reason, people.c.name,
        )
        .join(people, people.c.id == x.person)
        .where(x.state != WITHDRAWN)
        .order_by(x.started_at, x.id)
    )  # fmt: skip
    bounds = [x.started_at >= since] if since is not None else []
    bounds += [x.started_at < until] if until is not None else []
    return list(tx.execute(query.where(and_(True, *bounds))))


def crews(tx: Transaction, ids: list[int]) -> dict[int, list[str]]:
    """The names of who is on each of these, in the order of joining."""
    found: dict[int, list[str]] = {number: [] for number in ids}
    query = (
        select(o.patrol, people.c.name)
        .join(people, people.c.id == o.person)
        .where(o.patrol.in_(ids))
        .order_by(o.joined_at, o.person)
    )
    for patrol, name in tx.execute(query):
        found[patrol].append(name)
    return found
