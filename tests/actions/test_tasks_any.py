"""Whatever people press and send about tasks, in whatever order, with deeds that are cut off:

no illegal move, nothing signed off by whoever did it or checked it, no day changed unnoticed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.actions import leaving, look_backs, photos, task_deeds, task_evidence, task_longer
from bot.actions.ledger import known
from bot.actions.taking import take
from bot.errors import Refused
from bot.rules.ledger import MOVES, OWING, TaskState, is_done, replay
from storage import evidence, journal, parts, task_stages, tasks
from storage.extensions import ASKED, GRANTED
from storage.schema import Transaction
from storage.tasks import Task
from tests.actions.conftest import Field
from tests.actions.ledger import Ledger

PEOPLE = ("王志强", "赵敏", "周凯", "李主任", "钱局", "张建国", "王芳")

Act = Callable[[Ledger, int, Task, int], Any]


def _press(deed: Callable[..., Any], *more: Any, rule: bool = True) -> Act:
    def act(ledger: Ledger, person: int, task: Task, how: int) -> Any:
        end = (ledger.bureau, ledger.now) if rule else (ledger.now,)
        return deed(ledger.tx, person, task.id, *more, *end)

    return act


def _begin(ledger: Ledger, person: int, task: Task, how: int) -> None:
    task_evidence.begin(ledger.tx, person, task.id, "telegram", person, how, ledger.now)


def _sends(ledger: Ledger, person: int, task: Task, how: int) -> None:
    name = next(n for n, i in ledger.field.ids.items() if i == person)
    kind = ("photo", "document", "document", "voice")[how % 4]
    message = ledger.message(name, ("", "换好了两路")[how % 2], kind=kind)
    take(ledger.tx, person, message, ledger.field.read, ledger.bureau, ledger.now)


def _files(ledger: Ledger, person: int, task: Task, how: int) -> None:
    for part in parts.due(ledger.tx, ledger.now, 99):
        if how % 4 == 3:
            photos.lost(ledger.tx, part, "gone", "没了", ledger.now, {})
        else:
            facts = {"sha256": f"{part.id:064x}", "size": 9}
            photos.arrived(ledger.tx, part, facts, ledger.now)


def _asks(ledger: Ledger, person: int, task: Task, how: int) -> None:
    day = ledger.now.date() + timedelta(days=how)
    task_longer.ask(ledger.tx, person, task.id, day, "等设备", ledger.bureau, ledger.now)


def _decides(ledger: Ledger, person: int, task: Task, how: int) -> None:
    row = next((e for e in task_stages.asked_of(ledger.tx, task.id) if e.state == ASKED), None)
    if row is not None and how % 3:
        task_longer.grant(ledger.tx, person, row.id, ledger.bureau, ledger.now)
    elif row is not None:
        task_longer.refuse(ledger.tx, person, row.id, "时间够", ledger.bureau, ledger.now)


def _gives_day(ledger: Ledger, person: int, task: Task, how: int) -> None:
    day = ledger.now.date() + timedelta(days=how * 3)
    task_longer.give_day(ledger.tx, person, task.id, day, ledger.bureau, ledger.now)


def _gives_to(ledger: Ledger, person: int, task: Task, how: int) -> None:
    other = ledger.id(PEOPLE[how % len(PEOPLE)])
    task_deeds.give_to(ledger.tx, person, task.id, other, ledger.now)


def _hands_over(ledger: Ledger, person: int, task: Task, how: int) -> None:
    names = (PEOPLE[how % len(PEOPLE)], PEOPLE[(how + 1) % len(PEOPLE)])
    leaving.hand_over(ledger.tx, person, *names, ledger.bureau, ledger.now)


ACTS: tuple[Act, ...] = (
    _begin, _begin, _sends, _sends, _sends, _files, _asks, _decides, _gives_day, _gives_to,
    _hands_over, _press(task_evidence.hand_in), _press(task_evidence.hand_in),
    _press(task_evidence.take_back, rule=False), _press(task_evidence.drop, rule=False),
    _press(task_deeds.approve), _press(task_deeds.approve), _press(task_deeds.pass_on, rule=False),
    _press(task_deeds.sign_off), _press(task_deeds.sign_off), _press(task_deeds.rethink),
    _press(look_backs.held), _press(look_backs.failed, "又坏了"),
    *(_press(deed, "原因") for deed in task_deeds.REASONED.values()),
)  # fmt: skip

step = st.tuples(
    st.integers(0, len(ACTS)), st.integers(0, len(PEOPLE) - 1), st.integers(0, 2),
    st.integers(0, 40), st.booleans(),
)  # fmt: skip


@pytest.mark.parametrize("store", ["sqlite"])
@settings(
    max_examples=60, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(steps=st.lists(step, min_size=6, max_size=45))
def test_whatever_happens(tx: Transaction, steps: list[tuple[int, int, int, int, bool]]) -> None:
    clean = tx.begin_nested()
    try:
        ledger = Ledger(Field(tx))
        made = [
            ledger.task(), ledger.task("长期的", "周凯", date(2025, 6, 30), long_term=True),
            ledger.task("科室的", None),
        ]  # fmt: skip
        stages = [(date(2025, 6, 30), "上半年"), (date(2025, 12, 31), "下半年")]
        task_stages.set_milestones(tx, made[1].id, stages)
        for which, who, task, how, cut_off in steps:
            _do(ledger, which, PEOPLE[who], made[task], how, cut_off)
        for one in made:
            holds(ledger, one)
        counted(ledger)
    finally:
        clean.rollback()


def _do(ledger: Ledger, which: int, who: str, task: Task, how: int, cut_off: bool) -> None:
    if which == len(ACTS):
        ledger.field.later(hours=(1, 5, 23, 25, 24 * 91)[how % 5])
        return
    before = ledger.field.rows() if cut_off else None
    deed = ledger.tx.begin_nested()
    try:
        ACTS[which](ledger, ledger.id(who), ledger.fresh(task), how)
    except Refused:
        deed.rollback()
    else:
        # A deed that was cut off before its commit has left nothing.
        deed.rollback() if cut_off else deed.commit()
    if before is not None:
        assert ledger.field.rows() == before
    ledger.field.later(seconds=1)


def holds(ledger: Ledger, task: Task) -> None:
    """The journal's moves are the table's and lead to the state; nobody judged his own work."""
    table = {(move.name, move.start, move.end) for move in MOVES}
    names, givers, checkers = [], set[int | None](), set[int | None]()
    for line in journal.lines(ledger.tx):
        name = line.deed.removeprefix("task_")
        if line.subject != f"task/{task.number}" or name == line.deed:
            continue
        detail = json.loads(line.detail)
        if "to" in detail and name in {move.name for move in MOVES}:
            assert (name, TaskState(detail["from"]), TaskState(detail["to"])) in table
            names.append(name)
        if name in ("evidence", "hand_in"):
            givers.add(line.person)
        if name in ("approve", "send_back", "refuse", "sign_off", "meet"):
            assert line.person not in givers
        if name == "approve":
            checkers = {line.person}
        if name in ("sign_off", "meet"):
            assert line.person not in checkers
        if name in ("send_back", "refuse", "reopen", "rebound", "meet"):
            givers = set()
    now = known(ledger.tx, task.id)
    assert replay(TaskState.NOT_STARTED, names) is now.state
    granted = [e for e in task_stages.asked_of(ledger.tx, task.id) if e.state == GRANTED]
    assert now.extended >= len(granted)
    assert (now.state is TaskState.HANDED_IN) <= bool(evidence.of_task(ledger.tx, task.id))
    assert (now.signed_by is not None) <= (now.state not in OWING or now.long_term)
    assert now.due is None or now.due_first is None or now.due >= now.due_first


def counted(ledger: Ledger) -> None:
    """The counted standings are what the rows say."""
    rows = tasks.everything(ledger.tx)
    done = sum(is_done(one.state, one.long_term, one.met) for one in rows)
    counted = tasks.standings(ledger.tx)
    assert sum(count for *_, count in counted) == len(rows)
    assert sum(count for *how, count in counted if is_done(*how)) == done
