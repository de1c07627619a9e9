"""How long the indicators of a month take with 10,000 and with 100,000 closed problems.

Beside the closed ones 2,000 are open, a few of them overdue; small and large store take turns.
Run: python -m tests.bench.indicators
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import create_engine, insert
from sqlalchemy.engine import Connection
from sqlalchemy.pool import NullPool

from bot.rules.loop import Outcome, Stage
from storage import problem_counts, problems
from storage.counts import Scope
from storage.migrate import upgrade
from tests.bench.history import CHUNK, DAYS, OFFICERS, SQUADS
from tests.bench.questions import NOW
from tests.bench.table import Row, headed, judged, printed, spread, times
from tests.storage.stores import STORES, plain, postgres_database

SMALL, LARGE, OPEN = 10_000, 100_000, 2_000
MOST_MS, RUNS = 20, 40
WORK = (Stage.FOUND, Stage.HANDED, Stage.TAKEN)
MONTH = Scope(NOW - timedelta(days=30), NOW, at=NOW)
OVERDUE = Scope(None, NOW, at=NOW)

Times = dict[str, dict[str, list[list[float]]]]
"""For each store and question the milliseconds of every run, with few and with many closed ones."""


def made(closed: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Problems over three years, and the open ones of the last two weeks, oldest first."""
    dice = Random(seed)
    for n in range(closed + OPEN):
        is_open = n >= closed
        days = 14 * (1 - (n - closed) / OPEN) if is_open else DAYS * (1 - n / closed)
        at = NOW - timedelta(days=days)
        late = dice.random() < 0.1
        yield {
            "id": n + 1, "number": f"W-{n}", "stage": dice.choice(WORK) if is_open else "closed",
            "outcome": None if is_open else dice.choice(tuple(Outcome) + (Outcome.RECTIFIED,) * 20),
            "report": n + 1, "position": 0, "source": "patrol", "spot": f"spot{n % 12}",
            "category": f"kind{n % 20}", "quantity": 1, "person": n % OFFICERS + 1,
            "squad": SQUADS[n % 3], "found_at": at, "handler": None if is_open else n % OFFICERS,
            "handled_at": None if is_open else at + timedelta(hours=30 if late else 1),
            "told": False, "lacks_photo": False, "asked": 1, "returned": int(late), "reopened": 0,
            "closed_at": None if is_open else at + timedelta(days=2),
            "handle_by": at + timedelta(days=1), "extended": int(late and n % 2),
            "exempt": "道路封闭" if late and n % 9 == 0 else None, "rebound": False, "version": 5,
        }  # fmt: skip


def fill(tx: Connection, closed: int) -> None:
    """The empty store is migrated and holds so many closed problems, and the open ones."""
    upgrade(tx)
    rows = made(closed)
    while chunk := list(islice(rows, CHUNK)):
        tx.execute(insert(problems.table), chunk)
    tx.commit()
    if tx.dialect.name == "postgresql":
        tx.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE")


def measure(large: int = LARGE, runs: int = RUNS) -> Times:
    """On every store that this machine has, with `SMALL` and with `large` closed problems."""
    found: Times = {}
    for store in STORES:
        with tempfile.TemporaryDirectory(prefix="gangting-bench-") as folder, ExitStack() as stack:
            try:
                urls = [_url(store, Path(folder), number) for number in (SMALL, large)]
            except pytest.skip.Exception as missing:
                print(f"{store}: {missing}", file=sys.stderr)
                continue
            opened = []
            for url, closed in zip(urls, (SMALL, large), strict=True):
                tx = stack.enter_context(create_engine(url, poolclass=NullPool).connect())
                fill(tx, closed)
                opened.append(tx)
            found[store] = _measure(opened, runs)
    return found


def _url(store: str, folder: Path, number: int) -> str:
    if store == "sqlite":
        return f"sqlite:///{folder / f'{number}.db'}"
    return plain(postgres_database(f"indicators_{number}"))


def _measure(stores: list[Connection], runs: int) -> dict[str, list[list[float]]]:
    asked = {
        "a month": lambda tx: problem_counts.tally(tx, MONTH),
        "overdue now": lambda tx: problem_counts.number(tx, "overdue", OVERDUE),
    }
    told: dict[str, list[list[float]]] = {name: [[] for _ in stores] for name in asked}
    for run in range(-1, runs):
        for name, ask in asked.items():
            for place, tx in enumerate(stores):
                begun = time.perf_counter()
                ask(tx)
                if run >= 0:
                    told[name][place].append((time.perf_counter() - begun) * 1000)
    return told


def rows(found: Times, large: int = LARGE) -> list[Row]:
    """A line a store and question: the times, and how many times as long as with few."""
    lines = [headed(f"indicators, {large:,} closed and {OPEN:,} open problems")]
    for store, told in found.items():
        for name, (few, many) in told.items():
            good = statistics.median(many) <= MOST_MS
            ratio = f"{times(many, few):.2f} x {SMALL:,}"
            said = judged(f"<= {MOST_MS} ms", good)
            lines.append((f"  {name}, {store}", f"{spread(many, 1)} ms", ratio, said))
    return lines


if __name__ == "__main__":
    print(printed(rows(measure())))
