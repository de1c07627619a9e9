"""How long a card takes to follow a press, and a tick of the clock, with few and many problems.

The whole house runs in this process with a make-believe Telegram: from the press on its way in to
the edited card on its way out. Run: python -m tests.bench.loop
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert, select

from bot.actions.clocks import set_rows
from bot.rules.loop import Stage
from bot.rules.records import Bureau, Role
from bot.words.card import press
from storage import dues, problems
from storage.schema import Transaction
from tests.bench.indicators import LARGE, OPEN, SMALL, made
from tests.bench.questions import NOW
from tests.bench.table import Row, headed, judged, printed, spread, times
from tests.fakes import phones
from tests.house import Stage as House
from tests.house import open_stage

MOST_MS, RUNS = 50, 40
FIRST_ID = 1_000_000
"""The house's own problems come first, so that the others' numbers are in nobody's way."""

Figures = dict[str, list[float]]


def fill(tx: Transaction, closed: int, bureau: Bureau) -> None:
    """So many closed problems and the open ones, each of those with its clock's rows."""
    rows = [row | {"id": row["id"] + FIRST_ID} for row in made(closed)]
    for begin in range(0, len(rows), 500):
        tx.execute(insert(problems.table), rows[begin : begin + 500])
    under_way = problems.c.stage != Stage.CLOSED
    for number in tx.execute(select(problems.c.id).where(under_way)).scalars().all():
        found = problems.by_id(tx, number)
        assert found is not None
        set_rows(tx, found, bureau, NOW)


async def measure(closed: int, runs: int) -> Figures:
    """Milliseconds of every press and tick, with so many closed problems beside the open ones."""
    found: Figures = {"press": [], "tick": [], "overdue": []}
    with tempfile.TemporaryDirectory(prefix="gangting-bench-") as folder:
        async with open_stage(Path(folder), NOW) as stage:
            house = stage.house
            assert house is not None
            await stage.join("张建国", {Role.OFFICER})
            await stage.says("张建国", "松江路 占道经营2处")
            await house.database.write(fill, closed, stage.settings.bureau)
            await stage.pass_time(seconds=2)
            card = max(stage.fake.world.chats[stage.user("张建国")].messages)
            for run in range(-2, runs):
                stage.clock.move(timedelta(seconds=2))
                done = await _press(stage, card, "zi" if run % 2 else "zk")
                begun = time.perf_counter()
                await house.timetable.ring()
                ticked = (time.perf_counter() - begun) * 1000
                await stage.settle(60)
                if run >= 0:
                    found["press"].append(done)
                    found["tick"].append(ticked)
            for _ in range(max(3, runs // 4)):
                found["overdue"].append(await _overdue(stage))
    return found


async def _press(stage: House, card: int, act: str) -> float:
    """From the press on its way to the first edit that comes of it."""
    edits = _edits(stage)
    begun = time.perf_counter()
    phones.press(stage.fake.world, stage.user("张建国"), card, press(act, 1, 1), forge=True)
    assert stage.house is not None
    await stage.house.lanes.accept("telegram", [stage.fake.world.queue.popleft()])
    while _edits(stage) == edits:
        await asyncio.sleep(0)
        assert time.perf_counter() - begun < 30, "no card followed the press"
    return (time.perf_counter() - begun) * 1000


def _edits(stage: House) -> int:
    return sum(e["method"] == "editMessageText" for e in stage.fake.world.sent)


async def _overdue(stage: House) -> float:
    """A tick in which one more problem is overdue, told and noted for the next time."""
    house = stage.house
    assert house is not None
    due = await house.database.read(dues.next_due)
    assert due is not None
    stage.clock.set(max(due, stage.clock.now()) + timedelta(seconds=1))
    begun = time.perf_counter()
    await house.timetable.ring()
    done = (time.perf_counter() - begun) * 1000
    await stage.settle(60)
    return done


def rows(few: Figures, many: Figures) -> list[Row]:
    """A line each: the times with many, and how many times as long as with few."""
    lines = [headed(f"the problem loop, {LARGE:,} closed and {OPEN:,} open problems")]
    for name, said in (
        ("press", "  press to edited card"), ("tick", "  tick, nothing due"),
        ("overdue", "  tick, what is due"),
    ):  # fmt: skip
        good = statistics.median(many[name]) <= MOST_MS
        ratio = f"{times(many[name], few[name]):.2f} x {SMALL:,}"
        lines.append((said, f"{spread(many[name], 1)} ms", ratio, judged(f"<= {MOST_MS} ms", good)))
    return lines


def both(runs: int = RUNS) -> tuple[Figures, Figures]:
    """With few and with many, one after the other."""
    return asyncio.run(measure(SMALL, runs)), asyncio.run(measure(LARGE, runs))


if __name__ == "__main__":
    print(printed(rows(*both())))
