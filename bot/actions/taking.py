"""What a photo, paper, voice or film is: evidence of a task, an item of a check, or a report.

Decided in the transaction that stores it, by what its sender was asked for, what it answers, and
else by what he has to hand in. Knows no sentence.
"""

from __future__ import annotations

from datetime import datetime

from bot.actions import checks, task_evidence, task_files
from bot.actions.ledger import allow, known, move, note
from bot.actions.mornings import MORNING
from bot.actions.people import require
from bot.actions.readings import Reader
from bot.actions.reports import Message, take_report
from bot.actions.task_evidence import GIVING, owe_here, until
from bot.errors import GangtingError
from bot.rules.ladder import What
from bot.rules.ledger import TaskState
from bot.rules.records import Bureau, Reading
from bot.rules.rights import Right
from storage import awaited, outbox, parts, people, reminded
from storage.outbox import Standing
from storage.schema import Transaction

ONE_TASK = frozenset({"task", "task_told", "task_check", "task_sign", "urged"})
"""Cards of one task: what answers them is about it."""


def take(
    tx: Transaction, person: int, message: Message, read: Reader, bureau: Bureau, now: datetime
) -> str | None:
    """The file is stored as what it is; the report's number where it is a report's."""
    wanted = awaited.of(tx, person, now)
    if wanted and wanted.what == GIVING and not task_evidence.takes(tx, person, wanted.subject):
        # Checked, struck out or given to another meanwhile: a photo is not lost by it.
        awaited.done(tx, person)
        wanted = None
    if wanted is not None:
        if wanted.what == GIVING and not _tells_trouble(message, read):
            add(tx, person, wanted.subject, message, now)
            return None
        return checks.take(tx, person, message, read, bureau, now)
    answered = task_answered(tx, person, message)
    if answered is not None:
        give(tx, person, answered, message, now)
        return None
    if _asked_about(tx, person, message, bureau, now):
        return None
    return take_report(tx, person, message, read, bureau, now)


def add(tx: Transaction, person: int, task: int, message: Message, now: datetime) -> None:
    """The message is evidence of the task that it was asked for, or of that whose card it answers.

    Raises as task_evidence.add does.
    """
    answered = task_answered(tx, person, message)
    if answered is None or answered == task:
        task_evidence.add(tx, person, task, message, now)
    else:
        give(tx, person, answered, message, now)


def is_given(tx: Transaction, person: int, message: Message, now: datetime) -> bool:
    """Whether a file is evidence whatever is in it: it was asked for, or answers a task's card."""
    wanted = awaited.of(tx, person, now)
    if wanted is not None and wanted.what == GIVING:
        return task_evidence.takes(tx, person, wanted.subject)
    return wanted is None and task_answered(tx, person, message) is not None


def _tells_trouble(message: Message, read: Reader) -> bool:
    """Whether its words report a problem, which is then no evidence of anything."""
    reading = read(message.words, message.at) if message.words else Reading()
    placed = any(item.spot and item.category for item in reading.items)
    return reading.intent == "problem" and placed


def task_answered(tx: Transaction, person: int, message: Message) -> int | None:
    """The task whose card the message answers, where it is this person's to hand in for."""
    if message.reply is None:
        return None
    shown = outbox.card_at(tx, message.line, message.chat, message.reply)
    if shown is None:
        return None
    task = shown.subject if shown.card in ONE_TASK else _of_morning(tx, shown)
    who = people.by_id(tx, person)
    if task is None or who is None:
        return None
    try:
        allow(tx, "hand_in", who, known(tx, task))
    except GangtingError:
        return None
    return task


def _of_morning(tx: Transaction, shown: Standing) -> int | None:
    """The task that a morning's message reminds of, where it is the only one."""
    if shown.card != MORNING:
        return None
    named = {one.task for one in reminded.of_key(tx, shown.key) if one.what is What.DUE}
    return named.pop() if len(named) == 1 else None


def give(tx: Transaction, person: int, task: int, message: Message, now: datetime) -> None:
    """The message is evidence, and more may follow: the task's card asks for it below."""
    who, found = require(tx, person, Right.REPORT), known(tx, task)
    allow(tx, "hand_in", who, found)
    if found.state in (TaskState.NOT_STARTED, TaskState.REOPENED):
        found = move(tx, found, "start", who, now)
    task_evidence.add(tx, person, task, message, now)
    note(tx, known(tx, task), now, menu=f"give:{who.id}:0:task", stuck=None)
    awaited.expect(tx, who.id, GIVING, task, until(who, now))
    owe_here(tx, task, message.line, message.chat, message.number, now)


def _asked_about(
    tx: Transaction, person: int, message: Message, bureau: Bureau, now: datetime
) -> bool:
    """A file without a word of somebody with a task to do: he is asked whether it is of that."""
    if message.file is None or message.words.strip() or message.album:
        return False
    who = people.by_id(tx, person)
    if who is None or not task_files.may_be(who, message):
        return False
    able = task_files.tasks_for(tx, who, now.astimezone(bureau.tz).date())
    if not able:
        return False
    require(tx, person, Right.REPORT)
    if parts.by_message(tx, message.line, message.chat, message.number) is None:
        task_files.ask_which(tx, who, able[0], message, now)
    return True
