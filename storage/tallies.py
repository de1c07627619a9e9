"""How much there was in every eight hours, by spot and kind: what the numbers of long spans add up.

Kept in step with the finds inside the transaction that writes them, so that a sum is what a count
would be (docs/decisions/0008). Knows no span but the one it is given, and no other filter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    Integer,
    Named,
    Select,
    Table,
    TextClause,
    TypedColumns,
    bindparam,
    func,
    select,
    text,
)

from storage.schema import Transaction, metadata

BLOCK = timedelta(hours=8)
"""One begins at every UTC midnight, and so at every midnight in China."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EVER = -2_000_000
"""A block before all others: the year 145."""

AMOUNTS = ("reports", "records", "problems", "closed", "rebounds", "unsolved")


class TallyColumns(TypedColumns):
    """The amounts of one block at one spot and of one kind; `''` stands for all spots, all kinds.

    A report with several finds is counted once in each of its rows, but in several rows.
    """

    spot: Named[str] = Column(primary_key=True)
    category: Named[str] = Column(primary_key=True)
    block: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    reports: Named[int]
    records: Named[int]
    problems: Named[int]
    closed: Named[int]
    rebounds: Named[int]
    unsolved: Named[int] = Column(server_default="0")


tallies = Table("tallies", metadata, TallyColumns, sqlite_with_rowid=False)
t = tallies.c

_SECONDS = {
    # Without its fraction, which strftime would round up into the next second.
    "sqlite": "CAST(strftime('%s', substr(f.occurred_at, 1, 19)) AS INTEGER)",
    "postgresql": "CAST(floor(extract(epoch FROM f.occurred_at)) AS INTEGER)",
}
_FOUND = """
    SELECT CASE s.one WHEN 1 THEN f.spot ELSE '' END AS spot,
        CASE k.one WHEN 1 THEN f.category ELSE '' END AS category,
        {seconds} / 28800 AS block,
        :sign * count(DISTINCT CASE WHEN f.visit THEN f.report END),
        :sign * count(*),
        :sign * count(CASE WHEN f.category <> 'none' AND f.state <> 'gone' THEN 1 END),
        :sign * count(CASE WHEN f.category <> 'none' AND f.state = 'closed' THEN 1 END),
        :sign * count(CASE WHEN f.rebound AND f.state <> 'gone' THEN 1 END),
        :sign * count(CASE WHEN f.category <> 'none' AND f.state = 'unsolved' THEN 1 END)
    FROM finds f
    CROSS JOIN (SELECT 0 AS one UNION ALL SELECT 1) s
    CROSS JOIN (SELECT 0 AS one UNION ALL SELECT 1) k
    WHERE f.counts {which}
        AND (s.one = 0 OR f.spot IS NOT NULL) AND (k.one = 0 OR f.category IS NOT NULL)
    GROUP BY 1, 2, 3
"""
_ADD = """
    INSERT INTO tallies {found}
    ON CONFLICT (spot, category, block) DO UPDATE SET {sums}
"""
_SUMS = ", ".join(f"{name} = tallies.{name} + excluded.{name}" for name in AMOUNTS)


def found(dialect: str, which: str = "") -> str:
    """The query for what the finds amount to, times :sign."""
    return _FOUND.format(seconds=_SECONDS[dialect], which=which)


@cache
def _add(dialect: str) -> TextClause:
    return text(_ADD.format(found=found(dialect, "AND f.report = :report"), sums=_SUMS))


@contextmanager
def in_step(tx: Transaction, report: int, *, new: bool = False) -> Iterator[None]:
    """The tallies follow what is done to the report meanwhile; of a new one nothing counts yet."""
    add = _add(tx.dialect.name)
    if not new:
        tx.execute(add, {"report": report, "sign": -1})
    yield
    tx.execute(add, {"report": report, "sign": 1})


def block_of(moment: datetime) -> int:
    """The block that the moment, after 1970, lies in."""
    return (moment - EPOCH) // BLOCK


def begin_of(block: int) -> datetime:
    """The block's first moment."""
    return EPOCH + block * BLOCK


def whole(since: datetime | None, until: datetime) -> tuple[int, int] | None:
    """The blocks [first, last) that lie wholly in [since, until), or None where none does."""
    first = EVER if since is None else -((EPOCH - since) // BLOCK)
    last = block_of(until)
    return (first, last) if first < last else None


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


def astray(tx: Transaction, most: int = 20) -> list[str]:
    """The rows that are not what the finds amount to; so many of each sort are named."""
    kept = f"SELECT * FROM tallies WHERE {' OR '.join(f'{name} <> 0' for name in AMOUNTS)}"
    counted = f"SELECT * FROM ({found(tx.dialect.name)}) counted"
    told = []
    for why, query in (
        ("the finds amount to", f"{counted} EXCEPT {kept}"),
        ("the tallies say", f"{kept} EXCEPT {counted}"),
    ):
        for spot, category, block, *amounts in tx.execute(
            text(f"{query} LIMIT {most}"), {"sign": 1}
        ):
            told.append(f"{spot or '*'}, {category or '*'}, block {block}: {why} {amounts}")
    return told
