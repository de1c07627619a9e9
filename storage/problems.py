"""Problems: a row each, the finds that tell of them, and how a row is moved; knows no rule.

A problem is the matter that one or several finds tell of. Their own `state` follows it
(storage.reports.set_state), so that every number still comes of the finds alone
(docs/decisions/0012). A row is only changed by who has seen its version: compare, then set.
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
    delete,
    func,
    insert,
    or_,
    select,
    text,
    update,
)

from bot.rules.loop import Outcome, Stage
from storage import reports, tickets
from storage.dialect import insert_or_replace
from storage.schema import BigId, Transaction, UtcDateTime, metadata

FOUND, AGAIN, DONE = "found", "again", "done"
"""How a find tells of a problem: it opened it, saw it too, or tells that it was handled."""


class ProblemColumns(TypedColumns):
    """`person` found it, `handler` has it in hand, `team` is the squad or department it lies with.

    `told` says that it was handled in words, which may be taken back so; `shot_after` is the last
    part before its handling: what came later shows the place after it. `asked` counts the askings
    of a reviewer. `respond_by` and `handle_by` are its two clocks; `exempt` why its being late is
    left out of the rates. `into` is the problem a duplicate went into, `rebound_of` the one it is
    the return of, `not_rebound` why somebody says it is none.
    """

    id: Named[int] = Column(BigId, primary_key=True, autoincrement=True)
    number: Named[str] = Column(unique=True)
    stage: Named[str]
    outcome: Named[str | None]
    report: Named[int] = Column(BigId)
    position: Named[int]
    source: Named[str]
    spot: Named[str | None]
    spot_text: Named[str | None]
    category: Named[str]
    quantity: Named[int | None]
    person: Named[int]
    squad: Named[str | None]
    found_at: Named[datetime] = Column(UtcDateTime)
    handler: Named[int | None]
    team: Named[str | None]
    handed_by: Named[int | None]
    handed_at: Named[datetime | None] = Column(UtcDateTime)
    taken_at: Named[datetime | None] = Column(UtcDateTime)
    declined_by: Named[int | None]
    handled_at: Named[datetime | None] = Column(UtcDateTime)
    told: Named[bool] = Column(Boolean)
    shot_after: Named[int | None] = Column(BigId)
    lacks_photo: Named[bool] = Column(Boolean)
    reviewer: Named[int | None]
    asked: Named[int]
    asked_at: Named[datetime | None] = Column(UtcDateTime)
    returned: Named[int]
    reopened: Named[int]
    closed_at: Named[datetime | None] = Column(UtcDateTime)
    reason: Named[str | None] = Column(Text)
    respond_by: Named[datetime | None] = Column(UtcDateTime)
    handle_by: Named[datetime | None] = Column(UtcDateTime)
    extended: Named[int]
    exempt: Named[str | None] = Column(Text)
    exempt_by: Named[int | None]
    rebound: Named[bool] = Column(Boolean)
    rebound_of: Named[int | None] = Column(BigId)
    not_rebound: Named[str | None] = Column(Text)
    into: Named[int | None] = Column(BigId)
    menu: Named[str | None]
    version: Named[int]


class ToldColumns(TypedColumns):
    """Which find of which report tells of which problem, and whose report that is."""

    report: Named[int] = Column(BigId, primary_key=True, autoincrement=False)
    position: Named[int] = Column(primary_key=True, autoincrement=False)
    problem: Named[int] = Column(BigId)
    how: Named[str]
    person: Named[int]


class ExtensionColumns(TypedColumns):
    """A longer time that was asked for; `state` is asked, granted, refused or withdrawn."""

    id: Named[int] = Column(BigId, primary_key=True, autoincrement=True)
    problem: Named[int] = Column(BigId, index=True)
    person: Named[int]
    asked_at: Named[datetime] = Column(UtcDateTime)
    until: Named[datetime] = Column(UtcDateTime)
    reason: Named[str] = Column(Text)
    state: Named[str]
    decided_by: Named[int | None]
    decided_at: Named[datetime | None] = Column(UtcDateTime)


table = Table("problems", metadata, ProblemColumns, sqlite_autoincrement=True)
told_by = Table("problem_finds", metadata, ToldColumns)
extensions = Table("extensions", metadata, ExtensionColumns, sqlite_autoincrement=True)
c = table.c
_OPEN = "stage <> 'closed'"
_WORK = "stage IN ('found', 'handed', 'taken')"
Index("ix_problem_finds_problem", told_by.c.problem)
Index("ix_problems_place", c.spot, c.category, c.found_at)
Index("ix_problems_found", c.found_at, c.stage)
Index("ix_problems_handler", c.handler, sqlite_where=text(_OPEN), postgresql_where=text(_OPEN))
Index("ix_problems_reviewer", c.reviewer, sqlite_where=text(_OPEN), postgresql_where=text(_OPEN))
Index("ix_problems_due", c.handle_by, sqlite_where=text(_WORK), postgresql_where=text(_WORK))
_MERGED = '"into" IS NOT NULL'
Index("ix_problems_closed", c.closed_at, c.spot, c.category, c.stage, c.outcome)
Index("ix_problems_place_closed", c.spot, c.category, c.closed_at)
Index(
    "ix_problems_rebound", c.found_at, c.spot, c.category,
    sqlite_where=text("rebound"), postgresql_where=text("rebound"),
)  # fmt: skip
Index("ix_problems_merged", c.report, sqlite_where=text(_MERGED), postgresql_where=text(_MERGED))


UNGIVEN = c.declined_by.is_not(None) | c.report.in_(select(tickets.table.c.report))
"""What is found and lies with no one but a leader: given back, or a case."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A row as read; moments are aware and in UTC."""

    id: int
    number: str
    stage: Stage
    outcome: Outcome | None
    report: int
    position: int
    source: str
    spot: str | None
    spot_text: str | None
    category: str
    quantity: int | None
    person: int
    squad: str | None
    found_at: datetime
    handler: int | None
    team: str | None
    handed_by: int | None
    handed_at: datetime | None
    taken_at: datetime | None
    declined_by: int | None
    handled_at: datetime | None
    told: bool
    shot_after: int | None
    lacks_photo: bool
    reviewer: int | None
    asked: int
    asked_at: datetime | None
    returned: int
    reopened: int
    closed_at: datetime | None
    reason: str | None
    respond_by: datetime | None
    handle_by: datetime | None
    extended: int
    exempt: str | None
    exempt_by: int | None
    rebound: bool
    rebound_of: int | None
    not_rebound: str | None
    into: int | None
    menu: str | None
    version: int


