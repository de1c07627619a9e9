"""Due rows: how long one tick plans with 10,000 of them open, and how fast 3,000 notices leave.

The notices go at a line's pace of 30 a second to a fake that answers 429 to anything faster.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.bureau import DEFAULT, build_bureau
from bot.clock import Clock
from bot.rules.records import Bureau
from scheduler import planning
from scheduler.duties import Duty
from scheduler.timetable import EVERY, Timetable
from storage import dues
from storage.database import Database
from storage.dues import Due, Occurrence
from storage.schema import Transaction
from tests.bench import measure as bots
from tests.bench.table import Row, headed, judged
from tests.chaos.books import Books
from tests.chaos.child import Child, settle_people
from tests.chaos.notices import COMMAND
from tests.chaos.noticing import NOTICE
from tests.fakes.control import running

OPEN, NOTICES, PACE = 10_000, 3_000, 30
OFFICERS = list(range(1001, 1501))


@dataclass
class Figures:
    """Milliseconds of ticks, and of one plan anew; messages a second, refusals, megabytes."""

    ticks: list[float] = field(default_factory=list)
    plans: list[float] = field(default_factory=list)
    rate: float = 0.0
    fullest: int = 0
    floods: int = 0
    sent: int = 0
    memory: list[float] = field(default_factory=list)


def measure(notices: int) -> Figures:
    """Both parts."""
    found = Figures()
    with tempfile.TemporaryDirectory(prefix="gangting-bench-") as folder:
        asyncio.run(_ticks(Path(folder), found))
        _leave(Path(folder) / "bot", notices, found)
    return found


async def _ticks(folder: Path, found: Figures) -> None:
    clock, bureau = Clock(), build_bureau(DEFAULT)
    start = clock.now()

    def occurrences(
        tx: Transaction, bureau: Bureau, since: datetime, until: datetime
    ) -> Sequence[Occurrence]:
        del tx, bureau, since, until
        return [
            Occurrence(f"bench:{n}:1", "bench", start + timedelta(hours=1, minutes=n))
            for n in range(OPEN)
        ]

    def act(tx: Transaction, bureau: Bureau, due: Due, now: datetime) -> str:
        raise AssertionError("nothing is due")

    duties = {**EVERY, "bench": Duty("bench", "试", "reminder", occurrences, act)}
    database = await Database.open(f"sqlite:///{folder}/gangting.db")
    try:
        timetable = Timetable(database, bureau, clock, lambda: None, duties)
        await timetable.ring()
        assert len(await database.read(dues.coming, OPEN)) >= OPEN
        for _ in range(50):
            begun = time.perf_counter()
            await timetable.ring()
            found.ticks.append((time.perf_counter() - begun) * 1000)
        for _ in range(10):
            begun = time.perf_counter()
            await planning.plan(database, duties, bureau, clock.now())
            found.plans.append((time.perf_counter() - begun) * 1000)
    finally:
        await database.close()


def _leave(home: Path, notices: int, found: Figures) -> None:
    with (
        running(light=True) as telegram, Child(home, telegram, command=COMMAND) as bot,
        Books(home) as books,
    ):  # fmt: skip
        bot.environ |= {
            "PYTHONPATH": str(_root()), "GANGTING_LOG": "warning",
            "GANGTING_TELEGRAM__MESSAGES_PER_SECOND": str(PACE),
        }  # fmt: skip
        settle_people(home, telegram, OFFICERS)
        telegram.flood(PACE, 1, 20)
        now = Clock().now()
        books.note([Occurrence(f"n{n}:1", NOTICE, now, _words(n)) for n in range(notices)])
        bot.start()
        bot.wait_ready()
        for part in range(1, 11):
            wanted = notices * part // 10
            bot.wait_until(lambda wanted=wanted: telegram.state()["sent"] >= wanted, 120, 0.2)
            found.memory.append(bots.memory(bot.pid)[0])
        found.floods = telegram.state()["floods"]
        at = sorted(e["at"] for e in telegram.sent(method="sendMessage"))
    found.sent = len(at)
    found.rate = (len(at) - 1) / (at[-1] - at[0])
    found.fullest = max(sum(t <= s < t + 1 for s in at[i : i + 60]) for i, t in enumerate(at))


def _words(n: int) -> dict[str, Any]:
    return {"chat": OFFICERS[n % len(OFFICERS)], "words": f"通知{n:04d}"}


def _root() -> Path:
    """Where the tests' packages are found."""
    return Path(__file__).parents[2]


def rows(found: Figures) -> list[Row]:
    """The figures with their aims."""
    tick, plan = statistics.median(found.ticks), statistics.median(found.plans)
    worst = max(found.ticks)
    grown = found.memory[-1] - found.memory[2]
    allowed = 100 * found.rate / PACE
    return [
        headed(f"{OPEN:,} open due rows"),
        ("  one tick", f"{tick:.1f} ms, at most {worst:.1f} ms", "",
         judged("<= 50 ms", tick <= 50)),
        ("  all planned anew (once a day)", f"{plan:.0f} ms", "", ""),
        headed(f"notices at {PACE} a second"),
        ("  leave at", f"{found.rate:.1f}/s, {allowed:.1f} % of the allowed", "",
         judged(">= 95 %", allowed >= 95)),
        ("  in the fullest second", str(found.fullest), "", ""),
        ("  refused as too fast", str(found.floods), "",
         judged("<= 1 %", found.floods * 100 <= found.sent)),
        ("  memory from the third tenth to the last", f"{grown:+.1f} MB of {found.memory[2]:.0f}",
         "", judged("flat", grown < 10)),
    ]  # fmt: skip
