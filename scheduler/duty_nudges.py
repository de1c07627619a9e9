"""What the clock brings to quotas: a nudge while there is time, a reason asked after a miss.

And, before a week with few working days, the question whether it is kept. Knows no sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.actions import decisions, misses
from bot.actions.decisions import SHORT_WEEK
from bot.actions.misses import MISSED, NUDGE
from bot.actions.unasked import may_tell, tell_unasked
from bot.rules.dates import step, unit_start
from bot.rules.decisions import short_weeks
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
                 Stage("last", last, hours.morning)]  # fmt: skip
    else:
        found = [Stage("early", end - bureau.limits.review_days * ONE, hours.nudge_midweek),
                 Stage("late", calendar.add_workdays(last, -4), hours.nudge_midweek),
                 Stage("last", last, hours.morning)]  # fmt: skip
    moved = [Stage(one.name, calendar.on_or_before(one.day), one.hour) for one in found]
    return list({one.day: one for one in moved if start <= one.day <= end}.values())


def _periods(bureau: Bureau, since: datetime, until: datetime) -> Iterator[tuple[Per, date]]:
    """The periods with quotas that touch the stretch, and those just before it."""
    first, last = since.astimezone(bureau.tz).date(), until.astimezone(bureau.tz).date()
    for per in PERS:
        start = step(unit_start(first, per), per, -1)
        while start <= last:
            if owing(bureau, per, start):
                yield per, start
            start = step(start, per, 1)


def _at(bureau: Bureau, day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, bureau.tz)


def _within(found: Iterable[Occurrence], since: datetime, until: datetime) -> list[Occurrence]:
    return [one for one in found if since <= one.due_at < until]


# ---- nudges ----


def _nudges(
    tx: Transaction, bureau: Bureau, since: datetime, until: datetime
) -> Sequence[Occurrence]:
    del tx
    found = (
        Occurrence(
            f"{NUDGE}:{per}:{start}:{stage.name}", NUDGE, _at(bureau, stage.day, stage.hour),
            _args(per, start) | {"stage": stage.name},
        )
        for per, start in _periods(bureau, since, until)
        for stage in stages(bureau, per, start)
    )  # fmt: skip
    return _within(found, since, until)


def _args(per: Per, start: date) -> dict[str, str]:
    return {"per": per, "start": start.isoformat(), "matter": f"{per}:{start}"}


def behind(
    tx: Transaction, bureau: Bureau, per: Per, start: date, stage: str, now: datetime
) -> list[QuotaStanding]:
    """What is to be told at this stage: everything short, in midweek what is behind its pace."""
    short = misses.short_of(tx, bureau, per, start)
    if stage != "midweek":
        return [one for one in short if one.what != "review" or stage != "early"]
    today = now.astimezone(bureau.tz).date()
    days = bureau.calendar.workdays_of(start, per)
    gone = sum(day <= today for day in days)
    return [one for one in short if misses.behind(one, gone, len(days))]


def _nudge(tx: Transaction, bureau: Bureau, due: Due, now: datetime) -> str:
    per, start = due.args["per"], date.fromisoformat(due.args["start"])
    if now.astimezone(bureau.tz).date() >= step(start, per, 1):
        return DROPPED + "the period is over"
    rows = behind(tx, bureau, per, start, due.args["stage"], now)
    whose: dict[int, list[str]] = {}
    for one in rows:
        for person in misses.who_can_act(tx, one):
            whose.setdefault(person.id, []).append(one.key)
    told = 0
    for who, keys in whose.items():
        args = {"keys": keys, "stage": due.args["stage"]}
        told += tell_unasked(tx, bureau, who, NUDGE, code_of(per, start), now, args)
    if not rows:
        return DROPPED + "nothing is behind"
    return f"told {told} of {len(whose)}" if told else DROPPED + "nobody may be told"


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
    _ask(tx, due, MISSED, code_of(per, start), asked, now)
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
    _ask(tx, due, SHORT_WEEK, code_of("week", start), [person.id for person in asked], now)
    return f"asked {len(asked)}"


# ---- one person at a time, when he may be told ----


def _ask(
    tx: Transaction, due: Due, card: str, subject: int, persons: Iterable[int], now: datetime
) -> None:
    rows = [
        Occurrence(f"{due.key}:{who}", TOLD_LATER, now,
                   {"card": card, "subject": subject, "person": who, "since": now.isoformat(),
                    "matter": f"{due.key}:{who}"})
        for who in persons
    ]  # fmt: skip
    dues.note(tx, rows, now)


def _told_later(tx: Transaction, bureau: Bureau, due: Due, now: datetime) -> str:
    args = due.args
    if now - datetime.fromisoformat(args["since"]) > GIVE_UP:
        return DROPPED + "too long ago"
    if args["card"] == SHORT_WEEK and decisions.week_standing(tx, period_of(args["subject"])[1]):
        return DROPPED + "decided already"
    at = may_tell(tx, bureau, args["person"], now)
    if at > now:
        raise PutOff(at)
    told = tell_unasked(tx, bureau, args["person"], args["card"], args["subject"], now)
    return "told" if told else DROPPED + "can't be reached"


DUTIES = (
    Duty(NUDGE, "提醒还差的次数", "reminder", _nudges, _nudge),
    Duty(MISSED, "记没够数的、问原因", "reminder", _misses, _note_misses),
    Duty(SHORT_WEEK, "问假期那周照不照常", "reminder", _short_weeks, _ask_week),
    Duty(TOLD_LATER, "问中队长或领导", "reminder", none, _told_later),
)
"""Nudges, misses, and the questions that come of them."""
