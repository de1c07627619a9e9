"""Photos of what is counted, and those that were handed in more than once; only reads.

Knows no question; a copy is a photo with the same bytes, or with the same two perceptual hashes.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select, tuple_

from storage import parts
from storage.counts import Scope, in_scope
from storage.reports import reports
from storage.schema import Transaction

p = parts.table.c


def photos(tx: Transaction, scope: Scope) -> list[str]:
    """The SHA-256 of each stored photo of the reports in the scope, newest report first."""
    rows = tx.execute(
        select(p.sha256)
        .join(reports, reports.c.id == p.report)
        .where(p.report.in_(in_scope(scope)), p.state == parts.STORED, p.kind == "photo")
        .order_by(reports.c.occurred_at.desc(), p.report.desc(), p.received_at, p.message, p.id)
    )
    return [str(row.sha256) for row in rows]


def copies(tx: Transaction, scope: Scope) -> list[list[Any]]:
    """Groups of photos that look the same and lie in different reports, at least one in the scope.

    Each photo is a row (sha256, number, occurred_at, person, squad); newest group first.
    """
    mine = (
        select(p.sha256, p.dhash, p.phash)
        .where(p.report.in_(in_scope(scope)), p.state == parts.STORED, p.kind == "photo")
        .distinct()
        .subquery()
    )
    rows = tx.execute(
        select(p.sha256, p.dhash, p.phash, reports.c.number, reports.c.occurred_at,
               reports.c.person, reports.c.squad)
        .join(reports, reports.c.id == p.report)
        .where(
            p.state == parts.STORED, p.kind == "photo", reports.c.withdrawn_at.is_(None),
            reports.c.practice.is_(False),
            or_(p.sha256.in_(select(mine.c.sha256)),
                tuple_(p.dhash, p.phash).in_(select(mine.c.dhash, mine.c.phash))),
        )
        .order_by(reports.c.occurred_at, p.id)
    )  # fmt: skip
    groups: dict[Any, list[Any]] = {}
    for row in rows:
        groups.setdefault((row.dhash, row.phash) if row.dhash else row.sha256, []).append(row)
    found = [g for g in groups.values() if len({row.number for row in g}) > 1]
    return sorted(found, key=lambda g: g[-1].occurred_at, reverse=True)
