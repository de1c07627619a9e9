"""The month's reconciliation 对账: what moved, what is 未明确, what is late; told once a month.

Knows no sentence.
"""

from __future__ import annotations

from datetime import date, datetime

from bot.actions import obligations
from bot.actions.ledger_views import NOT_YOURS
from bot.actions.people import tell
from bot.errors import NotAllowed
from bot.rules.dates import step, unit_start
from bot.rules.ledger_facts import Reconciled, by_department, tally
from bot.rules.periods import midnight
from bot.rules.records import Bureau, Role
from bot.rules.rights import Right, may
from storage import people, task_counts
from storage.schema import Transaction
from storage.task_counts import TaskScope

MISSED = 20
"""So many runs of obligations are named at the most."""


def reconciled(
    tx: Transaction, bureau: Bureau, first: date, now: datetime
) -> Reconciled | None:  # fmt: skip
    """The month that begins on `first`, as things stand now; None where there is no ledger."""
    if not task_counts.any_task(tx):
        return None
    today = now.astimezone(bureau.tz).date()
    lots = task_counts.lots(tx, TaskScope(today))
    span = midnight(first, bureau.tz), midnight(step(first, "month", 1), bureau.tz)
    late = [(name, n.overdue) for name, n in by_department(lots).items() if n.overdue]
    until = min(step(first, "month", 1), today)
    missed = obligations.missed(tx, bureau, first, until)[:MISSED]
    return Reconciled(
        first, today, tally(lots), *task_counts.moved(tx, *span), *task_counts.unclear(tx),
        tuple(sorted(late, key=lambda one: (-one[1], one[0] or ""))),
        tuple(missed), tuple(obligations.unset(tx, bureau)),
    )  # fmt: skip


def asked(
    tx: Transaction, by: int, bureau: Bureau, first: date, now: datetime
) -> Reconciled | None:  # fmt: skip
    """The same, where somebody asks. Raises NotAllowed for whom it is not for."""
    who = people.by_id(tx, by)
    if who is None or not who.active or not may(who.roles, Right.ASK_ALL):
        raise NotAllowed(NOT_YOURS)
    return reconciled(tx, bureau, first, now)


def month_of(number: int) -> date:
    """The first day of the month that holds the day of this number."""
    return unit_start(date.fromordinal(number), "month")


def running(bureau: Bureau, now: datetime) -> date:
    """The first day of the month that is told of when somebody asks: the one that runs."""
    return unit_start(now.astimezone(bureau.tz).date(), "month")


def remind(tx: Transaction, first: date, now: datetime) -> int:
    """Supervisors and admins are owed the month's reconciliation; how many they are."""
    if not task_counts.any_task(tx):
        return 0
    readers = {p.id for role in (Role.SUPERVISOR, Role.ADMIN) for p in people.with_role(tx, role)}
    subject = first.toordinal()
    return sum(
        tell(tx, one, "reconcile", subject, now, key=f"reconcile:{first:%Y-%m}:{one}")
        for one in sorted(readers)
    )