@dataclass(frozen=True, slots=True)
class Told:
    """A find that tells of a problem."""

    report: int
    position: int
    problem: int
    how: str
    person: int


_PROBLEM = select(*(c[name] for name in Problem.__slots__))
_TOLD = select(*(told_by.c[name] for name in Told.__slots__))
_BY_ID = _PROBLEM.where(c.id == bindparam("problem"))
_OF_REPORT = _TOLD.where(told_by.c.report == bindparam("of")).order_by(told_by.c.position)
_OF_PROBLEM = _TOLD.where(told_by.c.problem == bindparam("of")).order_by(
    told_by.c.report, told_by.c.position
)
_CHANGE = update(table).where(c.id == bindparam("row"), c.version == bindparam("seen"))


def _read(row: Any) -> Problem:
    values = dict(row._mapping)
    values["stage"] = Stage(row.stage)
    values["outcome"] = Outcome(row.outcome) if row.outcome else None
    return Problem(**values)


def _some(tx: Transaction, query: Any) -> list[Problem]:
    return [_read(row) for row in tx.execute(query)]


def add(tx: Transaction, **values: Any) -> int:
    """The id of a new problem, in stage found and version 1 where `values` say nothing else."""
    fresh = {
        "stage": Stage.FOUND, "told": False, "lacks_photo": False, "asked": 0, "returned": 0,
        "reopened": 0, "extended": 0, "rebound": False, "version": 1,
    }  # fmt: skip
    key = tx.execute(insert(table), fresh | values).inserted_primary_key
    assert key is not None
    return int(key[0])


