"""Plans duties ahead as due rows, and does the rows whose moment has come; each deed by itself.

A row whose act fails is tried again later and later; in the end it is given up, and the admins hear
of it. Knows no duty by name.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog

from bot.actions.people import tell
from bot.rules.coming import Coming, Outcome
from bot.rules.records import Bureau, Role
from scheduler.duties import Duty, carry_out, said_of
from storage import dues, people
from storage.database import Database, is_busy
from storage.dues import Due
from storage.schema import Transaction

log = structlog.get_logger(__name__)

Duties = Mapping[str, Duty]

HORIZON = timedelta(days=15)
"""How far ahead rows are planned: what an admin can see of what will come."""

LOOK_BACK = timedelta(days=62)
"""How far a downtime is made up for; also what a clock that was set years ahead can cost."""

BATCH = 100
"""Ripe rows in one group of deeds."""

MOST = 2000
"""Rows of one ring: the others come with the next."""

GIVE_UP_AFTER = 6
"""Failed attempts at a row, over about an hour."""


async def plan(database: Database, duties: Duties, bureau: Bureau, now: datetime) -> bool:
    """Every duty's occurrences are rows up to the horizon; whether all could be planned."""
    good = True
    for duty in duties.values():
        try:
            await database.write(_plan, duty, bureau, now)
        except Exception as fault:
            log.error("a duty could not be planned", duty=duty.name, exc_info=fault)
            good = False
    return good


def _plan(tx: Transaction, duty: Duty, bureau: Bureau, now: datetime) -> int:
    last = dues.planned(tx, duty.name) or now
    since = max(min(last, now), now - LOOK_BACK)
    new = dues.note(tx, duty.occurrences(tx, bureau, since, now + HORIZON), now)
    dues.has_planned(tx, duty.name, now)
    return new


async def do_ripe(database: Database, duties: Duties, bureau: Bureau, now: datetime) -> int:
    """The rows whose moment has come are done, dropped or put off; how many."""
    tried = 0
    while tried < MOST:
        rows = await database.read(dues.ripe, now, BATCH)
        # One after another within the group: they share a commit, and the oldest comes first.
        await asyncio.gather(*(_do(database, duties, row, bureau, now) for row in rows))
        tried += len(rows)
        if len(rows) < BATCH:
            break
    return tried


async def _do(database: Database, duties: Duties, row: Due, bureau: Bureau, now: datetime) -> None:
    duty = duties.get(row.duty)
    try:
        if duty is None:
            await database.write(dues.settle, row.id, dues.DROPPED, now, "no such duty")
        else:
            await database.write(carry_out, duty, row.id, bureau, now)
    except Exception as fault:
        if is_busy(fault):
            raise
        log.error("a due row could not be done", due=row.key, exc_info=fault)
        await database.write(_stumble, row, said_of(duty, row), type(fault).__name__, now)


def _stumble(tx: Transaction, row: Due, said: str, why: str, now: datetime) -> None:
    if row.attempts + 1 < GIVE_UP_AFTER:
        dues.stumble(tx, row.id, now + timedelta(minutes=2**row.attempts), why)
        return
    if dues.settle(tx, row.id, dues.DROPPED, now, dues.GIVEN_UP + why):
        for admin in people.with_role(tx, Role.ADMIN):
            tell(tx, admin.id, "due_failed", row.id, now, args={"said": said})


def by_hand(
    tx: Transaction, duties: Duties, row: int, bureau: Bureau, now: datetime
) -> Outcome | None:
    """The row is done now, whatever its hour; None where it is settled or unknown."""
    due = dues.by_id(tx, row)
    duty = None if due is None else duties.get(due.duty)
    return None if duty is None else carry_out(tx, duty, row, bureau, now, by_hand=True)


def coming(tx: Transaction, duties: Duties, now: datetime, most: int) -> list[Coming]:
    """The rows that wait and that people hear of, the soonest first, none before now."""
    rows = [
        row for row in dues.coming(tx, most + HORIZON.days)
        if row.duty in duties and duties[row.duty].listed
    ]  # fmt: skip
    return [
        Coming(max(row.rings_at, now), row.duty, said_of(duties.get(row.duty), row), row.id)
        for row in rows[:most]
    ]
