"""What is pressed on a task's cards: checked, signed off, sent back, reopened, given to another.

Each one deed, on top of bot.actions.ledger.move. A press of any age acts while it is lawful; the
same press again changes nothing. Knows no chat library and no sentence but its refusals'.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from bot.actions.checkers import ask_checker, ask_leader, away
from bot.actions.ledger import allow, known, leaders, leads, move, name_of, note, now_stands
from bot.actions.people import require, tell
from bot.actions.task_evidence import check_of
from bot.errors import NotAllowed, NotFound, Refused, TooLate
from bot.rules.ledger import OWING, TaskState
from bot.rules.records import Bureau, Role
from bot.rules.rights import Right
from storage import awaited, journal, people, task_people, task_stages
from storage.extensions import WITHDRAWN
from storage.people import Person
from storage.schema import Transaction
from storage.task_people import OWNER
from storage.tasks import Task

WAIT = timedelta(minutes=30)
"""So long the words are awaited that somebody said he would write."""


def _ours(tx: Transaction, person: int, task: int) -> tuple[Person, Task]:
    return require(tx, person, Right.REPORT), known(tx, task)


def tell_owners(
    tx: Transaction, task: Task, what: str, now: datetime, but: int | None = None
) -> None:
    """Every owner is owed word of what became of the task: signed, returned, reopened …"""
    said = {m.person for m in task_people.named_in(tx, task.id) if m.part == OWNER and m.person}
    for who in sorted(said or ({task.given_by} if task.given_by else set())):
        if who != but:
            key = f"task_told:{task.id}:{who}:{task.version}"
            tell(tx, who, "task_told", task.id, now, {"what": what}, key=key)


def close_menu(tx: Transaction, person: int, task: int, now: datetime) -> None:
    """The person's card of the task shows its plain face."""
    _, found = _ours(tx, person, task)
    note(tx, found, now, menu=None)


# ---- checked by a second person ----


def approve(tx: Transaction, person: int, task: int, bureau: Bureau, now: datetime) -> Task:
    """「够了，报销号」: the leader is asked to sign it off; what wants no leader is settled."""
    who, found = _ours(tx, person, task)
    settled = found.state is TaskState.SIGNED_OFF and found.signed_by == who.id
    if (settled or found.state is TaskState.CHECKED) and found.checker == who.id:
        return note(tx, found, now)
    moved = move(tx, found, "approve", who, now, checked_at=now)
    if check_of(bureau, moved) != "leader":
        done = move(tx, moved, "settle", None, now, signed_at=now, signed_by=who.id)
        tell_owners(tx, done, "settled", now)
        return done
    ask_leader(tx, moved, bureau, now)
    return moved


def send_back(
    tx: Transaction, person: int, task: int, words: str, bureau: Bureau, now: datetime
) -> str:
    """「不够，退回」 with its reason: it is in the owner's hands again, who is told."""
    del bureau
    return _give_back(tx, person, task, "send_back", words, now)


def _give_back(
    tx: Transaction, person: int, task: int, name: str, words: str, now: datetime
) -> str:
    """By that move; what was handed in is used up, and the owner hears why."""
    who, found = _ours(tx, person, task)
    moved = move(
        tx, found, name, who, now, words, returned=found.returned + 1, given_at=None, checker=None,
        checked_at=None,
    )  # fmt: skip
    tell_owners(tx, moved, "returned", now)
    awaited.done(tx, who.id)
    return words


def pass_on(
    tx: Transaction, person: int, task: int, version: int, bureau: Bureau, now: datetime
) -> str:
    """「不归我看」, or a leader's 「换人复核」: somebody else is asked; his name, or nothing.

    Raises TooLate to who is not asked himself and saw another `version` of the task: he may have
    passed it on by the first of two presses.
    """
    who, found = _ours(tx, person, task)
    before = found.checker
    if found.state is TaskState.HANDED_IN and before != who.id and found.version != version:
        has = f"现在请{name_of(tx, before)}看" if before else "现在没有别人能看"
        raise TooLate(f"刚刚有人动过，{has}。还要换人，发「任务 {found.number}」再点。")
    moved = move(tx, found, "pass_on", who, now)
    but, gone = frozenset({who.id, before or 0}), away(tx, bureau, now)
    asked = ask_checker(tx, moved, now, but=but, gone=gone)
    return name_of(tx, asked.checker)


