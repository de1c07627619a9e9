"""`gangting demo`: the house behind the simulator page, with people, spots and a movable clock."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
import structlog

from bot.actions import figures
from bot.app import House
from bot.clock import Clock
from bot.errors import BadSetting
from bot.logs import configure
from bot.settings import Settings, load
from bot.transports.simulator.chats import Person, Place
from bot.transports.simulator.platform import Platform
from bot.transports.simulator.web import build_page, open_page
from bot.verbs.backstage import BACKSTAGES
from bot.verbs.past import PEOPLE, seed
from bot.words.people import roles_said
from bot.words.weeks import strip

log = structlog.get_logger(__name__)


async def demo(port: int, home: Path | None, empty: bool, line: str) -> None:
    """The page is served until Ctrl-C; without a home its data are gone afterwards.

    `line` is one of `BACKSTAGES`: what stands between the phones and the house.
    """
    folder = home or Path(tempfile.mkdtemp(prefix="gangting-demo-"))
    try:
        settings = load(folder)
        configure("warning", [])
        stage = Stage(settings, line, seeded=not empty)
        await stage.play(port)
    finally:
        if home is None:
            shutil.rmtree(folder, ignore_errors=True)


def opening(now: datetime) -> datetime:
    """The demo's first moment: the newest Thursday half past four, when there is most to see."""
    thursday = now - timedelta(days=(now.weekday() - 3) % 7)
    moment = thursday.replace(hour=16, minute=30, second=0, microsecond=0)
    return moment if moment <= now else moment - timedelta(days=7)


class Stage:
    """The platform with its phones, and the house that is restarted and emptied behind it."""

    def __init__(self, settings: Settings, line: str, *, seeded: bool) -> None:
        self._settings, self._seeded = settings, seeded
        self.clock = Clock()
        self._clock_file = settings.home / "clock.json"
        self._set_clock()
        bureau = settings.bureau
        spots = [Place(s.name, s.lat, s.lon) for s in bureau.spots if s.lat and s.lon]
        people = [Person(p.user, p.name, roles_said(p.roles) or "还没加入") for p in PEOPLE]
        for other in BACKSTAGES.keys() - {line}:
            if (settings.home / other).exists():
                raise BadSetting(f"{settings.home} is the home of a demo with --line {other}")
        folder = settings.home / line
        self.platform = Platform(folder, self.clock, people, spots=spots, zone=bureau.zone)
        self.backstage = BACKSTAGES[line](settings, self.clock, self.platform, folder)
        self.house: House | None = None
        self._running: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._ending = asyncio.Event()

    def _set_clock(self) -> None:
        self._settings.home.mkdir(parents=True, exist_ok=True)
        if self._clock_file.exists():
            with suppress(ValueError, KeyError, OSError):
                offset = json.loads(self._clock_file.read_text())["offset_seconds"]
                self.clock.offset = timedelta(seconds=offset)
                return
        self.clock.set(opening(self.clock.now().astimezone(self._settings.bureau.tz)))

    async def play(self, port: int) -> None:
        """The page is up and the house runs until a signal."""
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, self.end)
        async with self.backstage.opened(), asyncio.TaskGroup() as group:
            self._group = group
            delivering = group.create_task(self.platform.run())
            try:
                await self._begin()
                async with self._served(port) as address:
                    click.echo(f"岗亭 演练台: {address}   (Ctrl-C ends it)")
                    await self._ending.wait()
            finally:
                await self._end()
                delivering.cancel()

    def end(self) -> None:
        """Ask `play` to end."""
        self._ending.set()

    @asynccontextmanager
    async def _served(self, port: int) -> AsyncIterator[str]:
        try:
            async with open_page(build_page(self.platform, self), port) as address:
                yield address
        except OSError as taken:
            raise BadSetting(
                f"port {port} can't be listened on ({taken.strerror}); try: gangting demo --port 0"
            ) from None

    async def _begin(self) -> None:
        house = await House.open(self._settings, self.clock, self.backstage.lines)
        accounts = await self.backstage.accounts()
        await seed(house, self.backstage.name, accounts, past=self._seeded)
        self.house = house
        self._running = self._group.create_task(house.run(*self.backstage.receivers(house)))
        await self.backstage.connect(house)

    async def _end(self) -> None:
        self.backstage.disconnect()
        house, self.house = self.house, None
        if house is None or self._running is None:
            return
        house.stop()
        await asyncio.wait([self._running])
        await house.close()

    # ---- what the page may do (bot.transports.simulator.stream.Controls) ----

    def now(self) -> datetime:
        """The simulated moment in the bureau's zone."""
        return self.clock.now().astimezone(self._settings.bureau.tz)

    async def move(self, minutes: int) -> None:
        """The clock has moved and what fell due has happened."""
        await self.move_to(self.now() + timedelta(minutes=minutes))

    async def move_to(self, moment: datetime) -> None:
        """The clock shows this moment and what fell due has happened."""
        self.clock.set(moment)
        offset = {"offset_seconds": self.clock.offset.total_seconds()}
        self._clock_file.write_text(json.dumps(offset))
        if self.house is not None:
            await self.house.timetable.ring()
            self.house.wake_sender()

    async def upcoming(self) -> list[dict[str, Any]]:
        """What will happen, soonest first."""
        if self.house is None:
            return []
        tz = self._settings.bureau.tz
        coming = await self.house.timetable.coming()
        return [
            {"at": c.at.astimezone(tz).isoformat(), "text": c.said, "due": c.due} for c in coming
        ]

    async def run_due(self, row: int) -> bool:
        """The due row is done now; False where it is settled already."""
        if self.house is None:
            return False
        deed = self.house.timetable.by_hand
        outcome = await self.house.database.write(deed, row, self.clock.now())
        self.house.wake_sender()
        return outcome is not None

    async def restart(self) -> None:
        """The bot was stopped and started again on the same data."""
        async with self._turn:
            await self._end()
            await self._begin()

    async def wipe(self) -> None:
        """The bot's data are as at the very first start."""
        async with self._turn:
            await self._end()
            for path in self._settings.home.glob("gangting.db*"):
                path.unlink()
            await self.backstage.wipe()
            shutil.rmtree(self._settings.photo_folder, ignore_errors=True)
            self._clock_file.unlink(missing_ok=True)
            self._set_clock()
            await self._begin()

    async def strip(self, person: int) -> str:
        """The one line under the head of this person's phone."""
        house = self.house
        if house is None:
            return ""
        week = await house.database.read(figures.week, house.bureau, self.clock.now())
        mine = next((p for p in PEOPLE if p.user == person), None)
        return strip(week) if mine is None or mine.roles else "还没加入，先要一个邀请链接"
