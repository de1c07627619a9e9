"""When the runs of recurring obligations fall and are due, in working days; pure.

A period begins on the first day of its week, month, quarter or year. A run of it is made on the
period's first working day and is due on a working day of it; a period without any has no run. What
an event brings is due so many working days after it, or before. Knows no store and no sentence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from bot.rules.calendar import ONE, WorkCalendar
from bot.rules.dates import step, unit_start
from bot.rules.records import DueRule, Obligation, ObligationPer

Period = Literal["week", "month", "quarter", "year"]
PERIODS: tuple[Period, ...] = ("week", "month", "quarter", "year")


@dataclass(frozen=True, slots=True)
class Changed:
    """What an admin set of an obligation; None is as the bureau's file says."""

    per: ObligationPer | None = None
    due: DueRule | None = None
    days: int | None = None
    owner: str | None = None


def standing(one: Obligation, changed: Changed | None) -> Obligation:
    """The obligation as it stands now: the file's, with what an admin set.

    A due rule of events is none of a period, and the reverse: then the period's last working day,
    or three working days after the event.
    """
    if changed is None:
        return one
    found = replace(
        one, per=changed.per or one.per,
        owner=one.owner if changed.owner is None else changed.owner,
        due=changed.due or one.due,
        days=one.days if changed.days is None else changed.days,
    )  # fmt: skip
    of_event = found.due in ("after", "before")
    if found.due == "unset" or of_event == (found.per == "event"):
        return found
    due, days = ("after", 3) if found.per == "event" else ("last", 0)
    return replace(found, due=due, days=days)  # type: ignore[arg-type]  # both are DueRule


def unit_of_per(per: str) -> Period | None:
    """The calendar unit of the period, or None for what has none."""
    return next((one for one in PERIODS if one == per), None)


def due_day(
    due: DueRule, days: int, per: Period, start: date, calendar: WorkCalendar
) -> date | None:
    """The day by which the run of the period that begins on `start` is done.

    `days` counts working days back from the last one, or is the day of the month (of a quarter's or
    year's last month; of a week 1 is Monday): that day, else the working day before it, else the
    period's first. None for a rule that nobody has given, and a period without working days.
    """
    worked = calendar.workdays_of(start, per)
    if not worked or due in ("unset", "after", "before"):
        return None
    if due == "before_end":
        return worked[max(0, len(worked) - 1 - days)]
    if due == "last":
        return worked[-1]
    end = step(start, per, 1)
    first = start if per == "week" else unit_start(end - ONE, "month")
    wanted = min(first + ONE * (max(days, 1) - 1), end - ONE)
    return max((day for day in worked if day <= wanted), default=worked[0])


def event_due(due: DueRule, days: int, day: date, calendar: WorkCalendar) -> date | None:
    """The day by which what an event brings is done: so many working days after it or before.

    None days before an event is the event's day, or the working day before it.
    """
    if due == "after":
        return calendar.add_workdays(day, days) if days else calendar.on_or_after(day)
    if due == "before":
        return calendar.add_workdays(day, -days) if days else calendar.on_or_before(day)
    return None


def begins(per: Period, start: date, calendar: WorkCalendar) -> date | None:
    """The day on which the period's run is made: its first working day, or None without any."""
    worked = calendar.workdays_of(start, per)
    return worked[0] if worked else None


def owed_from(one: Obligation, today: date, calendar: WorkCalendar) -> date | None:
    """The first day of the first period that an obligation that begins today asks for.

    The period that runs, where its due day is not over; nobody is late from the first day on.
    """
    per = unit_of_per(one.per)
    if per is None:
        return None
    start = unit_start(today, per)
    due = due_day(one.due, one.days, per, start, calendar)
    over = calendar.last_workday(start, per) if due is None else due
    return start if over is not None and over >= today else step(start, per, 1)


def runs_to_make(
    one: Obligation, since: date, known: Iterable[tuple[date, date]], today: date,
    calendar: WorkCalendar,
) -> list[date]:  # fmt: skip
    """The first days of the periods whose run is to be made by today and is not there.

    `known` are the (first day, day after) of the runs there are: a period that lies over one of
    them has its run, also where the obligation had another period then.
    """
    per = unit_of_per(one.per)
    if per is None:
        return []
    taken = sorted(known)
    found, start = [], unit_start(since, per)
    start = start if start >= since else step(start, per, 1)
    while start <= today:
        end, first = step(start, per, 1), begins(per, start, calendar)
        free = not any(a < end and start < b for a, b in taken)
        if free and first is not None and first <= today:
            found.append(start)
        start = end
    return found
