"""The tallies counted anew from the finds: to prove those kept in step, and to fill empty ones."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    case,
    cast,
    distinct,
    except_,
    func,
    insert,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.sql.selectable import CompoundSelect

from bot.rules.records import NO_TROUBLE
from storage.reports import COUNTING, finds, reports
from storage.schema import Transaction
from storage.tallies import AMOUNTS, BLOCK, COLUMNS, PATROL_TYPES, tallies

f, r = finds.c, reports.c

MOST_NAMED = 20


def fill(tx: Transaction) -> None:
    """The tallies, empty until now, hold what the finds amount to."""
    tx.execute(insert(tallies).from_select(list(COLUMNS), _recounted(tx)))


def astray(tx: Transaction) -> list[str]:
    """The rows of the tallies that are not what the finds amount to; at most some are named."""
    some = or_(*(tallies.c[name] != 0 for name in AMOUNTS))
    kept = select(*(tallies.c[name] for name in COLUMNS)).where(some)
    lost = except_(select(_recounted(tx).subquery()), kept)
    made_up = except_(kept, select(_recounted(tx).subquery()))
    return [
        f"{spot or 'all spots'}, {category or 'all kinds'}, block {block}: {why} {amounts}"
        for why, query in (("the finds amount to", lost), ("the tallies say", made_up))
        for spot, category, block, *amounts in tx.execute(query.limit(MOST_NAMED))
    ]


def _recounted(tx: Transaction) -> CompoundSelect[Any]:
    everything: ColumnElement[Any] = literal("", literal_execute=True)
    return union_all(
        *(
            _amounts(tx, spot, category)
            for spot in (everything, f.spot)
            for category in (everything, f.category)
        )
    )


def _amounts(
    tx: Transaction, spot: ColumnElement[Any], category: ColumnElement[Any]
) -> Select[Any]:
    trouble = f.category != NO_TROUBLE
    block = _block(tx)
    return (
        select(
            spot.label("spot"), category.label("category"), block.label("block"),
            func.count(distinct(f.report)),
            *(func.count(distinct(case((r.patrol_type == kind, f.report))))
              for kind in PATROL_TYPES.values()),
            func.count(), _number(trouble), _number(trouble & (f.state == "closed")),
            _number(f.rebound),
        )
        .join(reports, r.id == f.report)
        .where(COUNTING, spot.is_not(None), category.is_not(None))
        .group_by(*{f.spot, f.category} & {spot, category}, block)
    )  # fmt: skip


def _number(holds: ColumnElement[Any]) -> ColumnElement[int]:
    return func.count(case((holds, 1)))


def _block(tx: Transaction) -> ColumnElement[int]:
    """The find's block; each store has its own word for the seconds since 1970."""
    if tx.dialect.name == "sqlite":
        # Without its fraction, which strftime would round up into the next second.
        moment = func.substr(cast(f.occurred_at, String), 1, 19)
        seconds: ColumnElement[Any] = cast(func.strftime("%s", moment), Integer)
    else:
        seconds = func.extract("epoch", f.occurred_at)
    return cast(func.floor(seconds / (BLOCK.total_seconds())), Integer)
