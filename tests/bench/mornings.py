"""How long the plan of a morning takes with 10,000 tasks of 500 owners, and how many it tells.

A year of deadlines, of which a week's and what is overdue is told; and the worst of all mornings,
on which every task has a new stage. Run: python -m tests.bench.mornings
"""

from __future__ import annotations

import gc
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import create_engine, func, insert, select
from sqlalchemy.engine import Connection
from sqlalchemy.pool import NullPool

from bot.actions import mornings
from bot.bureau import DEFAULT, build_bureau
from bot.rules.ledger import TaskState
from bot.rules.records import Bureau, Role
from storage import outbox, people, reminded, task_people, tasks
from storage.migrate import upgrade
from storage.task_people import LEADER, OWNER
from tests.bench.table import Row, headed, judged, printed, spread
from tests.house import TZ
from tests.storage.stores import STORES, plain, postgres_database

TASKS, OWNERS, DEPARTMENTS = 10_000, 500, 20
MOST_MS, MOST_MESSAGES, RUNS = 200, 500, 10
MONDAY = date(2025, 6, 9)
CASES = ("a usual morning", "every task at once")

Figures = dict[str, dict[str, dict[str, list[float]]]]
"""For each store and case the milliseconds of every plan, the messages and what they tell of."""


def made(case: str) -> Iterator[dict[str, Any]]:
    """Tasks due all over a year, most of what is past done; or all of them due in three days."""
    dice = Random(5)
    for n in range(TASKS):
        due = MONDAY + timedelta(days=dice.randrange(-120, 245))
        if case == CASES[1]:
            due = MONDAY + timedelta(days=3)
        done = due < MONDAY and dice.random() < 0.97
        state = TaskState.SIGNED_OFF if done else TaskState.UNDER_WAY
        if not done and dice.random() < 0.05 and case == CASES[0]:
            state = TaskState.HANDED_IN
        yield {
            "id": n + 1, "number": n + 1, "kind": "ledger", "title": f"任务{n}", "text": "",
            "wants": "", "note": "", "department": f"科室{n % DEPARTMENTS}", "due": due,
            "due_first": due, "long_term": False, "urgent": n % 50 == 0, "state": state,
            "loaded": TaskState.NOT_STARTED, "asked": 0, "met": 0, "lapsed": 0, "returned": 0,
            "reopened": 0, "extended": 0, "void": False, "version": 1, "checker": n % OWNERS + 1,
            "given_at": datetime(2025, 6, 6, 15, tzinfo=TZ), "given_by": 1,
            "look_on": None, "created_at": datetime(2025, 1, 1, tzinfo=TZ),
        }  # fmt: skip


def fill(tx: Connection, case: str) -> None:
    """The people, the tasks and who is named in them."""
    now = datetime(2025, 1, 1, tzinfo=TZ)
    for n in range(1, OWNERS + 1):
        role = Role.LEADER if n <= DEPARTMENTS else Role.SUPERVISOR if n <= 25 else Role.OWNER
        who = people.add(
            tx, f"人{n}", frozenset({role}), None, f"科室{n % DEPARTMENTS}", now
        )  # fmt: skip
        people.know(tx, "telegram", n, n, who, now)
    rows = list(made(case))
    names = [
        {"task": row["id"], "part": part, "position": 0, "name": f"人{who}", "person": who}
        for row in rows
        for part, who in ((OWNER, row["id"] % OWNERS + 1), (LEADER, row["id"] % 5 + 21))
    ]
    for begin in range(0, TASKS, 500):
        tx.execute(insert(tasks.table), rows[begin : begin + 500])
    tx.execute(insert(task_people.named), names)


def measure(runs: int = RUNS) -> Figures:
    """On every store that this machine has."""
    found: Figures = {}
    # As the house does at its start (bot/app.py).
    gc.freeze()
    gc.set_threshold(20000, 20, 50)
    bureau = build_bureau(DEFAULT)
    for store in STORES:
        with tempfile.TemporaryDirectory(prefix="gangting-bench-") as folder, ExitStack() as stack:
            for case in CASES:
                try:
                    url = _url(store, Path(folder), CASES.index(case))
                except pytest.skip.Exception as missing:
                    print(f"{store}: {missing}", file=sys.stderr)
                    break
                tx = stack.enter_context(create_engine(url, poolclass=NullPool).connect())
                upgrade(tx)
                fill(tx, case)
                tx.commit()
                found.setdefault(store, {})[case] = _measure(tx, bureau, runs)
    return found


def _url(store: str, folder: Path, number: int) -> str:
    if store == "sqlite":
        return f"sqlite:///{folder / f'{number}.db'}"
    return plain(postgres_database(f"mornings_{number}"))


def _measure(tx: Connection, bureau: Bureau, runs: int) -> dict[str, list[float]]:
    """The same morning planned again and again, each time taken back."""
    found: dict[str, list[float]] = {"ms": [], "messages": [], "reminders": []}
    now = datetime(2025, 6, 9, 7, 30, tzinfo=TZ)
    for run in range(-1, runs):
        begun = time.perf_counter()
        told = mornings.plan(tx, bureau, now)
        spent = (time.perf_counter() - begun) * 1000
        owed = tx.execute(select(func.count()).select_from(outbox.table)).scalar_one()
        rows = tx.execute(select(func.count()).select_from(reminded.table)).scalar_one()
        assert owed == len(told)
        tx.rollback()
        if run >= 0:
            found["ms"].append(spent)
            found["messages"].append(owed)
            found["reminders"].append(rows)
    return found


def rows(found: Figures) -> list[Row]:
    """A line a store and case."""
    lines = [headed(f"the plan of a morning, {TASKS:,} tasks, {OWNERS} owners")]
    for store, cases in found.items():
        for case, told in cases.items():
            messages = int(told["messages"][0])
            good = statistics.median(told["ms"]) <= MOST_MS and messages <= MOST_MESSAGES
            aim = judged(f"<= {MOST_MS} ms, <= {MOST_MESSAGES}", good)
            said = f"{messages} messages of {int(told['reminders'][0])}"
            lines.append((f"  {store}, {case}", f"{spread(told['ms'], 0)} ms", said, aim))
    return lines


if __name__ == "__main__":
    print(printed(rows(measure())))