# ---- signed off by a leader ----


def sign_off(tx: Transaction, person: int, task: int, bureau: Bureau, now: datetime) -> Task:
    """「同意销号」; of a long-term task 「本阶段达标」: its next stage is due then."""
    who, found = _ours(tx, person, task)
    if found.state in (TaskState.SIGNED_OFF, TaskState.LASTING) and found.signed_by == who.id:
        return note(tx, found, now)
    if found.long_term:
        moved = _meet(tx, found, who, now)
    else:
        moved = move(
            tx, found, "sign_off", who, now, signed_by=who.id, signed_at=now,
            look_on=first_look(now, bureau),
        )  # fmt: skip
    tell_owners(tx, moved, "signed", now)
    return moved


def _meet(tx: Transaction, found: Task, who: Person, now: datetime) -> Task:
    allow(tx, "meet", who, found)
    stages = [one for one in task_stages.milestones_of(tx, found.id) if one.met_at is None]
    if stages:
        task_stages.mark_met(tx, found.id, stages[0].due, who.id, now)
    return move(
        tx, found, "meet", who, now, signed_by=who.id, signed_at=now, met=found.met + 1,
        due=stages[1].due if len(stages) > 1 else None,
    )  # fmt: skip


def first_look(now: datetime, bureau: Bureau) -> date | None:
    """The day of the first 回头看 after a sign-off; None where the bureau looks back at nothing."""
    return look_day(now.astimezone(bureau.tz).date(), 0, bureau)


def look_day(signed: date, looked: int, bureau: Bureau) -> date | None:
    """The day of the next 回头看 of what was signed off on a day and looked at so often since."""
    days = sorted(bureau.ledger.look_back_days)
    if looked >= len(days):
        return None
    return bureau.calendar.on_or_after(signed + timedelta(days=days[looked]))


def refuse(
    tx: Transaction, person: int, task: int, words: str, bureau: Bureau, now: datetime
) -> str:
    """「退回」 of a leader, with its reason: the owner has it again."""
    del bureau
    return _give_back(tx, person, task, "refuse", words, now)


def rethinkable(task: Task, bureau: Bureau, now: datetime) -> bool:
    """Whether a sign-off may still be taken back by whoever gave it."""
    hours = timedelta(hours=bureau.ledger.rethink_hours)
    return task.signed_at is not None and now - task.signed_at <= hours


def rethink(tx: Transaction, person: int, task: int, bureau: Bureau, now: datetime) -> Task:
    """「改主意」 within a day: the sign-off is open again. Raises TooLate after that."""
    who, found = _ours(tx, person, task)
    if found.signed_by != who.id:
        raise NotAllowed(f"{now_stands(tx, found)}。「改主意」要销号的人来点，什么也没改。")
    if not rethinkable(found, bureau, now):
        hours = bureau.ledger.rethink_hours
        raise TooLate(f"过了 {hours} 小时，改不了主意了。要重办请点「重开」，写一句原因。")
    values: dict[str, Any] = {"signed_at": None, "signed_by": None, "look_on": None}
    if found.long_term:
        values |= {"met": max(found.met - 1, 0), "due": _before_met(tx, found)}
    moved = move(tx, found, "rethink", who, now, **values)
    tell_owners(tx, moved, "rethought", now)
    return moved


def _before_met(tx: Transaction, found: Task) -> date | None:
    """The stage that was met last is open again; the day that the task had before."""
    met = [m for m in task_stages.milestones_of(tx, found.id) if m.met_at == found.signed_at]
    for one in met[-1:]:
        task_stages.mark_met(tx, found.id, one.due, None, None)
    line = journal.newest(tx, ("task_meet",), f"task/{found.number}")
    before = line.detail["due"][0] if line is not None else None
    return date.fromisoformat(before) if before is not None else None


def reopen(
    tx: Transaction, person: int, task: int, words: str, bureau: Bureau, now: datetime
) -> str:
    """「重开」 by a leader, with its reason: the owner has it again, due in two weeks."""
    _, found = _ours(tx, person, task)
    reopened(tx, found, person, "reopen", words, bureau, now)
    return words


