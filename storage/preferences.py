"""What each person has set for himself: his morning, his quiet hours, fewer words; knows no rule.

Times of day are of the bureau's zone and stored as minutes after midnight.
"""

from __future__ import annotations

from datetime import time
from typing import Any

from sqlalchemy import Boolean, Column, Named, Table, TypedColumns, bindparam, select

from bot.rules.own_hours import OwnHours
from storage.dialect import insert_or_replace
from storage.schema import Transaction, metadata


class PreferenceColumns(TypedColumns):
    """One row a person; without one all is as the bureau has it."""

    person: Named[int] = Column(primary_key=True, autoincrement=False)
    morning: Named[int | None]
    quiet_from: Named[int | None]
    quiet_to: Named[int | None]
    brief: Named[bool] = Column(Boolean)


table = Table("preferences", metadata, PreferenceColumns)
c = table.c
_OF = select(c.morning, c.quiet_from, c.quiet_to, c.brief).where(c.person == bindparam("who"))
_ALL = select(c.person, c.morning, c.quiet_from, c.quiet_to, c.brief)


def _read(row: Any) -> OwnHours:
    return OwnHours(_time(row.morning), _time(row.quiet_from), _time(row.quiet_to), row.brief)


def _time(minutes: int | None) -> time | None:
    return None if minutes is None else time(*divmod(minutes, 60))


def _minutes(at: time | None) -> int | None:
    return None if at is None else at.hour * 60 + at.minute


def of(tx: Transaction, person: int) -> OwnHours:
    """What the person has set."""
    row = tx.execute(_OF, {"who": person}).first()
    return OwnHours() if row is None else _read(row)


def everyone(tx: Transaction) -> dict[int, OwnHours]:
    """The same of all who have set anything, by person."""
    return {row.person: _read(row) for row in tx.execute(_ALL)}


def keep(tx: Transaction, person: int, own: OwnHours) -> None:
    """The person's hours are these."""
    columns = ("morning", "quiet_from", "quiet_to", "brief")
    tx.execute(
        insert_or_replace(tx, table, ("person",), columns),
        {"person": person, "morning": _minutes(own.morning), "brief": own.brief,
         "quiet_from": _minutes(own.quiet_from), "quiet_to": _minutes(own.quiet_to)},
    )  # fmt: skip
