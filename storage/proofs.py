"""Looking for what was changed behind the house's back: rows against the journal, files, pages."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import case, func, or_, select, text

from storage import journal, parts, reports
from storage.photofiles import Missing, PhotoFiles
from storage.schema import Transaction


def integrity(tx: Transaction) -> list[str]:
    """What SQLite's own check finds wrong; PostgreSQL looks after its pages itself."""
    if tx.dialect.name != "sqlite":
        return []
    found = tx.execute(text("PRAGMA integrity_check")).scalars()
    return [str(line) for line in found if line != "ok"]


@dataclass
class _Told:
    """What the journal says of each report (finds, author, standing) and of each photo."""

    finds: dict[str, Any] = field(default_factory=dict)
    authors: dict[str, int | None] = field(default_factory=dict)
    withdrawn: set[str] = field(default_factory=set)
    hashes: dict[int, str] = field(default_factory=dict)

    def hear(self, line: Any) -> None:
        """One line more; raises ValueError, KeyError or TypeError for one that is none of ours."""
        if line.deed == "report":
            self.finds[line.subject] = json.loads(line.detail)["finds"]
            self.authors[line.subject] = line.person
        elif line.deed == "photo":
            detail = json.loads(line.detail)
            self.hashes[detail["part"]] = detail["sha256"]
        elif line.deed == "withdraw":
            self.withdrawn.add(line.subject)
        elif line.deed == "restore":
            self.withdrawn.discard(line.subject)


def against_journal(tx: Transaction) -> list[str]:
    """Reports and photos that are not as the journal says; each is named with what differs."""
    told = _Told()
    for line in journal.lines(tx):
        # A line that can't be read is named by the chain; what it told of is missed below.
        with suppress(ValueError, KeyError, TypeError):
            told.hear(line)
    first = _first_finds(tx)
    faults = []
    for number in sorted(set(told.finds) | set(first)):
        if number not in told.finds:
            faults.append(f"{number}: a report that the journal doesn't know")
        elif number not in first:
            faults.append(f"{number}: in the journal, but its rows are gone")
        elif told.finds[number] != first[number]:
            faults.append(f"{number}: its finds differ from what the journal says was reported")
    faults += _standing(tx, told)
    p = parts.table.c
    for part in tx.execute(select(p.id, p.sha256).where(p.state == parts.STORED)):
        if told.hashes.get(part.id) != part.sha256:
            faults.append(f"photo {part.id}: its hash differs from what the journal says")
    return faults


def _first_finds(tx: Transaction) -> dict[str, list[list[Any]]]:
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
    return first


def _standing(tx: Transaction, told: _Told) -> list[str]:
    """Reports with another author, withdrawn unseen, or whose mark to count is wrong."""
    f, r = reports.finds.c, reports.reports.c
    newest = select(f.report, func.max(f.revision).label("last")).group_by(f.report).subquery()
    wrong_mark = case(
        (f.revision < newest.c.last, f.counts.is_(True)),
        else_=f.counts == or_(r.withdrawn_at.is_not(None), r.practice),
    )
    marked = (
        select(r.number).join(reports.finds, f.report == r.id)
        .join(newest, newest.c.report == r.id).where(wrong_mark).distinct().order_by(r.number)
    )  # fmt: skip
    faults = [
        f"{number}: its mark to count differs from its state"
        for number in tx.execute(marked).scalars()
    ]
    gone = r.withdrawn_at.is_not(None).label("gone")
    for row in tx.execute(select(r.number, r.person, gone).order_by(r.id)):
        if row.number in told.authors and told.authors[row.number] != row.person:
            faults.append(f"{row.number}: its author differs from what the journal says")
        if bool(row.gone) != (row.number in told.withdrawn):
            faults.append(f"{row.number}: whether it is withdrawn differs from the journal")
    return faults


def photo_fault(files: PhotoFiles, sha256: str) -> str | None:
    """What is wrong with a stored file, or None."""
    try:
        return None if files.verify(sha256) else "its bytes were changed"
    except Missing:
        return "the file is gone"
    except OSError as fault:
        return f"it can't be read: {fault.strerror}"
