"""Due rows are planned ahead and done once each, by how late they may be; faults stay their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.rules.coming import Coming
from bot.rules.records import Bureau
from scheduler.duties import Duty
from scheduler.timetable import Timetable, coming
from storage import dues, outbox
from storage.database import Database
from storage.dues import Due, Occurrence
from storage.schema import Transaction
from tests.actions.conftest import MONDAY_9, Field, default_bureau
from tests.scheduler.sample import SAMPLE, summaries, tell
from tests.scheduler.test_timetable import Stopped

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEEK = "2025-W24"


class House:
    """A timetable with the sample's duties, restarted at will, and what it has told."""

    def __init__(self, database: Database) -> None:
        self.database, self.clock = database, Stopped()
        self.bureau = default_bureau()[0]
        self.duties = dict(SAMPLE)
        self.restart()

    def restart(self) -> None:
        self.timetable = Timetable(
            self.database, self.bureau, self.clock, lambda: None, self.duties
        )

    async def ring(self, at: datetime) -> None:
        self.clock.moment = at
        await self.timetable.ring()

    async def told(self, begins: str = "") -> list[str]:
        c = outbox.c
        query = select(c.key, c.args, c.wanted).where(c.card == "answer").order_by(c.id)
        rows = await self.database.read(lambda tx: tx.execute(query).all())
        assert all(row.wanted == 1 for row in rows), rows
        return [row.args["text"] for row in rows if row.key.startswith(begins)]

    async def state(self, key: str) -> tuple[str, str | None]:
        c = dues.c
        query = select(c.state, c.outcome).where(c.key == key)
        row = (await self.database.read(lambda tx: tx.execute(query).all()))[0]
        return row.state, row.outcome

    async def due(self, key: str) -> int:
        query = select(dues.c.id).where(dues.c.key == key)
        return int(await self.database.read(lambda tx: tx.execute(query).scalar_one()))


@pytest.fixture
async def house(database: Database) -> House:
    await database.write(lambda tx: Field(tx) and None)
    return House(database)


async def test_what_is_planned_comes_at_its_hour_once(house: House) -> None:
    await house.ring(MONDAY_9)
    assert await house.told() == []
    friday = MONDAY_9 + 4 * DAY
    for hours in (7.4, 7.5, 7.5, 8, 9):
        await house.ring(friday + hours * HOUR)
    assert await house.told("summary") == [f"summary:{WEEK}"]


async def test_nothing_of_before_the_first_start_is_told(house: House) -> None:
    for hours in (0, 1, 24):
        await house.ring(MONDAY_9 + 5 * DAY + hours * HOUR)
    assert await house.told() == []


async def test_of_a_matter_only_the_newest_stage_is_told_and_how_late(house: House) -> None:
    await house.ring(MONDAY_9)
    house.restart()
    await house.ring(MONDAY_9 + 5 * DAY)
    assert await house.told() == []  # a Saturday
    await house.ring(MONDAY_9 + 7 * DAY)
    assert await house.told("reminder") == [
        f"reminder:{WEEK}:{matter}:3（迟到 2天18小时）"
        for matter in ("松江路", "永福路", "西石沟村")
    ]
    assert await house.state(f"reminder:{WEEK}:松江路:1") == ("dropped", "a newer stage is due")


async def test_every_stage_is_told_when_nothing_is_down(house: House) -> None:
    for hours in range(24 * 5):
        await house.ring(MONDAY_9 + hours * HOUR)
    assert len(await house.told("reminder")) == 9
    assert len(await house.told("now")) == 5


async def test_after_weeks_down_the_last_two_summaries_come_once(house: House) -> None:
    await house.ring(MONDAY_9)
    house.restart()
    for seconds in (0, 2, 3600):
        await house.ring(MONDAY_9 + 36 * DAY + timedelta(seconds=seconds))
    assert [said[:16] for said in await house.told("summary")] == [
        "summary:2025-W27", "summary:2025-W28",
    ]  # fmt: skip


async def test_what_was_for_now_is_dropped_after_half_an_hour(house: House) -> None:
    await house.ring(MONDAY_9)
    await house.ring(MONDAY_9 + 5 * HOUR + timedelta(minutes=31))
    assert await house.told("now") == []
    await house.ring(MONDAY_9 + DAY + 5 * HOUR + timedelta(minutes=30))
    assert await house.told("now") == ["now:20250610"]


async def test_a_clock_back_and_forth_repeats_nothing(house: House) -> None:
    for hours in (0, 80, 78, 80, 104, 102, 176, 104, 110, 176, 200):
        await house.ring(MONDAY_9 + hours * HOUR)
    told = await house.told()
    assert len({said.partition("（")[0] for said in told}) == len(told) > 3


