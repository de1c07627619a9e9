"""回头看: what was signed off is looked at again; where it came back, the task is reopened.

Whoever checked it looks, or a leader; never its owner alone (domain.md 1.1, row 40). Knows no
sentence but refusals.
"""

from __future__ import annotations

from datetime import date, datetime

from bot.actions.ledger import known, leaders, note, now_stands, parts, whose
from bot.actions.people import require
from bot.actions.task_deeds import look_day, reopened
from bot.errors import NotAllowed, TooLate
from bot.rules.ledger import TaskPart, TaskState
from bot.rules.records import Bureau
from bot.rules.rights import Right
from storage import awaited, journal, people, task_stages
from storage.people import Person
from storage.schema import Transaction
from storage.task_stages import FAILED, HELD
from storage.tasks import Task


def looker(tx: Transaction, task: Task) -> Person | None:
    """Who is asked to look back: whoever checked it, else a leader; never its owner."""
    own = whose(tx, task)
    who = people.by_id(tx, task.checker) if task.checker is not None else None
    if who is not None and who.active and who.id not in own.owners | own.givers:
        return who
    return next(iter(leaders(tx, task, own.owners | own.givers)), None)


def held(tx: Transaction, person: int, task: int, bureau: Bureau, now: datetime) -> Task:
    """「没有反弹」: noted, and the next look is due then, if there is another."""
    who, found = _may_look(tx, person, task)
    if found.look_on is None or found.signed_at is None:
        raise TooLate(f"{now_stands(tx, found)}，这次不用回头看了。")
    _note(tx, found, who, HELD, "", now.astimezone(bureau.tz).date(), now)
    signed = found.signed_at.astimezone(bureau.tz).date()
    passed = [x for x in task_stages.looks_of(tx, task) if x.result == HELD and x.on >= signed]
    return note(tx, found, now, look_on=look_day(signed, len(passed), bureau), menu=None)


def failed(
    tx: Transaction, person: int, task: int, words: str, bureau: Bureau, now: datetime
) -> str:
    """「又有问题，重开」 with what was seen: the task is open again, as one that came back.

    Raises NotAllowed to its owner, TooLate where it is not signed off any more.
    """
    who, found = _may_look(tx, person, task)
    reopened(tx, found, who.id, "rebound", words, bureau, now)
    _note(tx, found, who, FAILED, words, now.astimezone(bureau.tz).date(), now)
    awaited.done(tx, who.id)
    return words


def _may_look(tx: Transaction, person: int, task: int) -> tuple[Person, Task]:
    who, found = require(tx, person, Right.REPORT), known(tx, task)
    mine, own = parts(tx, who, found), whose(tx, found)
    # Of a department's task whoever gave nothing may look, as he may check it.
    if who.id in own.owners | own.givers:
        raise NotAllowed("自己的任务要别人来回头看，什么也没改。")
    if not mine & {TaskPart.CHECKER, TaskPart.LEADER}:
        raise NotAllowed("回头看要复核人或者责任领导来定，什么也没改。")
    if found.state is not TaskState.SIGNED_OFF:
        raise TooLate(f"{now_stands(tx, found)}，现在不用回头看。")
    return who, found


def _note(
    tx: Transaction, task: Task, who: Person, result: str, words: str, today: date, now: datetime
) -> None:
    on = task.look_on or today
    task_stages.look(tx, task=task.id, on=on, result=result, by=who.id, at=now, note=words)
    detail = {"result": result, "note": words}
    journal.write(tx, now, who.id, "task_look_back", f"task/{task.number}", detail)
