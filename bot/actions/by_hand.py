"""An admin brings about what the clock has not brought yet; the journal says who. Knows no duty."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.actions.people import require
from bot.rules.coming import Outcome
from bot.rules.rights import Right
from storage import dues, journal
from storage.schema import Transaction

Run = Callable[[Transaction, int, datetime], Outcome | None]
"""Does the row and settles it; None where it is settled already."""


def run_due(tx: Transaction, person: int, row: int, run: Run, now: datetime) -> Outcome | None:
    """The due row is done now. Raises NotAllowed for anybody but an admin."""
    require(tx, person, Right.STATUS)
    outcome = run(tx, row, now)
    due = dues.by_id(tx, row)
    if outcome is not None and due is not None:
        journal.write(tx, now, person, "run_due", due.key, {"state": outcome.state})
    return outcome