def by_id(tx: Transaction, problem: int) -> Problem | None:
    """The problem, or None."""
    row = tx.execute(_BY_ID, {"problem": problem}).first()
    return None if row is None else _read(row)


def by_number(tx: Transaction, number: str) -> Problem | None:
    """The problem with this number, or None."""
    return next(iter(_some(tx, _PROBLEM.where(c.number == number))), None)


def change(tx: Transaction, problem: Problem, **values: Any) -> bool:
    """The row holds `values` and a higher version; False where it is not as it was read."""
    done = tx.execute(
        _CHANGE.values(version=problem.version + 1, **values),
        {"row": problem.id, "seen": problem.version},
    )
    return done.rowcount == 1


def tell_of(
    tx: Transaction, problem: int, report: int, position: int, how: str, person: int
) -> None:
    """That find tells of that problem from now on, and of no other."""
    row = {"report": report, "position": position, "problem": problem, "how": how, "person": person}
    keys, rest = ("report", "position"), ("problem", "how", "person")
    tx.execute(insert_or_replace(tx, told_by, keys, rest), row)


def of_report(tx: Transaction, report: int) -> list[Told]:
    """What the report's finds tell of, in their order."""
    return [Told(*row) for row in tx.execute(_OF_REPORT, {"of": report})]


def tellers(tx: Transaction, problem: int) -> list[Told]:
    """The finds that tell of the problem, the oldest report first."""
    return [Told(*row) for row in tx.execute(_OF_PROBLEM, {"of": problem})]


def move_tellers(tx: Transaction, moved: Sequence[Told], problem: int, how: str) -> None:
    """Those finds tell of that problem from now on, and so."""
    for told in moved:
        tell_of(tx, problem, told.report, told.position, how, told.person)


def in_hands_of(tx: Transaction, person: int, groups: Sequence[str]) -> list[Problem]:
    """What the person has to do: in his hand or his groups', to review, found and kept by him."""
    lacks = (c.stage == Stage.HANDLED) & c.lacks_photo & c.reviewer.is_(None)
    mine = [
        (c.handler == person) & (c.stage.in_([Stage.HANDED, Stage.TAKEN]) | lacks),
        (c.reviewer == person) & (c.stage == Stage.HANDLED),
        (c.person == person) & (c.stage == Stage.FOUND) & ~UNGIVEN,
    ]
    if groups:
        mine.append((c.stage == Stage.HANDED) & c.handler.is_(None) & c.team.in_(groups))
    query = _PROBLEM.where(c.stage != Stage.CLOSED, or_(*mine)).order_by(c.found_at, c.id)
    return _some(tx, query)


def declined(tx: Transaction) -> list[Problem]:
    """What somebody gave back and cases nobody has yet, for a leader to give on; oldest first."""
    query = _PROBLEM.where(c.stage == Stage.FOUND, UNGIVEN)
    return _some(tx, query.order_by(c.found_at, c.id))


def alike(
    tx: Transaction, spot: str, category: str, since: datetime, but: int | None = None
) -> list[Problem]:
    """The problems of that kind at that spot found since then, the newest first; `but` left out."""
    query = _PROBLEM.where(c.spot == spot, c.category == category, c.found_at >= since)
    if but is not None:
        query = query.where(c.id != but)
    return _some(tx, query.order_by(c.found_at.desc(), c.id.desc()))


def last_closed(
    tx: Transaction, spot: str, category: str, since: datetime, until: datetime
) -> Problem | None:
    """The problem of that kind there that was rectified and closed last in [since, until)."""
    query = _PROBLEM.where(
        c.spot == spot, c.category == category, c.closed_at >= since, c.closed_at < until,
        c.stage == Stage.CLOSED, c.outcome == Outcome.RECTIFIED,
    )  # fmt: skip
    return next(iter(_some(tx, query.order_by(c.closed_at.desc(), c.id.desc()).limit(1))), None)


