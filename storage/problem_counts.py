"""Counting problems by how they are carried, and the rows behind; every number of a span at once.

One condition for the number and for its rows, as in storage.counts. What each count is, is said in
bot.rules.indicators; a problem lies in the span it was found in, and is late by `Scope.at`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal, get_args

from sqlalchemy import ColumnElement, and_, case, extract, func, literal_column, or_, select

from bot.rules.indicators import INDICATORS, NOT_OURS, ON_SPOT, Count, Indicator, Share
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

# As the partial index ix_problems_due has it, word for word: bound values would not be known there.
_UNDER_WAY: ColumnElement[bool] = literal_column("problems.stage IN ('found', 'handed', 'taken')")


@dataclass(frozen=True, slots=True)
class _Traits:
    """What the counts are made of, of one problem or, as conditions, of a row: either has & and |.

    `over` is that it is under way and its limit over, `timed` handled with its moment known.
    """

    ours: Any
    ended: Any
    closed: Any
    done: Any
    limited: Any
    over: Any
    in_time: Any
    extended: Any
    sent_back: Any
    timed: Any
    on_spot: Any
    exempt: Any


_TRAITS = tuple(field.name for field in fields(_Traits) if field.name != "on_spot")
"""Those that the indicators are made of."""
_CONDITIONS: dict[Count, Callable[[_Traits], Any]] = {
    "due": lambda x: x.ours & x.limited & (x.ended | x.over),
    "handled": lambda x: x.done & x.limited,
    "in_time": lambda x: x.done & x.in_time,
    "overdue": lambda x: x.over,
    "extended": lambda x: x.ours & x.limited & (x.ended | x.over) & x.extended,
    "closable": lambda x: x.ours & (x.ended | x.over | x.sent_back),
    "finished": lambda x: x.ours & x.closed,
    "reworked": lambda x: x.ours & x.sent_back,
    "timed": lambda x: x.done & x.timed,
    "minutes": lambda x: x.done & x.timed,
    "on_spot": lambda x: x.done & x.timed & x.on_spot,
}


def _traits(scope: Scope, seconds: ColumnElement[float]) -> _Traits:
    """The traits of a row by the scope's moment; none of them is ever NULL."""
    return _Traits(
        ours=func.coalesce(c.outcome, Outcome.RECTIFIED).not_in(NOT_OURS),
        ended=c.stage.in_((Stage.HANDLED, Stage.CLOSED)),
        closed=c.stage == Stage.CLOSED,
        done=and_(c.outcome.is_not(None), c.outcome == Outcome.RECTIFIED),
        limited=c.handle_by.is_not(None),
        over=and_(_UNDER_WAY, c.handle_by.is_not(None), c.handle_by < scope.moment),
        in_time=and_(c.handled_at.is_not(None), c.handle_by.is_not(None),
                     c.handled_at <= c.handle_by),
        extended=c.extended > 0,
        sent_back=or_(c.returned > 0, c.reopened > 0),
        timed=c.handled_at.is_not(None),
        on_spot=and_(c.handler.is_not(None), c.handler == c.person,
                     seconds <= ON_SPOT.total_seconds()),
        exempt=c.exempt.is_not(None),
    )  # fmt: skip


def _condition(count: Count, scope: Scope, seconds: ColumnElement[float]) -> ColumnElement[bool]:
    found: ColumnElement[bool] = _CONDITIONS[count](_traits(scope, seconds))
    return found


def _seconds(tx: Transaction) -> ColumnElement[float]:
    """From found to handled; none where it was told as settled in the words that tell of it."""
    if tx.dialect.name == "sqlite":
        days = func.julianday(c.handled_at) - func.julianday(c.found_at)
        lasted: ColumnElement[float] = func.max(func.round(days * 86400), 0)
    else:
        lasted = func.greatest(extract("epoch", c.handled_at - c.found_at), 0)
    return case((and_(c.told, c.shot_after == 0), 0), else_=lasted)


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


def tally(tx: Transaction, scope: Scope) -> dict[str, Share]:
    """Every indicator of the scope by its name, counted in one read.

    The store groups the problems by all their traits at once: it looks at each row once, however
    many counts are made of it, and what is counted here is a few groups.
    """
    seconds = _seconds(tx)
    traits = _traits(scope, seconds)
    bits: ColumnElement[int] = literal_column("0")
    for place, name in enumerate(_TRAITS):
        bits += case((getattr(traits, name), 1 << place), else_=0)
    query = select(bits.label("bits"), func.count(), func.sum(seconds)).select_from(problems)
    found: dict[tuple[Count, bool], float] = defaultdict(float)
    for number, many, lasted in tx.execute(query.where(*_where(scope)).group_by("bits")):
        told = {name: bool(number >> place & 1) for place, name in enumerate(_TRAITS)}
        have = _Traits(**told, on_spot=False)
        for count, condition in _CONDITIONS.items():
            if condition(have):
                found[count, have.exempt] += float(lasted or 0) if count == "minutes" else many
    return {name: _share(one, found) for name, one in INDICATORS.items()}


def _share(one: Indicator, found: Mapping[tuple[Count, bool], float]) -> Share:
    part, of, part_exempt, of_exempt = (
        found.get((count, exempt), 0) for exempt in (False, True) for count in (one.part, one.of)
    )
    apart = (int(part), int(of)) if one.both and of_exempt else None
    return Share(one.name, _read(one.part, part + part_exempt), int(of + of_exempt), apart)


def _read(count: Count, value: Any) -> int:
    return round(float(value or 0) / 60) if count == "minutes" else int(value or 0)


def _unit(count: Count, seconds: ColumnElement[float]) -> ColumnElement[Any]:
    return func.sum(seconds) if count == "minutes" else func.count()


def number(tx: Transaction, count: Count, scope: Scope) -> int:
    """How many problems of the scope are so; of minutes their sum."""
    seconds = _seconds(tx)
    query = select(_unit(count, seconds)).select_from(problems).where(*_where(scope))
    found = tx.execute(query.where(_condition(count, scope, seconds))).scalar_one()
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
    query = select(key, _unit(count, seconds)).select_from(problems)
    query = query.where(*_where(scope), _condition(count, scope, seconds), which).group_by(key)
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
        .where(*_where(scope), _condition(count, scope, seconds))
        .order_by(c.found_at.desc(), c.id.desc())
    )  # fmt: skip
    return list(tx.execute(query if most is None else query.limit(most)))
