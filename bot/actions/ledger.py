"""Moving a task of the ledger: every deed goes through here, and only by bot.rules.ledger's table.

One deed, one transaction: the row, its line in the journal, and every card of it that is out there.
Knows no chat library and no sentence but its refusals'.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from bot.errors import NotAllowed, NotFound, Refused, TooLate
from bot.rules.ledger import (
    MOVE_NAMES,
    STATE_NAMES,
    TASK_PART_NAMES,
    TaskPart,
    TaskState,
    Whose,
    after,
    objection,
    parts_of,
    row,
)
from bot.rules.records import Role
from storage import evidence, journal, outbox, people, reminded, task_people, task_stages, tasks
from storage.extensions import ASKED
from storage.people import Person
from storage.schema import Transaction
from storage.task_people import HELPER, LEADER, OWNER, Mention
from storage.tasks import DUTY, Task

CARDS = ("task", "task_check", "task_sign", "devices")
"""The cards that show one task, by its id, as it stands; a finished one's lose their buttons."""

LONGER_CARDS = ("task_longer", "task_longer_own")
"""The cards of a longer time that was asked for, by its own id: to who decides, to who asked."""

UNSAID = "未明确"
"""What stands for an owner, a leader, a department or a day that nobody has given."""


def known(tx: Transaction, task: int) -> Task:
    """The task. Raises NotFound for none, or one that was struck out."""
    found = tasks.by_id(tx, task)
    if found is None or found.void:
        raise NotFound("这件任务不在台账里了，什么也没改。")
    return found


def turn_of(task: Task) -> int:
    """How often its evidence was used up before: sent back, reopened, or a stage met by it."""
    return task.returned + task.reopened + task.met + task.lapsed


def whose(
    tx: Transaction, task: Task, mentions: Iterable[Mention] | None = None
) -> Whose:  # fmt: skip
    """Who is who in the task; everybody who gave evidence since it was last sent back is a giver.

    `mentions` are those of task_people.named_in, where somebody has read them before.
    """
    said = task_people.named_in(tx, task.id) if mentions is None else mentions
    given = {one.person for one in evidence.of_task(tx, task.id, turn_of(task))}
    given |= {task.given_by} if task.given_by is not None else set()
    return Whose(
        frozenset(m.person for m in said if m.part in (OWNER, HELPER) and m.person is not None),
        frozenset(m.person for m in said if m.part == LEADER and m.person is not None),
        task.checker, frozenset(given), task.department,
    )  # fmt: skip


def parts(tx: Transaction, who: Person, task: Task) -> frozenset[TaskPart]:
    """What the person is in the matter."""
    return parts_of(who.id, who.department, Role.SUPERVISOR in who.roles, whose(tx, task))


def may_move(tx: Transaction, name: str, who: Person | None, task: Task) -> bool:
    """Whether the person could make the move now, given a reason where one is wanted."""
    return who is not None and who.active and _wrong(tx, name, who, task, "…") is None


def allow(tx: Transaction, name: str, who: Person, task: Task, reason: str | None = "…") -> None:
    """Raises NotAllowed, TooLate or Refused where the person can't make the move now."""
    wrong = _wrong(tx, name, who, task, reason)
    if wrong is not None:
        raise _refusal(tx, task, name, wrong)


def _wrong(
    tx: Transaction, name: str, who: Person | None, task: Task, reason: str | None
) -> str | None:
    own = whose(tx, task)
    if who is None:
        mine, person = frozenset({TaskPart.HOUSE}), None
    else:
        mine = parts_of(who.id, who.department, Role.SUPERVISOR in who.roles, own)
        person = who.id
    return objection(name, task.state, task.long_term, mine, person, own, reason)


def move(
    tx: Transaction, task: Task, name: str, who: Person | None, now: datetime,
    reason: str | None = None, **values: Any,
) -> Task:  # fmt: skip
    """The task is where the table says, holds `values`, and its cards are owed anew.

    `who` is None for the house. Raises NotAllowed, TooLate or Refused, which say why not.
    """
    wrong = _wrong(tx, name, who, task, reason)
    if wrong is not None:
        raise _refusal(tx, task, name, wrong)
    end = after(name, task.state)
    if row(name, task.state).reason:  # type: ignore[union-attr]  # no objection: there is one
        values["reason"] = reason
    if not tasks.change(tx, task, state=end, menu=None, **values):
        raise TooLate("刚刚有人动过这件任务，请再看一眼。什么也没改。")
    detail: dict[str, Any] = {"from": task.state, "to": end, "reason": reason}
    if "due" in values:
        detail["due"] = [day and day.isoformat() for day in (task.due, values["due"])]
    journal.write(
        tx, now, who.id if who else None, f"task_{name}", f"task/{task.number}", detail
    )  # fmt: skip
    owe_cards(tx, task.id, now)
    return known(tx, task.id)


