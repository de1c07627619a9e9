"""What people say of an obligation: 「党支部汇报交了」 with its file is evidence of that run.

What is told and is no run's is a report as any. Knows no sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from bot.actions import devices, task_evidence
from bot.actions.devices import DEVICE
from bot.actions.ledger import allow, known, turn_of
from bot.actions.people import require
from bot.actions.readings import Reader
from bot.actions.reports import Message, take_report
from bot.actions.taking import give
from bot.actions.taking import take as take_file
from bot.errors import GangtingError
from bot.rules.records import Bureau, Obligation, Reading
from bot.rules.rights import Right
from storage import awaited, evidence, journal, obligations, parts
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
    meant = run_meant(tx, person, reading, bureau, now)
    if meant is None or message.album:
        return otherwise(tx, person, message, read, bureau, now)
    who, one, found = meant
    if reading.items:
        number = take_report(tx, person, message, read, bureau, now)
        _prove(tx, who, found, message, now)
    elif one.proof in ("file", "photo") and message.file is None:
        give(tx, who.id, found.id, message, now)
        return None
    else:
        number = None
        task_evidence.add(tx, who.id, found.id, message, now)
    where = (message.line, message.chat, message.number)
    if one.devices and devices.active(tx, bureau):
        devices.open_card(tx, who.id, found.id, *where, bureau, now)
    else:
        task_evidence.hand_in(tx, who.id, found.id, bureau, now)
        task_evidence.owe_here(tx, found.id, *where, now)
    return number


def run_meant(
    tx: Transaction, person: int, reading: Reading, bureau: Bureau, now: datetime
) -> tuple[Person, Obligation, Task] | None:
    """The run under way that the words say is done, where the person may hand it in."""
    one = bureau.obligation(reading.obligation)
    if reading.intent != "obligation" or one is None or one.counts:
        return None
    first = date.fromisoformat(f"{reading.period}-01") if reading.period else None
    open_ones = obligations.owing(tx)
    held = [run for run in obligations.of_code(tx, one.code) if run.task in open_ones]
    said = [run for run in held if first is not None and run.first <= first < run.until]
    today = now.astimezone(bureau.tz).date()
    here = said or [run for run in held if run.first <= today < run.until or one.per == "event"]
    if not here:
        return None
    who, found = require(tx, person, Right.REPORT), known(tx, here[0].task)
    try:
        devices.take_on(tx, who, found)
        allow(tx, "hand_in", who, found)
    except GangtingError:
        return None
    return who, one, found


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
