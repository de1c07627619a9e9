"""What the clock brings of recurring obligations: a period's run, early on its first working day.

Knows no sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

from bot.actions import obligation_runs
from bot.rules.calendar import ONE
from bot.rules.records import Bureau
from scheduler.duties import DROPPED, Duty
from storage.dues import Due, Occurrence
from storage.schema import Transaction

RUNS = "obligation_runs"
EARLY = time(6)
"""Before anybody is told anything: the morning's message knows of the runs."""


def _mornings(
    tx: Transaction, bureau: Bureau, since: datetime, until: datetime
) -> Sequence[Occurrence]:
    """Every working day; of the days of a downtime the newest makes up for all."""
    del tx
    day, last = since.astimezone(bureau.tz).date(), until.astimezone(bureau.tz).date()
    found = []
    while day <= last:
        if bureau.calendar.is_workday(day):
            at = datetime.combine(day, EARLY, bureau.tz)
            found.append(Occurrence(f"{RUNS}:{day}", RUNS, at, {"matter": RUNS}))
        day += ONE
    return [one for one in found if since <= one.due_at < until]


def _make(tx: Transaction, bureau: Bureau, due: Due, now: datetime) -> str:
    del due
    made = obligation_runs.make_runs(tx, bureau, now)
    return f"{made} runs" if made else DROPPED + "no period begins"


DUTIES = (Duty(RUNS, "排周期任务", "reminder", _mornings, _make, listed=False),)
