"""What a task of the ledger lacks, said by an admin in words: 任务 27 责任人 王志强.

Each is one deed with its line in the journal. Knows no chat and no sentence but its refusals.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.actions.checkers import asked_anew
from bot.actions.ledger import owe_cards
from bot.actions.ledger_people import finder, matched
from bot.actions.people import require
from bot.errors import NotFound, Refused, TooLate
from bot.rules.days_ahead import read_day
from bot.rules.ledger import TaskState
from bot.rules.ledger_cells import people_of
from bot.rules.ledger_dates import read_due
from bot.rules.ledger_draft import clean
from bot.rules.ledger_row import LONGEST_ROOM
from bot.rules.records import Bureau
from bot.rules.rights import Right
from storage import journal, task_people, tasks
from storage.schema import Transaction
from storage.task_people import HELPER, LEADER, OWNER
from storage.tasks import Task

PARTS = {"责任人": OWNER, "协办人": HELPER, "责任领导": LEADER}
DEPARTMENT, DUE, LASTING, URGENT = "责任科室", "时限", "长期", "紧急"
FIELDS = (*PARTS, DEPARTMENT, DUE, LASTING, URGENT)
NO = ("否", "不是", "取消")


@dataclass(frozen=True, slots=True)
class SetField:
    """What was set: the task, the field, its value in words; `strangers` have not joined yet.

    `over` are the days by which a due day was over when it was said.
    """

    task: Task
    what: str
    value: str
    strangers: tuple[str, ...] = ()
    over: int = 0


def set_field(
    tx: Transaction, by: int, number: int, what: str, said: str, bureau: Bureau, now: datetime
) -> SetField:
    """The task has this owner, helper, leader, department or day, or lasts.

    Raises NotAllowed, NotFound, or Refused for words that are none of these.
    """
    require(tx, by, Right.LEDGER)
    task = tasks.by_number(tx, number)
    if task is None:
        raise NotFound(f"没有任务 {number}，什么也没改。发「台账」看有哪些。")
    if what in PARTS:
        return _people(tx, by, task, what, said, now)
    if what == DEPARTMENT:
        room = " ".join(clean(said).split())[:LONGEST_ROOM]
        if not room:
            raise Refused(f"要写是哪个科室，比如：任务 {number} 责任科室 市容科。什么也没改。")
        _change(tx, by, task, what, task.department, room, now, department=room)
        return SetField(task, what, room)
    if what == DUE:
        return _due(tx, by, task, said, bureau, now)
    return (_urgent if what == URGENT else _lasting)(tx, by, task, said, now)


def _people(
    tx: Transaction, by: int, task: Task, what: str, said: str, now: datetime
) -> SetField:  # fmt: skip
    names = people_of(said)
    if not names.people or names.rooms or names.left_out:
        raise Refused(f"要写姓名，比如：任务 {task.number} {what} 王志强。什么也没改。")
    part = PARTS[what]
    before = "、".join(one.name for one in task_people.named_in(tx, task.id) if one.part == part)
    who = matched(names.people, finder(tx))
    task_people.name(tx, task.id, part, who)
    value = "、".join(names.people)
    _change(tx, by, task, what, before, value, now)
    asked_anew(tx, task.id, now)
    return SetField(task, what, value, tuple(name for name, person in who if person is None))


def _due(
    tx: Transaction, by: int, task: Task, said: str, bureau: Bureau, now: datetime
) -> SetField:
    today = now.astimezone(bureau.tz).date()
    due = read_due(said, None, today)
    if due.day is None and due.lasting:
        return _lasting(tx, by, task, "", now)
    day = due.day or read_day(said, bureau, now)
    if day is None:
        raise Refused(f"没看懂是哪一天，可以写：任务 {task.number} 时限 6月30日。什么也没改。")
    first = {} if task.due_first is not None else {"due_first": day}
    _change(tx, by, task, DUE, task.due, day, now, due=day, **first)
    value = f"{day.year}年{day.month}月{day.day}日"
    return SetField(task, DUE, value, over=max(0, (today - day).days))


def _urgent(tx: Transaction, by: int, task: Task, said: str, now: datetime) -> SetField:
    """On days off somebody is told of it all the same."""
    urgent = said.strip() not in NO
    _change(tx, by, task, URGENT, task.urgent, urgent, now, urgent=urgent)
    return SetField(task, URGENT, "是" if urgent else "否")


def _lasting(tx: Transaction, by: int, task: Task, said: str, now: datetime) -> SetField:
    lasts = said.strip() not in NO
    settled = task.state in (TaskState.SIGNED_OFF, TaskState.LASTING) or task.met > 0
    if settled and lasts is not task.long_term:
        raise Refused(f"任务 {task.number} 已经销号或者达过标，是不是长期改不了。什么也没改。")
    _change(tx, by, task, LASTING, task.long_term, lasts, now, long_term=lasts)
    return SetField(task, LASTING, "是" if lasts else "否")


def _change(
    tx: Transaction, by: int, task: Task, what: str, old: Any, new: Any, now: datetime,
    **values: Any,
) -> None:  # fmt: skip
    if not tasks.change(tx, task, **values):
        raise TooLate("刚刚有人动过这件任务，请再看一眼。什么也没改。")
    pair = [None if one is None else str(one) for one in (old, new)]
    journal.write(tx, now, by, "edit_task", f"task/{task.number}", {what: pair})
    owe_cards(tx, task.id, now)