def returns_of(tx: Transaction, closed: Problem, since: datetime) -> list[Problem]:
    """The problems found since then that are marked as the return of the closed one."""
    query = _PROBLEM.where(
        c.spot == closed.spot, c.category == closed.category, c.found_at >= since,
        c.rebound_of == closed.id,
    )  # fmt: skip
    return _some(tx, query.order_by(c.found_at, c.id))


def closings(tx: Transaction, since: datetime, until: datetime) -> list[tuple[str, str, datetime]]:
    """(spot, category, when) of every problem that was rectified and closed in [since, until).

    What is at no spot of the table is left out.
    """
    query = select(c.spot, c.category, c.closed_at).where(
        c.closed_at >= since, c.closed_at < until, c.spot.is_not(None),
        c.stage == Stage.CLOSED, c.outcome == Outcome.RECTIFIED,
    )  # fmt: skip
    rows: list[Any] = list(tx.execute(query))
    return [(row.spot, row.category, row.closed_at) for row in rows]


def returns(tx: Transaction, since: datetime, until: datetime) -> list[tuple[str, str, datetime]]:
    """(spot, category, when) of every rebound that was found in [since, until)."""
    query = select(c.spot, c.category, c.found_at).where(
        c.found_at >= since, c.found_at < until, c.spot.is_not(None), text("rebound"), own(),
    )  # fmt: skip
    rows: list[Any] = list(tx.execute(query))
    return [(row.spot, row.category, row.found_at) for row in rows]


def own() -> ColumnElement[bool]:
    """The problems that stand for themselves: no duplicates and none that were void."""
    return or_(c.outcome.is_(None), c.outcome.not_in([Outcome.DUPLICATE, Outcome.VOID]))


def merged_of(tx: Transaction, report: int) -> list[Problem]:
    """The problems that finds of the report had opened and that went into others."""
    return _some(tx, _PROBLEM.where(c.report == report, text(_MERGED)).order_by(c.id))


def under_way(tx: Transaction, most: int = 10_000) -> list[Problem]:
    """The problems that are not closed, the oldest first."""
    query = _PROBLEM.where(c.stage != Stage.CLOSED).order_by(c.found_at, c.id)
    return _some(tx, query.limit(most))


def last_asked(tx: Transaction, persons: Sequence[int]) -> dict[int, datetime]:
    """When each of the persons was last asked to review; who never was is left out."""
    query = (
        select(c.reviewer, func.max(c.asked_at))
        .where(c.reviewer.in_(list(persons)), c.asked_at.is_not(None))
        .group_by(c.reviewer)
    )
    rows: list[Any] = list(tx.execute(query))
    return {row[0]: row[1] for row in rows}


def retell(tx: Transaction, report: int, rows: Sequence[Told]) -> None:
    """The report's finds tell of these problems and of no others."""
    tx.execute(delete(told_by).where(told_by.c.report == report))
    if rows:
        values = [{name: getattr(row, name) for name in Told.__slots__} for row in rows]
        tx.execute(insert(told_by), values)


def next_number(tx: Transaction, day: date) -> str:
    """A number nobody else has, such as W-20251119-003; counts from 001 every day."""
    return reports.next_number(tx, "W", day)


def open_with(tx: Transaction, person: int) -> list[Problem]:
    """What the person found and nobody has yet, or has in hand himself, the newest first."""
    found = (c.person == person) & (c.stage == Stage.FOUND)
    mine = (c.handler == person) & c.stage.in_([Stage.HANDED, Stage.TAKEN])
    return _some(tx, _PROBLEM.where(or_(found, mine)).order_by(c.found_at.desc(), c.id.desc()))


def lacking_photo(tx: Transaction, person: int) -> list[Problem]:
    """What the person handled without a photo of the place after it, the newest first."""
    query = _PROBLEM.where(c.handler == person, c.stage == Stage.HANDLED, c.lacks_photo)
    return _some(tx, query.order_by(c.handled_at.desc(), c.id.desc()))
