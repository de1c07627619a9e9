"""Rounds, special checks and booth shifts: rows, who is on them, and what was ticked or checked.

A visit with a report is not kept here again: it is the report's find. Knows no rule about what
counts, and no sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Index,
    Named,
    Table,
    Text,
    TypedColumns,
    bindparam,
    delete,
    insert,
    literal_column,
    or_,
    select,
    text,
    update,
)

from storage.dialect import insert_or_count, insert_or_ignore
from storage.reports import COUNTING, finds, numbers, reports
from storage.schema import BigId, Json, Transaction, UtcDateTime, metadata

OPEN, PAUSED, ENDED, WITHDRAWN = "open", "paused", "ended", "withdrawn"
FULL, SPECIAL, FIXED = "full", "special", "fixed"


class PatrolColumns(TypedColumns):
    """`counts` says that it has ended and was whole by the rule of its day, or was accepted.

    `lacking` is what it lacks, `told` that a report told of it as a whole, `asks` what it must be
    or what a check goes through, as that stood when it began.
    """

    id: Named[int] = Column(BigId, primary_key=True, autoincrement=True)
    number: Named[str] = Column(unique=True)
    kind: Named[str]
    squad: Named[str | None]
    spot: Named[str | None]
    line: Named[str]
    chat: Named[int] = Column(BigId)
    person: Named[int]
    told: Named[bool] = Column(Boolean)
    started_at: Named[datetime] = Column(UtcDateTime)
    ended_at: Named[datetime | None] = Column(UtcDateTime)
    last_at: Named[datetime] = Column(UtcDateTime)
    state: Named[str]
    late: Named[bool] = Column(Boolean)
    counts: Named[bool] = Column(Boolean)
    lacking: Named[Any] = Column(Json, nullable=False)
    asks: Named[Any] = Column(Json, nullable=False)
    accepted_by: Named[int | None]
    accepted_at: Named[datetime | None] = Column(UtcDateTime)
    accepted_reason: Named[str | None] = Column(Text)
    menu: Named[str | None]
    version: Named[int]


class OfficerColumns(TypedColumns):
    """Who is on a round, the one who began it among them."""

    patrol: Named[int] = Column(BigId, primary_key=True, autoincrement=False)
    person: Named[int] = Column(primary_key=True, autoincrement=False)
    joined_at: Named[datetime] = Column(UtcDateTime)


class TickColumns(TypedColumns):
    """A spot that was ticked; `late` where that was after the round had ended.

    `report` is the one whose words told of it, with which it stands and falls.
    """

    patrol: Named[int] = Column(BigId, primary_key=True, autoincrement=False)
    spot: Named[str] = Column(primary_key=True)
    at: Named[datetime] = Column(UtcDateTime)
    person: Named[int]
    late: Named[bool] = Column(Boolean)
    report: Named[int | None] = Column(BigId)


table = Table("patrols", metadata, PatrolColumns, sqlite_autoincrement=True)
officers = Table("patrol_officers", metadata, OfficerColumns)
ticks = Table("patrol_ticks", metadata, TickColumns)
c = table.c
COUNTED: ColumnElement[Any] = literal_column("patrols.counts")
"""Bare, as in the index (see storage.reports.COUNTING)."""

STANDING_TICK: ColumnElement[bool] = or_(
    ticks.c.report.is_(None),
    ticks.c.report.in_(
        select(reports.c.id).where(reports.c.id == ticks.c.report, reports.c.withdrawn_at.is_(None))
    ),
)
"""A tick that a withdrawn report told of is none."""

_OPEN = "state IN ('open', 'paused')"
Index(
    "ix_patrols_counting", c.kind, c.started_at, c.squad, c.counts,
    sqlite_where=text("counts"), postgresql_where=text("counts"),
)  # fmt: skip
Index("ix_patrols_started", c.kind, c.started_at)
Index("ix_patrols_open", c.last_at, sqlite_where=text(_OPEN), postgresql_where=text(_OPEN))


@dataclass(frozen=True, slots=True)
class Patrol:
    """A row as read; moments are aware and in UTC."""

    id: int
    number: str
    kind: str
    squad: str | None
    spot: str | None
    line: str
    chat: int
    person: int
    told: bool
    started_at: datetime
    ended_at: datetime | None
    last_at: datetime
    state: str
    late: bool
    counts: bool
    lacking: dict[str, Any]
    asks: dict[str, Any]
    accepted_by: int | None
    accepted_at: datetime | None
    accepted_reason: str | None
    menu: str | None
    version: int

    @property
    def is_open(self) -> bool:
        """Whether it still goes on, be it after a pause."""
        return self.state in (OPEN, PAUSED)


@dataclass(frozen=True, slots=True)
class Visit:
    """A spot reached on a round: by a tick, or by a report with so many photos and finds."""

    spot: str
    at: datetime
    person: int
    report: int | None = None
    received_at: datetime | None = None


_PATROL = select(*(c[name] for name in Patrol.__slots__))
_BY_ID = _PATROL.where(c.id == bindparam("patrol"))
_GOING = (
    _PATROL.join(officers, officers.c.patrol == c.id)
    .where(
        literal_column(f"patrols.{_OPEN}"), officers.c.person == bindparam("who")
    )
    .order_by(c.last_at.desc(), c.id.desc())
)  # fmt: skip


def add(tx: Transaction, **values: Any) -> int:
    """The id of a new row; the one who began it is on it."""
    key = tx.execute(insert(table), values).inserted_primary_key
    assert key is not None
    join(tx, int(key[0]), values["person"], values["started_at"])
    return int(key[0])


def by_id(tx: Transaction, patrol: int) -> Patrol | None:
    """The row, or None."""
    row = tx.execute(_BY_ID, {"patrol": patrol}).first()
    return None if row is None else Patrol(*row)


def by_number(tx: Transaction, number: str) -> Patrol | None:
    """The row with this number, or None."""
    row = tx.execute(_PATROL.where(c.number == number)).first()
    return None if row is None else Patrol(*row)


def going(tx: Transaction, person: int, kind: str | None = None) -> Patrol | None:
    """What the person is on and has not ended, the newest first; None where there is nothing."""
    query = _GOING if kind is None else _GOING.where(c.kind == kind)
    row = tx.execute(query.limit(1), {"who": person}).first()
    return None if row is None else Patrol(*row)


def all_going(tx: Transaction) -> list[Patrol]:
    """Everything that has not ended, the stillest first."""
    query = _PATROL.where(literal_column(f"patrols.{_OPEN}")).order_by(c.last_at, c.id)
    return [Patrol(*row) for row in tx.execute(query)]


def between(
    tx: Transaction, since: datetime | None, until: datetime, kind: str | None = None
) -> list[Patrol]:
    """Those begun in [since, until) that were not withdrawn, oldest first."""
    query = _PATROL.where(c.started_at < until, c.state != WITHDRAWN)
    if since is not None:
        query = query.where(c.started_at >= since)
    if kind is not None:
        query = query.where(c.kind == kind)
    return [Patrol(*row) for row in tx.execute(query.order_by(c.started_at, c.id))]


def change(tx: Transaction, patrol: int, **values: Any) -> None:
    """The row holds `values` and a higher version."""
    tx.execute(update(table).where(c.id == patrol).values(version=c.version + 1, **values))


def join(tx: Transaction, patrol: int, person: int, at: datetime) -> None:
    """The person is on it, once."""
    tx.execute(
        insert_or_ignore(tx, officers, ("patrol", "person")),
        {"patrol": patrol, "person": person, "joined_at": at},
    )


def leave(tx: Transaction, patrol: int, person: int) -> None:
    """The person is not on it."""
    tx.execute(delete(officers).where(officers.c.patrol == patrol, officers.c.person == person))


def crew(tx: Transaction, patrol: int) -> list[int]:
    """Who is on it, in the order of joining."""
    o = officers.c
    return [
        int(row[0])
        for row in tx.execute(
            select(o.person).where(o.patrol == patrol).order_by(o.joined_at, o.person)
        )
    ]


def tick(
    tx: Transaction, patrol: int, spot: str, at: datetime, person: int, late: bool,
    report: int | None = None,
) -> None:  # fmt: skip
    """The spot was reached, once."""
    tx.execute(
        insert_or_ignore(tx, ticks, ("patrol", "spot")),
        {"patrol": patrol, "spot": spot, "at": at, "person": person, "late": late,
         "report": report},
    )  # fmt: skip


def untick_told(tx: Transaction, patrol: int, report: int) -> None:
    """What the report's words had ticked is not ticked."""
    tx.execute(delete(ticks).where(ticks.c.patrol == patrol, ticks.c.report == report))


