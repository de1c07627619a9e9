"""The runs of recurring obligations: made when their period begins, exempted, asked about.

A run is a task like those of the ledger; one that is exempted is struck out of it and stays
written down here, with who decided it and why. Knows no sentence but refusals.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bot.actions.ledger import owe_cards, whose
from bot.actions.people import require
from bot.errors import NotAllowed, NotFound, Refused, TooLate
from bot.rules.calendar import ONE
from bot.rules.dates import step, unit_start
from bot.rules.ledger import CLOSED
from bot.rules.obligation_facts import title_of, wants_of
from bot.rules.obligations_due import (
    Changed,
    due_day,
    event_due,
    owed_from,
    runs_to_make,
    standing,
    unit_of_per,
)
from bot.rules.records import ROLE_NAMES, Bureau, Obligation
from bot.rules.rights import Right
from storage import journal, obligations, people, task_people, tasks
from storage.obligations import Run
from storage.schema import Transaction
from storage.task_people import OWNER
from storage.tasks import DUTY, Task

FIRST_NUMBER = 1001
"""Runs are numbered from here, so that the ledger's own numbers stay as they were written."""

NOTHING_SET = Changed()
"""An obligation is as the file says."""

WAIT = timedelta(minutes=30)
EXEMPT_WHY = "obligation_exempt"
"""What is awaited after 「这期免了」: the reason."""


def all_standing(tx: Transaction, bureau: Bureau) -> list[Obligation]:
    """The obligations as they stand now, in the file's order."""
    changed = obligations.changed(tx)
    return [standing(one, changed.get(one.code)) for one in bureau.obligations]


def stands(tx: Transaction, bureau: Bureau, code: str) -> Obligation:
    """The obligation as it stands now. Raises NotFound."""
    found = bureau.obligation(code)
    if found is None:
        raise NotFound("没有这项周期任务，什么也没改。发「周期任务」看有哪些。")
    return standing(found, obligations.changed(tx).get(code))


def make_runs(tx: Transaction, bureau: Bureau, now: datetime) -> int:
    """Every period that has begun has its run, also those that began while nothing ran; how many.

    An obligation that is seen for the first time begins with the period that runs, where that can
    still be done in time; what had no period owes nothing of that time.
    """
    today = now.astimezone(bureau.tz).date()
    since, made = obligations.owed_from(tx), 0
    changed = obligations.changed(tx)
    for one in all_standing(tx, bureau):
        if one.counts or unit_of_per(one.per) is None:
            if since.get(one.code) is not None:
                obligations.keep(tx, one.code, changed[one.code], None)
            continue
        begun = since.get(one.code)
        if begun is None:
            begun = owed_from(one, today, bureau.calendar)
            obligations.keep(tx, one.code, changed.get(one.code, NOTHING_SET), begun)
        made += len(_make(tx, one, begun or today, bureau, now))
    return made


def _make(
    tx: Transaction, one: Obligation, begun: date, bureau: Bureau, now: datetime
) -> list[int]:
    today = now.astimezone(bureau.tz).date()
    known = [(run.first, run.until) for run in obligations.of_code(tx, one.code)]
    starts = runs_to_make(one, begun, known, today, bureau.calendar)
    return [add_run(tx, one, start, bureau, now) for start in starts]


def add_run(
    tx: Transaction, one: Obligation, first: date, bureau: Bureau, now: datetime, said: str = "",
    by: int | None = None,
) -> int:  # fmt: skip
    """The task of a new run: of the period that begins on `first`, or of that day's event."""
    per = unit_of_per(one.per)
    if per is None:
        due, until = event_due(one.due, one.days, first, bureau.calendar), first + ONE
    else:
        due = due_day(one.due, one.days, per, first, bureau.calendar)
        until = step(first, per, 1)
    number = tasks.next_number(tx, least=FIRST_NUMBER)
    task = tasks.add(
        tx, number, now, kind=DUTY, code=one.code, period=first, title=title_of(one, first, said),
        wants=wants_of(one), due=due,
    )  # fmt: skip
    obligations.add(tx, task, one.code, first, until, said)
    give(tx, task, one.owner)
    detail = {"code": one.code, "first": first.isoformat(), "due": due and due.isoformat()}
    journal.write(tx, now, by, "run", f"task/{number}", detail)
    return task


def give(tx: Transaction, task: int, owner: str) -> None:
    """The task is that person's, those people's of the role, or that department's; "" nobody's."""
    whose, department = _whose(tx, owner)
    found = tasks.by_id(tx, task)
    assert found is not None
    task_people.name(tx, task, OWNER, whose)
    tasks.change(tx, found, department=department)


