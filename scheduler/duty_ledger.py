"""What the clock brings of the ledger as a whole: the month's reconciliation 对账."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bot.actions import reconcile_ledger
from bot.rules import papers as rules
from bot.rules.dates import step, unit_start
from bot.rules.periods import midnight
from bot.rules.quiet import is_quiet, next_morning
from bot.rules.records import Bureau
from scheduler.duties import DROPPED, Duty, PutOff
from storage import task_counts
from storage.dues import Due, Occurrence
from storage.schema import Transaction


def _months(
    tx: Transaction, bureau: Bureau, since: datetime, until: datetime
) -> Sequence[Occurrence]:
    """Each month's, on the first working day after it, when papers are made.

    None where there is no ledger.
    """
    if not task_counts.any_task(tx):
        return ()
    found, first = [], unit_start(since.astimezone(bureau.tz).date(), "month")
    hour = bureau.hours.papers
    while midnight(first, bureau.tz) < until:
        start = step(first, "month", -1)
        at = midnight(rules.month_day(first, bureau), bureau.tz)
        at = at.replace(hour=hour.hour, minute=hour.minute, second=hour.second)
        args = {"start": start.isoformat(), "said": f"{start.month} 月对账"}
        found.append(Occurrence(f"reconcile:{start:%Y-%m}", "reconcile", at, args))
        first = step(first, "month", 1)
    return [one for one in found if since <= one.due_at < until]


def _reconcile(tx: Transaction, bureau: Bureau, row: Due, now: datetime) -> str:
    if is_quiet(bureau, now):
        raise PutOff(next_morning(bureau, now))
    told = reconcile_ledger.remind(tx, date.fromisoformat(row.args["start"]), now)
    return f"told {told}" if told else DROPPED + "no ledger"


DUTIES = (Duty("reconcile", "台账对账", "summary", _months, _reconcile),)
