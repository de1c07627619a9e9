"""What the clock brings: due rows and jobs, rung by APScheduler, which keeps nothing.

Duties are planned ahead as rows with unique keys, once a day and whenever the clock or the bureau's
rules moved; a ring does the rows whose moment has come, each in a transaction of its own. Jobs look
at the state of things themselves, and are safe to run twice. So a late, repeated or skipped ring
changes nothing. Knows no duty and no sentence.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from bot.clock import Clock
from bot.rules.coming import Coming, Outcome
from bot.rules.records import Bureau
from scheduler import duty_rounds, planning, reminders
from scheduler.board import Boards
from scheduler.duties import Duty
from scheduler.every_duty import DUTIES
from storage.database import Database
from storage.schema import Transaction

log = structlog.get_logger(__name__)

TICK_SECONDS = 2.0
LONG = timedelta(minutes=30)
"""After so long without a ring the machine has slept, or the clock was moved."""

JUMP = timedelta(seconds=2)
"""A wall clock that is off by more than this against the monotonic one has been moved."""


EVERY = {duty.name: duty for duty in DUTIES}


@dataclass(frozen=True)
class Job:
    """One kind of thing the clock brings: what it does and when it is next due."""

    name: str
    said: str
    run: Callable[[Database, Bureau, datetime], Awaitable[int]]
    next_due: Callable[[Database, Bureau, datetime], Awaitable[datetime | None]]


JOBS = (
    Job("ask_again", "问还没写地点的照片", reminders.ask_again, reminders.next_ask),
    Job("new_places", "告诉管理员新地名", reminders.tell_places, reminders.next_places),
    Job("round_rest", "让没结束的巡查先停着", duty_rounds.rest, duty_rounds.next_rest),
    Job("reconcile", "夜里对账", reminders.reconcile, reminders.next_reconcile),
)


class Bell(BaseTrigger):  # type: ignore[misc]
    """Rings every so often from now on.

    APScheduler's own interval trigger counts every ring since the last one: after a jump of the
    machine's clock by years it would count for minutes, with the loop standing still.
    """

    def __init__(self, pause: timedelta) -> None:
        self._pause = pause

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """A pause after now, whenever the last ring was."""
        del previous
        return now + self._pause


class Timetable:
    """Rings every two seconds and whenever the clock was moved; each ring runs what is due."""

    def __init__(
        self, database: Database, bureau: Bureau, clock: Clock, wake_sender: Callable[[], None],
        duties: Mapping[str, Duty] = EVERY, boards: Collection[str] = (),
    ) -> None:  # fmt: skip
        """`boards` are the lines on which groups have one."""
        self._database, self._bureau, self._clock = database, bureau, clock
        self._wake_sender = wake_sender
        self._duties = duties
        self._boards = Boards(boards)
        self._planned: date | None = None
        self._rang_at = clock.now()
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._ringing = asyncio.Lock()

    def follow(self, bureau: Bureau) -> None:
        """The bureau's rules, spots or calendar are these by now: everything is planned anew."""
        self._bureau = bureau
        self._planned = None

    def start(self) -> None:
        """The bell rings from now on. A ring that comes late is still a ring: no grace time."""
        self._scheduler.add_job(
            self.ring, Bell(timedelta(seconds=TICK_SECONDS)), id="tick", max_instances=1,
            misfire_grace_time=None, coalesce=True,
        )  # fmt: skip
        self._scheduler.start()

    def stop(self) -> None:
        """No further ring."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def guard(self) -> None:
        """Wakes APScheduler when the machine's clock jumps: it waits by wall time (3.11)."""
        wall, steady = self._clock.now() - self._clock.offset, time.monotonic()
        while True:
            await asyncio.sleep(0.5)
            wall_now, steady_now = self._clock.now() - self._clock.offset, time.monotonic()
            drift = (wall_now - wall) - timedelta(seconds=steady_now - steady)
            if abs(drift) > JUMP:
                log.warning("the machine's clock was moved", by=str(drift))
                self._scheduler.modify_job("tick", next_run_time=wall_now)
            wall, steady = wall_now, steady_now

    async def ring(self) -> None:
        """Everything that is due has been done; one thing's fault doesn't stop the others."""
        async with self._ringing:
            now = self._clock.now()
            works: dict[str, Callable[[datetime], Awaitable[int]]] = {
                "plan": self._plan, "duties": self._do_duties,
                **{job.name: partial(job.run, self._database, self._bureau) for job in JOBS},
                "boards": partial(self._boards.look, self._database, self._bureau),
            }  # fmt: skip
            done = 0
            for name, work in works.items():
                try:
                    async with asyncio.timeout(60):
                        done += await work(now)
                except Exception:
                    log.exception("a job failed, it is tried again at the next ring", job=name)
            self._rang_at = now
            if done:
                self._wake_sender()

    async def _plan(self, now: datetime) -> int:
        """What will be due is known as rows: anew every day, and where time or rules moved."""
        day = now.astimezone(self._bureau.tz).date()
        moved = not timedelta(0) <= now - self._rang_at < LONG
        if day != self._planned or moved:
            bureau = self._bureau
            good = await planning.plan(self._database, self._duties, bureau, now)
            self._planned = day if good and bureau is self._bureau else None
        return 0

    async def _do_duties(self, now: datetime) -> int:
        return await planning.do_ripe(self._database, self._duties, self._bureau, now)

    def by_hand(self, tx: Transaction, row: int, now: datetime) -> Outcome | None:
        """The due row is done now, whatever its hour; a deed for whoever may ask for it."""
        return planning.by_hand(tx, self._duties, row, self._bureau, now)

    async def coming(self, most: int = 50) -> list[Coming]:
        """What will happen, soonest first."""
        duties, now = self._duties, self._clock.now()
        return await coming(self._database, self._bureau, now, most, duties)


async def coming(
    database: Database, bureau: Bureau, now: datetime, most: int = 50,
    duties: Mapping[str, Duty] = EVERY,
) -> list[Coming]:  # fmt: skip
    """What will happen, as the database has it: due rows and jobs, soonest first."""
    found = await database.read(planning.coming, duties, now, most)
    for job in JOBS:
        due = await job.next_due(database, bureau, now)
        if due is not None:
            found.append(Coming(max(due, now), job.name, job.said))
    return sorted(found, key=lambda one: one.at)
