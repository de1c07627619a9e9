"""A longer time 延期 for a task: asked for by its owner in two taps, granted or not by a leader.

Nobody grants his own. How often it was granted is counted and shown. Knows no sentence but
refusals.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta

from bot.actions.ledger import (
    LONGER_CARDS,
    allow,
    known,
    leaders,
    name_of,
    note,
    now_stands,
    parts,
    whose,
)
from bot.actions.people import require, tell
from bot.errors import NotAllowed, NotFound, Refused, TooLate
from bot.rules.ledger import OWING, TaskPart
from bot.rules.records import Bureau
from bot.rules.rights import Right
from storage import awaited, journal, outbox, people, task_stages
from storage.extensions import ASKED, GRANTED, REFUSED, WITHDRAWN
from storage.people import Person
from storage.schema import Transaction
from storage.task_stages import Longer
from storage.tasks import Task

DAY, REASON, OTHER_DAY = "task_longer_day", "task_longer_reason", "task_longer_other"
"""What is awaited: a day in words, why it is wanted, another day of the leader's."""

WAIT = timedelta(hours=2)
MOST = 200


def choices(task: Task, bureau: Bureau, today: date) -> list[date]:
    """Days to pick from: some days later, and the end of the month (6月20日, 6月30日)."""
    first = max(task.due or today, today)
    near = bureau.calendar.add_workdays(first, 5)
    end = first.replace(day=monthrange(first.year, first.month)[1])
    if (end - first).days < 3 or end <= near:
        following = end + timedelta(days=1)
        end = following.replace(day=monthrange(following.year, following.month)[1])
    return list(dict.fromkeys((near, bureau.calendar.on_or_before(end))))


def ask_day(
    tx: Transaction, person: int, task: int, bureau: Bureau, now: datetime
) -> tuple[Task, list[date]]:
    """「申请延期」: the task and the days to pick from. Raises NotAllowed, TooLate or Refused."""
    found = _askable(tx, person, task)
    return found, choices(found, bureau, now.astimezone(bureau.tz).date())


def _askable(tx: Transaction, person: int, task: int) -> Task:
    who, found = require(tx, person, Right.REPORT), known(tx, task)
    allow(tx, "hand_in", who, found)
    if found.due is None:
        raise Refused(f"任务 {found.number} 没有写时限，不用延。")
    open_one = waiting(tx, task)
    if open_one is not None:
        raise Refused(f"已经申请过了，等{_decider_name(tx, found, open_one.person)}同意。")
    return found


def waiting(tx: Transaction, task: int) -> Longer | None:
    """What was asked for and not decided yet."""
    return next((e for e in task_stages.asked_of(tx, task) if e.state == ASKED), None)


def expect_day(tx: Transaction, person: int, task: int, now: datetime) -> Task:
    """「写日期」: the person's next words are the day."""
    found = _askable(tx, person, task)
    awaited.expect(tx, person, DAY, task, now + WAIT)
    return found


def check_day(
    tx: Transaction, person: int, task: int, day: date, bureau: Bureau, now: datetime
) -> Task:
    """The task, where that day can be asked for. Raises Refused for one that can't."""
    found = _askable(tx, person, task)
    _must_be_later(found, day, bureau, now)
    return found


def expect_reason(
    tx: Transaction, person: int, task: int, day: date, bureau: Bureau, now: datetime
) -> Task:
    """A day was written, or 「写一句」: the next words are why."""
    found = check_day(tx, person, task, day, bureau, now)
    awaited.expect(tx, person, REASON, task, now + WAIT, {"day": day.toordinal()})
    return found


def take_reason(
    tx: Transaction, person: int, task: int, words: str, bureau: Bureau, now: datetime
) -> Longer:
    """The words are why."""
    wanted = awaited.of(tx, person, now)
    if wanted is None or wanted.what != REASON:
        raise NotFound
    return ask(tx, person, task, date.fromordinal(wanted.args["day"]), words, bureau, now)


