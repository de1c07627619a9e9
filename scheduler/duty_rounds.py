"""What the clock brings to rounds: the reminder of one put off, rest in the evening, the morning.

Knows no sentence.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bot.actions import rounds, shifts
from bot.actions.people import tell
from bot.actions.round_hours import evening_of, local_day
from bot.rules.quiet import next_morning
from bot.rules.records import Bureau
from scheduler.duties import DROPPED, Duty, none
from storage import dues, patrols
from storage.database import Database
from storage.dues import Due, Occurrence
from storage.patrols import FIXED, FULL, OPEN, Patrol
from storage.schema import Transaction

MORNING = "round_morning"
RESTING = (FULL, FIXED)
"""Special checks wait until somebody hands them in or gives them up."""


def _later(tx: Transaction, bureau: Bureau, due: Due, now: datetime) -> str:
    """The one reminder of a round that was put off until later that day."""
    del bureau
    found = patrols.by_id(tx, due.args["patrol"])
    if found is None or not found.is_open or not found.lacking.get("spots"):
        return DROPPED + "over"
    who = due.args.get("person", found.person)
    reached = tell(tx, who, "round_later", found.id, now, key=due.key)
    return "told" if reached else DROPPED + "nobody to tell"


def _morning(tx: Transaction, bureau: Bureau, due: Due, now: datetime) -> str:
    """The morning after a round that nobody ended, he who began it is asked, once."""
    del bureau
    found = patrols.by_id(tx, due.args["patrol"])
    if found is None or not found.is_open:
        return DROPPED + "over"
    reached = tell(tx, found.person, "round_morning", found.id, now, key=due.key)
    return "told" if reached else DROPPED + "nobody to tell"


DUTIES = (
    Duty("round_later", "提醒没巡全的巡查", "now", none, _later),
    Duty(MORNING, "问没结束的巡查", "reminder", none, _morning),
)


async def rest(database: Database, bureau: Bureau, now: datetime) -> int:
    """Rounds in which nothing happens any more end where they are whole, and rest where not."""
    going = [one for one in await database.read(patrols.all_going) if one.state == OPEN]
    ripe = [one for one in going if one.kind in RESTING and _rests_at(one, bureau) <= now]
    for one in ripe:
        await database.write(_rest, one.id, bureau, now)
    return len(ripe)


def _rest(tx: Transaction, patrol: int, bureau: Bureau, now: datetime) -> None:
    found = patrols.by_id(tx, patrol)
    if found is not None and found.kind == FIXED:
        shifts.rest(tx, found, bureau, now)
        return
    if found is None or not rounds.rest(tx, found, bureau, now):
        return
    fresh = patrols.by_id(tx, patrol)
    if fresh is not None and fresh.is_open:
        at = next_morning(bureau, evening_of(fresh, bureau))
        key = f"{MORNING}:{patrol}:1"
        dues.note(tx, [Occurrence(key, MORNING, at, {"patrol": patrol})], now)


def _rests_at(one: Patrol, bureau: Bureau) -> datetime:
    if one.kind == FIXED:
        day = local_day(one.started_at, bureau) + timedelta(days=1)
        return datetime.combine(day, time(), bureau.tz)
    idle = one.last_at + timedelta(minutes=bureau.limits.round_idle_minutes)
    return min(idle, evening_of(one, bureau))


async def next_rest(database: Database, bureau: Bureau, now: datetime) -> datetime | None:
    """When the next round comes to rest."""
    del now
    going = [one for one in await database.read(patrols.all_going) if one.state == OPEN]
    return min((_rests_at(one, bureau) for one in going if one.kind in RESTING), default=None)
