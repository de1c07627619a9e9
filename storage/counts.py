"""Counting reports and finds, and the rows that a number counts; each number is one indexed read.

A visit is a report with a find at the spot, unless it is a case, which nobody of ours saw; a
problem is a find with trouble; rounds and checks are rows of their own (storage.patrol_counts).
What a number counts and what is listed behind it come of one condition, so they can't differ.
Knows no range but the one it is given, and no question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, bindparam, distinct, func, select

from bot.rules.metrics import Measure
from bot.rules.records import NO_TROUBLE
from storage import patrol_counts, problem_counts, tallies, ticket_counts
from storage.people import people
from storage.reports import COUNTING, REBOUND, VISIT, finds, reports
from storage.schema import Transaction

f, r = finds.c, reports.c


@dataclass(frozen=True, slots=True)
class Scope:
    """What is counted: [since, until) by the moment of the event, narrowed by the rest.

    What is overdue is so at `at`, or at the end of the scope where it is not given.
    """

    since: datetime | None
    until: datetime
    spots: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    persons: tuple[int, ...] | None = None
    squads: tuple[str, ...] = ()
    source: str | None = None
    patrol_type: str | None = None
    at: datetime | None = None

    @property
    def moment(self) -> datetime:
        """By when a time limit is over."""
        return self.at or self.until

    @property
    def plain(self) -> bool:
        """Whether the finds' own columns tell what is in it, without their reports."""
        return not self.squads and self.source is None and self.patrol_type is None


TROUBLE = and_(f.category.is_not(None), f.category != NO_TROUBLE, f.state != "gone")
"""Trouble of its own: a duplicate was gone into another problem, a void one was none."""

_ALSO: dict[str, list[ColumnElement[bool]]] = {
    "reports": [VISIT],
    "problems": [TROUBLE],
    "closed": [TROUBLE, f.state == "closed"],
    "open": [TROUBLE, f.state.not_in(("closed", "unsolved"))],
    "unsolved": [TROUBLE, f.state == "unsolved"],
    "rebounds": [REBOUND, f.state != "gone"],
}


def _where(measure: Measure, scope: Scope) -> list[ColumnElement[bool]]:
    """The finds that the measure counts in the scope."""
    wanted: list[ColumnElement[bool]] = [COUNTING, f.occurred_at < scope.until]
    if scope.since is not None:
        wanted.append(f.occurred_at >= scope.since)
    if scope.spots:
        wanted.append(f.spot.in_(scope.spots))
    if scope.categories:
        wanted.append(f.category.in_(scope.categories))
    if scope.persons is not None:
        wanted.append(f.person.in_(scope.persons))
    if not scope.plain:
        wanted.append(f.report == r.id)
    if scope.squads:
        wanted.append(r.squad.in_(scope.squads))
    if scope.source is not None:
        wanted.append(r.source == scope.source)
    if scope.patrol_type is not None:
        wanted.append(r.patrol_type == scope.patrol_type)
    return wanted + _ALSO.get(measure, [])


def _unit(measure: Measure) -> ColumnElement[int]:
    """What is counted of the finds: their reports, or the finds themselves."""
    return func.count() if measure in _FINDS else func.count(distinct(f.report))


_FINDS = ("problems", "closed", "open", "unsolved", "rebounds", "records")
_VISITS = select(func.count(distinct(f.report))).where(
    COUNTING, VISIT, f.spot == bindparam("at_spot"), f.occurred_at >= bindparam("since"),
    f.occurred_at < bindparam("until"),
)  # fmt: skip


def visits(tx: Transaction, spot: str, since: datetime, until: datetime) -> int:
    """The reports at one spot, for every receipt: a statement that is built only once."""
    return tx.execute(_VISITS, {"at_spot": spot, "since": since, "until": until}).scalar_one()


def number(tx: Transaction, measure: Measure, scope: Scope) -> int:
    """How many there are of the measure in the scope.

    Tallied blocks are added up where that is the same; what is left at the ends is counted.
    """
    if measure in patrol_counts.KINDS:
        return patrol_counts.number(tx, measure, scope)
    if measure in problem_counts.KINDS:
        return problem_counts.number(tx, measure, scope)
    if measure in ticket_counts.KINDS:
        return ticket_counts.number(tx, measure, scope)
    blocks = tallies.whole(scope.since, scope.until) if _adds_up(measure, scope) else None
    if blocks is None:
        return scanned(tx, measure, scope)
    begin, end = (tallies.begin_of(block) for block in blocks)
    found = _tallied(tx, measure, scope, blocks)
    if scope.since is not None and scope.since < begin:
        found += scanned(tx, measure, replace(scope, until=begin))
    if end < scope.until:
        found += scanned(tx, measure, replace(scope, since=end))
    return found


def _adds_up(measure: Measure, scope: Scope) -> bool:
    """Whether the number is a sum of tallies: a report that is at two spots has two of them."""
    keys = max(len(scope.spots), 1) * max(len(scope.categories), 1)
    return scope.plain and scope.persons is None and (keys == 1 or measure in _FINDS)


def _tallied(tx: Transaction, measure: Measure, scope: Scope, blocks: tuple[int, int]) -> int:
    if measure == "open":
        rest = (_tallied(tx, measure, scope, blocks) for measure in ("closed", "unsolved"))
        return _tallied(tx, "problems", scope, blocks) - sum(rest)
    return tallies.total(tx, measure, scope.spots, scope.categories, blocks)