def ask(
    tx: Transaction, person: int, task: int, day: date, reason: str, bureau: Bureau, now: datetime
) -> Longer:
    """A leader is asked for the time until that day.

    Raises Refused where one waits already, nobody can grant it, or the day is none to ask for.
    """
    found = check_day(tx, person, task, day, bureau, now)
    why = " ".join(reason.split())[:MOST]
    if len(why) < 2:
        raise Refused("原因多写几个字，比如：等设备到货。")
    leader = decider(tx, found, person)
    if leader is None:
        raise Refused("还没有领导能同意延期，请找管理员加一位。")
    assert found.due is not None
    row = task_stages.ask(
        tx, task=task, person=person, asked_at=now, was=found.due, until=day, reason=why
    )  # fmt: skip
    detail = {"from": found.due.isoformat(), "until": day.isoformat(), "reason": why}
    journal.write(tx, now, person, "task_longer_ask", f"task/{found.number}", detail)
    awaited.done(tx, person)
    note(tx, found, now, menu=None)
    tell(tx, leader.id, "task_longer", row, now, key=f"task_longer:{row}:{leader.id}")
    tell(tx, person, "task_longer_own", row, now, key=f"task_longer_own:{row}:{person}")
    return _row(tx, row)


def decider(tx: Transaction, task: Task, asker: int) -> Person | None:
    """Who is asked: its 责任领导, else who stands above; never who asked or owns it."""
    return next(iter(leaders(tx, task, whose(tx, task).owners | {asker})), None)


def _decider_name(tx: Transaction, task: Task, asker: int) -> str:
    found = decider(tx, task, asker)
    return found.name if found else "领导"


def grant(
    tx: Transaction, person: int, row: int, bureau: Bureau, now: datetime, day: date | None = None
) -> Task:
    """「同意」, or 「改个日期」 with another day: the task is due then, and it is counted.

    Raises NotAllowed to no leader of it and for one's own, TooLate once decided.
    """
    asked, task = decidable(tx, person, row)
    until = day or asked.until
    _must_be_later(task, until, bureau, now)
    _settle(tx, asked, GRANTED, person, now, until)
    moved = set_due(tx, task, until, person, now)
    _tell_asker(tx, asked, None, now)
    return moved


def set_due(tx: Transaction, task: Task, until: date, person: int, now: datetime) -> Task:
    """The task is due on that day; it is counted as one extension."""
    detail = {"from": task.due.isoformat() if task.due else None, "until": until.isoformat()}
    journal.write(tx, now, person, "task_longer_grant", f"task/{task.number}", detail)
    return note(tx, task, now, due=until, extended=task.extended + 1, stuck=None, menu=None)


def give_day(
    tx: Transaction, person: int, task: int, day: date, bureau: Bureau, now: datetime
) -> Task:
    """「同意延到 6月18日」 of a leader who was not asked; what was asked for is settled by it.

    Raises NotAllowed to no leader of it and to its owner.
    """
    who, found = require(tx, person, Right.REPORT), known(tx, task)
    _may_decide(tx, who, found, None)
    if found.due == day:
        return note(tx, found, now)
    _must_be_later(found, day, bureau, now)
    open_one = waiting(tx, task)
    if open_one is not None:
        _settle(tx, open_one, GRANTED, person, now, day)
        _tell_asker(tx, open_one, None, now)
    moved = set_due(tx, found, day, person, now)
    if open_one is None:
        for one in whose(tx, moved).owners:
            key = f"task_told:{task}:{one}:{moved.version}"
            tell(tx, one, "task_told", task, now, {"what": "longer"}, key=key)
    return moved


def may_give(
    tx: Transaction, person: int, task: int, bureau: Bureau, now: datetime
) -> tuple[Task, list[date]]:
    """「改期」 of a leader: the days to pick from. Raises as `give_day` does."""
    who, found = require(tx, person, Right.REPORT), known(tx, task)
    _may_decide(tx, who, found, None)
    return found, choices(found, bureau, now.astimezone(bureau.tz).date())


