"""However time is cut into rings, restarts and downtimes, of a problem's clocks the same is told.

What a ring tells depends on the moment alone, nothing is told twice, and what is told last is the
newest that there is to say.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from bot.actions.clocks import set_clocks
from bot.rules.clocks import Kind, days_over
from bot.rules.quiet import is_quiet
from scheduler.duty_problems import DUTIES
from scheduler.timetable import Timetable
from storage import dues, outbox, problems
from storage.database import Database
from storage.schema import Transaction
from tests.actions.conftest import MONDAY_9, Field
from tests.scheduler.test_timetable import Stopped

DAY = timedelta(days=1)
END = MONDAY_9 + 21 * DAY
OFFSETS = st.integers(0, 21 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))
TICKS = st.lists(st.tuples(OFFSETS, st.booleans()), max_size=25)
"""When the clock rings, and whether the house was restarted before."""

BY_NAME = {duty.name: duty for duty in DUTIES}
ANY = settings(
    max_examples=int(os.environ.get("EXAMPLES", "15")), deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[tuple[Database, Field]]:
    """One store for all examples: a problem that nobody does anything about."""
    opened = await Database.open(f"sqlite:///{tmp_path}/gangting.db")

    def begin(tx: Transaction) -> Field:
        field = Field(tx)
        field.sends("张建国", "松江路 占道")
        return field

    field = await opened.write(begin)
    yield opened, field
    await opened.close()


async def played(
    database: Database, field: Field, rings: list[tuple[datetime, bool]]
) -> list[tuple[datetime, str, int]]:
    """(when, what, to whom) of all that was told when the clock rang at these moments."""

    def anew(tx: Transaction) -> None:
        for table in (dues.table, dues.plans, outbox.table):
            tx.execute(delete(table))
        (problem,) = problems.under_way(tx)
        set_clocks(tx, problem, field.bureau, MONDAY_9)

    await database.write(anew)
    clock = Stopped()
    timetable = Timetable(database, field.bureau, clock, lambda: None, BY_NAME)
    for at, restarted in rings:
        if restarted:
            timetable = Timetable(database, field.bureau, clock, lambda: None, BY_NAME)
        clock.moment = at
        await timetable.ring()
    query = select(outbox.c.created_at, outbox.c.args, outbox.c.chat).where(outbox.c.card == "late")
    rows = await database.read(lambda tx: tx.execute(query.order_by(outbox.c.id)).all())
    return [(row.created_at, row.args["items"][0][1], row.chat) for row in rows]


def rings_of(ticks: list[tuple[timedelta, bool]]) -> list[tuple[datetime, bool]]:
    return [(MONDAY_9, False), *((MONDAY_9 + off, new) for off, new in ticks), (END, True)]


@ANY
@given(TICKS)
async def test_told_as_the_moments_of_the_rings_say(
    database: tuple[Database, Field], ticks: list[tuple[timedelta, bool]]
) -> None:
    """A stage is told at the first lawful ring after it, unless a newer one is due by then."""
    store, field = database
    bureau, rings = field.bureau, rings_of(sorted(ticks, key=lambda one: one[0]))
    told = await played(store, field, rings)
    assert len(set(told)) == len(told)
    assert not [at for at, _, _ in told if is_quiet(bureau, at)]
    due = MONDAY_9 + timedelta(hours=2)
    expected, stage = [], 0
    for at, _ in rings:
        if is_quiet(bureau, at):
            continue
        now = 0
        if at >= due - timedelta(minutes=30):
            now = 1 if at < due + timedelta(minutes=1) else 2
        if at > due and at.astimezone(bureau.tz).time() >= bureau.hours.morning:
            now += days_over(due, at, bureau) // bureau.loop.red_days
        elif at > due:
            now += days_over(due, at - DAY, bureau) // bureau.loop.red_days
        if now > stage:
            stage = now
            expected.append((at, Kind.YELLOW.value if now == 1 else Kind.RED.value))
    assert [(at, kind) for at, kind, chat in told if chat == field.chat("张建国")] == expected


@ANY
@given(TICKS)
async def test_a_clock_that_jumps_back_tells_nothing_twice(
    database: tuple[Database, Field], ticks: list[tuple[timedelta, bool]]
) -> None:
    store, field = database
    told = await played(store, field, rings_of(ticks))
    mine = [(at, kind) for at, kind, chat in told if chat == field.chat("张建国")]
    assert len(set(mine)) == len(mine)
    assert sum(kind == Kind.YELLOW for _, kind in mine) <= 1
    assert mine
    assert mine[-1][1] == Kind.RED or len(mine) > 1
    for (first, _), (second, _) in pairwise(sorted(mine)):
        assert first < second
