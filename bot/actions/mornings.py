"""The morning message: all of a person's matters in one, planned early, worded when it is sent.

It is his one unasked message of the day (bot.actions.unasked), taken at the end of the quiet hours
for his own minute. What is told is what is newest of each matter and was not told yet, so that a
downtime, a longer time or an absence is made up for the next morning. Knows no sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from bot.actions.escalation import There, on_duty, signers
from bot.actions.unasked import key_of
from bot.rules.calendar import ONE
from bot.rules.ladder import Rung, What, newest, only_one, told, waiting
from bot.rules.ledger import TaskState
from bot.rules.own_hours import OwnHours, morning_moment, open_moment
from bot.rules.periods import midnight
from bot.rules.records import Bureau
from storage import outbox, preferences, reminded
from storage.reminded import Matter
from storage.schema import Transaction
from storage.task_people import LEADER
from storage.tasks import DUTY

NEVER = -1_000_000
"""Below every stage: nothing was told yet."""

Named = list[tuple[str, int]]
Reasons = Iterator[tuple[int, What, date, int, Rung]]
"""Who is to be told: (person, what, since which day, stage, as whom)."""


@dataclass(frozen=True)
class _Day:
    """What the day's planning knows besides the tasks."""

    tx: Transaction
    bureau: Bureau
    now: datetime
    day: date
    there: There

    @property
    def worked(self) -> bool:
        """Whether it is a working day."""
        return self.bureau.calendar.is_workday(self.day)


def furthest(bureau: Bureau, day: date) -> date:
    """The last due day of which a stage may have come on the day."""
    tonight = bureau.calendar.on_or_after(day + ONE) - ONE
    return tonight + timedelta(days=max(bureau.ledger.before, default=0))


def plan(
    tx: Transaction, bureau: Bureau, now: datetime, put_with: Mapping[int, Any] | None = None
) -> set[int]:
    """Everybody who has something to hear today is owed one message, at his own minute; who.

    `put_with` are questions and nudges that wait for a person, by his id: they go with his message,
    if he gets one. Nobody gets one whose unasked message of today is spent, or for whom the day is
    over. A matter is told once a stage, and only the newest.
    """
    here = now.astimezone(bureau.tz)
    day = _Day(tx, bureau, now, here.date(), There(tx, here.date()))
    found = _untold(day)
    keys = {person: key_of(bureau, person, now) for person in found}
    spent = outbox.known_of(tx, list(keys.values()))
    own = preferences.everyone(tx)
    cards, rows, first = [], [], None
    for person, reasons in found.items():
        at = _moment(person, own.get(person, OwnHours()), bureau, here)
        if at is None or keys[person] in spent:
            continue
        # In the store's zone once, not for every row: a message may tell of many.
        at = at.astimezone(UTC)
        line, chat = day.there.chats[person]
        args = (put_with or {}).get(person)
        cards.append((keys[person], line, chat, day.day.toordinal(), args, at))
        rows += [(task, person, what, day.day, since, stage, rung, keys[person], at)
                 for task, what, since, stage, rung in reasons]  # fmt: skip
        first = at if first is None else min(first, at)
    outbox.owe_many(tx, MORNING, cards, now)
    reminded.note(tx, rows)
    if first is not None:
        reminded.owe_older(tx, day.day, first)
    return {row[1] for row in rows}


MORNING = "morning"


def _moment(person: int, own: OwnHours, bureau: Bureau, here: datetime) -> datetime | None:
    """His minute of the morning, or as soon as may be where that is past; None where none is."""
    at = morning_moment(person, own, bureau.hours, midnight(here.date(), bureau.tz))
    return at if at >= here else open_moment(own, bureau.hours, here)


def _untold(day: _Day) -> dict[int, list[tuple[int, What, date, int, Rung]]]:
    """By person: the tasks of which a stage has come that he was not told."""
    until = furthest(day.bureau, day.day)
    named = reminded.mentions(day.tx, day.day, until)
    before = reminded.told(day.tx, day.day, until)
    stage_of = _stages(day)
    found: dict[int, list[tuple[int, What, date, int, Rung]]] = {}
    for one in reminded.matters(day.tx, day.day, until):
        for person, what, since, stage, rung in _reasons(day, one, named.get(one.id, []), stage_of):
            if before.get((one.id, person, what.value, since), NEVER) < stage:
                found.setdefault(person, []).append((one.id, what, since, stage, rung))
    return found


def _stages(day: _Day) -> Any:
    """The newest stage of a due day; many tasks share one."""
    rule, calendar = day.bureau.ledger, day.bureau.calendar
    return cache(lambda due, urgent: newest(due, day.day, rule, calendar, urgent=urgent))


def _reasons(day: _Day, one: Matter, named: Named, stage_of: Any) -> Reasons:
    """Who is to hear of the task today, told before or not."""
    if one.state == TaskState.HANDED_IN or one.state == TaskState.CHECKED:
        yield from _waits(day, one, named)
    elif one.state == TaskState.SIGNED_OFF:
        yield from _look(day, one, named)
    elif one.due is not None:
        stage = stage_of(one.due, one.urgent)
        if stage is None:
            return
        if one.kind == DUTY and not named and not day.there.mates(one.department):
            return  # an admin has not said yet whose it is: lists and the reconciliation ask him
        rungs = day.there.rungs(one.department, named)
        if day.worked:
            who = told(stage, rungs, day.bureau.ledger)
        else:
            able = {person for those in rungs.values() for person in those}
            able |= set(day.there.mates(one.department))
            rungs[Rung.DEPARTMENT] = [*rungs[Rung.DEPARTMENT], *day.there.mates(one.department)]
            first = only_one(rungs, on_duty(day.tx, able, day.now))
            who = {} if first is None else dict([first])
        for person, rung in who.items():
            yield person, What.DUE, one.due, stage, rung


def _waits(day: _Day, one: Matter, named: Named) -> Reasons:
    """Evidence that nobody looked at since yesterday or longer: its checker, or who signs it off.

    Where the checker is not there a leader hears of it, who may pass it on.
    """
    checking = one.state == TaskState.HANDED_IN
    moment = one.given_at if checking else one.checked_at
    if moment is None or not day.worked:
        return
    since = moment.astimezone(day.bureau.tz).date()
    stage = waiting(since, day.day, day.bureau.ledger.again_days, day.bureau.calendar)
    if stage is None:
        return
    if checking and one.checker in day.there.people:
        assert one.checker is not None
        yield one.checker, What.CHECK, since, stage, Rung.OWNER
        return
    what = What.CHECK if checking else What.SIGN
    for person in signers(day.there, one, named):
        yield person, what, since, stage, Rung.LEADER


def _look(day: _Day, one: Matter, named: Named) -> Reasons:
    """A look back that is due: who checked it, else its leader; never its owner."""
    if one.look_on is None or not day.worked:
        return
    since = one.look_on - ONE
    stage = waiting(since, day.day, day.bureau.ledger.again_days, day.bureau.calendar)
    if stage is None:
        return
    own = {who for part, who in named if part != LEADER}
    if one.checker in day.there.people and one.checker is not None and one.checker not in own:
        yield one.checker, What.LOOK, since, stage, Rung.OWNER
        return
    for person in [who for who in day.there.leading(named) if who not in own][:1]:
        yield person, What.LOOK, since, stage, Rung.LEADER
