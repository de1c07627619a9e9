"""What a record of enforcement needs beside its finds: who else was there, and its photos.

Knows no look of a record.
"""

from __future__ import annotations

from sqlalchemy import select

from storage import parts
from storage.counts import Scope, in_scope
from storage.patrols import officers
from storage.people import people
from storage.reports import reports
from storage.schema import Transaction

p, o, r = parts.table.c, officers.c, reports.c


def photos(tx: Transaction, scope: Scope) -> dict[int, list[str]]:
    """Report id to the SHA-256 of its stored photos, in the order they were sent."""
    query = (
        select(p.report, p.sha256)
        .where(p.report.in_(in_scope(scope)), p.state == parts.STORED, p.kind == "photo")
        .order_by(p.report, p.received_at, p.message, p.id)
    )
    found: dict[int, list[str]] = {}
    for row in tx.execute(query):
        found.setdefault(row.report, []).append(str(row.sha256))
    return found


def companions(tx: Transaction, scope: Scope) -> dict[int, list[str]]:
    """Report id to the names of everybody on the round that it belongs to."""
    query = (
        select(r.id, people.c.name)
        .join(officers, o.patrol == r.patrol)
        .join(people, people.c.id == o.person)
        .where(r.id.in_(in_scope(scope)))
        .order_by(r.id, o.joined_at, o.person)
    )
    found: dict[int, list[str]] = {}
    for row in tx.execute(query):
        found.setdefault(row.id, []).append(str(row.name))
    return found
