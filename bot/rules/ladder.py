"""The ladder of reminders: which stage of a matter is the newest on a day, and who hears of it.

Before the due day, on it, the day after it, then every few days (conversations.md 2.17). A stage
before whose day is not worked is told on the last working day before it, a stage after on the next
one after; of two on one day the later. Every day is asked anew, so that a downtime, a longer time
or an absence needs no memory. Knows no store, card or hour.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from enum import StrEnum

from bot.rules.calendar import ONE, WorkCalendar
from bot.rules.records import LedgerRule

ALONE_DAYS = 3
"""So many days before the due day a matter that nobody of its own can see to goes one rung up."""


class What(StrEnum):
    """What somebody is told of: his matter's day, what waits for him, or that a leader asks."""

    DUE = "due"
    CHECK = "check"
    SIGN = "sign"
    LOOK = "look"
    URGE = "urge"


class Rung(StrEnum):
    """As whom somebody hears of a matter: each rung is asked after the one before it."""

    OWNER = "owner"
    DEPARTMENT = "department"
    LEADER = "leader"
    SUPERVISOR = "supervisor"


ABOVE = (Rung.DEPARTMENT, Rung.LEADER, Rung.SUPERVISOR)


def newest(
    due: date, day: date, rule: LedgerRule, calendar: WorkCalendar, *, urgent: bool = False
) -> int | None:
    """The newest stage that has come on the day, in days from the due day; None where none has.

    -7 is a week before, 0 the due day, 1 the first day after it. On a day off only what is urgent
    has a stage: its due day and the day after, which are told on these very days.
    """
    over = (day - due).days
    if not calendar.is_workday(day):
        return over if urgent and over in (0, 1) else None
    if over >= 1:
        return _again(over, rule.again_days)
    # What falls on the days off that follow is told today: nobody is told on them.
    tonight = calendar.on_or_after(day + ONE) - ONE
    ahead = (due - tonight).days
    come = [n for n in (0, *rule.before) if n >= ahead and not (n == 0 and urgent and over < 0)]
    return -min(come) if come else None


def waiting(since: date, day: date, again_days: int, calendar: WorkCalendar) -> int | None:
    """The newest stage of what waits since a day: one working day after it, then every so many."""
    return _again(len(calendar.workdays(since + ONE, day)), again_days)


def _again(over: int, again_days: int) -> int | None:
    return 1 + (over - 1) // again_days * again_days if over >= 1 else None


def told(
    stage: int, there: Mapping[Rung, Sequence[int]], rule: LedgerRule
) -> dict[int, Rung]:  # fmt: skip
    """Who is told of a matter at the stage, by person, and as whom; `there` can be reached.

    Its owners at every stage. Where none is there, the next rung with somebody on it hears of it
    from three days before. What is overdue is told to the department's heads and its leader as
    well, and after `above_days` of it to the supervisors.
    """
    rungs = [Rung.OWNER]
    if stage >= 1:
        rungs += [Rung.DEPARTMENT, Rung.LEADER]
        if stage >= rule.above_days or not any(there.get(one) for one in rungs):
            rungs.append(Rung.SUPERVISOR)
    elif stage >= -ALONE_DAYS and not there.get(Rung.OWNER):
        rungs += [one for one in ABOVE if there.get(one)][:1]
    found: dict[int, Rung] = {}
    for rung in rungs:
        for person in there.get(rung, ()):
            found.setdefault(person, rung)
    return found


def only_one(
    there: Mapping[Rung, Sequence[int]], on_duty: Collection[int]
) -> tuple[int, Rung] | None:
    """The one who hears of what is urgent on a day off: its owner, else who is on duty, else next.

    None where nobody is there at all.
    """
    able = [(person, rung) for rung in Rung for person in there.get(rung, ())]
    if there.get(Rung.OWNER):
        return able[0]
    return next((one for one in able if one[0] in on_duty), next(iter(able), None))
