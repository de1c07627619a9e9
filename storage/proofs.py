"""Looking for what was changed behind the house's back: rows against the journal, files, pages."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select, text

from storage import journal, parts, reports
from storage.photofiles import Missing, PhotoFiles
from storage.schema import Transaction


def integrity(tx: Transaction) -> list[str]:
    """What SQLite's own check finds wrong; PostgreSQL looks after its pages itself."""
    if tx.dialect.name != "sqlite":
        return []
    found = tx.execute(text("PRAGMA integrity_check")).scalars()
    return [str(line) for line in found if line != "ok"]


def against_journal(tx: Transaction) -> list[str]:
    """Reports without the journal's word for them, first finds that differ, hashes that differ."""
    told: dict[str, Any] = {}
    hashes: dict[int, str] = {}
    for line in journal.lines(tx):
        detail = json.loads(line.detail)
        if line.deed == "report":
            told[line.subject] = detail["finds"]
        elif line.deed == "photo":
            hashes[detail["part"]] = detail["sha256"]
    return [*_reports(told, _first_finds(tx)), *_photos(tx, hashes)]


def _first_finds(tx: Transaction) -> dict[str, Any]:
    f, r = reports.finds.c, reports.reports.c
    found: dict[str, Any] = {}
    rows = tx.execute(
        select(r.number, f.spot, f.spot_text, f.category, f.quantity, f.action, f.state)
        .join(reports.finds, f.report == r.id)
        .where(f.revision == 1)
        .order_by(r.id, f.position)
    )
    for row in rows:
        find = [row.spot or row.spot_text, row.category, row.quantity, row.action, row.state]
        found.setdefault(row.number, []).append(find)
    return found


def _reports(told: dict[str, Any], first: dict[str, Any]) -> list[str]:
    faults = []
    for number in sorted(told.keys() | first.keys()):
        if number not in told:
            faults.append(f"{number}: a report that the journal doesn't know")
        elif number not in first:
            faults.append(f"{number}: in the journal, but its rows are gone")
        elif told[number] != first[number]:
            faults.append(f"{number}: its finds differ from what the journal says was reported")
    return faults


def _photos(tx: Transaction, hashes: dict[int, str]) -> list[str]:
    c = parts.table.c
    return [
        f"photo {row.id}: its hash differs from what the journal says"
        for row in tx.execute(select(c.id, c.sha256).where(c.state == parts.STORED))
        if hashes.get(row.id) != row.sha256
    ]


def photo_fault(files: PhotoFiles, sha256: str) -> str | None:
    """What is wrong with a stored file, or None."""
    try:
        return None if files.verify(sha256) else "its bytes were changed"
    except Missing:
        return "the file is gone"
    except OSError as fault:
        return f"it can't be read: {fault.strerror}"
