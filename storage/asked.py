"""What people asked, as it was read, and the questions offered beside the answer.

A button of an answer names a row here, so that it acts at any age. Knows no reading and no number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, Named, Table, TypedColumns, insert, select

from storage.schema import BigId, Json, Transaction, UtcDateTime, metadata


class AskedColumns(TypedColumns):
    """`question` is the reading as plain values, None where it was not understood."""

    id: Named[int] = Column(BigId, primary_key=True, autoincrement=True)
    person: Named[int]
    question: Named[Any] = Column(Json, nullable=True)
    near: Named[Any] = Column(Json, nullable=False)
    at: Named[datetime] = Column(UtcDateTime)


table = Table("asked", metadata, AskedColumns, sqlite_autoincrement=True)
c = table.c
Index("ix_asked_person", c.person, c.id)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of one person."""

    id: int
    person: int
    question: dict[str, Any] | None
    near: tuple[dict[str, Any], ...]
    at: datetime


_ASKED = select(*(c[name] for name in Asked.__slots__))


def keep(
    tx: Transaction, person: int, question: dict[str, Any] | None,
    near: Sequence[dict[str, Any]], now: datetime,
) -> int:  # fmt: skip
    """The id of the new row."""
    key = tx.execute(
        insert(table),
        {"person": person, "question": question, "near": list(near), "at": now},
    ).inserted_primary_key
    assert key is not None
    return int(key[0])


def by_id(tx: Transaction, number: int) -> Asked | None:
    """The row, or None."""
    return _asked(tx.execute(_ASKED.where(c.id == number)).first())


def last_of(tx: Transaction, person: int) -> Asked | None:
    """What the person asked last, or None."""
    newest = _ASKED.where(c.person == person).order_by(c.id.desc()).limit(1)
    return _asked(tx.execute(newest).first())


def _asked(row: Any) -> Asked | None:
    if row is None:
        return None
    return Asked(row.id, row.person, row.question, tuple(row.near), row.at)
