"""Reports and their finds: rows, numbers, and the marks that make a find count.

Finds are never overwritten: a correction writes new ones, and the old ones stop counting. Knows no
rule about what joins what, and no sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
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
    false,
    insert,
    literal_column,
    select,
    text,
    true,
    update,
)

from bot.rules.records import NO_TROUBLE, Find
from storage.dialect import insert_or_count
from storage.schema import BigId, Json, Transaction, UtcDateTime, metadata
from storage.tallies import in_step

CASES = "case"
"""The line of a report that came with no message of an officer's: nobody adds to it unknowingly."""


class NumberColumns(TypedColumns):
    """The last number given out in a series such as R-20251119."""

    series: Named[str] = Column(primary_key=True)
    last: Named[int]


class ReportColumns(TypedColumns):
    """`asking` is what the officer still has to say (spot), `menu` the list his card shows.

    `holder` is who has to answer it; `version` counts every change, for the buttons.
    """

    id: Named[int] = Column(BigId, primary_key=True, autoincrement=True)
    number: Named[str] = Column(unique=True)
    person: Named[int]
    holder: Named[int]
    squad: Named[str | None]
    line: Named[str]
    chat: Named[int] = Column(BigId)
    message: Named[int] = Column(BigId)
    album: Named[str | None]
    intent: Named[str]
    source: Named[str]
    text: Named[str] = Column(Text)
    flags: Named[Any] = Column(Json, nullable=False)
    occurred_at: Named[datetime] = Column(UtcDateTime)
    received_at: Named[datetime] = Column(UtcDateTime)
    last_part_at: Named[datetime] = Column(UtcDateTime)
    late: Named[bool] = Column(Boolean)
    practice: Named[bool] = Column(Boolean)
    guessed: Named[str | None]
    asking: Named[str | None]
    reminded: Named[bool] = Column(Boolean)
    menu: Named[str | None]
    withdrawn_at: Named[datetime | None] = Column(UtcDateTime)
    changed_by: Named[int | None]
    changed_at: Named[datetime | None] = Column(UtcDateTime)
    change: Named[str | None]
    version: Named[int]
    patrol_type: Named[str | None]
    patrol: Named[int | None] = Column(BigId)


class FindColumns(TypedColumns):
    """`counts` is true for the newest revision of a report that is neither withdrawn nor practice.

    `occurred_at` stands here again so that a count is one read of one index. `rebound`
    marks trouble that was said to have come back. `visit` is false where nobody of ours was there:
    a case tells of trouble, and of no visit.
    """

    id: Named[int] = Column(BigId, primary_key=True, autoincrement=True)
    report: Named[int] = Column(BigId)
    revision: Named[int]
    position: Named[int]
    spot: Named[str | None]
    spot_text: Named[str | None]
    category: Named[str | None]
    quantity: Named[int | None]
    action: Named[str]
    state: Named[str]
    occurred_at: Named[datetime] = Column(UtcDateTime)
    person: Named[int]
    counts: Named[bool] = Column(Boolean)
    rebound: Named[bool] = Column(Boolean, server_default=false())
    visit: Named[bool] = Column(Boolean, server_default=true())


numbers = Table("numbers", metadata, NumberColumns)
reports = Table(
    "reports",
    metadata,
    ReportColumns,
    Index("ix_reports_person_last", "person", "last_part_at"),
    Index(
        "ix_reports_asking",
        "holder",
        sqlite_where=text("asking IS NOT NULL"),
        postgresql_where=text("asking IS NOT NULL"),
    ),
    Index(
        "ix_reports_of_patrol",
        "patrol",
        sqlite_where=text("patrol IS NOT NULL"),
        postgresql_where=text("patrol IS NOT NULL"),
    ),
)
finds = Table("finds", metadata, FindColumns)
f, r = finds.c, reports.c
COUNTING: ColumnElement[Any] = literal_column("finds.counts")
"""Bare, as in the indexes: SQLite takes `counts = 1` for another condition and reads everything."""

REBOUND: ColumnElement[Any] = literal_column("finds.rebound")
VISIT: ColumnElement[Any] = literal_column("finds.visit")

