"""A file that comes by itself: its sender is asked whether it is evidence, and of which task.

Until he says so it is evidence of nothing. Knows no sentence but refusals.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bot.actions.ledger import allow, known, move, note, owe_cards, turn_of
from bot.actions.people import require
from bot.actions.reports import Message
from bot.actions.task_evidence import GIVING, goes_out, keep, until
from bot.errors import NotFound, TooLate
from bot.rules.ledger import OWING, TaskState
from bot.rules.rights import Right
from storage import awaited, evidence, outbox, tasks
from storage.evidence import ASKED, DROPPED, KEPT, Evidence
from storage.people import Person
from storage.schema import Transaction
from storage.tasks import Task

CHOICES = 5
"""So many tasks are offered for a file that came by itself."""

SOON = timedelta(days=7)
"""A file by itself may be for a task that is due so soon."""


def tasks_for(tx: Transaction, who: Person, today: date) -> list[Task]:
    """What a file of the person may be evidence of: the one task that is due within a week or
    overdue, else the soonest of all that he has to do.

    Who goes out to the streets sends files of them: there only the one that is due is asked about.
    """
    mine = [t for t in tasks.lying_with(tx, who.id) if t.state in OWING]
    near = [t for t in mine if t.due is not None and t.due <= today + SOON]
    if len(near) == 1 or goes_out(who):
        return near if len(near) == 1 else []
    return mine[:CHOICES]


def may_be(who: Person, message: Message) -> bool:
    """Whether a file without a word may be evidence: a paper, or a photo of no officer's."""
    if message.file is None or message.words.strip() or message.album or message.file.refused:
        return False
    photo = message.file.kind == "photo" and not goes_out(who)
    return message.file.kind == "document" or photo


def ask_which(tx: Transaction, who: Person, task: Task, message: Message, now: datetime) -> None:
    """The file is kept; its sender is asked whether it is for the task."""
    row = keep(tx, who.id, task, message, ASKED, now)
    outbox.owe(tx, message.line, message.chat, "task_ask", row, now)


def claim(tx: Transaction, person: int, row: int, number: int, now: datetime) -> Task:
    """「算任务 27 的佐证」: it is, and more may follow. Raises NotFound, TooLate, NotAllowed.

    `number` is the task's, 0 for the one that was asked about first.
    """
    who, asked = require(tx, person, Right.REPORT), _asked(tx, person, row)
    chosen = tasks.by_number(tx, number) if number else None
    found = known(tx, chosen.id if chosen is not None else asked.task)
    allow(tx, "hand_in", who, found)
    if asked.state != KEPT:
        evidence.move(tx, row, found.id, turn_of(found))
        evidence.set_state(tx, row, KEPT)
        if found.state in (TaskState.NOT_STARTED, TaskState.REOPENED):
            found = move(tx, found, "start", who, now)
        note(tx, found, now, menu=f"give:{who.id}:0:task")
        awaited.expect(tx, who.id, GIVING, found.id, until(who, now))
    outbox.owe_again(tx, "task_ask", row, now)
    return known(tx, found.id)


def deny(tx: Transaction, person: int, row: int, now: datetime) -> None:
    """「不是」: it is evidence of nothing; the file stays in the house."""
    require(tx, person, Right.REPORT)
    asked = _asked(tx, person, row)
    if asked.state == KEPT and known(tx, asked.task).state not in OWING:
        raise TooLate("佐证已经交上去了。要改请先点「撤回佐证」。")
    evidence.set_state(tx, row, DROPPED)
    owe_cards(tx, asked.task, now)
    outbox.owe_again(tx, "task_ask", row, now)


def _asked(tx: Transaction, person: int, row: int) -> Evidence:
    found = evidence.by_id(tx, row)
    if found is None or found.person != person:
        raise NotFound
    return found
