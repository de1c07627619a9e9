"""The figures of a group's board, from the one place that counts; only reads."""

from __future__ import annotations

from datetime import datetime

from bot.actions.quotas import standings
from bot.rules.board import Board, Owed
from bot.rules.quotas import Per
from bot.rules.records import Bureau
from storage import counts
from storage.counts import Scope
from storage.schema import Transaction


def board(tx: Transaction, bureau: Bureau, now: datetime) -> Board:
    """How the week and month stand at the moment."""
    day = now.astimezone(bureau.tz).date()

    def owed(per: Per, what: str) -> tuple[Owed, ...]:
        found = (one for one in standings(tx, bureau, per, day) if one.what == what and one.owed)
        return tuple(Owed(one.noun, one.whose, one.done, one.owed) for one in found)

    return Board(
        owed("week", "patrol"), owed("month", "special"), owed("week", "visit"),
        counts.number(tx, "open", Scope(None, now)),
        counts.number(tx, "overdue", Scope(None, now, at=now)),
    )  # fmt: skip
