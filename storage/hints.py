"""Where a person last said to be: one row a person, overwritten, so that no track can arise.

Also the last spot he reported from, read from his finds. Knows no rule about how long it holds.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Column, Named, Table, TypedColumns, bindparam, delete, select

from storage.dialect import insert_or_replace
from storage.reports import COUNTING, VISIT, finds, reports
from storage.schema import BigId, Transaction, UtcDateTime, metadata


class HintColumns(TypedColumns):
    """The spot that the person named, or nearest to the last location he chose to send.

    `source` is "words" (bot.rules.joining.SAID), or the datum the location came in where it was
    not WGS-84.
    """

    person: Named[int] = Column(BigId, primary_key=True, autoincrement=False)
    spot: Named[str]
    at: Named[datetime] = Column(UtcDateTime)
    source: Named[str | None]


table = Table("hints", metadata, HintColumns)


class Hint(NamedTuple):
    """A spot, when it was told, and how: in words, by a datum that was converted, or None."""

    spot: str
    at: datetime
    source: str | None = None


_OF = select(table.c.spot, table.c.at, table.c.source).where(table.c.person == bindparam("person"))
_LAST_SPOT = (
    select(finds.c.spot, reports.c.last_part_at)
    .join(reports, reports.c.id == finds.c.report)
    .where(
        reports.c.person == bindparam("who"), COUNTING, VISIT, finds.c.spot.is_not(None)
    )
    .order_by(reports.c.last_part_at.desc(), finds.c.position.desc())
    .limit(1)
)  # fmt: skip


def keep(tx: Transaction, person: int, spot: str, at: datetime, source: str | None = None) -> None:
    """The person said to be near the spot; what was known before is gone."""
    tx.execute(
        insert_or_replace(tx, table, ("person",), ("spot", "at", "source")),
        {"person": person, "spot": spot, "at": at, "source": source},
    )


def drop(tx: Transaction, person: int) -> None:
    """Nothing is known of where the person is."""
    tx.execute(delete(table).where(table.c.person == person))


def of(tx: Transaction, person: int) -> Hint | None:
    """Where the person last said to be, by a location or in words; None where nothing holds."""
    row = tx.execute(_OF, {"person": person}).first()
    return None if row is None else Hint(row.spot, row.at, row.source)


def last_spot(tx: Transaction, person: int) -> tuple[str, datetime] | None:
    """The spot the person last reported from and when, or None; a case is from nowhere."""
    row = tx.execute(_LAST_SPOT, {"who": person}).first()
    return None if row is None else (str(row.spot), row.last_part_at)
