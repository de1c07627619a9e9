"""The proof of the evidence after a storm about tasks: every piece is there once, with its file.

A piece must be its task's where the task was owed when it was sent; once it is handed in, what is
added may come too late.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.rules.ledger import OWING, TaskState
from storage import evidence
from storage.photofiles import PhotoFiles
from tests.chaos.ledger import Ledger
from tests.chaos.task_proof import NAMED, Held
from tests.chaos.wishes import Memory, Piece


def prove(ledger: Ledger, found: Held, memory: Memory, home: Path) -> None:
    """All that was sent as evidence."""
    ledger.tell("pieces of evidence sent", len(memory.pieces))
    ledger.none("pieces that are not there as they were sent", _pieces(found, memory))
    ledger.none("evidence that nobody sent", _invented(found, memory))
    ledger.none("photos whose file is not there", _files(memory, home))


def _pieces(found: Held, memory: Memory) -> Iterator[str]:
    rows: dict[tuple[int, int], list[Any]] = {}
    for row in found.evidence:
        rows.setdefault((row.chat, row.message), []).append(row)
    lines = Counter(line.detail["evidence"] for line in found.lines if line.name == "evidence")
    for piece in memory.pieces:
        kept = rows.get((piece.user, piece.message), [])
        said = f"{found.tasks[piece.task].number}: {piece.words or piece.sha256[:8]}"
        if len(kept) > 1 or (not kept and _state_at(found, piece) in OWING):
            yield f"{said} is there {len(kept)} times"
        for row in kept:
            if (row.sha256 or "", row.words) != (piece.sha256, piece.words) or lines[row.id] != 1:
                yield f"{said} is not as it was sent"
            if row.task != piece.task and _state_at(found, piece) in OWING:
                yield f"{said} is of another task"
            if piece.dropped is not None and (row.state == evidence.DROPPED) != piece.dropped:
                yield f"{said} is {row.state}"


def _state_at(found: Held, piece: Piece) -> TaskState:
    """Where the task was when the piece was sent: only then what is sent must be its evidence."""
    before = [
        line for line in found.of(found.tasks[piece.task].number)
        if line.name in NAMED and line.at <= piece.at
    ]  # fmt: skip
    return TaskState(before[-1].detail["to"]) if before else TaskState.NOT_STARTED


def _invented(found: Held, memory: Memory) -> Iterator[str]:
    sent = {(piece.user, piece.message) for piece in memory.pieces}
    for row in found.evidence:
        if (row.chat, row.message) not in sent:
            yield f"{found.tasks[row.task].number}: {row.words or row.sha256}"


def _files(memory: Memory, home: Path) -> Iterator[str]:
    files = PhotoFiles(home / "photos")
    for piece in memory.pieces:
        if piece.sha256 and not files.verify(piece.sha256):
            yield f"{piece.sha256[:12]} of {datetime.fromtimestamp(piece.at, UTC):%H:%M:%S}"
