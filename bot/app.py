"""Assembly: opens the store, builds the one Dispatcher, starts what runs, closes in reverse order.

Knows every room and no rule. Why the three lines at the end of the start: `settle_memory`.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import structlog
from aiogram.exceptions import AiogramError
from aiogram.types import BotCommand

from bot.actions import calendar, standing
from bot.clock import Clock
from bot.intake.desk import Desk
from bot.intake.lanes import Lanes
from bot.rules.captions import CaptionReader
from bot.rules.places import Places
from bot.rules.questions import QuestionReader
from bot.rules.records import Bureau, Question
from bot.settings import Settings
from bot.transports.line import Line
from bot.words.help import COMMANDS
from handlers import build_dispatcher
from scheduler.fetcher import MEGABYTE, Fetcher
from scheduler.sender import Sender, keep_classes
from scheduler.timetable import Timetable
from scheduler.watch import Watch
from scheduler.workshop import Workshop
from storage import spots
from storage.database import Database
from storage.inbox import Row
from storage.photofiles import PhotoFiles
from storage.pictures import Pictures

log = structlog.get_logger(__name__)

DRAIN_SECONDS = 6.0
"""How long a stop waits for what is in hand; the rest stays pending until the next start."""


class House:
    """The running bot: its store, its lines, and the four things that go on by themselves."""

    def __init__(
        self, settings: Settings, clock: Clock, database: Database, lines: Sequence[Line]
    ) -> None:
        self.settings, self.clock, self.database = settings, clock, database
        self.lines: Mapping[str, Line] = {line.name: line for line in lines}
        self.bureau: Bureau = settings.bureau
        self.files = PhotoFiles(settings.photo_folder)
        limits = self.bureau.limits
        self.pictures = Pictures(
            limits.photo_megapixels * 1_000_000, limits.photo_megabytes * MEGABYTE
        )
        self.lanes = Lanes(self, build_dispatcher())
        self.workshop = Workshop(database, self.files, lambda: self.pictures)
        self.sender = Sender(database, self.lines, clock, self.bureau, self.workshop)
        self.fetcher = Fetcher(
            database, self.files, self.pictures, self.lines, clock, limits, self.sender.wake
        )
        boards = [line.name for line in lines if line.pins]
        self.timetable = Timetable(database, self.bureau, clock, self.wake_sender, boards=boards)
        self.watch = Watch(database, self.lines, clock, self.wake_sender)
        self._group: asyncio.TaskGroup | None = None
        self._stopping = asyncio.Event()

    @classmethod
    async def open(
        cls, settings: Settings, clock: Clock, lines: Callable[[Database], Sequence[Line]]
    ) -> House:
        """A house with an open store that knows the bureau's spots; nothing runs yet.

        `lines` makes the lines, some of which remember things in the store.
        Raises StoreTaken or StoreFault when the store can't be opened.
        """
        database = await Database.open(settings.database_url)
        try:
            house = cls(settings, clock, database, lines(database))
            await database.write(spots.follow, settings.bureau.spots)
            await database.write(standing.follow, settings.bureau, clock.now())
            await database.write(calendar.seed, settings.bureau, clock.now())
            await house.refresh()
        except BaseException:
            await database.close()
            raise
        return house

    async def refresh(self) -> None:
        """Readers and cards know spots, calendar, quotas and rules as they now stand."""
        self.bureau = await self.database.read(standing.as_it_stands, self.settings.bureau)
        self.reader = CaptionReader(self.bureau)
        self._questions: QuestionReader | None = None
        self.places: Places = self.reader.places
        self.sender.bureau = self.bureau
        self.timetable.follow(self.bureau)

    def read_question(self, text: str, now: datetime) -> Question:
        """How the text reads as a question; the reader is made at the first one."""
        if self._questions is None:
            self._questions = QuestionReader(self.bureau)
        return self._questions.read(text, now)

    def follow_question(self, text: str, now: datetime, before: Question) -> Question | None:
        """How the text reads as a fragment after what was asked before it, or None."""
        self.read_question("", now)
        assert self._questions is not None
        return self._questions.follow(text, now, before)

    def context(self, line: Line, row: Row, desk: Desk) -> dict[str, Any]:
        """The named things a handler may ask for; `now` is when the message came."""
        return {
            "line": line, "now": row.received_at, "write": desk, "read": self.database.read,
            "bureau": self.bureau, "reader": self.reader, "read_question": self.read_question,
            "follow_question": self.follow_question,
            "places": self.places, "refresh": self.refresh, "health": self.health,
            "coming": self.timetable.coming, "run_due": self.timetable.by_hand,
        }  # fmt: skip

    def health(self) -> list[tuple[str, bool]]:
        """The lines by the names people know, and whether each works."""
        return [(self.lines[name].title or name, up) for name, up in self.watch.up.items()]

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """The work runs in the house's task group: a stop waits for it, a fault is heard."""
        assert self._group is not None
        self._group.create_task(work)

    def wake_sender(self) -> None:
        """A card, or a file, may be owed."""
        self.sender.wake()
        self.fetcher.wake()

    def acceptor(self, line: str) -> Callable[[list[Any]], Coroutine[Any, Any, None]]:
        """What a line hands its raw updates to."""

        async def accept(updates: list[Any]) -> None:
            await self.lanes.accept(line, updates)

        return accept

    def line_is(self, name: str) -> Callable[[bool], None]:
        """What a line tells whether it works."""

        def tell(up: bool) -> None:
            self.watch.line_is(name, up)

        return tell

    def stop(self) -> None:
        """Ask `run` to end."""
        self._stopping.set()

    async def run(self, *receivers: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Everything runs until `stop`; a line's fault ends it with that fault.

        At the end what was in hand is finished, or stays pending; nothing acknowledged is lost.
        """
        async with asyncio.TaskGroup() as group:
            self._group = group
            works = (self.lanes.run, self.sender.run, self.fetcher.run, self._hang_out_menus)
            running = [group.create_task(work()) for work in works]
            guards = [group.create_task(w()) for w in (self.timetable.guard, self.watch.run)]
            self.timetable.start()
            listening = [group.create_task(receive()) for receive in receivers]
            settle_memory()
            try:
                await self._stopping.wait()
            finally:
                self.timetable.stop()
                for task in (*guards, *listening):
                    task.cancel()
            self.lanes.stop()
            with suppress(TimeoutError):
                async with asyncio.timeout(DRAIN_SECONDS / 2):
                    await self.lanes.rest()
            self.sender.stop()
            self.fetcher.stop()
            with suppress(TimeoutError):
                async with asyncio.timeout(DRAIN_SECONDS / 2):
                    await asyncio.wait(running)
            for task in running:
                task.cancel()

    async def _hang_out_menus(self) -> None:
        """Every line shows the commands in its menu, where it can; a menu is never worth a stop."""
        commands = [BotCommand(command=word, description=said) for word, said in COMMANDS]
        for line in self.lines.values():
            try:
                await line.bot.set_my_commands(commands, request_timeout=15)
            except (AiogramError, TimeoutError, OSError) as fault:
                log.info("the menu was not set", line=line.name, fault=type(fault).__name__)

    async def close(self) -> None:
        """Sessions, the picture process and the store are closed."""
        for line in self.lines.values():
            await line.bot.session.close()
        await self.pictures.close()
        await self.database.close()


_KEPT: list[object] = []


def settle_memory() -> None:
    """What was built at start is never looked at by the garbage collector again.

    Collecting is aiogram's largest single cost: kept response classes, a frozen start and a higher
    threshold double the throughput (performance.md, findings 1 and 2).
    """
    _KEPT[:] = keep_classes()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20000, 20, 50)
