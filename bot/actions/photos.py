"""What became of a file that a report announced: arrived, later, or never; one deed each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.actions import task_evidence
from bot.actions.reviewers import photos_settled
from storage import journal, outbox, parts, reports
from storage.parts import Part
from storage.schema import Transaction


def arrived(tx: Transaction, part: Part, facts: dict[str, Any], now: datetime) -> bool:
    """The file is stored, its hash in the journal; whether a card is owed for it.

    A card that said "on the way" is edited; who waits for the photos to review them is asked.
    """
    parts.stored(tx, part.id, **facts)
    subject = _number(tx, part)
    journal.write(tx, now, None, "photo", subject, {"part": part.id, "sha256": facts["sha256"]})
    if part.attempts:
        _card_again(tx, part, now)
    return _settled(tx, part, now) or part.attempts > 0


def postponed(tx: Transaction, part: Part, due_at: datetime, reason: str, now: datetime) -> None:
    """The file is tried again at `due_at`; the card says that it is on its way."""
    parts.later(tx, part.id, due_at, reason)
    if part.attempts == 0:
        _card_again(tx, part, now)


def lost(
    tx: Transaction, part: Part, reason: str, sentence: str, now: datetime, facts: dict[str, Any]
) -> None:
    """The file can't be had: the report stays, the person is told why and what to do."""
    parts.unavailable(tx, part.id, reason, **facts)
    subject = _number(tx, part)
    journal.write(tx, now, None, "photo_lost", subject, {"part": part.id, "reason": reason})
    _card_again(tx, part, now)
    key = f"lost:{part.id}"
    args = {"reason": sentence}
    outbox.owe(tx, part.line, part.chat, "lost", part.report or 0, now, key=key, args=args)
    _settled(tx, part, now)


def _card_again(tx: Transaction, part: Part, now: datetime) -> None:
    if part.report is not None:
        outbox.owe_again(tx, "receipt", part.report, now)


def _settled(tx: Transaction, part: Part, now: datetime) -> bool:
    """Whoever waits for it is asked; it may have gone to another report since it was announced."""
    told = task_evidence.settled(tx, part.id, now)
    report = parts.report_of(tx, part.id)
    return told if report is None else photos_settled(tx, report, now) or told


def _number(tx: Transaction, part: Part) -> str:
    report = reports.by_id(tx, part.report) if part.report is not None else None
    return report.number if report else f"part/{part.id}"
