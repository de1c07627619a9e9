"""How much there was in every eight hours, by spot and kind: what the numbers of long spans add up.

Kept in step with the finds inside the transaction that writes them, so that a sum is what a count
would be (docs/decisions/0008). Knows no span but the one it is given, and no other filter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Column, Integer, Named, Select, Table, TypedColumns, bindparam, func, select

from bot.rules.records import NO_TROUBLE
from storage.dialect import insert_or_add
from storage.schema import Transaction, metadata

BLOCK = timedelta(hours=8)
"""One begins at every UTC midnight, and so at every midnight in China."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

EVER = -2_000_000
"""A block before all others: the year 145."""

AMOUNTS = ("reports", "patrols", "specials", "records", "problems", "closed", "rebounds")
OF_FINDS = AMOUNTS[3:]
"""Amounts of which every find is one: these may be added over several spots and kinds."""


class TallyColumns(TypedColumns):
    """The amounts of one block at one spot and of one kind; `''` stands for all spots, all kinds.

    A report with several finds is counted once in each of its rows, but in several rows.
    """

    spot: Named[str] = Column(primary_key=True)
    category: Named[str] = Column(primary_key=True)
    block: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    reports: Named[int]
    patrols: Named[int]
    specials: Named[int]
    records: Named[int]
    problems: Named[int]
    closed: Named[int]
    rebounds: Named[int]


tallies = Table("tallies", metadata, TallyColumns, sqlite_with_rowid=False)
t = tallies.c

Key = tuple[str, str, int]
Amounts = dict[Key, list[int]]

PATROL_TYPES: dict[str, str] = {"patrols": "full", "specials": "special"}
"""What a report must say to be one."""


def block_of(moment: datetime) -> int:
    """The block that the moment lies in."""
    return (moment - EPOCH) // BLOCK


def begin_of(block: int) -> datetime:
    """The block's first moment."""
    return EPOCH + block * BLOCK


def whole(since: datetime | None, until: datetime) -> tuple[int, int] | None:
    """The blocks [first, last) that lie wholly in [since, until), or None where none does."""
    first = EVER if since is None else -((EPOCH - since) // BLOCK)
    last = block_of(until)
    return (first, last) if first < last else None


def amounts(found: Iterable[Any]) -> Amounts:
    """What one report's counting finds amount to, each with its moment and the kind of patrol."""
    sums: Amounts = {}
    for find in found:
        block = block_of(find.occurred_at)
        trouble = find.category not in (None, NO_TROUBLE)
        once = [1, *(find.patrol_type == kind for kind in PATROL_TYPES.values())]
        each = [1, trouble, trouble and find.state == "closed", find.rebound]
        for spot in {"", find.spot or ""}:
            for category in {"", find.category or ""}:
                held = sums.setdefault((spot, category, block), [*map(int, once), 0, 0, 0, 0])
                held[3:] = [was + more for was, more in zip(held[3:], each, strict=True)]
    return sums


def step(tx: Transaction, before: Amounts, after: Amounts) -> None:
    """The tallies hold `after` where they held `before` of a report."""
    nothing = [0] * len(AMOUNTS)
    changed = []
    for key in before.keys() | after.keys():
        was, now = before.get(key, nothing), after.get(key, nothing)
        if was != now:
            more = (b - a for a, b in zip(was, now, strict=True))
            changed.append(dict(zip(COLUMNS, (*key, *more), strict=True)))
    if changed:
        tx.execute(insert_or_add(tx, tallies, COLUMNS[:3], AMOUNTS), changed)


COLUMNS = ("spot", "category", "block", *AMOUNTS)


@cache
def _sum(amount: str) -> Select[Any]:
    return select(func.sum(t[amount])).where(
        t.spot.in_(bindparam("spots", expanding=True)),
        t.category.in_(bindparam("categories", expanding=True)),
        t.block >= bindparam("first"), t.block < bindparam("last"),
    )  # fmt: skip


def total(
    tx: Transaction, amount: str, spots: Sequence[str], categories: Sequence[str],
    blocks: tuple[int, int],
) -> int:  # fmt: skip
    """The amount in the blocks [first, last) at any of the spots and of any of the kinds."""
    asked = {"spots": list(spots) or [""], "categories": list(categories) or [""],
             "first": blocks[0], "last": blocks[1]}  # fmt: skip
    return int(tx.execute(_sum(amount), asked).scalar_one() or 0)
