"""The proof after a storm about tasks: the chat's word, the journal and the rows say the same.

What was told as done is done, and once; nobody judged his own. What was handed in is proven in
task_pieces.py.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from bot.rules.ledger import MOVES, TaskState, replay
from storage import evidence, journal, parts, people, task_stages, tasks
from storage.schema import Transaction
from storage.tasks import Task
from tests.chaos.ledger import Ledger
from tests.chaos.staff import NAMES
from tests.chaos.wishes import DEEDS, OF_ROW, Memory, Wish
from tests.fakes.control import Control

TABLE = {(move.name, move.start, move.end) for move in MOVES}
NAMED = {name for name, _, _ in TABLE}
JUDGING = ("approve", "send_back", "refuse", "sign_off", "meet")
TURNS = ("send_back", "refuse", "reopen", "rebound", "meet")
"""After these the evidence given before counts no more."""

EACH_PRESS = frozenset({"lp", "ob", "lm"})
"""Deeds that every press does anew, where that is lawful: passed on to the next, asked for again
once it was refused, dropped what came since."""


ENDS: dict[str, tuple[TaskState, ...]] = {
    "lf": (TaskState.HANDED_IN,), "lk": (TaskState.CHECKED,),
    "ls": (TaskState.SIGNED_OFF, TaskState.LASTING),
}  # fmt: skip
"""Where a task is after what may be pressed again at any time and then changes nothing."""


@dataclass(frozen=True)
class Line:
    """A line of the journal about a task; `user` is the account of who did it, 0 for the house."""

    at: float
    user: int
    name: str
    number: int
    detail: dict[str, Any]


@dataclass(frozen=True)
class Held:
    """What the house holds after the storm."""

    tasks: dict[int, Task]
    lines: list[Line]
    evidence: list[Any]
    asked: dict[int, int]
    """Of which task (its id) each longer time was asked."""

    def number(self, wish: Wish) -> int:
        """The number of the task that the wish is about."""
        subject = wish.press.subject
        return self.tasks[self.asked[subject] if wish.press.act in OF_ROW else subject].number

    def of(self, number: int) -> list[Line]:
        """The task's lines, oldest first."""
        return [line for line in self.lines if line.number == number]


def held(tx: Transaction) -> Held:
    """Everything that the proof needs of the books."""
    found = {one.id: one for one in tasks.everything(tx)}
    users = {
        person.id: user for user in NAMES
        if (person := people.by_identity(tx, "telegram", user)) is not None
    }  # fmt: skip
    j, e, p, x = journal.table.c, evidence.table.c, parts.table.c, task_stages.longer.c
    numbers = {f"task/{one.number}": one.number for one in found.values()}
    lines = [
        Line(row.at.timestamp(), users.get(row.person, 0), row.deed.removeprefix("task_"),
             numbers[row.subject], json.loads(row.detail))
        for row in tx.execute(select(*j).order_by(j.id)) if row.subject in numbers
    ]  # fmt: skip
    given = select(
        e.id, e.task, e.words, e.state, p.chat, p.message, p.sha256, p.state.label("file")
    ).join(parts.table, p.id == e.part, isouter=True)
    rows = [row for row in tx.execute(given.order_by(e.id)) if row.task in found]
    asked = {row.id: row.task for row in tx.execute(select(x.id, x.task))}
    return Held(found, lines, rows, asked)


def prove(ledger: Ledger, found: Held, memory: Memory, telegram: Control) -> None:
    """All that was pressed and written."""
    pressed = [wish for wish in memory.wishes if wish.presses]
    ledger.tell("deeds about tasks in the journal", len(found.lines))
    ledger.tell("  by name", " ".join(f"{n} {k}" for k, n in _names(found).most_common()))
    ledger.tell("wishes", len(memory.wishes))
    ledger.tell("  presses", sum(len(wish.presses) for wish in pressed))
    ledger.tell("  pressed again for want of an answer", sum(len(w.presses) - 1 for w in pressed))
    ledger.tell("  of what was done before", sum(wish.poke for wish in pressed))
    ledger.none("tasks that are not where their moves lead", _strayed(found))
    ledger.none("judged by whoever did it", _own(found))
    ledger.none("told as done, and not in the journal", _lost(found, memory))
    ledger.none("done twice for one wish", _twice(found, memory))
    ledger.none("done though nobody wished it", _unasked(found, memory))
    ledger.none("written reasons lost or doubled", _reasons(found, memory, telegram))


def _names(found: Held) -> Counter[str]:
    return Counter(line.name for line in found.lines)


