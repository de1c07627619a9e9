"""The items of a special check that somebody answered; knows no list and no rule about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Named, Table, Text, TypedColumns, select

from storage.dialect import insert_or_replace
from storage.schema import BigId, Transaction, UtcDateTime, metadata


class ItemColumns(TypedColumns):
    """An item of a check that somebody answered: fine, trouble, or unseen."""

    patrol: Named[int] = Column(BigId, primary_key=True, autoincrement=False)
    position: Named[int] = Column(primary_key=True, autoincrement=False)
    state: Named[str]
    words: Named[str] = Column(Text)
    report: Named[int | None] = Column(BigId)
    person: Named[int]
    at: Named[datetime] = Column(UtcDateTime)


items = Table("check_items", metadata, ItemColumns)


@dataclass(frozen=True, slots=True)
class Item:
    """An answered item of a check."""

    position: int
    state: str
    words: str
    report: int | None


def answer(
    tx: Transaction, patrol: int, position: int, state: str, words: str, report: int | None,
    person: int, at: datetime,
) -> None:  # fmt: skip
    """The item of the check has this answer."""
    columns = ("state", "words", "report", "person", "at")
    tx.execute(
        insert_or_replace(tx, items, ("patrol", "position"), columns),
        {"patrol": patrol, "position": position, "state": state, "words": words,
         "report": report, "person": person, "at": at},
    )  # fmt: skip


def answers(tx: Transaction, patrol: int) -> list[Item]:
    """The items that were answered, in the list's order."""
    i = items.c
    query = select(i.position, i.state, i.words, i.report).where(i.patrol == patrol)
    return [Item(*row) for row in tx.execute(query.order_by(i.position))]
