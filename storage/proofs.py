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
    faults = [str(line) for line in found if line != "ok"]
    newest = tx.execute(text("SELECT seq FROM sqlite_sequence WHERE name = 'journal'")).scalar()
    last = tx.execute(select(journal.c.id).order_by(journal.c.id.desc()).limit(1)).scalar()
    if (newest or 0) != (last or 0):
        faults.append(f"the journal ends at line {last or 0} but line {newest} was written")
    return faults


def against_journal(tx: Transaction) -> list[str]:
    """Reports without the journal's word for them, first finds that differ, hashes that differ."""
    told: dict[str, Any] = {}
    hashes: dict[int, str] = {}
    for line in journal.lines(tx):
        if line.deed == "report":
            told[line.subject] = json.loads(line.detail)["finds"]
        elif line.deed == "photo":
            detail = json.loads(line.detail)
            hashes[detail["part"]] = detail["sha256"]
    faults = []
    f, r = reports.finds.c, reports.reports.c
    first: dict[str, list[list[Any]]] = {}
    rows = tx.execute(
        select(r.number, f.spot, f.spot_text, f.category, f.quantity, f.action, f.state)
        .join(reports.finds, f.report == r.id)
        .where(f.revision == 1)
        .order_by(r.id, f.position)
    )
    for row in rows:
        find = [row.spot or row.spot_text, row.category, row.quantity, row.action, row.state]
        first.setdefault(row.number, []).append(find)
    for number in sorted(set(told) | set(first)):
        if number not in told:
            faults.append(f"{number}: a report that the journal doesn't know")
        elif number not in first:
            faults.append(f"{number}: in the journal, but its rows are gone")
        elif told[number] != first[number]:
            faults.append(f"{number}: its finds differ from what the journal says was reported")
    p = parts.table.c
    for part in tx.execute(select(p.id, p.sha256).where(p.state == parts.STORED)):
        if hashes.get(part.id) != part.sha256:
            faults.append(f"photo {part.id}: its hash differs from what the journal says")
    return faults


def photo_fault(files: PhotoFiles, sha256: str) -> str | None:
    """What is wrong with a stored file, or None."""
    try:
        return None if files.verify(sha256) else "its bytes were changed"
    except Missing:
        return "the file is gone"
    except OSError as fault:
        return f"it can't be read: {fault.strerror}"