def _strayed(found: Held) -> Iterator[str]:
    """Moves from where the task was not, or that the table does not have; and where it is now."""
    for task in found.tasks.values():
        at, names, wrong = TaskState.NOT_STARTED, [], False
        for line in found.of(task.number):
            if line.name not in NAMED:
                continue
            step = (line.name, TaskState(line.detail["from"]), TaskState(line.detail["to"]))
            if step not in TABLE or step[1] is not at:
                wrong = True
                yield f"{task.number}: {line.name} from {step[1]} when it was {at}"
            at = step[2]
            names.append(line.name)
        if at is not task.state:
            yield f"{task.number} is {task.state}, not {at}"
        elif not wrong and replay(TaskState(task.loaded), names) is not task.state:
            yield f"{task.number} is {task.state}, replayed otherwise"


def _own(found: Held) -> Iterator[str]:
    for task in found.tasks.values():
        givers, checker = set[int](), 0
        for line in found.of(task.number):
            judge = NAMES.get(line.user, "")
            if line.name in JUDGING and line.user in givers:
                yield f"{task.number}: {line.name} by {judge}, who gave evidence"
            if line.name in ("sign_off", "meet") and line.user == checker:
                yield f"{task.number}: {line.name} by {judge}, who checked it"
            if line.name in ("hand_in", "evidence"):
                givers.add(line.user)
            checker = line.user if line.name == "approve" else checker
            givers = set() if line.name in TURNS else givers


def _done_by(found: Held, wish: Wish) -> list[Line]:
    """The lines that the wish may have made: his, of that deed, since he began until his answer."""
    number = found.number(wish)
    return [
        line for line in found.lines
        if (line.user, line.number) == (wish.user, number)
        and line.name in DEEDS[wish.act] and wish.begun <= line.at <= wish.ended
    ]  # fmt: skip


def _lost(found: Held, memory: Memory) -> Iterator[str]:
    for wish in memory.wishes:
        if wish.act in ("", "lg") or wish.poke or not wish.told_done:
            continue
        if not _done_by(found, wish) and not _stood(found, wish):
            yield _say(found, wish)


def _stood(found: Held, wish: Wish) -> bool:
    """Whether it was so already, by himself: then the same word is said of a press that is late.

    A move that came just before he pressed may have been made just after.
    """
    if wish.act not in ENDS:
        return False
    moves = [line for line in found.of(found.number(wish)) if line.name in NAMED]
    before = [line for line in moves if line.at <= wish.begun]
    since = [line for line in moves if wish.begun < line.at <= wish.ended]
    own = [line for line in (*before, *since) if line.name in DEEDS[wish.act]]
    so = any(line.detail["to"] in ENDS[wish.act] for line in (*before[-2:], *since))
    return so and own[-1].user == wish.user


def _twice(found: Held, memory: Memory) -> Iterator[str]:
    open_ones = [wish for wish in memory.wishes if wish.act and wish.ended == math.inf]
    for wish in memory.wishes:
        if not wish.act or wish.ended == math.inf:
            continue
        # A sentence of before may be taken at any time after: one more is lawful then.
        others = sum(
            (one.user, one.act, one.press.subject) == (wish.user, wish.act, wish.press.subject)
            and one.begun <= wish.ended for one in open_ones
        )  # fmt: skip
        most = len(wish.presses) if wish.act in EACH_PRESS else 1
        if len(_done_by(found, wish)) > most + others:
            yield _say(found, wish)


def _unasked(found: Held, memory: Memory) -> Iterator[str]:
    covered = {id(line) for wish in memory.wishes if wish.act for line in _done_by(found, wish)}
    wanted = {name for names in DEEDS.values() for name in names}
    for line in found.lines:
        if line.user and line.name in wanted and id(line) not in covered:
            yield f"{line.number}: {line.name} by {NAMES[line.user]}"


def _reasons(found: Held, memory: Memory, telegram: Control) -> Iterator[str]:
    shown = {
        user: "\n".join(m.get("text") or "" for m in telegram.messages(user) if m["by_bot"])
        for user in NAMES
    }  # fmt: skip
    for wish in memory.wishes:
        if wish.presses or wish.press.act == "lf":
            continue
        made = [line for line in found.lines if line.detail.get("reason") == wish.words]
        told = f"记下了：「{wish.words}」" in shown[wish.user]
        if len(made) != told:
            yield f"{wish.words}: told {told}, {len(made)} in the journal"


def _say(found: Held, wish: Wish) -> str:
    made = [f"{line.name} {line.at:.3f}" for line in _done_by(found, wish)]
    return (
        f"{found.number(wish)}: {wish.press.act} by {NAMES[wish.user]}, pressed {wish.presses}, "
        f"told {wish.toasts} by {wish.ended:.3f}, done {made}"
    )