# `counts` stands in the indexes again: else SQLite looks it up in the table, find by find.
Index("ix_finds_report", f.report)
Index(
    "ix_finds_spot_time", f.spot, f.occurred_at, f.report, f.category, f.state, f.counts, f.visit,
    sqlite_where=text("counts"), postgresql_where=text("counts"),
)  # fmt: skip
Index(
    "ix_finds_time_spot", f.occurred_at, f.spot, f.category, f.report, f.state, f.person, f.counts,
    f.visit,
    sqlite_where=text("counts"), postgresql_where=text("counts"),
)  # fmt: skip
Index(
    "ix_finds_category_time", f.category, f.occurred_at, f.spot, f.report, f.state, f.counts,
    f.visit, sqlite_where=text("counts"), postgresql_where=text("counts"),
)  # fmt: skip
Index(
    "ix_finds_rebound", f.occurred_at, f.spot, f.category, f.counts, f.rebound,
    sqlite_where=text("counts AND rebound"), postgresql_where=text("counts AND rebound"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Report:
    """A report's row as read; moments are aware and in UTC."""

    id: int
    number: str
    person: int
    holder: int
    squad: str | None
    line: str
    chat: int
    message: int
    album: str | None
    intent: str
    source: str
    text: str
    flags: tuple[str, ...]
    occurred_at: datetime
    received_at: datetime
    last_part_at: datetime
    late: bool
    practice: bool
    guessed: str | None
    asking: str | None
    reminded: bool
    menu: str | None
    withdrawn_at: datetime | None
    changed_by: int | None
    changed_at: datetime | None
    change: str | None
    version: int
    patrol_type: str | None
    patrol: int | None


_REPORT = select(*(r[name] for name in Report.__slots__))
_BY_ID = _REPORT.where(r.id == bindparam("report"))
_LAST = (
    _REPORT.where(r.person == bindparam("who"), r.line == bindparam("on"))
    .order_by(r.last_part_at.desc(), r.id.desc())
    .limit(1)
)
_ADD_REPORT = insert(reports)
_ADD_FIND = insert(finds)
_FINDS = (
    select(f.position, f.spot, f.spot_text, f.category, f.quantity, f.action, f.state)
    .where(f.report == bindparam("report"))
    .order_by(f.revision.desc(), f.position)
    .add_columns(f.revision)
)


def next_number(tx: Transaction, letter: str, day: date) -> str:
    """A number nobody else has, such as R-20251119-003; counts from 001 every day."""
    series = f"{letter}-{day:%Y%m%d}"
    statement = insert_or_count(tx, numbers, ("series",), "last")
    last = tx.execute(statement, {"series": series, "last": 1}).scalar_one()
    return f"{series}-{last:03d}"


def _report(row: Any) -> Report | None:
    return None if row is None else Report(*row)


def add(tx: Transaction, **values: Any) -> int:
    """The id of a new report."""
    key = tx.execute(_ADD_REPORT, values).inserted_primary_key
    assert key is not None
    return int(key[0])


def by_id(tx: Transaction, report: int) -> Report | None:
    """The report, or None."""
    return _report(tx.execute(_BY_ID, {"report": report}).first())


def by_number(tx: Transaction, number: str) -> Report | None:
    """The report with this number, or None."""
    return _report(tx.execute(_REPORT.where(r.number == number)).first())


def last_of(tx: Transaction, person: int, line: str) -> Report | None:
    """The report to which the person last added something on this line, or None."""
    return _report(tx.execute(_LAST, {"who": person, "on": line}).first())


def change(tx: Transaction, report: int, **values: Any) -> None:
    """The report's row holds `values` and a higher version."""
    tx.execute(update(reports).where(r.id == report).values(version=r.version + 1, **values))


def write_finds(
    tx: Transaction, report: int, revision: int, found: Sequence[Find], *, person: int,
    occurred_at: datetime, counts: bool, rebound: bool, visit: bool = True,
) -> None:  # fmt: skip
    """These are the finds of the report now; those of earlier revisions no longer count.

    With `rebound` the words say that trouble came back; a recheck that failed says so by itself.
    Whether they are of a `visit` is said by the first of them.
    """
    if revision > 1:
        visit = _is_visit(tx, report)
    rows = [
        {"report": report, "revision": revision, "position": position, "spot": find.spot,
         "spot_text": find.spot_text, "category": find.category, "quantity": find.count,
         "action": find.action, "state": find.state, "occurred_at": occurred_at,
         "person": person, "counts": counts, "rebound": _came_back(find, rebound),
         "visit": visit}
        for position, find in enumerate(found)
    ]  # fmt: skip
    with in_step(tx, report, new=revision == 1):
        if revision > 1:
            tx.execute(update(finds).where(f.report == report, f.counts).values(counts=False))
        tx.execute(_ADD_FIND, rows)


def _is_visit(tx: Transaction, report: int) -> bool:
    query = select(f.visit).where(f.report == report).order_by(f.id).limit(1)
    return bool(tx.execute(query).scalar() is not False)


def _came_back(find: Find, said: bool) -> bool:
    trouble = find.category not in (None, NO_TROUBLE)
    return trouble and (said or find.action == "recheck_fail")


def read_finds(tx: Transaction, report: int) -> tuple[int, tuple[Find, ...]]:
    """The newest revision's number and finds, in the order they were written."""
    rows = tx.execute(_FINDS, {"report": report}).all()
    if not rows:
        return 0, ()
    newest = rows[0].revision
    return newest, tuple(
        Find(
            spot=row.spot, category=row.category, count=row.quantity, action=row.action,
            state=row.state, spot_text=row.spot_text,
        )
        for row in rows if row.revision == newest
    )  # fmt: skip


def set_counts(tx: Transaction, report: int, revision: int, counts: bool) -> None:
    """Whether the finds of that revision count."""
    statement = update(finds).where(f.report == report, f.revision == revision)
    with in_step(tx, report):
        tx.execute(statement.values(counts=counts))


def set_state(tx: Transaction, report: int, positions: Sequence[int], state: str) -> None:
    """The counting finds of trouble at these positions are in this state, the tallies with them."""
    trouble = f.category.is_not(None) & (f.category != NO_TROUBLE)
    which = (f.report == report) & f.counts & f.position.in_(positions) & trouble
    if tx.execute(select(f.id).where(which, f.state != state).limit(1)).first() is None:
        return
    with in_step(tx, report):
        tx.execute(update(finds).where(which).values(state=state))


def set_rebound(tx: Transaction, report: int, position: int, rebound: bool) -> None:
    """Whether the counting find at this position is a rebound, and the tallies with it."""
    which = (f.report == report) & f.counts & (f.position == position)
    if tx.execute(select(f.id).where(which, f.rebound != rebound).limit(1)).first() is None:
        return
    with in_step(tx, report):
        tx.execute(update(finds).where(which).values(rebound=rebound))


def waiting_for(tx: Transaction, holder: int) -> list[Report]:
    """The reports that the person still has to say something about, oldest first."""
    rows = tx.execute(
        _REPORT.where(r.holder == holder, r.asking.is_not(None), r.withdrawn_at.is_(None)).order_by(
            r.received_at
        )
    )
    return [Report(*row) for row in rows]


def unanswered(tx: Transaction, since: datetime) -> list[Report]:
    """Reports asked about before `since` and not yet reminded of, oldest first."""
    rows = tx.execute(
        _REPORT.where(
            r.asking.is_not(None), r.withdrawn_at.is_(None), r.reminded.is_(False),
            r.last_part_at <= since,
        ).order_by(r.received_at)
    )  # fmt: skip
    return [Report(*row) for row in rows]


def hand_over(tx: Transaction, person: int, successor: int) -> int:
    """What `person` still had to answer is now the successor's; how many there were."""
    moved = tx.execute(
        update(reports)
        .where(r.holder == person, r.asking.is_not(None), r.withdrawn_at.is_(None))
        .values(holder=successor)
    )
    return moved.rowcount


def on_duty(tx: Transaction, persons: Sequence[int], since: datetime) -> set[int]:
    """Those of the persons who have added something to a report since then."""
    added = (r.last_part_at >= since) & (r.line != CASES)
    query = select(r.person).where(r.person.in_(list(persons)), added).distinct()
    return {int(row.person) for row in tx.execute(query)}


def written_as(tx: Transaction, place: str) -> list[int]:
    """The reports that have a find at this place as written, without a spot of the table."""
    rows = tx.execute(select(f.report).where(f.spot_text == place, f.spot.is_(None)).distinct())
    return [int(row.report) for row in rows]
