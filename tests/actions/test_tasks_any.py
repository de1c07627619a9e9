"""Whatever people press and send about tasks, in whatever order, with deeds that are cut off:

no illegal move, nothing signed off by whoever did it or checked it, no day changed unnoticed, no
card left with what is not so any more.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.actions import leaving, look_backs, photos, task_deeds, task_evidence, task_longer
from bot.actions.ledger import known, whose
from bot.actions.taking import take
from bot.actions.task_facts import facts_of
from bot.errors import Refused
from bot.rules.ledger import MOVES, OWING, TaskState, is_done, replay
from bot.rules.records import Role
from bot.words import tasks as words
from storage import evidence, journal, outbox, parts, people, task_people, task_stages, tasks
from storage.extensions import ASKED, GRANTED
from storage.schema import Transaction
from storage.tasks import Task
from tests.actions.conftest import Field
from tests.actions.ledger import Ledger

PEOPLE = ("王志强", "赵敏", "李主任", "王芳")
"""So few that everybody is everything at some time; 赵敏 stands above all as well."""

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
    day = max(task.due or date.min, ledger.now.date()) + timedelta(days=how + 1)
    task_longer.ask(ledger.tx, person, task.id, day, "等设备", ledger.bureau, ledger.now)


def _decides(ledger: Ledger, person: int, task: Task, how: int) -> None:
    row = next((e for e in task_stages.asked_of(ledger.tx, task.id) if e.state == ASKED), None)
    if row is not None and how % 2:
        task_longer.grant(ledger.tx, person, row.id, ledger.bureau, ledger.now)
    elif row is not None:
        task_longer.refuse(ledger.tx, person, row.id, "时间够", ledger.bureau, ledger.now)


def _withdraws(ledger: Ledger, person: int, task: Task, how: int) -> None:
    for row in task_stages.asked_of(ledger.tx, task.id):
        task_longer.withdraw(ledger.tx, row.person, row.id, ledger.now)


def _gives_day(ledger: Ledger, person: int, task: Task, how: int) -> None:
    day = ledger.now.date() + timedelta(days=how * 3)
    task_longer.give_day(ledger.tx, person, task.id, day, ledger.bureau, ledger.now)


def _gives_to(ledger: Ledger, person: int, task: Task, how: int) -> None:
    other = ledger.id(PEOPLE[how % len(PEOPLE)])
    task_deeds.give_to(ledger.tx, person, task.id, other, ledger.now)


def _hands_over(ledger: Ledger, person: int, task: Task, how: int) -> None:
    names = (PEOPLE[how % len(PEOPLE)], PEOPLE[(how + 1) % len(PEOPLE)])
    leaving.hand_over(ledger.tx, ledger.id("王芳"), *names, ledger.bureau, ledger.now)


def _passes_on(ledger: Ledger, person: int, task: Task, how: int) -> None:
    task_deeds.pass_on(ledger.tx, person, task.id, task.version, ledger.bureau, ledger.now)


def _whole(ledger: Ledger, person: int, task: Task, how: int) -> None:
    """Handed in at once, in words."""
    _begin(ledger, person, task, how)
    name = next(n for n, i in ledger.field.ids.items() if i == person)
    said = ledger.message(name, "换好了两路", kind=None)
    task_evidence.add(ledger.tx, person, task.id, said, ledger.now)
    task_evidence.hand_in(ledger.tx, person, task.id, ledger.bureau, ledger.now)


ACTS: tuple[Act, ...] = (
    _whole, _whole, _whole, _begin, _sends, _sends, _files, _asks, _decides, _gives_day, _gives_to,
    _hands_over, _press(task_evidence.hand_in), _press(task_evidence.hand_in),
    _press(task_evidence.take_back, rule=False), _press(task_evidence.drop, rule=False),
    _press(task_deeds.approve), _press(task_deeds.approve), _press(task_deeds.approve),
    _passes_on,
    _press(task_deeds.sign_off), _press(task_deeds.sign_off), _press(task_deeds.rethink),
    _press(look_backs.held), _press(look_backs.failed, "又坏了"),
    *(_press(deed, "原因") for deed in task_deeds.REASONED.values()),
)  # fmt: skip

LIKELY: dict[TaskState, tuple[Act, ...]] = {
    TaskState.NOT_STARTED: (_whole, _asks), TaskState.UNDER_WAY: (_whole, _asks),
    TaskState.HANDED_IN: (_press(task_deeds.approve), _press(task_deeds.send_back, "不够")),
    TaskState.CHECKED: (_press(task_deeds.sign_off), _press(task_deeds.sign_off), _hands_over),
    TaskState.SIGNED_OFF: (_press(task_deeds.reopen, "又坏"), _press(look_backs.failed, "又坏了")),
    TaskState.LASTING: (_whole, _press(task_deeds.reopen, "回潮")),
}  # fmt: skip
"""What leads on, so that a walk comes far: most else is only refused."""


@pytest.mark.parametrize("store", ["sqlite"])
@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens(tx: Transaction, seed: int) -> None:
    chance = Random(seed)
    ledger = Ledger(Field(tx))
    made = [
        ledger.task(), ledger.task("长期的", "赵敏", date(2025, 6, 30), long_term=True),
        ledger.task("科室的", None),
    ]  # fmt: skip
    for name, person in ledger.field.ids.items():
        if name not in PEOPLE:
            people.change(tx, person, state=people.FROZEN)
    both = people.written(frozenset({Role.OWNER, Role.SUPERVISOR}))
    people.change(tx, ledger.id("赵敏"), roles=both)
    stages = [(date(2025, 6, 30), "上半年"), (date(2025, 12, 31), "下半年")]
    task_stages.set_milestones(tx, made[1].id, stages)
    for one in made:
        for name in PEOPLE:
            outbox.owe(ledger.tx, "telegram", ledger.id(name), "task", one.id, ledger.now)
    for _ in range(220):
        _do(ledger, chance, chance.choice(made))
    for one in made:
        holds(ledger, one)
    counted(ledger)
    done = {line.deed for line in journal.lines(tx)}
    assert done >= {"task_approve", "task_send_back", "task_reopen", "task_owner"}, "a short walk"
    assert "task_longer_ask" in done, "a walk without extensions"


JUDGED = ("task_approve", "task_send_back", "task_refuse", "task_sign_off", "task_meet")


def _do(ledger: Ledger, chance: Random, task: Task) -> None:
    """One thing that somebody does; a refusal is an answer too, a cut off deed leaves nothing."""
    ledger.field.later(seconds=1)
    if chance.random() < 0.05:
        ledger.field.later(hours=chance.choice((1, 5, 23, 25, 24 * 91)))
        return
    now = ledger.fresh(task)
    person, how, cut_off = ledger.id(chance.choice(PEOPLE)), chance.randrange(40), False
    act = chance.choice(ACTS)
    if chance.random() < 0.6:
        person = chance.choice(_likely(ledger, now) or [person])
        act = chance.choice(LIKELY.get(now.state, (_whole,)))
        if task_longer.waiting(ledger.tx, task.id) is not None and chance.random() < 0.7:
            act, person = chance.choice((_decides, _withdraws)), ledger.id("李主任")
    cut_off = chance.random() < 0.1
    before = ledger.field.rows() if cut_off else None
    seen, owed = looks(ledger, now), wanted(ledger, now)
    own, deed = whose(ledger.tx, now), ledger.tx.begin_nested()
    try:
        act(ledger, person, now, how)
    except Refused:
        deed.rollback()
    else:
        judged = journal.newest(ledger.tx, JUDGED, f"task/{task.number}")
        if judged is not None and judged.at == ledger.now:
            assert judged.person not in own.owners | own.givers
            signs = judged.deed in ("task_sign_off", "task_meet")
            assert not signs or judged.person != own.checker
        deed.rollback() if cut_off else deed.commit()
    told, after = wanted(ledger, now), looks(ledger, now)
    stale = [name for name in PEOPLE if after[name] != seen[name] and told[name] == owed[name]]
    assert not stale, (act, seen[stale[0]], after[stale[0]])
    if before is not None:
        assert ledger.field.rows() == before


def looks(ledger: Ledger, task: Task) -> dict[str, Any]:
    """What the task's card says and asks of each."""
    found = known(ledger.tx, task.id)

    def look(name: str) -> Any:
        facts = facts_of(ledger.tx, found, ledger.id(name), ledger.bureau, ledger.now)
        card = words.task(facts)
        return card.text, [[one.label for one in row] for row in card.rows]

    return {name: look(name) for name in PEOPLE}


def wanted(ledger: Ledger, task: Task) -> dict[str, int]:
    """How often the card was owed to each so far."""
    of = outbox.table.c
    rows = select(of.chat, func.sum(of.wanted)).where(of.card == "task", of.subject == task.id)
    by_chat = {chat: int(n) for chat, n in ledger.tx.execute(rows.group_by(of.chat))}
    return {name: by_chat[ledger.id(name)] for name in PEOPLE}


def _likely(ledger: Ledger, task: Task) -> list[int]:
    """Those whose turn it is, so that a run comes far: most others are only refused."""
    if task.state is TaskState.HANDED_IN:
        return [task.checker] if task.checker is not None else []
    if task.state in OWING:
        said = task_people.named_in(ledger.tx, task.id)
        return [m.person for m in said if m.part == "owner" and m.person] or [ledger.id("赵敏")]
    return [ledger.id("李主任"), ledger.id("赵敏")]


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
        # A file that he was only asked about is none of it yet.
        if name == "hand_in" or (name == "evidence" and detail["state"] == evidence.KEPT):
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
