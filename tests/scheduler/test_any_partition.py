"""However time is cut into ticks, restarts and downtimes, the same notices are sent, none twice.

A history is the calendar's duties of three weeks and what deeds made due; a partition is the
moments at which the clock happened to ring, forwards and (after a jump) backwards.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from bot.rules.quiet import is_quiet, next_morning
from bot.rules.records import Bureau
from scheduler.duties import SOON, Duty
from scheduler.timetable import Timetable
from storage import dues, outbox
from storage.database import Database
from storage.dues import Occurrence
from storage.schema import Transaction
from tests.actions.conftest import MONDAY_9, Field, default_bureau
from tests.scheduler.sample import SAMPLE, moments, reminders, summaries, tell
from tests.scheduler.test_timetable import Stopped

DAY = timedelta(days=1)
END = MONDAY_9 + 21 * DAY
FAR = MONDAY_9 + 400 * DAY

DEFAULT = default_bureau()[0]
BUREAU = replace(DEFAULT, hours=replace(DEFAULT.hours, morning=time(7, 30)))
"""Its morning is when its quiet hours end: so a moment is either lawful or it is not."""

OFFSETS = st.integers(min_value=0, max_value=21 * 24 * 60).map(lambda m: timedelta(minutes=m))
DEEDS = st.lists(st.tuples(OFFSETS, st.integers(0, 4 * 24 * 60)), max_size=8)
"""What deeds make due: when the deed is done, and how many minutes later it is due."""

TICKS = st.lists(st.tuples(OFFSETS, st.booleans()), max_size=25)
"""When the clock rings, and whether the house was restarted before."""


@dataclass
class Row:
    """An occurrence in the model; from `limit` on it isn't told any more."""

    key: str
    rings: datetime
    limit: datetime
    state: str = "due"


def model(ticks: list[datetime], deeds: list[tuple[datetime, datetime]]) -> set[str]:
    """What is told: a row at its first lawful ring, unless a ring came when it was too late."""
    rows = [*calendar(), *(Row(f"deed:{n}:1", due, FAR) for n, (_, due) in enumerate(deeds))]
    noted = {f"deed:{n}:1": at for n, (at, _) in enumerate(deeds)}
    for tick in ticks:
        for row in rows:
            if row.state != "due" or row.rings > tick or noted.get(row.key, tick) > tick:
                continue
            if tick >= row.limit:
                row.state = "dropped"
            elif is_quiet(BUREAU, tick):
                row.rings = next_morning(BUREAU, tick)
            else:
                row.state = "told"
    return {row.key for row in rows if row.state == "told"}


def calendar() -> list[Row]:
    """The sample's occurrences of the three weeks and what makes each too late."""
    rows = []
    for find, newer, soon in ((reminders, 1, FAR), (summaries, 2, FAR), (moments, 0, None)):
        found = find(None, BUREAU, MONDAY_9, END)  # type: ignore[arg-type]
        for one in found:
            later = sorted(
                o.due_at for o in found if o.matter == one.matter and o.due_at > one.due_at
            )
            limit = later[newer - 1] if newer and len(later) >= newer else soon
            limit = limit or one.due_at + SOON + timedelta(microseconds=1)
            rows.append(Row(one.key, one.due_at, limit))
    return [row for row in rows if MONDAY_9 <= row.rings <= END]


def until_the_end(
    tx: Transaction, bureau: Bureau, since: datetime, until: datetime, duty: Duty
) -> list[Occurrence]:
    return [one for one in duty.occurrences(tx, bureau, since, until) if one.due_at <= END]


DUTIES = {
    name: replace(duty, occurrences=lambda *given, duty=duty: until_the_end(*given, duty))
    for name, duty in SAMPLE.items()
} | {"deed": Duty("deed", "试", "reminder", lambda *_: (), tell)}


