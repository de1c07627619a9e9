"""How long the ledger's views take with 10,000 tasks of 500 owners.

我的台账 of an owner, the whole 台账 of a supervisor, and the wall: read, drawn as SVG, as PNG.
Run: python -m tests.bench.ledger
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import create_engine, insert
from sqlalchemy.engine import Connection
from sqlalchemy.pool import NullPool

from bot.actions import answering, ledger_figures, ledger_views
from bot.bureau import DEFAULT, build_bureau
from bot.rules.ledger import TaskState
from bot.rules.records import Role
from bot.words import wall
from storage import people, rendering, task_headings, task_people, tasks
from storage.migrate import upgrade
from tests.bench.questions import NOW
from tests.bench.table import Row, headed, judged, printed, spread
from tests.storage.stores import STORES, plain, postgres_database

TASKS, OWNERS, DEPARTMENTS, RUNS = 10_000, 500, 20, 20
MOST_MINE_MS, MOST_PICTURE_MS = 20, 150
FEW = 85
"""Tasks of a bureau as the bulletin's, drawn a cell each."""

Times = dict[str, dict[str, list[float]]]
"""For each store (and for the drawing) the milliseconds of every run, by what was done."""


def fill(tx: Connection, many: int = TASKS, seed: int = 1) -> None:
    """The empty store is migrated and holds so many tasks of the owners, and their headings."""
    upgrade(tx)
    dice, today = Random(seed), NOW.date()
    roles = frozenset({Role.OWNER})
    owners = [people.add(tx, f"责任人{n}", roles, None, None, NOW) for n in range(OWNERS)]
    task_headings.set_titles(tx, {"1": "方面一", "1.1": "大项一", "1.1.1": "问题一"})
    states = [*TaskState, *[TaskState.SIGNED_OFF] * 4, *[TaskState.UNDER_WAY] * 2]
    made, named = [], []
    for n in range(1, many + 1):
        state = dice.choice(states)
        made.append({
            "number": n, "kind": tasks.LEDGER, "path": "1.1.1", "title": f"整改任务的题目 {n}",
            "text": "要办的事" * 10, "wants": "照片", "note": "",
            "department": f"科室{n % DEPARTMENTS}",
            "due": today + timedelta(days=dice.randint(-60, 300)), "long_term": n % 7 == 0,
            "urgent": False, "state": state, "loaded": state, "asked": 0, "met": int(n % 14 == 0),
            "lapsed": 0, "returned": 0, "reopened": 0, "extended": 0, "void": False,
            "created_at": NOW, "version": 1,
        })  # fmt: skip
        who = n % OWNERS
        named.append({"task": n, "part": task_people.OWNER, "position": 0, "name": f"责任人{who}",
                      "person": owners[who]})  # fmt: skip
    for at in range(0, many, 1000):
        tx.execute(insert(tasks.table), made[at : at + 1000])
        tx.execute(insert(task_people.named), named[at : at + 1000])
    tx.commit()
    if tx.dialect.name == "postgresql":
        tx.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE")


def measure(many: int = TASKS, runs: int = RUNS) -> Times:
    """On every store that this machine has, and the drawing of many tasks and of few."""
    found: Times = {}
    for store in STORES:
        with tempfile.TemporaryDirectory(prefix="gangting-bench-") as folder:
            try:
                url = _url(store, Path(folder))
            except pytest.skip.Exception as missing:
                print(f"{store}: {missing}", file=sys.stderr)
                continue
            with create_engine(url, poolclass=NullPool).connect() as tx:
                fill(tx, many)
                found[store] = _reads(tx, runs)
    with create_engine("sqlite://").connect() as tx, create_engine("sqlite://").connect() as other:
        fill(tx, many)
        fill(other, FEW)
        found["drawn"] = _draws({f"{many:,}": tx, f"{FEW}": other}, runs)
    return found


def _url(store: str, folder: Path) -> str:
    if store == "sqlite":
        return f"sqlite:///{folder / 'ledger.db'}"
    return plain(postgres_database("ledger"))


def _timed(doing: dict[str, Callable[[], Any]], runs: int) -> dict[str, list[float]]:
    told: dict[str, list[float]] = defaultdict(list)
    for run in range(-1, runs):
        for name, do in doing.items():
            begun = time.perf_counter()
            do()
            if run >= 0:
                told[name].append((time.perf_counter() - begun) * 1000)
    return dict(told)


def _reads(tx: Connection, runs: int) -> dict[str, list[float]]:
    bureau = build_bureau(DEFAULT)
    owner = people.named(tx, "责任人7")[0]
    mine, whole = ledger_views.mine(owner.name), ledger_views.wanted()
    doing: dict[str, Callable[[], Any]] = {
        "我的台账": lambda: answering.answer(tx, owner, mine, bureau, NOW),
        "台账, all of it": lambda: answering.answer(tx, None, whole, bureau, NOW),
        "the wall's facts": lambda: ledger_figures.wall(tx, bureau, NOW),
    }
    return _timed(doing, runs)


def _draws(stores: dict[str, Connection], runs: int) -> dict[str, list[float]]:
    bureau = build_bureau(DEFAULT)
    doing: dict[str, Callable[[], Any]] = {}
    for name, tx in stores.items():
        facts = ledger_figures.wall(tx, bureau, NOW)
        assert facts is not None
        drawing = wall.svg(facts)
        doing[f"SVG of {name} tasks"] = lambda facts=facts: wall.svg(facts)  # type: ignore[misc]
        doing[f"PNG of {name} tasks"] = lambda svg=drawing: rendering.render(svg)  # type: ignore[misc]
    return _timed(doing, runs)


def rows(found: Times, many: int = TASKS) -> list[Row]:
    """A line a store and view, then the drawing; SVG and PNG together are the picture."""
    lines = [headed(f"the ledger, {many:,} tasks of {OWNERS} owners")]
    for store, told in found.items():
        for name, values in told.items():
            most = {"我的台账": MOST_MINE_MS}.get(name)
            most = MOST_PICTURE_MS if name.startswith("PNG") else most
            good = most is None or statistics.median(values) <= most
            said = judged(f"<= {most} ms", good) if most else ""
            lines.append((f"  {name}, {store}", f"{spread(values, 1)} ms", "", said))
    return lines


if __name__ == "__main__":
    print(printed(rows(measure())))
