"""What a reminder tells, read anew at the moment at which it is sent, or shown again.

What is done by then is left out; a message with nothing left is none. Knows no sentence but how a
task stands by now.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from bot.actions import misses
from bot.actions.escalation import There
from bot.actions.ledger import now_stands, parts, turn_of
from bot.rules.calendar import ONE
from bot.rules.ladder import Rung, What
from bot.rules.ledger import OWING, TaskPart, TaskState
from bot.rules.own_hours import OwnHours, open_moment
from bot.rules.quotas import QuotaStanding
from bot.rules.records import Bureau
from bot.rules.reminder_facts import (
    ASKED_LONGER,
    STUCK,
    UNDER_WAY,
    MatterFacts,
    MorningFacts,
    UrgedFacts,
)
from storage import evidence, people, preferences, reminded, task_people, task_stages, tasks
from storage.extensions import ASKED
from storage.people import Person
from storage.reminded import Reminder
from storage.schema import Transaction
from storage.task_people import LEADER, OWNER
from storage.tasks import Task

LONGER_DAYS = 6
"""So many days from today a leader may give at one press, until a working day."""


def morning(
    tx: Transaction, key: str, person: int, args: Any, bureau: Bureau, now: datetime, *, fresh: bool
) -> MorningFacts | None:
    """The person's message of this key; None where it may not be sent now, or nothing is left.

    A `fresh` one was not shown yet: it is dropped in quiet hours, on another day than its own, and
    while he is away, and what it holds is told another day.
    """
    rows = reminded.of_key(tx, key)
    who = people.by_id(tx, person)
    if not rows or who is None:
        return None
    here = now.astimezone(bureau.tz)
    own, there = preferences.of(tx, person), There(tx, here.date())
    if fresh and not _may_be_sent(rows, person, there, own, bureau, here):
        return None
    later = reminded.newer(tx, person, [row.task for row in rows], rows[0].on)
    found = [
        replace(facts, again=later.get((row.task, row.what.value)))
        for row in rows if (facts := _matter(tx, row, who, there, bureau, here)) is not None
    ]  # fmt: skip
    if fresh:
        found = [one for one in found if one.stands]
    short, questions = _put_with(tx, args, bureau, here.date())
    if not found and not short and not questions:
        return None
    found.sort(key=_soonest)
    return MorningFacts(
        person, rows[0].on, here.date(), tuple(found), tuple(short), questions,
        bureau.hours.work_to, own.brief,
    )  # fmt: skip


def _may_be_sent(
    rows: list[Reminder], person: int, there: There, own: OwnHours, bureau: Bureau, here: datetime
) -> bool:
    return (
        rows[0].on == here.date() and person in there.people
        and open_moment(own, bureau.hours, here) == here
    )  # fmt: skip


def _soonest(one: MatterFacts) -> tuple[bool, int, int]:
    """Due days first, the most overdue of all; then what waits for a word, the longest first."""
    return one.what is not What.DUE, one.left if one.what is What.DUE else -one.left, one.number


def urged(
    tx: Transaction, key: str, person: int, by: str, bureau: Bureau, now: datetime, *, fresh: bool
) -> UrgedFacts | None:
    """A matter that a leader asks the person about; None where it is done before it was sent."""
    who = people.by_id(tx, person)
    row = next(iter(reminded.of_key(tx, key)), None)
    here = now.astimezone(bureau.tz)
    facts = row and who and _matter(tx, row, who, There(tx, here.date()), bureau, here)
    if not facts or (fresh and not facts.stands):
        return None
    return UrgedFacts(facts, by, here.date(), bureau.hours.work_to)


def _matter(
    tx: Transaction, row: Reminder, who: Person, there: There, bureau: Bureau, here: datetime
) -> MatterFacts | None:
    """The task of the row as it stands; None where it was struck out."""
    task = tasks.by_id(tx, row.task)
    if task is None or task.void:
        return None
    today = here.date()
    said = [one for one in task_people.named_in(tx, task.id) if one.part != LEADER]
    named = tuple(one.name for one in said if one.part == OWNER)
    counted = row.since if row.what in (What.CHECK, What.SIGN) else _due_of(task, row)
    left = (today - counted).days if row.what in (What.CHECK, What.SIGN) else (counted - today).days
    return MatterFacts(
        task.id, task.version, task.number, task.title, task.text, task.wants, row.what, row.rung,
        counted, left, row.stage, named, not any(one.person in there.people for one in said),
        _times(tx, task, row.on), _answer(tx, task),
        len(evidence.of_task(tx, task.id, turn_of(task))),
        _until(tx, task, who, bureau, today), task.stuck or "", _name(tx, task.given_by),
        _name(tx, task.checker), "" if _holds(tx, task, row, who, bureau) else
        _moved(tx, task, row),
    )  # fmt: skip


def _due_of(task: Task, row: Reminder) -> date:
    if row.what is What.LOOK:
        return row.since + ONE
    return task.due if task.due is not None else row.since


def _holds(tx: Transaction, task: Task, row: Reminder, who: Person, bureau: Bureau) -> bool:
    """Whether what the row tells is still so, and still the person's."""

    def day(moment: datetime | None) -> date | None:
        return None if moment is None else moment.astimezone(bureau.tz).date()

    if row.what is What.CHECK:
        mine = task.checker == who.id or row.rung is Rung.LEADER
        return mine and task.state is TaskState.HANDED_IN and day(task.given_at) == row.since
    if row.what is What.SIGN:
        return task.state is TaskState.CHECKED and day(task.checked_at) == row.since
    if row.what is What.LOOK:
        return task.state is TaskState.SIGNED_OFF and task.look_on == row.since + ONE
    if task.state not in OWING or task.due != row.since:
        return False
    return row.rung is not Rung.OWNER or TaskPart.OWNER in parts(tx, who, task)


