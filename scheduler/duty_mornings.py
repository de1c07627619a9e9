"""What the clock brings every morning: each person's one message, planned when quiet hours end.

On a working day for everybody; on a day off only where something urgent is due. Questions and
nudges that wait for somebody's morning go with his message. Knows no sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from bot.actions import decisions, mornings
from bot.actions.decisions import SHORT_WEEK
from bot.actions.misses import NUDGE
from bot.actions.unasked import key_of
from bot.rules.calendar import ONE
from bot.rules.periods import midnight
from bot.rules.quotas import period_of
from bot.rules.records import Bureau
from scheduler.duties import DROPPED, Duty
from scheduler.duty_nudges import TOLD_LATER
from storage import dues, outbox, reminded
from storage.dues import Due, Occurrence
from storage.schema import Transaction

DAY = "morning_plan"


def _days(
    tx: Transaction, bureau: Bureau, since: datetime, until: datetime
) -> Sequence[Occurrence]:
    """One a day, at the end of the quiet hours; today's too, where the house first runs later."""
    found = []
    day = since.astimezone(bureau.tz).date()
    while day <= until.astimezone(bureau.tz).date():
        at = datetime.combine(day, bureau.hours.quiet_to, bureau.tz)
        worked = bureau.calendar.is_workday(day)
        if at < until and (worked or reminded.has_urgent(tx, day, day - ONE)):
            found.append(Occurrence(f"{DAY}:{day}", DAY, at, {"matter": DAY}))
        day += ONE
    return found


def _plan(tx: Transaction, bureau: Bureau, due: Due, now: datetime) -> str:
    """Everybody's message is owed."""
    del due
    put_with = {person: _put(rows) for person, rows in _waiting(tx, bureau, now).items()}
    told = mornings.plan(tx, bureau, now, put_with)
    return f"told {len(told)}" if told else DROPPED + "nothing to tell"


def _waiting(tx: Transaction, bureau: Bureau, now: datetime) -> dict[int, list[Due]]:
    """What waits to be told or asked this morning, by person; none on a day off.

    A row stays until the message it went with was shown: then it is settled the next morning.
    """
    today = now.astimezone(bureau.tz).date()
    found: dict[int, list[Due]] = {}
    if not bureau.calendar.is_workday(today):
        return found
    for row in dues.waiting(tx, TOLD_LATER, midnight(today + ONE, bureau.tz)):
        if _was_told(tx, bureau, row, today):
            dues.settle(tx, row.id, dues.DONE, now, "told with a morning message")
            continue
        if row.args["card"] == SHORT_WEEK:
            start = period_of(row.args["subject"])[1]
            if start <= today or decisions.week_standing(tx, start) is not None:
                continue
        found.setdefault(row.args["person"], []).append(row)
    return found


def _was_told(tx: Transaction, bureau: Bureau, row: Due, today: date) -> bool:
    """Whether a morning message since it was due held it, and was shown."""
    day, mine = row.due_at.astimezone(bureau.tz).date(), _put([row])
    while day < today:
        key = key_of(bureau, row.args["person"], midnight(day, bureau.tz))
        held = outbox.args_of(tx, key) or {}
        for name in ("keys", "asked"):
            if mine[name] and all(one in held.get(name, ()) for one in mine[name]):
                return outbox.shown_at(tx, key) is not None
        day += ONE
    return False


def _put(rows: Sequence[Due]) -> dict[str, Any]:
    """What nudges tell, and which questions are asked, as (card, subject)."""
    return {
        "keys": [key for row in rows if row.args["card"] == NUDGE for key in row.args["keys"]],
        "asked": [
            [row.args["card"], row.args["subject"]] for row in rows if row.args["card"] != NUDGE
        ],
    }


DUTIES = (Duty(DAY, "每人早上的一条提醒", "reminder", _days, _plan),)
"""The plan of a day; each message is a card of its own, due at its own minute."""
