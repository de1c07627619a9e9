"""Everything at once, for exports and checks: long looks, for the studying connection."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from storage import journal, outside, parts
from storage.people import people
from storage.reports import COUNTING, finds, reports
from storage.schema import Transaction

f, r = finds.c, reports.c


def _finds_query(withdrawn: bool) -> Any:
    """The newest revision's finds with their reports and authors."""
    newest = select(f.report, func.max(f.revision).label("revision")).group_by(f.report).subquery()
    query = (
        select(
            r.number, f.report, f.position, r.intent, f.spot, f.spot_text, f.category, f.quantity,
            f.action, f.state, people.c.name, r.squad, f.occurred_at, r.received_at, r.line,
            r.text, r.withdrawn_at, r.practice, r.source, r.patrol_type, f.rebound, f.visit,
        )
        .join(reports, r.id == f.report)
        .join(people, people.c.id == r.person)
        .order_by(f.occurred_at, f.report, f.position)
    )  # fmt: skip
    if not withdrawn:
        return query.where(COUNTING)
    return query.join(newest, (newest.c.report == f.report) & (newest.c.revision == f.revision))


def finds_of(
    tx: Transaction, since: datetime | None, until: datetime | None, withdrawn: bool
) -> Iterator[Any]:
    """The finds in [since, until) by the moment of the event."""
    query = _finds_query(withdrawn)
    if since is not None:
        query = query.where(f.occurred_at >= since)
    if until is not None:
        query = query.where(f.occurred_at < until)
    yield from tx.execute(query)


def photos(tx: Transaction) -> dict[int, list[dict[str, Any]]]:
    """Report id to its files in the order they were sent: hash, state, kind.

    `live` stands where the platform announced the picture as taken in the camera just then.
    """
    c = parts.table.c
    found: dict[int, list[dict[str, Any]]] = {}
    rows = tx.execute(
        select(c.report, c.sha256, c.state, c.kind, c.chat, c.md5)
        .where(c.state.is_not(None))
        .order_by(c.report, c.received_at, c.message, c.id)
    )
    announced = outside.announced(tx)
    for row in rows:
        photo = {"sha256": row.sha256, "state": row.state, "look_alike_of": None}
        if row.kind != "photo":
            photo["kind"] = row.kind
        if row.md5 and f"{row.chat}:{row.md5}" in announced:
            photo["live"] = True
        found.setdefault(row.report, []).append(photo)
    return found


def journal_lines(tx: Transaction, since: datetime | None, until: datetime | None) -> Iterator[Any]:
    """The journal's lines in [since, until), oldest first, each with the person's name."""
    c = journal.table.c
    query = (
        select(c.id, c.at, c.deed, c.subject, c.detail, c.hash, people.c.name)
        .join(people, people.c.id == c.person, isouter=True)
        .order_by(c.id)
    )
    if since is not None:
        query = query.where(c.at >= since)
    if until is not None:
        query = query.where(c.at < until)
    yield from tx.execute(query)