def untick(tx: Transaction, patrol: int, spot: str) -> None:
    """The spot was not ticked."""
    tx.execute(delete(ticks).where(ticks.c.patrol == patrol, ticks.c.spot == spot))


def visits(tx: Transaction, patrol: int) -> list[Visit]:
    """Every spot reached, each tick and each report of the round with its finds, oldest first."""
    k, f, r = ticks.c, finds.c, reports.c
    ticked = tx.execute(select(k.spot, k.at, k.person).where(k.patrol == patrol, STANDING_TICK))
    reported = tx.execute(
        select(f.spot, f.occurred_at, f.person, f.report, r.received_at)
        .join(reports, r.id == f.report)
        .where(r.patrol == patrol, COUNTING, f.spot.is_not(None))
        .distinct()
    )
    found = [Visit(*row) for row in (*ticked, *reported)]
    return sorted(found, key=lambda visit: (visit.at, visit.spot, visit.report or 0))


def has_standing_report(tx: Transaction, patrol: int) -> bool | None:
    """Whether a report of it counts; None where it never had one."""
    own = reports_of(tx, patrol)
    if not own:
        return None
    found = select(finds.c.report).where(finds.c.report.in_(own), COUNTING).limit(1)
    return tx.execute(found).first() is not None


def reports_of(tx: Transaction, patrol: int) -> list[int]:
    """The reports that belong to it, oldest first; also withdrawn ones."""
    query = select(reports.c.id).where(reports.c.patrol == patrol).order_by(reports.c.id)
    return [int(row[0]) for row in tx.execute(query)]


def next_number(tx: Transaction, series: str) -> str:
    """A number nobody else has, such as X-2025W47-2; counts from 1 in every series."""
    statement = insert_or_count(tx, numbers, ("series",), "last")
    return f"{series}-{tx.execute(statement, {'series': series, 'last': 1}).scalar_one()}"


def of_report(tx: Transaction, report: int) -> int | None:
    """The round that the report belongs to, or None."""
    return tx.execute(select(reports.c.patrol).where(reports.c.id == report)).scalar()


def has_ticks(tx: Transaction, patrol: Patrol) -> bool:
    """Whether a spot of it is ticked."""
    query = select(ticks.c.spot).where(ticks.c.patrol == patrol.id, STANDING_TICK).limit(1)
    return tx.execute(query).first() is not None
