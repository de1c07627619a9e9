"""The jobs of this house so far: asking once more for a place, new place names, 对账.

Each is `async def job(database, bureau, now) -> how much it did`, safe to run twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from bot.actions.people import tell
from bot.rules.quiet import is_quiet, is_working, next_morning, next_working
from bot.rules.records import Bureau, Role
from storage import inbox, journal, outbox, outside, people, reports, spots
from storage.database import Database
from storage.reports import Report
from storage.schema import Transaction

log = structlog.get_logger(__name__)


async def ask_again(database: Database, bureau: Bureau, now: datetime) -> int:
    """Each photo without a place is asked about once more after half an hour, in working hours."""
    if not is_working(bureau, now):
        return 0
    before = now - timedelta(minutes=bureau.limits.ask_again_minutes)
    waiting = await database.read(reports.unanswered, before)
    for report in waiting:
        await database.write(_remind, report, now)
    return len(waiting)


def _remind(tx: Transaction, report: Report, now: datetime) -> None:
    fresh = reports.by_id(tx, report.id)
    if fresh is None or fresh.reminded or not fresh.asking:
        return
    reports.change(tx, report.id, reminded=True)
    holder = people.by_id(tx, fresh.holder)
    if holder is None or not holder.active:
        return
    for line, chat in people.chats_of(tx, holder.id)[:1] or [(fresh.line, fresh.chat)]:
        outbox.owe(tx, line, chat, "reminder", report.id, now)


async def next_ask(database: Database, bureau: Bureau, now: datetime) -> datetime | None:
    """When the next photo without a place is asked about."""
    waiting = await database.read(reports.unanswered, now + timedelta(days=30))
    if not waiting:
        return None
    oldest = min(report.last_part_at for report in waiting)
    return next_working(bureau, oldest + timedelta(minutes=bureau.limits.ask_again_minutes))


async def tell_places(database: Database, bureau: Bureau, now: datetime) -> int:
    """The admins hear of new place names once a day, in the morning."""
    here = now.astimezone(bureau.tz)
    if is_quiet(bureau, now) or here.time() < bureau.hours.morning:
        return 0
    fresh = [name for name in await database.read(spots.new_names) if not name.told]
    if not fresh or not _due(bureau, min(name.first_at for name in fresh), now):
        return 0
    return await database.write(_tell_places, f"{here:%Y%m%d}", now)


def _due(bureau: Bureau, first: datetime, now: datetime) -> bool:
    return next_morning(bureau, first) <= now


def _tell_places(tx: Transaction, day: str, now: datetime) -> int:
    admins = people.with_role(tx, Role.ADMIN)
    for admin in admins:
        tell(tx, admin.id, "places", 0, now, key=f"places:{day}:{admin.id}")
    spots.mark_told(tx)
    return len(admins)


async def next_places(database: Database, bureau: Bureau, now: datetime) -> datetime | None:
    """When the admins hear of new names."""
    fresh = [name for name in await database.read(spots.new_names) if not name.told]
    return next_morning(bureau, now) if fresh else None


async def reconcile(database: Database, bureau: Bureau, now: datetime) -> int:
    """Once a night the books are written down: how many rows of inbox and outbox are in each state.

    What no line will ask for again is forgotten. The admins hear when a message waits longer than a
    quarter of an hour.
    """
    here = now.astimezone(bureau.tz)
    if here.hour != 3:
        return 0
    return await database.write(_reconcile, f"{here:%Y%m%d}", now)


def _reconcile(tx: Transaction, day: str, now: datetime) -> int:
    if journal.has(tx, "reconcile", day):
        return 0
    rows = inbox.census(tx)
    detail = {"inbox": rows, "outbox": outbox.census(tx), "forgotten": outside.tidy(tx, now)}
    journal.write(tx, now, None, "reconcile", day, detail)
    stuck = inbox.oldest_pending(tx)
    if stuck is not None and now - stuck > timedelta(minutes=15):
        for admin in people.with_role(tx, Role.ADMIN):
            reason = f"有 {rows.get(inbox.PENDING, 0)} 条排队超过一刻钟"
            tell(tx, admin.id, "failed_admin", 0, now, args={"reason": reason})
    return 1


async def next_reconcile(database: Database, bureau: Bureau, now: datetime) -> datetime | None:
    """The next night at three."""
    here = now.astimezone(bureau.tz)
    three = here.replace(hour=3, minute=0, second=0, microsecond=0)
    done = await database.read(journal.has, "reconcile", f"{here:%Y%m%d}")
    return three if three > here or (here.hour == 3 and not done) else three + timedelta(days=1)
