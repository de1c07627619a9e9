"""Counting finds and reports: each number is one read of one covering index.

A visit is a report with a find at the spot; a problem is a find with trouble. Knows no range but
the one it is given, and no question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, distinct, func, select

from bot.rules.records import NO_TROUBLE
from storage.reports import finds, reports
from storage.schema import Transaction

f = finds.c


@dataclass(frozen=True, slots=True)
class Scope:
    """What is counted: [since, until) by the moment of the event, narrowed by the rest."""

    since: datetime | None
    until: datetime
    spots: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    persons: tuple[int, ...] | None = None


def _where(scope: Scope) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [f.counts.is_(True), f.occurred_at < scope.until]
    if scope.since is not None:
        wanted.append(f.occurred_at >= scope.since)
    if scope.spots:
        wanted.append(f.spot.in_(scope.spots))
    if scope.categories:
        wanted.append(f.category.in_(scope.categories))
    if scope.persons is not None:
        wanted.append(f.person.in_(scope.persons))
    return wanted


_TROUBLE = and_(f.category.is_not(None), f.category != NO_TROUBLE)


_VISITS = select(func.count(distinct(f.report))).where(
    f.counts.is_(True), f.spot == bindparam("at_spot"), f.occurred_at >= bindparam("since"),
    f.occurred_at < bindparam("until"),
)  # fmt: skip


def visits(tx: Transaction, spot: str, since: datetime, until: datetime) -> int:
    """`report_count` at one spot, for every receipt: a statement that is built only once."""
    return tx.execute(_VISITS, {"at_spot": spot, "since": since, "until": until}).scalar_one()


def report_count(tx: Transaction, scope: Scope) -> int:
    """How many reports have a find in the scope; at one spot that is its visits."""
    return tx.execute(select(func.count(distinct(f.report))).where(*_where(scope))).scalar_one()


def problem_count(tx: Transaction, scope: Scope) -> int:
    """How many finds in the scope name trouble."""
    return tx.execute(
        select(func.count()).select_from(finds).where(*_where(scope), _TROUBLE)
    ).scalar_one()


def by_spot(tx: Transaction, scope: Scope) -> dict[str, int]:
    """Spot code to number of reports there; spots without any are left out."""
    rows = tx.execute(
        select(f.spot, func.count(distinct(f.report)))
        .where(*_where(scope), f.spot.is_not(None))
        .group_by(f.spot)
    )
    return {str(row[0]): row[1] for row in rows}


def problems_by(tx: Transaction, scope: Scope, column: str) -> dict[str, int]:
    """Spot or category code to number of finds with trouble; those without any are left out."""
    key = f[column]
    rows = tx.execute(
        select(key, func.count()).where(*_where(scope), _TROUBLE, key.is_not(None)).group_by(key)
    )
    return {str(row[0]): row[1] for row in rows}


def first_at(tx: Transaction) -> datetime | None:
    """When the first thing that counts happened, or None in an empty house."""
    return tx.execute(select(func.min(f.occurred_at)).where(f.counts.is_(True))).scalar_one()


def habits(tx: Transaction, person: int, since: datetime) -> Sequence[tuple[str, datetime]]:
    """The spots and moments of the person's finds since then, for guessing the next."""
    rows = tx.execute(
        select(f.spot, f.occurred_at)
        .join(reports, reports.c.id == f.report)
        .where(
            reports.c.person == person, f.counts.is_(True), f.spot.is_not(None),
            reports.c.last_part_at >= since,
        )
    )  # fmt: skip
    return [(str(row.spot), row.occurred_at) for row in rows]