async def test_a_changed_hour_is_followed_by_what_waits(house: House) -> None:
    await house.ring(MONDAY_9)

    def earlier(
        tx: Transaction, bureau: Bureau, since: datetime, until: datetime
    ) -> list[Occurrence]:
        found = summaries(tx, bureau, since, until)
        return [replace(one, due_at=one.due_at - 2 * HOUR) for one in found]

    house.duties["summary"] = replace(SAMPLE["summary"], occurrences=earlier)
    house.timetable.follow(house.bureau)
    friday = MONDAY_9 + 4 * DAY
    await house.ring(friday)
    await house.ring(friday + 5.5 * HOUR)
    assert await house.told("summary") == [f"summary:{WEEK}"]
    for hours in (7.5, 8, 31):
        house.timetable.follow(house.bureau)
        await house.ring(friday + hours * HOUR)
    assert await house.told("summary") == [f"summary:{WEEK}"]


async def test_a_failing_row_stops_no_other_and_is_given_up_in_the_end(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(tx: Transaction, bureau: Bureau, due: Due, now: datetime) -> str:
        tell(tx, bureau, due, now)
        raise ValueError("broken")

    house.duties["now"] = replace(SAMPLE["now"], act=broken)
    await house.ring(MONDAY_9)
    two = MONDAY_9 + 5 * HOUR

    def more(tx: Transaction) -> int:
        return dues.note(tx, [Occurrence("summary:x", "summary", two)], MONDAY_9)

    await house.database.write(more)
    for minutes in range(35):
        await house.ring(two + timedelta(minutes=minutes))
    assert await house.told() == ["summary:x"]
    assert await house.state("now:20250609") == ("dropped", "too late")
    # One that may be late is tried for an hour, then the admins hear of it.
    house.duties["summary"] = replace(SAMPLE["summary"], act=broken)
    house.restart()
    friday = MONDAY_9 + 4 * DAY + 7.5 * HOUR
    for minutes in range(70):
        await house.ring(friday + timedelta(minutes=minutes))
    assert await house.state(f"summary:{WEEK}") == ("dropped", "failed: ValueError")

    def failed(tx: Transaction) -> list[str]:
        c = outbox.c
        return [
            row.args["said"] for row in tx.execute(select(c.args).where(c.card == "due_failed"))
        ]

    assert await house.database.read(failed) == ["试summary"]
    # By hand it can be tried once more, when it is whole again.
    house.duties["summary"] = SAMPLE["summary"]
    row = await house.due(f"summary:{WEEK}")
    outcome = await house.database.write(house.timetable.by_hand, row, friday + 2 * HOUR)
    assert outcome is not None
    assert outcome.state == "done"
    assert len(await house.told("summary")) == 2


async def test_a_duty_that_cannot_be_planned_stops_no_other(house: House) -> None:
    def broken(
        tx: Transaction, bureau: Bureau, since: datetime, until: datetime
    ) -> list[Occurrence]:
        raise ValueError("broken")

    house.duties = {"broken": Duty("broken", "坏的", "now", broken, tell), **SAMPLE}
    house.restart()
    await house.ring(MONDAY_9)
    await house.ring(MONDAY_9 + 5 * HOUR)
    assert await house.told() == ["now:20250609"]


async def test_by_hand_it_comes_before_its_hour_and_not_again(house: House) -> None:
    await house.ring(MONDAY_9)
    row = await house.due(f"summary:{WEEK}")
    run = house.timetable.by_hand
    outcome = await house.database.write(run, row, MONDAY_9)
    assert outcome is not None
    assert outcome.state == "done"
    assert await house.database.write(run, row, MONDAY_9) is None
    assert await house.database.write(run, 10**6, MONDAY_9) is None
    await house.ring(MONDAY_9 + 4 * DAY + 8 * HOUR)
    assert len(await house.told("summary")) == 1


async def test_by_hand_at_night_it_waits_for_the_morning(house: House) -> None:
    await house.ring(MONDAY_9)
    row = await house.due(f"summary:{WEEK}")
    night = MONDAY_9 + 12 * HOUR
    outcome = await house.database.write(house.timetable.by_hand, row, night)
    assert outcome is not None
    assert outcome.until == MONDAY_9 + 23.5 * HOUR
    await house.ring(outcome.until)
    assert await house.told("summary") == [f"summary:{WEEK}"]


async def test_what_will_come_is_read_from_the_database(house: House) -> None:
    await house.ring(MONDAY_9)
    seen: list[Coming] = await coming(house.database, house.bureau, MONDAY_9, 60, house.duties)
    rows = [one for one in seen if one.due is not None]
    assert [one.at for one in seen] == sorted(one.at for one in seen)
    assert (rows[0].said, rows[0].at) == ("试now", MONDAY_9 + 5 * HOUR)
    assert "提醒松江路" in [one.said for one in rows]
    assert seen == await house.timetable.coming(60)


async def test_a_row_of_a_duty_that_is_no_more_is_dropped(house: House) -> None:
    await house.ring(MONDAY_9)
    del house.duties["now"]
    await house.ring(MONDAY_9 + 6 * HOUR)
    assert await house.state("now:20250609") == ("dropped", "no such duty")