def reopened(
    tx: Transaction, found: Task, person: int, name: str, words: str, bureau: Bureau, now: datetime
) -> Task:
    """The task is open again, by `name` (reopen, or rebound: a look back found it is not so)."""
    who = require(tx, person, Right.REPORT)
    today = now.astimezone(bureau.tz).date()
    due = found.due if found.due and found.due > today else bureau.calendar.add_workdays(today, 10)
    moved = move(
        tx, found, name, who, now, words, reopened=found.reopened + 1, met=0,
        lapsed=found.lapsed + found.met, due=due, given_at=None,
        given_by=None, checker=None, checked_at=None, signed_at=None, signed_by=None, look_on=None,
    )  # fmt: skip
    for asked in task_stages.asked_of(tx, found.id):
        # What was asked for before has nothing to do with the new day.
        task_stages.decide(tx, asked.id, WITHDRAWN, who.id, now)
    tell_owners(tx, moved, "reopened", now)
    awaited.done(tx, who.id)
    return moved


# ---- it can't be done, or not by him ----


def stuck(
    tx: Transaction, person: int, task: int, words: str, bureau: Bureau, now: datetime
) -> str:
    """「办不了」 with its reason: a leader hears of it, who can give it another day or owner."""
    del bureau
    who, found = _ours(tx, person, task)
    allow(tx, "hand_in", who, found)
    if found.stuck == words:
        # Pressed again, or said again: the leader has heard it.
        awaited.done(tx, who.id)
        note(tx, found, now, menu=None)
        return words
    found = note(tx, found, now, stuck=words, menu=None)
    detail = {"reason": words}
    journal.write(tx, now, who.id, "task_stuck", f"task/{found.number}", detail)
    for leader in leaders(tx, found, frozenset({who.id}))[:1]:
        key = f"task_told:{found.id}:{leader.id}:{found.version}"
        tell(tx, leader.id, "task_told", found.id, now, {"what": "stuck"}, key=key)
    awaited.done(tx, who.id)
    return words


def give_to(tx: Transaction, person: int, task: int, other: int, now: datetime) -> str:
    """「换人」 by a leader, its department's too, or an admin: the other owns it now.

    Raises NotAllowed to anybody else, NotFound for somebody who is not there any more.
    """
    who, found = _ours(tx, person, task)
    if not leads(tx, who, found) and Role.ADMIN not in who.roles:
        raise NotAllowed("换责任人要责任领导、科室负责人或者管理员来办，什么也没改。")
    heir = people.by_id(tx, other)
    if heir is None or not heir.active:
        raise NotFound("这个人现在不在了，什么也没改。请另选一个。")
    if found.state not in OWING:
        raise TooLate(f"{now_stands(tx, found)}，现在换不了人。什么也没改。")
    hand_to(tx, found, heir, who.id, now)
    return heir.name


def hand_to(tx: Transaction, task: Task, heir: Person, by: int | None, now: datetime) -> None:
    """The heir owns the task; who owned it before and the heir hear of it."""
    before = [m for m in task_people.named_in(tx, task.id) if m.part == OWNER]
    if [m.person for m in before] == [heir.id]:
        raise Refused(f"现在就是{heir.name}，不用换。")
    task_people.name(tx, task.id, OWNER, [(heir.name, heir.id)])
    fresh = note(tx, task, now, menu=None, stuck=None)
    detail = {"from": [m.name for m in before], "to": heir.name}
    journal.write(tx, now, by, "task_owner", f"task/{task.number}", detail)
    for one in (*(m.person for m in before), heir.id):
        if one is not None and one != by:
            key = f"task_told:{task.id}:{one}:{fresh.version}"
            tell(tx, one, "task_told", task.id, now, {"what": "owner"}, key=key)


Reasoned = Callable[[Transaction, int, int, str, Bureau, datetime], str]

REASONED: dict[str, Reasoned] = {
    "back": send_back, "refuse": refuse, "reopen": reopen, "stuck": stuck,
}  # fmt: skip
"""The deeds that want a reason, by the menu that asks for it."""
