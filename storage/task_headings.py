"""The ledger's headings: aspects, items and issues by their paths; knows no task."""

from __future__ import annotations

from sqlalchemy import Column, Named, Table, Text, TypedColumns, insert, select, update

from storage.schema import Transaction, metadata


class HeadingColumns(TypedColumns):
    """An aspect, item or issue: path 1, 1.2 or 1.2.3, its title as written."""

    path: Named[str] = Column(primary_key=True)
    title: Named[str] = Column(Text)


headings = Table("headings", metadata, HeadingColumns)


def titles(tx: Transaction) -> dict[str, str]:
    """Every aspect, item and issue by its path."""
    rows = tx.execute(select(headings.c.path, headings.c.title))
    return {row.path: row.title for row in rows}


def title_of(tx: Transaction, path: str) -> str:
    """The heading of that path, or nothing."""
    found = tx.execute(select(headings.c.title).where(headings.c.path == path)).scalar()
    return found or ""


def set_titles(tx: Transaction, wanted: dict[str, str]) -> None:
    """These headings stand, with others that were there before."""
    for path, title in wanted.items():
        done = tx.execute(
            update(headings).where(headings.c.path == path).values(title=title)
        )  # fmt: skip
        if not done.rowcount:
            tx.execute(insert(headings), {"path": path, "title": title})
