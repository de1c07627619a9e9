"""What people say of an obligation: 「党支部汇报交了」 with its file is evidence of that run.

What is told and is no run's is a report as any. Knows no sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from bot.actions import devices, task_evidence
from bot.actions.devices import DEVICE
from bot.actions.ledger import known, may_move, turn_of
from bot.actions.people import require
from bot.actions.readings import Reader
from bot.actions.reports import Message, take_report
from bot.actions.taking import give
from bot.actions.taking import take as take_file
from bot.rules.ledger import OWING
from bot.rules.records import Bureau, Obligation, Reading
from bot.rules.rights import Right
from storage import awaited, evidence, journal, obligations, parts, people
from storage.people import Person
from storage.schema import Transaction
from storage.tasks import Task

Taker = Callable[[Transaction, int, Message, Reader, Bureau, datetime], str | None]


def take(
    tx: Transaction, person: int, message: Message, read: Reader, bureau: Bureau, now: datetime
) -> str | None:
    """A file: a device's trouble, an obligation's evidence, or what files are else."""
    if parts.by_message(tx, message.line, message.chat, message.number) is not None:
        return None
    wanted = awaited.of(tx, person, now)
    if wanted is not None and wanted.what == DEVICE and not devices.takes(tx, person, wanted):
        # Handed in or exempted meanwhile: the photo is not lost by it.
        awaited.done(tx, person)
        wanted = None
    if wanted is not None and wanted.what == DEVICE:
        device = wanted.args["device"]
        return devices.finding(
            tx, person, wanted.subject, device, message, read, bureau, now
        )  # fmt: skip
    return _take(tx, person, message, read, bureau, now, take_file if message.file else take_report)


def _take(
    tx: Transaction, person: int, message: Message, read: Reader, bureau: Bureau, now: datetime,
    otherwise: Taker,
) -> str | None:  # fmt: skip
    reading = read(message.words, message.at) if message.words else Reading()
    meant = None if message.album else run_meant(tx, reading, bureau, now)
    who = people.by_id(tx, person)
    if meant is None or who is None:
        return otherwise(tx, person, message, read, bureau, now)
    one, found = meant
    where = (message.line, message.chat, message.number)
    if not _may_hand_in(tx, who, found):
        if reading.items:
            return otherwise(tx, person, message, read, bureau, now)
        require(tx, person, Right.REPORT)
        task_evidence.add(tx, person, found.id, message, now)
        task_evidence.owe_here(tx, found.id, *where, now)
        return None
    number = None
    if reading.items:
        number = take_report(tx, person, message, read, bureau, now)
        _prove(tx, who, found, message, now)
    elif one.proof in ("file", "photo") and message.file is None:
        give(tx, person, found.id, message, now)
        return None
    else:
        require(tx, person, Right.REPORT)
        task_evidence.add(tx, person, found.id, message, now)
    if one.devices and devices.active(tx, bureau):
        devices.open_card(tx, person, found.id, *where, bureau, now)
    else:
        task_evidence.hand_in(tx, person, found.id, bureau, now)
        task_evidence.owe_here(tx, found.id, *where, now)
    return number


def _may_hand_in(tx: Transaction, who: Person, found: Task) -> bool:
    """Whether he may; what nobody has is his who says that he did it."""
    if found.state in OWING:
        devices.take_on(tx, who, found)
    return may_move(tx, "hand_in", who, found)


def run_meant(
    tx: Transaction, reading: Reading, bureau: Bureau, now: datetime
) -> tuple[Obligation, Task] | None:
    """The run that the words say is done: of the period they name, else of the one that runs.

    None for one that was exempted, and where there is none: of what quotas count, of what has no
    period, or none that begins so early. Of events the one that waits longest.
    """
    one = bureau.obligation(reading.obligation)
    if reading.intent != "obligation" or one is None or one.counts:
        return None
    first = date.fromisoformat(f"{reading.period}-01") if reading.period else None
    today, owing = now.astimezone(bureau.tz).date(), obligations.owing(tx)
    held = [run for run in obligations.of_code(tx, one.code) if not run.exempt]
    said = [run for run in held if first is not None and run.first <= first < run.until]
    if one.per == "event":
        said = [run for run in held if run.task in owing]
    here = said or [run for run in held if run.first <= today < run.until]
    return (one, known(tx, here[0].task)) if here else None


def _prove(tx: Transaction, who: Person, found: Task, message: Message, now: datetime) -> None:
    """The message, which is a report's, is evidence too."""
    part = parts.by_message(tx, message.line, message.chat, message.number)
    if part is None:
        return
    row = evidence.add(
        tx, task=found.id, turn=turn_of(found), person=who.id, at=now, kind=part.kind,
        words=message.words[: task_evidence.LONGEST], part=part.id, state=evidence.KEPT,
    )  # fmt: skip
    detail = {"evidence": row, "part": part.id, "kind": part.kind}
    journal.write(tx, now, who.id, "task_evidence", f"task/{found.number}", detail)