async def played(
    database: Database, ticks: list[tuple[datetime, bool]], deeds: list[tuple[datetime, datetime]]
) -> list[str]:
    """The keys of all that was told, in order, when the clock rang at these moments."""

    def clean(tx: Transaction) -> None:
        for table in (dues.table, dues.plans, outbox.table):
            tx.execute(delete(table))

    await database.write(clean)
    clock, waiting = Stopped(), sorted(enumerate(deeds), key=lambda one: one[1][0])
    timetable = Timetable(database, BUREAU, clock, lambda: None, DUTIES)
    for at, restarted in ticks:
        while waiting and waiting[0][1][0] <= at:
            number, (done, due) = waiting.pop(0)
            await database.write(dues.note, [Occurrence(f"deed:{number}:1", "deed", due)], done)
        if restarted:
            timetable = Timetable(database, BUREAU, clock, lambda: None, DUTIES)
        clock.moment = at
        await timetable.ring()
    rows = select(outbox.c.key, outbox.c.wanted).where(outbox.c.card == "answer")
    told = await database.read(lambda tx: tx.execute(rows.order_by(outbox.c.id)).all())
    assert all(row.wanted == 1 for row in told), "something was told twice"
    return [row.key for row in told]


def moments_of(ticks: list[tuple[timedelta, bool]]) -> list[tuple[datetime, bool]]:
    """The first ring is at the beginning, the last on the Monday after the end."""
    return [(MONDAY_9, False), *((MONDAY_9 + off, new) for off, new in ticks), (END + DAY, True)]


def due_of(deeds: list[tuple[timedelta, int]]) -> list[tuple[datetime, datetime]]:
    return [
        (MONDAY_9 + off, min(MONDAY_9 + off + timedelta(minutes=more), END)) for off, more in deeds
    ]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """One store for all examples, with people in it; what depends on the store is tested apart."""
    opened = await Database.open(f"sqlite:///{tmp_path}/gangting.db")
    await opened.write(lambda tx: Field(tx) and None)
    yield opened
    await opened.close()


ANY = settings(
    max_examples=int(os.environ.get("EXAMPLES", "15")), deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@ANY
@given(TICKS, DEEDS)
async def test_the_same_notices_whatever_the_ticks(
    database: Database, ticks: list[tuple[timedelta, bool]], deeds: list[tuple[timedelta, int]]
) -> None:
    """Of what never comes too late, all is told, once: the partition makes no difference."""
    made = due_of(deeds)
    told = await played(database, moments_of(sorted(ticks, key=lambda one: one[0])), made)
    newest = {row.key for row in calendar() if row.limit == FAR}
    always = newest | {f"deed:{n}:1" for n in range(len(made))}
    assert set(told) >= always
    assert len(told) == len(set(told))


@ANY
@given(TICKS, DEEDS)
async def test_what_is_told_is_what_the_classes_of_lateness_say(
    database: Database, ticks: list[tuple[timedelta, bool]], deeds: list[tuple[timedelta, int]]
) -> None:
    made, rings = due_of(deeds), moments_of(sorted(ticks, key=lambda one: one[0]))
    told = await played(database, rings, made)
    assert set(told) == model([at for at, _ in rings], made)


@ANY
@given(TICKS, DEEDS)
async def test_so_it_is_under_a_clock_that_jumps_back(
    database: Database, ticks: list[tuple[timedelta, bool]], deeds: list[tuple[timedelta, int]]
) -> None:
    told = await played(database, moments_of(ticks), due_of(deeds))
    assert len(told) == len(set(told))
    newest = {row.key for row in calendar() if row.limit == FAR}
    assert set(told) >= newest | {f"deed:{n}:1" for n in range(len(deeds))}


async def test_a_clock_that_misses_nothing_tells_everything(database: Database) -> None:
    """The reference: rung at each moment at which something is due."""
    rings = [(MONDAY_9, False), *((at, False) for at in sorted({row.rings for row in calendar()}))]
    assert set(await played(database, rings, [])) == {row.key for row in calendar()}
