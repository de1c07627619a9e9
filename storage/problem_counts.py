"""Counting problems by how they are carried, and the rows behind; every number of a span at once.

One condition for the number and for its rows, as in storage.counts. What each count is, is said in
bot.rules.indicators; a problem lies in the span it was found in, and is late by `Scope.at`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

from sqlalchemy import ColumnElement, and_, case, extract, func, literal_column, or_, select

from bot.rules.indicators import INDICATORS, NOT_OURS, ON_SPOT, Count, Share
from bot.rules.loop import Outcome, Stage
from storage.people import people
from storage.problems import c
from storage.problems import table as problems
from storage.reports import COUNTING, finds, reports
from storage.schema import Transaction

if TYPE_CHECKING:
    from storage.counts import Scope

KINDS: tuple[Count, ...] = get_args(Count)
Grouping = Literal["spot", "category", "person", "squad"]
f, r = finds.c, reports.c

_ENDED = c.stage.in_((Stage.HANDLED, Stage.CLOSED))
_DONE = and_(_ENDED, c.outcome == Outcome.RECTIFIED)
_OURS = or_(c.outcome.is_(None), c.outcome.not_in(NOT_OURS))
_LIMITED = c.handle_by.is_not(None)
_SENT_BACK = or_(c.returned > 0, c.reopened > 0)
# As the partial index ix_problems_due has it, word for word: bound values would not be known there.
_UNDER_WAY: ColumnElement[bool] = literal_column("problems.stage IN ('found', 'handed', 'taken')")


def _conditions(scope: Scope, seconds: ColumnElement[float]) -> dict[Count, ColumnElement[bool]]:
    over = and_(_UNDER_WAY, c.handle_by < scope.moment)
    due = and_(_OURS, _LIMITED, or_(_ENDED, over))
    closable = and_(_OURS, or_(_ENDED, _SENT_BACK, over))
    timed = and_(_DONE, c.handled_at.is_not(None))
    return {
        "due": due,
        "handled": and_(_DONE, _LIMITED),
        "in_time": and_(_DONE, c.handled_at <= c.handle_by),
        "overdue": over,
        "extended": and_(due, c.extended > 0),
        "closable": closable,
        "finished": and_(_OURS, c.stage == Stage.CLOSED),
        "reworked": and_(_OURS, _SENT_BACK),
        "timed": timed,
        "minutes": timed,
        "on_spot": and_(timed, c.handler == c.person, seconds <= ON_SPOT.total_seconds()),
    }


def _seconds(tx: Transaction) -> ColumnElement[float]:
    """From found to handled; none where it was told as settled in the words that tell of it."""
    if tx.dialect.name == "sqlite":
        days = func.julianday(c.handled_at) - func.julianday(c.found_at)
        lasted: ColumnElement[float] = func.round(days * 86400)
    else:
        lasted = extract("epoch", c.handled_at - c.found_at)  # type: ignore[assignment]
    at_once = and_(c.told, c.shot_after == 0)
    return case((at_once, 0), (lasted < 0, 0), else_=lasted)


def _where(scope: Scope) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [c.found_at < scope.until]
    if scope.since is not None:
        wanted.append(c.found_at >= scope.since)
    if scope.spots:
        wanted.append(c.spot.in_(scope.spots))
    if scope.categories:
        wanted.append(c.category.in_(scope.categories))
    if scope.persons is not None:
        wanted.append(c.person.in_(scope.persons))
    if scope.squads:
        wanted.append(c.squad.in_(scope.squads))
    if scope.source is not None:
        wanted.append(c.source == scope.source)
    if scope.patrol_type is not None:
        of_patrol = select(r.id).where(r.patrol_type == scope.patrol_type)
        wanted.append(c.report.in_(of_patrol))
    return wanted


def _sum(
    count: Count, conditions: dict[Count, ColumnElement[bool]], seconds: ColumnElement[float]
) -> ColumnElement[Any]:
    """The number of those, or their minutes."""
    one: Any = seconds if count == "minutes" else 1
    return func.sum(case((conditions[count], one), else_=0))


def _read(count: Count, value: Any) -> int:
    return round(float(value or 0) / 60) if count == "minutes" else int(value or 0)


def tally(tx: Transaction, scope: Scope) -> dict[str, Share]:
    """Every indicator of the scope by its name, counted in one read."""
    seconds = _seconds(tx)
    conditions = _conditions(scope, seconds)
    whole = {count: _sum(count, conditions, seconds) for count in KINDS}
    due = sorted({side for one in INDICATORS.values() if one.both for side in (one.part, one.of)})
    freed = {
        count: func.sum(case((and_(conditions[count], c.exempt.is_not(None)), 1), else_=0))
        for count in due
    }
    query = select(*whole.values(), *freed.values()).select_from(problems).where(*_where(scope))
    row = tx.execute(query).one()
    found = {count: _read(count, value) for count, value in zip(whole, row, strict=False)}
    apart = {count: int(value or 0) for count, value in zip(freed, row[len(whole) :], strict=True)}
    return {
        name: Share(
            name, found[one.part], found[one.of],
            (found[one.part] - apart[one.part], found[one.of] - apart[one.of])
            if one.both and apart[one.of] else None,
        )
        for name, one in INDICATORS.items()
    }  # fmt: skip


def number(tx: Transaction, count: Count, scope: Scope) -> int:
    """How many problems of the scope are so; of minutes their sum."""
    seconds = _seconds(tx)
    conditions = _conditions(scope, seconds)
    query = select(_sum(count, {count: conditions[count]}, seconds)).select_from(problems)
    found = tx.execute(query.where(*_where(scope), conditions[count])).scalar_one()
    return _read(count, found)


def by(tx: Transaction, count: Count, scope: Scope, column: Grouping) -> dict[Any, int]:
    """The number for each spot or category code, person or squad that has any."""
    return _grouped(tx, count, scope, c[column], c[column].is_not(None))


def unnamed(tx: Transaction, count: Count, scope: Scope, column: Grouping) -> int:
    """The number of those without: `by` leaves them out."""
    return sum(_grouped(tx, count, scope, c[column], c[column].is_(None)).values())


def _grouped(
    tx: Transaction, count: Count, scope: Scope, key: ColumnElement[Any],
    which: ColumnElement[bool],
) -> dict[Any, int]:  # fmt: skip
    seconds = _seconds(tx)
    conditions = _conditions(scope, seconds)
    query = select(key, _sum(count, conditions, seconds)).select_from(problems)
    query = query.where(*_where(scope), conditions[count], which).group_by(key)
    return {row[0]: _read(count, row[1]) for row in tx.execute(query)}


def rows(tx: Transaction, count: Count, scope: Scope, most: int | None = None) -> list[Any]:
    """The problems that the number counts, newest first, as storage.counts.rows has its finds.

    With them how each stands: stage, outcome, limit, and `seconds` that its handling took.
    """
    seconds = _seconds(tx)
    query = (
        select(
            c.report, c.position, c.number, c.found_at.label("occurred_at"), c.spot, c.spot_text,
            c.category, c.quantity, f.action, f.state, c.person, people.c.name, c.squad, c.source,
            r.text, c.stage, c.outcome, c.handle_by, c.handled_at, c.exempt, c.extended,
            (c.returned + c.reopened).label("sent_back"), seconds.label("seconds"),
        )
        .select_from(
            problems.join(reports, r.id == c.report).join(people, people.c.id == c.person)
            .outerjoin(finds, and_(f.report == c.report, f.position == c.position, COUNTING))
        )
        .where(*_where(scope), _conditions(scope, seconds)[count])
        .order_by(c.found_at.desc(), c.id.desc())
    )  # fmt: skip
    return list(tx.execute(query if most is None else query.limit(most)))