def note(tx: Transaction, task: Task, now: datetime, **values: Any) -> Task:
    """The task holds `values` and stays where it is; its cards follow. Raises TooLate."""
    if not tasks.change(tx, task, **values):
        raise TooLate("刚刚有人动过这件任务，请再看一眼。什么也没改。")
    owe_cards(tx, task.id, now)
    return known(tx, task.id)


def owe_cards(tx: Transaction, task: int, now: datetime) -> None:
    """Every card that shows the task is owed its present look, reminders too.

    And those of a longer time that waits for a word: there is none to give while nobody owes it.
    """
    outbox.owe_all_again(tx, CARDS, task, now)
    for asked in task_stages.asked_of(tx, task):
        if asked.state == ASKED:
            outbox.owe_all_again(tx, LONGER_CARDS, asked.id, now)
    reminded.owe_cards(tx, task, now)


def label(task: Task) -> str:
    """任务 27 更换 2 路监控."""
    return f"任务 {task.number} {task.title}"


def owners(tx: Transaction, task: Task) -> list[Person]:
    """The active people who own it: named ones, else those of the department; helpers last."""
    said = [m for m in task_people.named_in(tx, task.id) if m.person is not None]
    wanted = [m.person for part in (OWNER, HELPER) for m in said if m.part == part]
    found = [p for one in dict.fromkeys(wanted) if one and (p := people.by_id(tx, one))]
    if not wanted and task.department:
        found = [p for p in people.everyone(tx) if p.department == task.department]
    return [p for p in found if p.active]


def leaders(tx: Transaction, task: Task, but: frozenset[int] = frozenset()) -> list[Person]:
    """Who may sign it off, in the order they are asked: its 责任领导, then whoever stands above."""
    said = [m.person for m in task_people.named_in(tx, task.id) if m.part == LEADER and m.person]
    found = [p for one in said if (p := people.by_id(tx, one))]
    found += people.with_role(tx, Role.SUPERVISOR)
    return [p for p in {p.id: p for p in found if p.active}.values() if p.id not in but]


def leads(tx: Transaction, who: Person, task: Task) -> bool:
    """Whether the person leads the task, stands above all, or leads the department that has it."""
    if TaskPart.LEADER in parts(tx, who, task):
        return True
    groups = {who.department, who.squad} - {None}
    return Role.LEADER in who.roles and task.department in groups


def first_late_day(task: Task) -> date | None:
    """The first day on which the task is overdue, or None where it has no day."""
    return task.due + timedelta(days=1) if task.due is not None else None


def _refusal(tx: Transaction, task: Task, name: str, wrong: str) -> Refused:
    if wrong == "own":
        return NotAllowed("自己办的不能自己复核、自己销号。什么也没改。")
    if wrong == "checked":
        return NotAllowed("您复核过这件，销号要另一位领导来点。什么也没改。")
    if wrong == "reason":
        return Refused("要写一句原因，什么也没改。")
    stands = now_stands(tx, task)
    if wrong == "state":
        return TooLate(f"{stands}，这个现在办不了。什么也没改。")
    found = row(name, task.state)
    entitled = [TASK_PART_NAMES[part] for part in TaskPart if found and part in found.by]
    who = "、".join(one for one in entitled if one != TASK_PART_NAMES[TaskPart.HOUSE])
    return NotAllowed(f"{stands}。「{MOVE_NAMES[name]}」要{who}才能点，什么也没改。")


def now_stands(tx: Transaction, task: Task) -> str:
    """How the task stands, in a few words: 「任务 27 佐证已交，等赵敏复核」."""
    said = f"任务 {task.number} "
    if task.state is TaskState.HANDED_IN:
        return f"{said}佐证已交，等{name_of(tx, task.checker) or '人'}复核"
    if task.state is TaskState.CHECKED:
        return f"{said}复核通过，等领导销号"
    if task.state is TaskState.SIGNED_OFF and task.kind == DUTY:
        return f"{said}已经办完"
    if task.state is TaskState.SIGNED_OFF:
        who = name_of(tx, task.signed_by)
        return f"{said}{who}已经同意销号" if who else f"{said}已经销号"
    return f"{said}现在是{STATE_NAMES[task.state]}"


def name_of(tx: Transaction, person: int | None) -> str:
    """The person's name, or nothing."""
    found = people.by_id(tx, person) if person is not None else None
    return found.name if found else ""
