"""What was handed in for a task: words, or a file of the durable photo queue; knows no rule.

kept      counts as evidence
asked     a file that came by itself: is it for this task?
dropped   it is for none, was taken back, or could not be had
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, Named, Table, Text, TypedColumns, insert, select, update

from storage import parts
from storage.schema import BigId, Transaction, UtcDateTime, metadata

KEPT, ASKED, DROPPED = "kept", "asked", "dropped"


class EvidenceColumns(TypedColumns):
    """`turn` is how often evidence was handed in before: what was sent back is seen, not sent on.

    `part` is the file, of which `words` are the caption; without one the words are the evidence.
    """

    id: Named[int] = Column(BigId, primary_key=True, autoincrement=True)
    task: Named[int] = Column(BigId)
    turn: Named[int]
    person: Named[int]
    at: Named[datetime] = Column(UtcDateTime)
    kind: Named[str]
    words: Named[str] = Column(Text)
    part: Named[int | None] = Column(BigId)
    state: Named[str]


table = Table("evidence", metadata, EvidenceColumns, sqlite_autoincrement=True)
c = table.c
Index("ix_evidence_task", c.task, c.turn)
Index("ix_evidence_part", c.part)
p = parts.table.c


@dataclass(frozen=True, slots=True)
class Evidence:
    """A row, with what became of its file: `file` is its state in the photo queue."""

    id: int
    task: int
    turn: int
    person: int
    at: datetime
    kind: str
    words: str
    part: int | None
    state: str
    file: str | None
    sha256: str | None
    name: str | None


_OWN = tuple(c[name] for name in Evidence.__slots__[:9])
_ROW: Any = select(*_OWN, p.state.label("file"), p.sha256, p.file_name.label("name")).outerjoin(
    parts.table, p.id == c.part
)


def add(tx: Transaction, **values: Any) -> int:
    """The id of new evidence."""
    key = tx.execute(insert(table), values).inserted_primary_key
    assert key is not None
    return int(key[0])


def by_id(tx: Transaction, row: int) -> Evidence | None:
    """The evidence, or None."""
    found = tx.execute(_ROW.where(c.id == row)).first()
    return None if found is None else Evidence(*found)


def of_part(tx: Transaction, part: int) -> Evidence | None:
    """What the file is evidence of, or None."""
    found = tx.execute(_ROW.where(c.part == part)).first()
    return None if found is None else Evidence(*found)


def of_task(tx: Transaction, task: int, turn: int | None = None) -> list[Evidence]:
    """The evidence kept for the task, of one turn or of all, in the order it came."""
    query = _ROW.where(c.task == task, c.state == KEPT)
    if turn is not None:
        query = query.where(c.turn == turn)
    return [Evidence(*row) for row in tx.execute(query.order_by(c.id))]


def givers(tx: Transaction, tasks: Sequence[int]) -> dict[tuple[int, int], set[int]]:
    """Who gave the evidence that is kept for these tasks, by (task, turn)."""
    found: dict[tuple[int, int], set[int]] = {}
    for at in range(0, len(tasks), 500):
        those = c.task.in_(tasks[at : at + 500])
        query = select(c.task, c.turn, c.person).where(those, c.state == KEPT).distinct()
        for task, turn, person in tx.execute(query):
            found.setdefault((task, turn), set()).add(person)
    return found


def set_state(tx: Transaction, row: int, state: str) -> bool:
    """The evidence is kept or dropped; False where it was so already."""
    done = tx.execute(update(table).where(c.id == row, c.state != state).values(state=state))
    return done.rowcount == 1


def move(tx: Transaction, row: int, task: int, turn: int) -> None:
    """The evidence is of this task."""
    tx.execute(update(table).where(c.id == row).values(task=task, turn=turn))