def refuse(
    tx: Transaction, person: int, row: int, words: str, bureau: Bureau, now: datetime
) -> Longer:
    """「不同意」: it stays due when it was; whoever asked hears why."""
    del bureau
    asked, _ = decidable(tx, person, row)
    _settle(tx, asked, REFUSED, person, now, None)
    task = known(tx, asked.task)
    detail = {"reason": words}
    journal.write(tx, now, person, "task_longer_refuse", f"task/{task.number}", detail)
    note(tx, task, now, menu=None)
    _tell_asker(tx, asked, words, now)
    awaited.done(tx, person)
    return _row(tx, row)


def withdraw(tx: Transaction, person: int, row: int, now: datetime) -> None:
    """「撤回申请」. Raises NotAllowed to anybody else, TooLate once it is decided."""
    require(tx, person, Right.REPORT)
    asked = _row(tx, row)
    if asked.person != person:
        raise NotAllowed("要撤回请找申请的人，什么也没改。")
    _settle(tx, asked, WITHDRAWN, person, now, None)
    task = known(tx, asked.task)
    journal.write(tx, now, person, "task_longer_withdraw", f"task/{task.number}", {})
    note(tx, task, now, menu=None)


def expect_other(tx: Transaction, person: int, row: int, now: datetime) -> Longer:
    """「改个日期」: the leader's next words are the day."""
    asked, _ = decidable(tx, person, row)
    awaited.expect(tx, person, OTHER_DAY, row, now + WAIT)
    return asked


def decidable(tx: Transaction, person: int, row: int) -> tuple[Longer, Task]:
    """What was asked for, where the person may decide it now. Raises NotAllowed or TooLate."""
    who, asked = require(tx, person, Right.REPORT), _row(tx, row)
    task = known(tx, asked.task)
    _may_decide(tx, who, task, asked.person)
    if asked.state != ASKED:
        raise TooLate(_decided(tx, asked))
    return asked, task


def _may_decide(tx: Transaction, who: Person, task: Task, asker: int | None) -> None:
    # Of a department's task its leader may be of the department: somebody else must have asked.
    if who.id == asker or who.id in whose(tx, task).owners:
        raise NotAllowed("自己的延期不能自己同意。什么也没改。")
    if TaskPart.LEADER not in parts(tx, who, task):
        raise NotAllowed("延期要责任领导来定，什么也没改。")
    if task.state not in OWING:
        raise TooLate(f"{now_stands(tx, task)}，不用延了。")


def _decided(tx: Transaction, asked: Longer) -> str:
    if asked.state == WITHDRAWN:
        return "申请已经撤回了。"
    word = "同意" if asked.state == GRANTED else "没同意"
    return f"{name_of(tx, asked.decided_by)}已经{word}了，什么也没改。"


def _must_be_later(task: Task, day: date, bureau: Bureau, now: datetime) -> None:
    today = now.astimezone(bureau.tz).date()
    if day <= max(task.due or today, today):
        raise Refused("这个日子太近了，延了也不会更晚。请另选一天。")
    most = bureau.ledger.extend_most
    if day > max(task.due or today, today) + timedelta(days=most):
        raise Refused(f"一次最多延 {most} 天，请另选一天。")


def _settle(
    tx: Transaction, asked: Longer, state: str, by: int, now: datetime, until: date | None
) -> None:
    if not task_stages.decide(tx, asked.id, state, by, now, until):
        raise TooLate(_decided(tx, _row(tx, asked.id)))
    outbox.owe_all_again(tx, LONGER_CARDS, asked.id, now)


def _tell_asker(tx: Transaction, asked: Longer, why: str | None, now: datetime) -> None:
    if people.by_id(tx, asked.person) is not None:
        key = f"task_longer_told:{asked.id}:{asked.person}"
        tell(tx, asked.person, "task_longer_told", asked.id, now, {"reason": why}, key=key)


def _row(tx: Transaction, row: int) -> Longer:
    found = task_stages.asked(tx, row)
    if found is None:
        raise NotFound
    return found
