"""When the clock has something to say of a problem: its yellow, its red, what nobody answers; pure.

Each moment is known by what it is, its number in a row of the same, and when; so what is worked out
again is the same. Who is told is not known here, nor any store or card.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.rules.limits import after_work, due, rule_for, worked, yellow_from
from bot.rules.loop import Stage
from bot.rules.quiet import is_quiet, next_morning, next_working
from bot.rules.records import Bureau, TimeLimit
from bot.rules.terms import Term

PAST = timedelta(minutes=1)
"""What is done in the very minute is in time: only after it something is late."""

APART = timedelta(hours=1)
"""Who is told so soon before the yellow that nothing was done would be told twice."""

UNDER_WAY = frozenset({Stage.FOUND, Stage.HANDED, Stage.TAKEN})
"""Where the clock of the handling runs."""


class Kind(StrEnum):
    """What the clock says of a problem.

    Not answered; taken and nothing done; soon due; overdue, and once more in the morning where that
    was said in the night; its photo is lacking; its review is not answered, or nobody's.
    """

    RESPOND = "respond"
    IDLE = "idle"
    YELLOW = "yellow"
    RED = "red"
    MORNING = "morning"
    PHOTO = "photo"
    REVIEW = "review"
    NOBODY = "nobody"


KIND_NAMES: dict[Kind, str] = {
    Kind.RESPOND: "没签收的提醒", Kind.IDLE: "接了没动的提醒", Kind.YELLOW: "快到时限的提醒",
    Kind.RED: "超时的提醒", Kind.MORNING: "夜里超时的提醒", Kind.PHOTO: "缺处置照片的提醒",
    Kind.REVIEW: "没复核的换人", Kind.NOBODY: "没人复核的提醒",
}  # fmt: skip


class Timed(Protocol):
    """A problem as far as its clocks ask."""

    @property
    def stage(self) -> Stage: ...
    @property
    def source(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def found_at(self) -> datetime: ...
    @property
    def handed_at(self) -> datetime | None: ...
    @property
    def taken_at(self) -> datetime | None: ...
    @property
    def handled_at(self) -> datetime | None: ...
    @property
    def respond_by(self) -> datetime | None: ...
    @property
    def handle_by(self) -> datetime | None: ...
    @property
    def lacks_photo(self) -> bool: ...
    @property
    def reviewer(self) -> int | None: ...
    @property
    def asked(self) -> int: ...
    @property
    def asked_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True, order=True)
class Alarm:
    """A moment at which something is to be said, the `number`th of its kind."""

    at: datetime
    kind: Kind
    number: int = 1


def alarms(of: Timed, bureau: Bureau, now: datetime) -> tuple[Alarm, ...]:
    """The moments that hold as the problem stands, the soonest first; none for a closed one.

    Of a row without an end (red again and again) the newest that is over and the next two.
    """
    if of.stage is Stage.HANDLED:
        return _review(of, bureau)
    if of.stage not in UNDER_WAY:
        return ()
    rule = rule_of(of, bureau)
    found = _respond(of, rule, bureau)
    if of.handle_by is not None:
        yellow = yellow_at(of, of.handle_by, rule, bureau)
        found += [Alarm(yellow, Kind.YELLOW), *_reds(of.handle_by, rule, bureau, now)]
        found += _idle(of, of.handle_by, yellow, rule, bureau)
    return tuple(sorted(found))


def rule_of(of: Timed, bureau: Bureau) -> TimeLimit:
    """The limit that the problem has."""
    return rule_for(bureau.time_limits, of.category, of.source)


def rings_at_night(of: Timed, bureau: Bureau) -> bool:
    """Whether its time runs in the night too, so that somebody on duty hears of it then."""
    return rule_of(of, bureau).handle.kind == "urgent_hour"


def answer_by(of: Timed, bureau: Bureau) -> datetime | None:
    """Until when it is to be accepted 签收, while nobody has it; None where nothing is awaited.

    A case waits from the first; whoever it is handed to after that moment has the same time again.
    """
    if of.stage is Stage.HANDED and of.handed_at is not None:
        if of.respond_by is None or of.respond_by <= of.handed_at:
            return due(rule_of(of, bureau).respond, of.handed_at, bureau)
        return of.respond_by
    return of.respond_by if of.stage is Stage.FOUND else None


def yellow_at(of: Timed, handle_by: datetime, rule: TimeLimit, bureau: Bureau) -> datetime:
    """When it turns yellow; an extension moves that by as much as the moment it is due."""
    before = rule.yellow
    if before is None and rule.handle.in_hours:
        before = Term(rule.handle.count / 4, rule.handle.kind)
    return yellow_from(rule.handle, min(of.found_at, handle_by), handle_by, bureau, before)


def is_overdue(of: Timed, now: datetime) -> bool:
    """Whether it was, or is, not handled in time."""
    end = of.handled_at if of.stage in (Stage.HANDLED, Stage.CLOSED) else now
    return of.handle_by is not None and end is not None and end > of.handle_by


def days_over(handle_by: datetime, now: datetime, bureau: Bureau) -> int:
    """The working days after the one on which it was due, today included."""
    first, last = (one.astimezone(bureau.tz).date() for one in (handle_by, now))
    return max(len(bureau.calendar.workdays(first, last)) - bureau.calendar.is_workday(first), 0)


def _respond(of: Timed, rule: TimeLimit, bureau: Bureau) -> list[Alarm]:
    first = answer_by(of, bureau)
    if first is None:
        return []
    moments = (first, due(rule.respond, first, bureau))
    return [
        Alarm(at + PAST, Kind.RESPOND, n) for n, at in enumerate(moments, 1)
        if of.handle_by is None or at < of.handle_by
    ]  # fmt: skip


def _idle(
    of: Timed, handle_by: datetime, yellow: datetime, rule: TimeLimit, bureau: Bureau
) -> list[Alarm]:
    """Once, when so much of the time is gone that was left when it was taken."""
    if of.stage is not Stage.TAKEN or of.taken_at is None or of.taken_at >= handle_by:
        return []
    share = bureau.loop.idle_percent / 100
    if rule.handle.kind == "urgent_hour":
        at = of.taken_at + (handle_by - of.taken_at) * share
        left = yellow - at
    else:
        hours = worked(of.taken_at, handle_by, bureau) / timedelta(hours=1)
        at = after_work(of.taken_at, hours * share, bureau)
        left = worked(at, yellow, bureau)
    return [Alarm(at, Kind.IDLE)] if left >= APART else []


def _reds(handle_by: datetime, rule: TimeLimit, bureau: Bureau, now: datetime) -> list[Alarm]:
    """Once it is over, then on the morning of every so many-th working day."""
    first = Alarm(handle_by + PAST, Kind.RED)
    again = []
    if rule.handle.kind == "urgent_hour" and is_quiet(bureau, first.at):
        again.append(Alarm(next_working(bureau, first.at), Kind.MORNING))
    gone = days_over(handle_by, now, bureau) // bureau.loop.red_days
    numbers = range(max(gone, 2), max(gone, 1) + 4)
    rows = [first, *(Alarm(_morning(handle_by, n - 1, bureau), Kind.RED, n) for n in numbers)]
    over, coming = [r for r in rows if r.at <= now], [r for r in rows if r.at > now]
    return [*again, *over[-1:], *coming[:2]]


def _morning(since: datetime, times: int, bureau: Bureau) -> datetime:
    """The morning of the working day that lies so many times `red_days` after that moment's day."""
    day = since.astimezone(bureau.tz).date()
    day = bureau.calendar.add_workdays(day, times * bureau.loop.red_days)
    return datetime.combine(day, bureau.hours.morning, bureau.tz).astimezone(UTC)


def _review(of: Timed, bureau: Bureau) -> tuple[Alarm, ...]:
    since = of.handled_at or of.found_at
    if of.lacks_photo:
        first = next_morning(bureau, since)
        return Alarm(first, Kind.PHOTO), Alarm(_morning(first, 1, bureau), Kind.PHOTO, 2)
    if of.reviewer is None or of.asked_at is None:
        return (Alarm(since, Kind.NOBODY, of.asked),)
    at = after_work(of.asked_at, bureau.loop.review_hours, bureau)
    return (Alarm(at, Kind.REVIEW, of.asked),)
