"""Keeps the boards of the work groups: owed anew when their figures changed, at most once a minute.

Only a group on a line that pins has one, and it is first posted in working hours. Knows no words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta

from bot.actions.board import board
from bot.rules.quiet import is_quiet
from bot.rules.records import Bureau
from storage import doors, journal, outbox
from storage.database import Database
from storage.schema import Transaction

PAUSE = timedelta(minutes=1)


class Boards:
    """Looks after all boards; what it remembers only saves looking."""

    def __init__(self, lines: Collection[str]) -> None:
        self._lines = frozenset(lines)
        self._seen: object = None

    async def look(self, database: Database, bureau: Bureau, now: datetime) -> int:
        """Every group whose figures changed since its board was owed is owed it; how many."""
        if not self._lines:
            return 0
        hour = now.astimezone(bureau.tz).replace(minute=0, second=0, microsecond=0)
        seen = (await database.read(journal.head), hour, bureau)
        if seen == self._seen:
            return 0
        owed = await database.write(_owe, self._lines, bureau, now)
        self._seen = seen
        return owed


def _owe(tx: Transaction, lines: frozenset[str], bureau: Bureau, now: datetime) -> int:
    groups = [group for group in doors.allowed(tx) if group[0] in lines]
    if not groups:
        return 0
    facts = hashlib.sha256(repr(board(tx, bureau, now)).encode()).hexdigest()[:16]
    owed = 0
    for line, chat in groups:
        key = f"board:{line}:{chat}"
        before = outbox.args_of(tx, key)
        if before is None and is_quiet(bureau, now):
            continue
        if before is not None and before.get("facts") == facts:
            continue
        shown = outbox.shown_at(tx, key)
        at = now if shown is None or shown > now else max(now, shown + PAUSE)
        args = {"facts": facts, "at": now.isoformat()}
        outbox.owe(tx, line, chat, "board", chat, now, key=key, args=args, due_at=at)
        owed += 1
    return owed