def _whose(tx: Transaction, owner: str) -> tuple[list[tuple[str, int | None]], str | None]:
    if not owner:
        return [], None
    everyone = [one for one in people.everyone(tx) if one.active]
    same = [one for one in everyone if one.name == owner]
    if len(same) == 1:
        return [(owner, same[0].id)], None
    role = next((role for role, said in ROLE_NAMES.items() if said == owner), None)
    holders = [(one.name, one.id) for one in everyone if role in one.roles]
    if holders:
        return list(holders), None
    if owner.endswith(DEPARTMENTS) or any(one.department == owner for one in everyone):
        return [], owner
    return [(owner, None)], None


DEPARTMENTS = ("科", "室", "股", "处", "队", "办", "部", "组", "局", "所", "站", "中心")
"""How the name of a department ends; whoever is called otherwise is somebody."""


# ---- exempted, and owed again ----


def exempt(
    tx: Transaction, person: int, code: str, first: date | None, why: str, bureau: Bureau,
    now: datetime,
) -> Run:  # fmt: skip
    """The run of the period that holds `first` (without one: of today) need not be done.

    Raises NotAllowed, Refused for what has no period or no reason, TooLate for what is done.
    """
    require(tx, person, Right.EXEMPT)
    one = stands(tx, bureau, code)
    per = unit_of_per(one.per)
    if one.counts:
        raise Refused("这项按次数要求算，免一期这样说：国庆那周全域巡查免了，放假。\n什么也没改。")
    if per is None:
        raise Refused(f"{one.name}没有定周期，没有哪一期可以免。什么也没改。")
    start = unit_start(first or now.astimezone(bureau.tz).date(), per)
    end = step(start, per, 1)
    runs = obligations.of_code(tx, code)
    run = next((run for run in runs if run.first < end and start < run.until), None)
    task = add_run(tx, one, start, bureau, now, by=person) if run is None else run.task
    return exempt_run(tx, person, task, why, now)


def exempt_run(tx: Transaction, person: int, task: int, why: str, now: datetime) -> Run:
    """The run need not be done: nobody is reminded of it, and lists say who decided it and why."""
    who, (run, found) = require(tx, person, Right.EXEMPT), run_of(tx, task)
    reason = why.strip()[:200]
    if not reason:
        raise Refused(
            "原因也写一句，我好记下来，比如：免 设备月检 7月 设备改造停用。\n现在还没有改。"
        )
    if found.state in CLOSED:
        raise TooLate(f"{found.title}已经办完了，不用免。什么也没改。")
    if run.exempt:
        raise TooLate(f"{found.title}已经免了。什么也没改。")
    if who.id in whose(tx, found).owners:
        raise NotAllowed("自己的周期任务不能自己免，请另一位领导来定。什么也没改。")
    tasks.change(tx, found, void=True)
    obligations.change(tx, task, exempt_by=who.id, exempt_at=now, exempt_why=reason)
    journal.write(tx, now, who.id, "run_exempt", f"task/{found.number}", {"reason": reason})
    owe_cards(tx, task, now)
    return run_of(tx, task)[0]


def owe_run(tx: Transaction, person: int, task: int, now: datetime) -> Task:
    """「恢复」: the run is owed as if nobody had exempted it; the journal keeps both."""
    who, (run, found) = require(tx, person, Right.EXEMPT), run_of(tx, task)
    if not run.exempt:
        raise TooLate(f"{found.title}没有免，不用恢复。")
    tasks.change(tx, found, void=False)
    obligations.change(tx, task, exempt_by=None, exempt_at=None, exempt_why=None)
    journal.write(tx, now, who.id, "run_owed", f"task/{found.number}", {})
    owe_cards(tx, task, now)
    return run_of(tx, task)[1]


def run_of(tx: Transaction, task: int) -> tuple[Run, Task]:
    """The run and its task, struck out or not. Raises NotFound."""
    run, found = obligations.of_task(tx, task), tasks.by_id(tx, task)
    if run is None or found is None:
        raise NotFound("这不是周期任务的哪一期，什么也没改。")
    return run, found


# ---- what an event brings ----


def register(
    tx: Transaction, person: int, code: str, day: date | None, said: str, bureau: Bureau,
    now: datetime,
) -> Task:  # fmt: skip
    """「登记 第一议题 6月11日」: the run of that event; the task. Raises Refused for one twice."""
    who, one = require(tx, person, Right.REGISTER), stands(tx, bureau, code)
    if one.per != "event":
        raise Refused(f"{one.name}不是按次的，到时候我自己排，不用登记。什么也没改。")
    on = day or now.astimezone(bureau.tz).date()
    what = said.strip()[:40]
    twice = [run for run in obligations.of_code(tx, code) if (run.first, run.said) == (on, what)]
    if twice:
        known = run_of(tx, twice[0].task)[1]
        raise Refused(f"{known.title}登记过了，是任务 {known.number}。没有再记。\n"
                      "同一天还有一次的，后面写上是哪一件。")  # fmt: skip
    return run_of(tx, add_run(tx, one, on, bureau, now, what, by=who.id))[1]
