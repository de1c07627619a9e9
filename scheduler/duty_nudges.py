"""What the clock brings to quotas: a nudge while there is time, a reason asked after a miss.

And, before a week with few working days, the question whether it is kept. Knows no sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.actions import decisions, misses
from bot.actions.decisions import SHORT_WEEK
from bot.actions.misses import MISSED, NUDGE
from bot.actions.unasked import may_tell, tell_unasked
from bot.rules.dates import step, unit_start
from bot.rules.decisions import short_weeks
from bot.rules.quiet import is_quiet, next_morning
from bot.rules.quotas import PERS, Per, QuotaStanding, code_of, owing, period_of
from bot.rules.records import Bureau, Role
from scheduler.duties import DROPPED, Duty, PutOff, none
from storage import dues, people
from storage.dues import Due, Occurrence
from storage.schema import Transaction

ONE = timedelta(days=1)
ASK_DAYS_BEFORE = 3
"""So many working days before a short week it is asked about."""

GIVE_UP = timedelta(days=7)
"""What could not be asked for so long is not asked any more."""

TOLD_LATER = "ask_person"


@dataclass(frozen=True, slots=True)
class Stage:
    """A moment of a period at which a nudge is due."""

    name: str
    day: date
    hour: time


def stages(bureau: Bureau, per: Per, start: date) -> list[Stage]:
    """The nudges of the period, each on a working day of it; of two on one day the later."""
    calendar, hours, end = bureau.calendar, bureau.hours, step(start, per, 1) - ONE
    last = calendar.last_workday(start, per)
    if last is None:
        return []
    if per == "week":
        found = [Stage("midweek", start + 2 * ONE, hours.nudge_midweek),
                 Stage("friday", start + 4 * ONE, hours.nudge_friday)]  # fmt: skip
    elif per == "month":
        found = [Stage("20", start + 19 * ONE, hours.nudge_midweek),
                 Stage("25", start + 24 * ONE, hours.nudge_midweek),
                 Stage("last", last, hours.nudge_friday)]  # fmt: skip
    else:
        found = [Stage("early", end - bureau.limits.review_days * ONE, hours.nudge_midweek),
                 Stage("late", calendar.add_workdays(last, -4), hours.nudge_midweek),
                 Stage("last", last, hours.nudge_friday)]  # fmt: skip
    moved = [Stage(one.name, calendar.on_or_before(one.day), one.hour) for one in found]
    return list({one.day: one for one in moved if start <= one.day <= end}.values())


def _periods(bureau: Bureau, since: datetime, until: datetime) -> Iterator[tuple[Per, date]]:
    """The periods with quotas that touch the stretch, and those before it, whose misses may wait.

    After a long holiday the miss of a week is due on a working morning of the next but one.
    """
    first, last = since.astimezone(bureau.tz).date(), until.astimezone(bureau.tz).date()
    for per in PERS:
        start = step(unit_start(first, per), per, -3)
        while start <= last:
            if owing(bureau, per, start):
                yield per, start
            start = step(start, per, 1)


def _at(bureau: Bureau, day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, bureau.tz)


def _within(found: Iterable[Occurrence], since: datetime, until: datetime) -> list[Occurrence]:
    return [one for one in found if since <= one.due_at < until]


# ---- nudges ----


def _stages_on(bureau: Bureau, day: date) -> list[tuple[Per, date, Stage]]:
    """The nudges due on the day, of every period that holds it."""
    return [
        (per, start, stage)
        for per in PERS if owing(bureau, per, start := unit_start(day, per))
        for stage in stages(bureau, per, start) if stage.day == day
    ]  # fmt: skip


def _nudges(
    tx: Transaction, bureau: Bureau, since: datetime, until: datetime
) -> Sequence[Occurrence]:
    """One a day, whatever it is about: nobody is told twice."""
    del tx
    day, last = since.astimezone(bureau.tz).date(), until.astimezone(bureau.tz).date()
    found = []
    while day <= last:
        due = _stages_on(bureau, day)
        if due:
            hour = min(stage.hour for _, _, stage in due)
            args = {"day": day.isoformat(), "matter": f"{unit_start(day, 'week')}"}
            found.append(Occurrence(_key(day), NUDGE, _at(bureau, day, hour), args))
        day += ONE
    return _within(found, since, until)


def _key(day: date) -> str:
    return f"{NUDGE}:{day}"


def _args(per: Per, start: date) -> dict[str, str]:
    return {"per": per, "start": start.isoformat(), "matter": f"{per}:{start}"}


def _behind(tx: Transaction, bureau: Bureau, day: date) -> list[QuotaStanding]:
    """What is to be told on the day: all that is short, in midweek what is behind its pace.

    With it what should have been told earlier in the week and was not, for want of a running house.
    """
    untold = [day]
    while untold[-1].weekday() and not dues.is_done(tx, _key(untold[-1] - ONE)):
        untold.append(untold[-1] - ONE)
    found: dict[tuple[str, date], QuotaStanding] = {}
    for per, start, stage in (one for on in reversed(untold) for one in _stages_on(bureau, on)):
        days = bureau.calendar.workdays_of(start, per)
        gone = sum(one <= day for one in days)
        for row in misses.short_of(tx, bureau, per, start):
            skipped = stage.name == "early" and row.what == "review"
            if not skipped and (stage.name != "midweek" or misses.behind(row, gone, len(days))):
                found[row.key, start] = row
    return [row for row in found.values() if row.end > day]


def _nudge(tx: Transaction, bureau: Bureau, due: Due, now: datetime) -> str:
    """Everybody who can still act is told, each when he may be.

    In quiet hours the whole nudge waits for the morning, unless the periods are over by then.
    Whoever was told something today already is told the next morning; what ends before that is
    told today all the same, as a second message: a miss can't be nudged any more.
    """
    day = max(date.fromisoformat(due.args["day"]), now.astimezone(bureau.tz).date())
    rows = _behind(tx, bureau, date.fromisoformat(due.args["day"]))
    rows = [one for one in rows if one.end > day]
    if not rows:
        return DROPPED + "nothing is behind"
    if is_quiet(bureau, now):
        morning = next_morning(bureau, now)
        if not _last(bureau, rows, morning):
            raise PutOff(morning)
        return DROPPED + "the period is over in the morning"
    whose: dict[int, list[QuotaStanding]] = {}
    for one in rows:
        for person in misses.who_can_act(tx, one):
            whose.setdefault(person.id, []).append(one)
    told = later = 0
    for who, own in whose.items():
        keys = [[one.key, one.start.isoformat()] for one in own]
        at = may_tell(tx, bureau, who, now)
        if at <= now or _ends_before(bureau, own, at):
            args = {"keys": keys}
            told += tell_unasked(
                tx, bureau, who, NUDGE, day.toordinal(), now, args, last_chance=True
            )
        else:
            _ask_later(tx, due, NUDGE, day.toordinal(), who, at, now, keys)
            later += 1
    if not told and not later:
        return DROPPED + "nobody may be told"
    return f"told {told} of {len(whose)}" + (f", {later} later" if later else "")


def _ends_before(bureau: Bureau, rows: Iterable[QuotaStanding], at: datetime) -> bool:
    """Whether a period of these is over at that moment."""
    return any(one.end <= at.astimezone(bureau.tz).date() for one in rows)


def _last(bureau: Bureau, rows: Iterable[QuotaStanding], at: datetime) -> bool:
    """Whether all their periods are."""
    return all(_ends_before(bureau, [one], at) for one in rows)


def _nudge_one(tx: Transaction, bureau: Bureau, args: Any, now: datetime) -> str:
    """The nudge of somebody who had been told something else that day.

    Periods of which a stage of today tells anyhow are left to it.
    """
    today = now.astimezone(bureau.tz).date()
    told_today = {(per, start.isoformat()) for per, start, _ in _stages_on(bureau, today)}
    who, given = args["person"], args["keys"]
    rows = [
        one for one in misses.short_on(tx, bureau, today)
        if [one.key, one.start.isoformat()] in given
        and (one.key.partition("/")[0], one.start.isoformat()) not in told_today
        and any(person.id == who for person in misses.who_can_act(tx, one))
    ]  # fmt: skip
    if not rows:
        return DROPPED + "nothing is behind, or today's nudge tells it"
    at = may_tell(tx, bureau, who, now)
    if at > now and (is_quiet(bureau, now) or not _ends_before(bureau, rows, at)):
        raise PutOff(at)
    keys = [[one.key, one.start.isoformat()] for one in rows]
    told = tell_unasked(
        tx, bureau, who, NUDGE, today.toordinal(), now, {"keys": keys}, last_chance=True
    )
    return "told" if told else DROPPED + "can't be reached"


# ---- misses ----


def _misses(
    tx: Transaction, bureau: Bureau, since: datetime, until: datetime
) -> Sequence[Occurrence]:
    del tx
    found = (
        Occurrence(
            f"{MISSED}:{per}:{start}", MISSED,
            _at(bureau, bureau.calendar.on_or_after(step(start, per, 1)), bureau.hours.morning),
            _args(per, start),
        )
        for per, start in _periods(bureau, since, until)
    )  # fmt: skip
    return _within(found, since, until)


def _note_misses(tx: Transaction, bureau: Bureau, due: Due, now: datetime) -> str:
    per, start = due.args["per"], date.fromisoformat(due.args["start"])
    if now.astimezone(bureau.tz).date() < step(start, per, 1):
        return DROPPED + "the period is not over"
    short = misses.note_misses(tx, bureau, per, start, now)
    if not short:
        return DROPPED + "nothing was missed"
    asked = dict.fromkeys(p.id for one in short for p in misses.who_answers(tx, one.key))
    ask_each(tx, bureau, due, MISSED, code_of(per, start), asked, now)
    return f"{len(short)} missed"


# ---- short weeks ----


def _short_weeks(
    tx: Transaction, bureau: Bureau, since: datetime, until: datetime
) -> Sequence[Occurrence]:
    del tx
    calendar = bureau.calendar
    first, last = since.astimezone(bureau.tz).date(), until.astimezone(bureau.tz).date()
    found = (
        Occurrence(
            f"{SHORT_WEEK}:{monday}", SHORT_WEEK,
            _at(bureau, calendar.add_workdays(monday, -ASK_DAYS_BEFORE), bureau.hours.morning),
            _args("week", monday),
        )
        for monday in short_weeks(first, last + 28 * ONE, calendar)
        if owing(bureau, "week", monday)
    )  # fmt: skip
    return _within(found, since, until)


def _ask_week(tx: Transaction, bureau: Bureau, due: Due, now: datetime) -> str:
    start = date.fromisoformat(due.args["start"])
    if now.astimezone(bureau.tz).date() > start + 6 * ONE:
        return DROPPED + "the week is over"
    if decisions.week_standing(tx, start) is not None:
        return DROPPED + "decided already"
    asked = next(
        (found for role in (Role.SUPERVISOR, Role.LEADER, Role.ADMIN)
         if (found := people.with_role(tx, role))), []
    )  # fmt: skip
    if not asked:
        return DROPPED + "nobody to ask"
    ask_each(
        tx, bureau, due, SHORT_WEEK, code_of("week", start), [person.id for person in asked], now
    )
    return f"asked {len(asked)}"


# ---- one person at a time, when he may be told ----


def ask_each(
    tx: Transaction, bureau: Bureau, due: Due, card: str, subject: int, persons: Iterable[int],
    now: datetime,
) -> None:  # fmt: skip
    """Each is asked now, or as soon as he may be told something unasked."""
    for who in persons:
        at = may_tell(tx, bureau, who, now)
        if at <= now:
            tell_unasked(tx, bureau, who, card, subject, now)
        else:
            _ask_later(tx, due, card, subject, who, at, now)


def _ask_later(
    tx: Transaction, due: Due, card: str, subject: int, who: int, at: datetime, now: datetime,
    keys: Sequence[Sequence[str]] = (),
) -> None:  # fmt: skip
    """A row of his own: he is asked then, or told of these keys."""
    key = f"{due.key}:{who}"
    args = {"card": card, "subject": subject, "person": who, "since": now.isoformat(),
            "matter": key, "keys": keys}  # fmt: skip
    dues.note(tx, [Occurrence(key, TOLD_LATER, at, args)], now)


def _told_later(tx: Transaction, bureau: Bureau, due: Due, now: datetime) -> str:
    args = due.args
    if now - datetime.fromisoformat(args["since"]) > GIVE_UP:
        return DROPPED + "too long ago"
    if args["card"] == SHORT_WEEK and decisions.week_standing(tx, period_of(args["subject"])[1]):
        return DROPPED + "decided already"
    if args["card"] == NUDGE:
        return _nudge_one(tx, bureau, args, now)
    at = may_tell(tx, bureau, args["person"], now)
    if at > now:
        raise PutOff(at)
    told = tell_unasked(tx, bureau, args["person"], args["card"], args["subject"], now)
    return "told" if told else DROPPED + "can't be reached"


DUTIES = (
    Duty(NUDGE, "提醒还差的次数", "reminder", _nudges, _nudge),
    Duty(MISSED, "记没够数的、问原因", "reminder", _misses, _note_misses),
    Duty(SHORT_WEEK, "问假期那周照不照常", "reminder", _short_weeks, _ask_week),
    Duty(TOLD_LATER, "改天再问、再提醒的", "reminder", none, _told_later),
)
"""Nudges, misses, and the questions that come of them."""
