"""Counting tickets: how many came due, were answered in time, and what call-backs said.

    tickets_due       whose limit lies in the scope, void ones left out
    tickets_ontime    … of these, answered by then
    calls_rated       called back about in the scope, reached, and asked whether satisfied
    calls_satisfied   … of these, satisfied
    calls_told        called back about in the scope, reached, and asked whether it is solved
    calls_solved      … of these, solved

One condition for a number and for its rows, as in storage.counts. Knows no rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import ColumnElement, Select, distinct, exists, func, select

from storage.people import people
from storage.problems import table as problems
from storage.problems import told_by
from storage.reports import COUNTING, finds, reports
from storage.schema import Transaction
from storage.tickets import table as tickets

if TYPE_CHECKING:
    from storage.counts import Scope

t, f, r, p, told = tickets.c, finds.c, reports.c, problems.c, told_by.c
Grouping = Literal["spot", "category", "person", "squad"]

_KINDS: dict[str, tuple[ColumnElement[Any], list[ColumnElement[bool]]]] = {
    "tickets_due": (t.handle_by, []),
    "tickets_ontime": (t.handle_by, [t.answered_at <= t.handle_by]),
    "calls_rated": (t.called_at, [t.reached.is_(True), t.satisfied.is_not(None)]),
    "calls_satisfied": (t.called_at, [t.reached.is_(True), t.satisfied.is_(True)]),
    "calls_told": (t.called_at, [t.reached.is_(True), t.solved.is_not(None)]),
    "calls_solved": (t.called_at, [t.reached.is_(True), t.solved.is_(True)]),
}  # fmt: skip
KINDS = frozenset(_KINDS)
"""The measures that count these rows."""


def _where(measure: str, scope: Scope) -> list[ColumnElement[bool]]:
    """The tickets that the measure counts; which moment of theirs lies in the scope is its own."""
    moment, also = _KINDS[measure]
    wanted: list[ColumnElement[bool]] = [t.void.is_(False), moment < scope.until, *also]
    if scope.since is not None:
        wanted.append(moment >= scope.since)
    if scope.source is not None:
        wanted.append(t.source == scope.source)
    if scope.squads:
        wanted.append(t.department.in_(scope.squads))
    if scope.spots:
        wanted.append(_found(f.spot.in_(scope.spots)))
    if scope.categories:
        wanted.append(_found(f.category.in_(scope.categories)))
    if scope.persons is not None:
        handled = exists().where(
            told.report == t.report, p.id == told.problem, p.handler.in_(scope.persons)
        )
        wanted.append(handled)
    return wanted


def _found(what: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the ticket's report has such a find."""
    return exists().where(f.report == t.report, COUNTING, what)


def number(tx: Transaction, measure: str, scope: Scope) -> int:
    """How many there are of the measure in the scope."""
    query: Select[int] = select(func.count()).select_from(tickets).where(*_where(measure, scope))
    return int(tx.execute(query).scalar_one())


def by(tx: Transaction, measure: str, scope: Scope, column: Grouping) -> dict[Any, int]:
    """The number for each spot, kind, handler's id or department that has any."""
    wanted = _where(measure, scope)
    if column == "squad":
        query = select(t.department, func.count()).where(*wanted, t.department.is_not(None))
        return {row[0]: row[1] for row in tx.execute(query.group_by(t.department))}
    if column == "person":
        key, joined = p.handler, tickets.join(told_by, told.report == t.report).join(
            problems, p.id == told.problem
        )  # fmt: skip
    else:
        key, joined = f[column], tickets.join(finds, f.report == t.report)
        wanted.append(COUNTING)
    count = select(key, func.count(distinct(t.id))).select_from(joined)
    return {
        row[0]: row[1] for row in tx.execute(count.where(*wanted, key.is_not(None)).group_by(key))
    }


def unnamed(tx: Transaction, measure: str, scope: Scope, column: Grouping) -> int:
    """How many have no department; all others have whatever they are grouped by."""
    if column != "squad":
        return 0
    wanted = [*_where(measure, scope), t.department.is_(None)]
    return int(tx.execute(select(func.count()).select_from(tickets).where(*wanted)).scalar_one())


def rows(tx: Transaction, measure: str, scope: Scope, most: int | None = None) -> list[Any]:
    """The finds of the tickets behind the number, the newest ticket first, as storage.counts.rows.

    Each under the number of its source where it has one, at its own moment.
    """
    moment, _ = _KINDS[measure]
    chosen = (
        select(t.report).where(*_where(measure, scope)).order_by(moment.desc(), t.id.desc())
    ).limit(most)  # fmt: skip
    query = (
        select(
            f.report, f.position, func.coalesce(t.external, r.number).label("number"),
            moment.label("occurred_at"), f.spot, f.spot_text, f.category, f.quantity, f.action,
            f.state, f.person, people.c.name, t.department.label("squad"), t.source, r.text,
        )
        .select_from(
            finds.join(tickets, t.report == f.report).join(reports, r.id == f.report)
            .join(people, people.c.id == r.person)
        )
        .where(f.report.in_(chosen.subquery().select()), COUNTING)
        .order_by(moment.desc(), t.id.desc(), f.position)
    )  # fmt: skip
    return list(tx.execute(query))
