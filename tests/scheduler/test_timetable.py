"""What the clock brings comes once: rung twice, late by days, or under a clock that jumps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.clock import Clock
from scheduler.timetable import JOBS, Timetable
from storage import inbox, journal, outbox, people, reports, spots
from storage.database import Database
from storage.schema import Transaction
from tests.actions.conftest import MONDAY_9, Field, default_bureau

MINUTE = timedelta(minutes=1)


class Stopped(Clock):
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        super().__init__()
        self.moment = MONDAY_9

    def now(self) -> datetime:
        return self.moment


class Bell:
    """A timetable over a store, a clock to put, and how often the sender was woken."""

    def __init__(self, database: Database) -> None:
        self.database, self.clock, self.woken = database, Stopped(), 0
        self.bureau = default_bureau()[0]
        self.timetable = Timetable(database, self.bureau, self.clock, self.wake, {})

    async def fill(self, deed: Any) -> None:
        await self.database.write(lambda tx: deed(Field(tx)) and None)

    def wake(self) -> None:
        self.woken += 1

    async def ring(self, at: datetime) -> None:
        self.clock.moment = at
        await self.timetable.ring()

    async def owed(self, card: str) -> int:
        """How many such cards were ever owed, each version counted."""
        c = outbox.c

        def look(tx: Transaction) -> int:
            return sum(tx.execute(select(c.wanted).where(c.card == card)).scalars())

        return await self.database.read(look)

    async def coming(self, at: datetime) -> list[tuple[str, datetime]]:
        self.clock.moment = at
        return [(one.name, one.at) for one in await self.timetable.coming()]


@pytest.fixture
async def bell(database: Database) -> AsyncIterator[Bell]:
    return Bell(database)


def bare_photo(field: Field) -> None:
    field.sends("张建国")


def new_place(field: Field) -> None:
    field.sends("张建国", "福禄巷口 巡查正常")


def nothing(field: Field) -> None:
    del field


async def test_a_photo_without_a_place_is_asked_about_once_after_half_an_hour(bell: Bell) -> None:
    await bell.fill(bare_photo)
    await bell.ring(MONDAY_9 + 29 * MINUTE)
    assert await bell.owed("reminder") == 0
    for minutes in (30, 30, 31, 90, 600):
        await bell.ring(MONDAY_9 + minutes * MINUTE)
    await bell.ring(MONDAY_9 + timedelta(days=1))
    assert await bell.owed("reminder") == 1
    assert bell.woken >= 1


async def test_rings_at_the_same_moment_ask_once(bell: Bell) -> None:
    await bell.fill(bare_photo)
    bell.clock.moment = MONDAY_9 + 40 * MINUTE
    other = Timetable(bell.database, bell.bureau, bell.clock, bell.wake, {})
    await asyncio.gather(*(t.ring() for t in (bell.timetable, other) * 3))
    assert await bell.owed("reminder") == 1


async def test_at_night_nobody_is_asked_and_in_the_morning_once(bell: Bell) -> None:
    def evening(field: Field) -> None:
        field.now = MONDAY_9.replace(hour=19, minute=50)
        field.sends("张建国")

    await bell.fill(evening)
    for hours in (11.5, 13, 16, 23):
        await bell.ring(MONDAY_9 + timedelta(hours=hours))
    assert await bell.owed("reminder") == 0
    await bell.ring(MONDAY_9 + timedelta(hours=24))
    assert await bell.owed("reminder") == 1


async def test_what_was_answered_meanwhile_is_not_asked(bell: Bell) -> None:
    await bell.fill(bare_photo)
    await bell.database.write(lambda tx: tx.execute(update(reports.reports).values(asking=None)))
    await bell.ring(MONDAY_9 + 45 * MINUTE)
    assert await bell.owed("reminder") == 0


async def test_who_has_left_is_not_asked(bell: Bell) -> None:
    await bell.fill(bare_photo)
    await bell.database.write(
        lambda tx: tx.execute(update(people.people).values(state=people.LEFT))
    )
    await bell.ring(MONDAY_9 + 45 * MINUTE)
    assert await bell.owed("reminder") == 0


async def test_after_three_days_down_everything_due_comes_once(bell: Bell) -> None:
    def week(field: Field) -> None:
        bare_photo(field)
        field.later(hours=2)
        new_place(field)

    await bell.fill(week)
    thursday = MONDAY_9 + timedelta(days=3)
    for seconds in (0, 2, 4):
        await bell.ring(thursday + timedelta(seconds=seconds))
    assert await bell.owed("reminder") == 1
    assert await bell.owed("places") == 1


async def test_new_places_are_told_in_the_morning_once_a_day(bell: Bell) -> None:
    await bell.fill(new_place)
    await bell.ring(MONDAY_9 + timedelta(hours=8))
    assert await bell.owed("places") == 0
    tuesday = MONDAY_9 + timedelta(days=1)
    for minutes in (-31, -30, 0, 60):
        await bell.ring(tuesday + minutes * MINUTE)
    await bell.ring(tuesday + timedelta(days=1))
    assert await bell.owed("places") == 1
    assert [name.told for name in await bell.database.read(spots.new_names)] == [True]


async def test_the_books_are_closed_once_a_night(bell: Bell) -> None:
    await bell.fill(nothing)
    night = MONDAY_9.replace(hour=3)
    for at in (night - MINUTE, night, night + MINUTE, night + 59 * MINUTE, night + 61 * MINUTE):
        await bell.ring(at)
    await bell.ring(night + timedelta(days=1))

    def nights(tx: Transaction) -> list[str]:
        return [line.subject for line in journal.lines(tx) if line.deed == "reconcile"]

    assert await bell.database.read(nights) == ["20250609", "20250610"]


async def test_a_row_that_waits_too_long_is_told_at_night(bell: Bell) -> None:
    await bell.fill(nothing)
    row = inbox.Arrival("1", "7", {"x": 1})
    await bell.database.write(inbox.take_in, "telegram", [row], MONDAY_9 - timedelta(days=1))
    for minutes in (0, 1, 2):
        await bell.ring(MONDAY_9.replace(hour=3) + minutes * MINUTE)
    assert await bell.owed("failed_admin") == 1


async def test_a_clock_that_jumps_back_repeats_nothing(bell: Bell) -> None:
    await bell.fill(lambda field: (bare_photo(field), field.later(hours=2), new_place(field)))
    for hours in (24, 22, 72, 23, 1, 24, 18, 66):
        await bell.ring(MONDAY_9 + timedelta(hours=hours))
    assert await bell.owed("reminder") == 1
    assert await bell.owed("places") == 1

    def nights(tx: Transaction) -> int:
        return sum(line.deed == "reconcile" for line in journal.lines(tx))

    assert await bell.database.read(nights) == 2


async def test_what_will_come_is_told_soonest_first(bell: Bell) -> None:
    await bell.fill(lambda field: (bare_photo(field), field.later(hours=2), new_place(field)))
    tuesday = MONDAY_9 + timedelta(days=1)
    assert await bell.coming(MONDAY_9) == [
        ("ask_again", MONDAY_9 + 30 * MINUTE),
        ("reconcile", tuesday.replace(hour=3)),
        ("new_places", tuesday.replace(hour=8, minute=30)),
    ]
    await bell.ring(MONDAY_9 + 40 * MINUTE)
    assert [name for name, _ in await bell.coming(MONDAY_9 + 41 * MINUTE)] == [
        "reconcile", "new_places",
    ]  # fmt: skip


async def test_what_will_come_never_lies_in_the_past(bell: Bell) -> None:
    await bell.fill(lambda field: (bare_photo(field), field.later(hours=2), new_place(field)))
    for hours in (0, 5, 12, 24, 80):
        now = MONDAY_9 + timedelta(hours=hours)
        assert all(at >= now for _, at in await bell.coming(now))


async def test_at_the_moment_that_was_told_it_comes(bell: Bell) -> None:
    await bell.fill(lambda field: (bare_photo(field), field.later(hours=2), new_place(field)))
    now = MONDAY_9 + timedelta(hours=2)
    told = dict(await bell.coming(now))
    for card, name in (("reminder", "ask_again"), ("places", "new_places")):
        await bell.ring(told[name])
        assert await bell.owed(card) == 1


async def test_one_jobs_fault_stops_no_other(bell: Bell, caplog: pytest.LogCaptureFixture) -> None:
    await bell.fill(lambda field: (bare_photo(field), field.later(hours=2), new_place(field)))

    def spoil(tx: Transaction) -> None:
        tx.exec_driver_sql("ALTER TABLE place_names RENAME TO elsewhere")

    await bell.database.write(spoil)
    await bell.ring(MONDAY_9 + timedelta(hours=25))
    assert await bell.owed("reminder") == 1
    assert "a job failed" in caplog.text


async def test_the_bell_rings_by_itself_and_stops(
    bell: Bell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.timetable.TICK_SECONDS", 0.1)
    await bell.fill(bare_photo)
    bell.clock.moment = MONDAY_9 + 45 * MINUTE
    bell.timetable.start()
    async with asyncio.timeout(10):
        while not bell.woken:  # noqa: ASYNC110 - the sender's own bell is not asked here
            await asyncio.sleep(0.05)
    bell.timetable.stop()
    await asyncio.sleep(0)
    assert await bell.owed("reminder") == 1


def test_every_job_has_a_name_and_words() -> None:
    assert len({job.name for job in JOBS}) == len(JOBS) >= 3
    assert all(job.said for job in JOBS)
