"""What stood since when: the quotas and what counts as a round, as they were at every time.

A row is never changed: a new rule is a new row from its day on. Knows no rule's meaning.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Date, Named, Table, TypedColumns, UniqueConstraint, select

from storage.dialect import insert_or_replace
from storage.schema import BigId, Json, Transaction, UtcDateTime, metadata


class RuleColumns(TypedColumns):
    """`kind` says which rule, `since` is its first day in the bureau's zone."""

    id: Named[int] = Column(BigId, primary_key=True, autoincrement=True)
    kind: Named[str]
    since: Named[date] = Column(Date)
    value: Named[Any] = Column(Json, nullable=False)
    noted_at: Named[datetime] = Column(UtcDateTime)


table = Table(
    "standing_rules", metadata, RuleColumns, UniqueConstraint("kind", "since"),
    sqlite_autoincrement=True,
)  # fmt: skip
c = table.c


@dataclass(frozen=True, slots=True)
class Standing:
    """A rule and the day from which it stands."""

    since: date
    value: Any
    noted_at: datetime


def of(tx: Transaction, kind: str) -> list[Standing]:
    """Every version of the rule, the oldest first."""
    query = select(c.since, c.value, c.noted_at).where(c.kind == kind).order_by(c.since)
    return [Standing(*row) for row in tx.execute(query)]


def all_of(tx: Transaction, prefix: str) -> dict[str, list[Standing]]:
    """The versions of each rule whose kind begins so, the oldest first."""
    query = select(c.kind, c.since, c.value, c.noted_at)
    query = query.where(c.kind.startswith(prefix, autoescape=True)).order_by(c.kind, c.since)
    found: dict[str, list[Standing]] = {}
    for kind, *row in tx.execute(query):
        found.setdefault(kind, []).append(Standing(*row))
    return found


def keep(tx: Transaction, kind: str, since: date, value: Any, now: datetime) -> None:
    """The rule stands so from that day on; said twice for one day, the last word stands."""
    tx.execute(
        insert_or_replace(tx, table, ("kind", "since"), ("value", "noted_at")),
        {"kind": kind, "since": since, "value": value, "noted_at": now},
    )