def _moved(tx: Transaction, task: Task, row: Reminder) -> str:
    """What became of it: a longer time, another owner, or how it stands."""
    if task.state in OWING and row.what in (What.DUE, What.URGE) and task.due is not None:
        if task.due == row.since:
            return f"任务 {task.number} 换了责任人"
        return f"任务 {task.number} 改到 {task.due.month}月{task.due.day}日"
    return now_stands(tx, task)


def _times(tx: Transaction, task: Task, day: date) -> int:
    """On how many days before this its owners were told of its present due day."""
    shown = [one for one in reminded.shown_of(tx, task.id) if one.since == task.due]
    return len({one.on for one in shown if one.rung is Rung.OWNER and one.on < day})


def _answer(tx: Transaction, task: Task) -> str:
    """What its owners did about it so far."""
    if _asked(tx, task) is not None:
        return ASKED_LONGER
    if task.stuck:
        return STUCK
    return UNDER_WAY if task.state is TaskState.UNDER_WAY else ""


def _asked(tx: Transaction, task: Task) -> date | None:
    waits = [one.until for one in task_stages.asked_of(tx, task.id) if one.state == ASKED]
    return waits[-1] if waits else None


def _until(tx: Transaction, task: Task, who: Person, bureau: Bureau, today: date) -> date | None:
    """The longer time that a leader is offered: what was asked for, else a working day soon.

    None to who can't give it: the department's head hears of it, the 责任领导 decides.
    """
    if TaskPart.LEADER not in parts(tx, who, task):
        return None
    asked = _asked(tx, task)
    if asked is not None and asked > today:
        return asked
    return bureau.calendar.on_or_after(today + timedelta(days=LONGER_DAYS))


def _name(tx: Transaction, person: int | None) -> str:
    found = people.by_id(tx, person) if person is not None else None
    return found.name if found is not None else ""


def _put_with(
    tx: Transaction, args: Any, bureau: Bureau, today: date
) -> tuple[list[QuotaStanding], int]:
    """What is still short of what the nudges tell, and how many questions wait."""
    said = args or {}
    keys = said.get("keys", ())
    short = misses.short_on(tx, bureau, today) if keys else []
    return (
        [one for one in short if [one.key, one.start.isoformat()] in keys],
        len(said.get("asked", ())),
    )
