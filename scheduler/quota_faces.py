"""The faces of quotas: what is behind, why a period was missed, whether a short week is kept.

Each is read anew when it is sent: what is met meanwhile is not said any more.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot.actions import misses
from bot.actions.decisions import SHORT_WEEK
from bot.actions.misses import MISSED, NUDGE
from bot.actions.quotas import Ledger
from bot.rules.calendar import ONE
from bot.rules.quotas import period_of
from bot.words import decisions as decision_words
from bot.words import quotas as words
from storage import people
from storage.outbox import Owed
from storage.schema import Transaction

if TYPE_CHECKING:
    from scheduler.faces import Face, View


def nudge(tx: Transaction, row: Owed, view: View) -> Face:
    """What is still missing of what the person was to be told."""
    keys = (row.args or {}).get("keys", ())
    here = view.now.astimezone(view.bureau.tz)
    short = misses.short_on(tx, view.bureau, here.date())
    rows = [
        (one, len(view.bureau.calendar.workdays(here.date(), one.end - ONE)))
        for one in short if [one.key, one.start.isoformat()] in keys
    ]  # fmt: skip
    return words.nudge(rows, row.subject, here) if rows else None


def missed(tx: Transaction, row: Owed, view: View) -> Face:
    """A period that ended short, to whoever is asked why."""
    here = view.now.astimezone(view.bureau.tz)
    who = people.of_chat(tx, row.line, row.chat)
    rows = misses.asked_about(tx, view.bureau, who, row.subject) if who is not None else []
    return words.missed(rows, row.subject, here) if rows else None


def short_week(tx: Transaction, row: Owed, view: View) -> Face:
    """Whether the week is kept, or what was decided of it."""
    bureau = view.bureau
    here = view.now.astimezone(bureau.tz)
    per, start = period_of(row.subject)
    rows = Ledger(tx, bureau).period(per, start)
    if not rows:
        return None
    days = len(bureau.calendar.workdays_of(start, "week"))
    return decision_words.short_week(start, _holiday(view, start), days, rows, here)


def _holiday(view: View, start: date) -> str | None:
    calendar = view.bureau.calendar
    days = (start + ONE * n for n in range(7))
    return next(
        (n for d in days if not calendar.is_workday(d) and (n := calendar.name_of(d))), None
    )


FACES = {NUDGE: nudge, MISSED: missed, SHORT_WEEK: short_week}
"""By kind of card."""
