"""Ledgers that were sent and wait for a word, and what the last file said of each task; no rule.

waiting, taken, dropped: a draft. What it held is forgotten once it is taken or dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Named, Table, TypedColumns, bindparam, insert, select, update

from storage.dialect import insert_or_replace
from storage.schema import BigId, Json, Transaction, UtcDateTime, metadata

WAITING, TAKEN, DROPPED = "waiting", "taken", "dropped"


class DraftColumns(TypedColumns):
    """`person` sent it, None by the command line; `name` is the file's.

    `seen` tells which difference was shown, `result` what was done.
    """

    id: Named[int] = Column(BigId, primary_key=True, autoincrement=True)
    person: Named[int | None]
    name: Named[str]
    draft: Named[Any] = Column(Json, nullable=True)
    seen: Named[str]
    state: Named[str]
    result: Named[Any] = Column(Json, nullable=True)
    at: Named[datetime] = Column(UtcDateTime)
    version: Named[int]


class SaidColumns(TypedColumns):
    """What the file that was loaded last said of the task, field by field, as text."""

    task: Named[int] = Column(BigId, primary_key=True, autoincrement=False)
    said: Named[Any] = Column(Json, nullable=False)


table = Table("ledger_drafts", metadata, DraftColumns, sqlite_autoincrement=True)
said = Table("ledger_said", metadata, SaidColumns)
c = table.c


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """A draft as read."""

    id: int
    person: int | None
    name: str
    draft: Any
    seen: str
    state: str
    result: Any
    version: int


_DRAFT = select(*(c[name] for name in KeptDraft.__slots__)).where(c.id == bindparam("row"))


def keep(
    tx: Transaction,
    person: int | None,
    name: str,
    draft: Mapping[str, Any],
    seen: str,
    now: datetime,
) -> int:
    """The id of a draft that waits."""
    values = {
        "person": person, "name": name, "draft": draft, "seen": seen, "state": WAITING, "at": now,
        "version": 1,
    }  # fmt: skip
    key = tx.execute(insert(table), values).inserted_primary_key
    assert key is not None
    return int(key[0])


def by_id(tx: Transaction, row: int) -> KeptDraft | None:
    """The draft, or None."""
    found = tx.execute(_DRAFT, {"row": row}).first()
    return None if found is None else KeptDraft(*found)


def change(tx: Transaction, row: KeptDraft, **values: Any) -> bool:
    """The row holds `values` and a higher version; False where it is not as it was read."""
    done = tx.execute(
        update(table)
        .where(c.id == row.id, c.version == row.version)
        .values(version=row.version + 1, **values)
    )
    return done.rowcount == 1


def all_said(tx: Transaction) -> dict[int, dict[str, str]]:
    """What the last file said, by task."""
    return {row.task: row.said for row in tx.execute(select(said.c.task, said.c.said))}


def remember(tx: Transaction, what: Mapping[int, Mapping[str, str]]) -> None:
    """These words were said of these tasks, in place of what was said before."""
    rows = [{"task": task, "said": dict(words)} for task, words in what.items()]
    if rows:
        tx.execute(insert_or_replace(tx, said, ("task",), ("said",)), rows)
