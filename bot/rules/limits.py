"""Time limits 时限: which one a problem has, when it is due, when it turns yellow and red; pure.

Moments go in aware and come out in UTC; days and hours are those of the bureau's zone, calendar and
working hours. Hours count from the moment, days from the day after (民法典 第二百零一条); a day's
limit ends when work ends (第二百零三条). What begins outside working hours begins, in 工作时 and
工作日, with the next of them. Knows no store, no problem and no card.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from bot.rules.records import GENERAL_LIMIT, Bureau, TimeLimit
from bot.rules.terms import Term

Colour = Literal["none", "yellow", "red"]

YELLOW_DAYS = Term(1, "work_day")
"""So long before it is due a limit in days turns yellow (domain.md 2.5: 黄牌 1 工作日)."""

YELLOW_SHARE = 4
"""A limit in hours is yellow for its last quarter, unless its rule says otherwise."""


def rule_for(limits: Iterable[TimeLimit], category: str | None, source: str) -> TimeLimit:
    """The rule for a problem: one that names its category, else its source, else a general one.

    Of rules that name the category one that also names the source comes first, of equal ones the
    first of the file. Where none is for the problem it is the one that needs no file.
    """
    fitting = [
        one for one in limits
        if (not one.categories or category in one.categories)
        and (not one.sources or source in one.sources)
    ]  # fmt: skip
    return max(
        fitting, key=lambda one: (bool(one.categories), bool(one.sources)), default=GENERAL_LIMIT
    )


def due(amount: Term, since: datetime, bureau: Bureau) -> datetime:
    """The last moment in time for what began at `since`; what is done at it is not late."""
    if amount.in_hours:
        return _hours_on(amount, since, bureau)
    if amount.kind == "work_day":
        start, _ = next(one for one in _stretches(since, bureau) if one[1] > since)
        return _days_on(amount, start.astimezone(bureau.tz).date(), bureau)
    return _days_on(amount, since.astimezone(bureau.tz).date(), bureau)


def extended(due_at: datetime, amount: Term, bureau: Bureau) -> datetime:
    """The moment by which what was due at `due_at` is due now; always later.

    It counts from the old moment, whenever the extension was given; days from the day it lies in.
    """
    if amount.in_hours:
        return _hours_on(amount, due_at, bureau)
    return _days_on(amount, due_at.astimezone(bureau.tz).date(), bureau)


def yellow_from(
    amount: Term, since: datetime, due_at: datetime, bureau: Bureau, before: Term | None = None
) -> datetime:
    """The moment from which a limit of `amount` is yellow, from `since` to `due_at`.

    `before` is how long before `due_at`, as the rule says (`TimeLimit.yellow`); without it the
    last quarter of hours, extension included, and one working day of days, back to the same time of
    day. `since` itself where that would lie earlier.
    """
    if before is None and amount.in_hours:
        return _last_quarter(amount, since, due_at, bureau)
    before = before or YELLOW_DAYS
    here = due_at.astimezone(bureau.tz)
    if before.kind == "urgent_hour":
        begins = due_at.astimezone(UTC) - timedelta(hours=before.count)
    elif before.kind == "work_hour":
        left = worked(since, due_at, bureau) - timedelta(hours=before.count)
        begins = _worked_on(since, left, bureau) if left > timedelta() else since
    elif before.kind == "natural_day":
        begins = (here - timedelta(days=int(before.count))).astimezone(UTC)
    else:
        day = bureau.calendar.add_workdays(here.date(), -int(before.count))
        begins = _at(day, here.time(), bureau)
    return max(begins, since).astimezone(UTC)


def colour(due_at: datetime, yellow_at: datetime, now: datetime) -> Colour:
    """Red once the due moment is over, yellow from `yellow_at` on, else none."""
    if now > due_at:
        return "red"
    return "yellow" if now >= yellow_at else "none"


def worked(since: datetime, until: datetime, bureau: Bureau) -> timedelta:
    """The working time between two moments; none where the second is not the later one."""
    total = timedelta()
    for start, end in _stretches(since, bureau):
        if start >= until:
            break
        total += max(min(end, until) - max(start, since), timedelta())
    return total


def after_work(moment: datetime, hours: float, bureau: Bureau) -> datetime:
    """The moment, in UTC, when so many working hours have passed.

    Where a stretch ends just then it is that end, not the next start. Of no hours it is the moment
    itself in working time, else the next start.
    """
    return _worked_on(moment, timedelta(hours=hours), bureau)


def said(due_at: datetime, now: datetime, bureau: Bureau) -> str:
    """17:40 前, 明天 12:00 前, 6月16日 18:00 前, the year too in another one.

    Midnight is said as the end of the day, 24:00; seconds are left away (conversations.md 2.12).
    """
    here, today = due_at.astimezone(bureau.tz), now.astimezone(bureau.tz).date()
    clock, day = f"{here.hour}:{here.minute:02d}", here.date()
    if clock == "0:00":
        clock, day = "24:00", day - timedelta(days=1)
    name = {0: "", 1: "明天 ", -1: "昨天 "}.get((day - today).days)
    if name is None:
        year = f"{day.year}年" if day.year != today.year else ""
        name = f"{year}{day.month}月{day.day}日 "
    return f"{name}{clock} 前"


def _hours_on(amount: Term, moment: datetime, bureau: Bureau) -> datetime:
    hours = timedelta(hours=amount.count)
    if amount.kind == "urgent_hour":
        return moment.astimezone(UTC) + hours
    return _worked_on(moment, hours, bureau)


def _days_on(amount: Term, day: date, bureau: Bureau) -> datetime:
    """The end of work on the day that lies so many days after."""
    if amount.kind == "work_day":
        last = bureau.calendar.add_workdays(day, int(amount.count))
    else:
        last = day + timedelta(days=int(amount.count))
    return _at(last, bureau.hours.work_to, bureau)


def _last_quarter(amount: Term, since: datetime, due_at: datetime, bureau: Bureau) -> datetime:
    if amount.kind == "urgent_hour":
        since, due_at = since.astimezone(UTC), due_at.astimezone(UTC)
        return due_at - (due_at - since) / YELLOW_SHARE
    whole = worked(since, due_at, bureau)
    return _worked_on(since, whole - whole / YELLOW_SHARE, bureau)


def _worked_on(moment: datetime, left: timedelta, bureau: Bureau) -> datetime:
    stretches = _stretches(moment, bureau)
    while True:
        start, end = next(stretches)
        begins = max(start, moment.astimezone(UTC))
        if begins + left <= end:
            return begins + left
        left -= max(end - begins, timedelta())


def _stretches(moment: datetime, bureau: Bureau) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of working time from the day of the moment on, in UTC, without an end.

    In UTC because an hour by the clock is not always an hour of time where clocks are changed.
    """
    hours, day = bureau.hours, moment.astimezone(bureau.tz).date()
    clocks = [(hours.work_from, hours.work_to)]
    if hours.work_from <= hours.break_from < hours.break_to <= hours.work_to:
        clocks = [(hours.work_from, hours.break_from), (hours.break_to, hours.work_to)]
    while True:
        day = bureau.calendar.on_or_after(day)
        for begins, ends in clocks:
            if begins < ends:
                yield _at(day, begins, bureau), _at(day, ends, bureau)
        day += timedelta(days=1)


def _at(day: date, clock: time, bureau: Bureau) -> datetime:
    return datetime.combine(day, clock, bureau.tz).astimezone(UTC)
