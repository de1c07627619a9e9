"""Records as they go out of the house: reports and journal lines as plain values; only reads."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from bot.actions.scoping import spot_names
from bot.rules.records import Bureau
from storage import archive
from storage.schema import Transaction


def report_rows(
    tx: Transaction, bureau: Bureau, since: datetime | None, until: datetime | None,
    withdrawn: bool = False,
) -> list[dict[str, Any]]:  # fmt: skip
    """A line a find, by the moment of the event; what doesn't count only where asked for.

    Times are local to the minute's second with their offset; `photos` are the report's files in
    the order they were sent.
    """
    spots = spot_names(tx, bureau)
    categories = {category.code: category.name for category in bureau.categories}
    photos = archive.photos(tx)
    rows = []
    for row in archive.finds_of(tx, since, until, withdrawn):
        line = {
            "number": row.number, "item": row.position + 1, "kind": row.intent,
            "spot": row.spot, "spot_name": spots.get(row.spot or "", row.spot_text),
            "category": row.category, "category_name": categories.get(row.category or ""),
            "count": row.quantity, "action": row.action, "state": row.state,
            "rebound": row.rebound, "source": row.source, "patrol": row.patrol_type,
            "visit": row.visit,
            "officer": row.name, "squad": row.squad,
            "occurred_at": local(row.occurred_at, bureau),
            "received_at": local(row.received_at, bureau), "line": row.line, "text": row.text,
            "photos": photos.get(row.report, []),
        }  # fmt: skip
        if withdrawn:
            line |= {"withdrawn": row.withdrawn_at is not None, "practice": row.practice}
        rows.append(line)
    return rows


def journal_rows(
    tx: Transaction, bureau: Bureau, since: datetime | None, until: datetime | None
) -> list[dict[str, Any]]:
    """A line a deed, oldest first, with its hash."""
    return [
        {"id": row.id, "at": local(row.at, bureau), "person": row.name, "deed": row.deed,
         "subject": row.subject, "detail": json.loads(row.detail), "hash": row.hash}
        for row in archive.journal_lines(tx, since, until)
    ]  # fmt: skip


def local(moment: datetime, bureau: Bureau) -> str:
    """The moment in the bureau's zone, with its offset."""
    return moment.astimezone(bureau.tz).isoformat(timespec="seconds")
