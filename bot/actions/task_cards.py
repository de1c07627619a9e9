"""Cards of a task shown where somebody pressed or asked: itself, its evidence, a list to pick from.

Who may look is asked here: owners, checkers, leaders, admins. Knows no sentence but refusals.
"""

from __future__ import annotations

from datetime import datetime

from bot.actions import task_files
from bot.actions.ledger import allow, known, note, parts
from bot.actions.people import require
from bot.actions.task_deeds import REASONED, WAIT
from bot.actions.task_evidence import owe_here
from bot.errors import NotAllowed, NotFound
from bot.rules.records import Role
from bot.rules.rights import Right
from storage import awaited, outbox, task_people, tasks
from storage.people import Person
from storage.schema import Transaction
from storage.tasks import Task

CARRYING = frozenset({"task", "task_check", "task_sign"})
"""Cards on which a list can open; on another it opens on the task's own card, below."""

MOVES = {"back": "send_back", "refuse": "refuse", "reopen": "reopen", "look": "rebound"}
"""The move that a menu of reasons leads to."""


def may_see(tx: Transaction, who: Person, task: Task) -> bool:
    """Whether the task is the person's to look at: he has a part in it, is of its department, or
    answers for the ledger.
    """
    if not who.roles.isdisjoint({Role.SUPERVISOR, Role.ADMIN}) or parts(tx, who, task):
        return True
    return who.department is not None and who.department == task.department


def _seen(tx: Transaction, person: int, task: int) -> tuple[Person, Task]:
    who, found = require(tx, person, Right.REPORT), known(tx, task)
    if not may_see(tx, who, found):
        said = task_people.named_in(tx, task)
        owner = next((m.name for m in said if m.part == task_people.OWNER), "")
        says = f"，可以找{owner}问" if owner else ""
        raise NotAllowed(f"任务 {found.number} 不是您的，看不了{says}。")
    return who, found


def show(
    tx: Transaction, person: int, task: int, line: str, chat: int, message: int, now: datetime
) -> None:
    """The task's card, below."""
    _, found = _seen(tx, person, task)
    key = f"task:{found.id}:{line}:{chat}:{message}"
    outbox.owe(tx, line, chat, "task", found.id, now, key=key)


def show_number(
    tx: Transaction, person: int, number: int, line: str, chat: int, message: int, now: datetime
) -> None:
    """「任务 27」: its card. Raises NotFound for no such task."""
    found = tasks.by_number(tx, number)
    if found is None:
        raise NotFound(f"台账里没有任务 {number}。发「我的台账」看您的任务。")
    show(tx, person, found.id, line, chat, message, now)


def see(
    tx: Transaction, person: int, task: int, line: str, chat: int, message: int, now: datetime
) -> None:
    """「看佐证」: what was handed in, below."""
    _, found = _seen(tx, person, task)
    key = f"task_given:{found.id}:{line}:{chat}:{message}:{found.version}"
    outbox.owe(tx, line, chat, "task_given", found.id, now, key=key)


def open_menu(
    tx: Transaction, person: int, task: int, kind: str, page: int, line: str, chat: int,
    message: int, now: datetime,
) -> None:  # fmt: skip
    """The list opens on the pressed card, or on the task's own below. Raises where it is vain."""
    who, found = _seen(tx, person, task)
    if kind in MOVES:
        allow(tx, MOVES[kind], who, found)
    elif kind == "stuck":
        allow(tx, "hand_in", who, found)
    shown = outbox.card_at(tx, line, chat, message)
    card = shown.card if shown is not None and shown.card in CARRYING else "task"
    note(tx, found, now, menu=f"{kind}:{who.id}:{page}:{card}")
    if card == "task":
        owe_here(tx, found.id, line, chat, message, now)


def expect_words(tx: Transaction, person: int, task: int, kind: str, now: datetime) -> None:
    """「写一句」: the person's next words are the reason. Raises NotFound for no such menu."""
    if kind not in (*REASONED, "look"):
        raise NotFound
    who, found = _seen(tx, person, task)
    awaited.expect(tx, who.id, f"task_{kind}", found.id, now + WAIT)


def claim(
    tx: Transaction, person: int, row: int, number: int, line: str, chat: int, message: int,
    now: datetime,
) -> None:  # fmt: skip
    """「算任务 27 的佐证」, and the card that asks for more below."""
    found = task_files.claim(tx, person, row, number, now)
    owe_here(tx, found.id, line, chat, message, now)