def scanned(tx: Transaction, measure: Measure, scope: Scope) -> int:
    """The same number, counted find by find."""
    query: Select[int] = select(_unit(measure)).select_from(finds).where(*_where(measure, scope))
    return tx.execute(query).scalar_one()


def in_scope(scope: Scope) -> Select[int]:
    """The ids of the reports with a find in the scope, as a query for others to build on."""
    return select(f.report).select_from(finds).where(*_where("records", scope)).distinct()


def report_count(tx: Transaction, scope: Scope) -> int:
    """How many reports have a find in the scope; at one spot that is its visits."""
    return number(tx, "reports", scope)


def problem_count(tx: Transaction, scope: Scope) -> int:
    """How many finds in the scope name trouble."""
    return number(tx, "problems", scope)


Column = Literal["spot", "category", "person", "squad"]


def by(tx: Transaction, measure: Measure, scope: Scope, column: Column) -> dict[Any, int]:
    """The number for each spot or category code, person's id or squad; those at 0 are left out."""
    if measure in patrol_counts.KINDS:
        return patrol_counts.by(tx, measure, scope, column)
    if measure in problem_counts.KINDS:
        return problem_counts.by(tx, measure, scope, column)
    if measure in ticket_counts.KINDS:
        return ticket_counts.by(tx, measure, scope, column)
    key: ColumnElement[Any] = r.squad if column == "squad" else f[column]
    wanted = _where(measure, scope)
    if column == "squad":
        wanted.append(f.report == r.id)
    query = select(key, _unit(measure)).select_from(finds).where(*wanted, key.is_not(None))
    return {row[0]: row[1] for row in tx.execute(query.group_by(key))}


def unnamed(tx: Transaction, measure: Measure, scope: Scope, column: Column) -> int:
    """The number of what has no spot of the table, no category, no squad: `by` leaves it out."""
    if measure in patrol_counts.KINDS:
        return 0
    if measure in problem_counts.KINDS:
        return problem_counts.unnamed(tx, measure, scope, column)
    if measure in ticket_counts.KINDS:
        return ticket_counts.unnamed(tx, measure, scope, column)
    key: ColumnElement[Any] = r.squad if column == "squad" else f[column]
    wanted = _where(measure, scope)
    if column == "squad":
        wanted.append(f.report == r.id)
    query = select(_unit(measure)).select_from(finds).where(*wanted, key.is_(None))
    return tx.execute(query).scalar_one()


def by_spot(tx: Transaction, scope: Scope) -> dict[str, int]:
    """Spot code to number of reports there; spots without any are left out."""
    return by(tx, "reports", scope, "spot")


def problems_by(
    tx: Transaction, scope: Scope, column: Literal["spot", "category"]
) -> dict[str, int]:
    """Spot or category code to number of finds with trouble; those without any are left out."""
    return by(tx, "problems", scope, column)


def rows(tx: Transaction, measure: Measure, scope: Scope, most: int | None = None) -> list[Any]:
    """The finds behind the number, newest first, with their report's number, words and author.

    A measure that counts reports gives the finds of each of them that are in the scope: `most`
    and the number are of reports then, and a report with two finds there has two rows.
    """
    if measure in problem_counts.KINDS:
        return problem_counts.rows(tx, measure, scope, most)
    wanted = _where(measure, scope)
    if measure not in _FINDS:
        found = select(f.report).select_from(finds).where(*wanted).group_by(f.report)
        found = found.order_by(func.max(f.occurred_at).desc(), f.report.desc()).limit(most)
        wanted = [f.report.in_(found.subquery().select()), COUNTING]
        wanted += [f.spot.in_(scope.spots)] if scope.spots else []
        wanted += [f.category.in_(scope.categories)] if scope.categories else []
        most = None
    query = (
        select(
            f.report, f.position, r.number, f.occurred_at, f.spot, f.spot_text, f.category,
            f.quantity, f.action, f.state, f.person, people.c.name, r.squad, r.source, r.text,
        )
        .select_from(finds.join(reports, f.report == r.id).join(people, people.c.id == r.person))
        .where(*wanted)
        .order_by(f.occurred_at.desc(), f.report.desc(), f.position)
    )  # fmt: skip
    return list(tx.execute(query if most is None else query.limit(most)))


def first_at(tx: Transaction) -> datetime | None:
    """When the first thing that counts happened, or None in an empty house."""
    first = tx.execute(select(func.min(f.occurred_at)).where(COUNTING)).scalar_one()
    begun = patrol_counts.first_at(tx)
    return min((at for at in (first, begun) if at is not None), default=None)


def reporters(tx: Transaction, scope: Scope) -> set[int]:
    """Who has a report in the scope."""
    query = select(f.person).where(*_where("reports", scope)).distinct()
    return {int(row[0]) for row in tx.execute(query)}


def habits(tx: Transaction, person: int, since: datetime) -> Sequence[tuple[str, datetime]]:
    """The spots and moments of the person's finds since then, for guessing the next."""
    rows = tx.execute(
        select(f.spot, f.occurred_at)
        .join(reports, reports.c.id == f.report)
        .where(
            reports.c.person == person, COUNTING, VISIT, f.spot.is_not(None),
            reports.c.last_part_at >= since,
        )
    )  # fmt: skip
    return [(str(row.spot), row.occurred_at) for row in rows]
