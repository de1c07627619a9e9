"""A bot on Telegram's line, with its fake Bot API beside it and people who are in already."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from typing_extensions import override

from bot.clock import Clock
from bot.rules.records import Role
from storage import people
from storage.database import Database
from tests.chaos.bot import Bot, Nursery
from tests.fakes.control import Control, running


class Child(Bot):
    """A bot that polls the fake Bot API."""

    def __init__(
        self, home: Path, telegram: Control, nursery: Nursery | None = None,
        command: list[str] | None = None,
    ) -> None:  # fmt: skip
        own = {"GANGTING_TELEGRAM__TOKEN": telegram.token, "GANGTING_TELEGRAM__API": telegram.url}
        super().__init__(home, own, nursery, command)
        self.telegram = telegram
        self._polls = 0

    @override
    def start(self) -> None:
        """The process runs; it need not be ready."""
        self._polls = self.telegram.state()["polls"]
        super().start()

    def wait_ready(self, seconds: float = 40) -> None:
        """The bot has asked for updates since its start."""
        self.wait_until(lambda: self.telegram.state()["polls"] > self._polls, seconds)

    def wait_quiet(self, seconds: float = 240) -> dict[str, int]:
        """The queues, once nothing waits at the platform, in the house or to be sent."""
        deadline = time.monotonic() + seconds
        while True:
            self.look()
            if not self.telegram.state()["pending"]:
                counted, said = self.status()
                if not (counted["pending"] or counted["owed"] or counted["expected"]):
                    return counted
                if time.monotonic() > deadline:
                    raise AssertionError(f"never quiet: {said}\n{self.tail()}")
            elif time.monotonic() > deadline:
                raise AssertionError(f"updates wait: {self.telegram.state()}\n{self.tail()}")
            time.sleep(0.5)


@contextmanager
def telegram_beside(home: Path) -> Iterator[Control]:
    """A fake Bot API process for the home; what it says of broken connections goes to a file."""
    home.mkdir(parents=True, exist_ok=True)
    kept = os.dup(2)
    server = running()
    try:
        with (home / "telegram.log").open("ab") as complaints:
            os.dup2(complaints.fileno(), 2)
            telegram = server.__enter__()
    finally:
        os.dup2(kept, 2)
        os.close(kept)
    with ExitStack() as stack:
        stack.push(server)
        yield telegram


def settle_people(home: Path, telegram: Control, officers: list[int]) -> None:
    """The officers are in the bureau and their private chats are open, without the conversation."""
    home.mkdir(parents=True, exist_ok=True)
    url = f"sqlite:///{home.resolve() / 'gangting.db'}"

    async def work() -> None:
        database = await Database.open(url)
        try:
            await database.write(_enter, officers)
        finally:
            await database.close()

    asyncio.run(work())
    telegram.many([("user", {"user": officer}) for officer in officers])


def _enter(tx: Any, officers: list[int]) -> None:
    now = Clock().now()
    for rank, officer in enumerate(officers):
        squad = ("一中队", "二中队")[rank % 2]
        person = people.add(tx, f"队员{officer}", frozenset({Role.OFFICER}), squad, None, now)
        people.know(tx, "telegram", officer, officer, person, now)


def dice(seed: int, name: str) -> random.Random:
    """Random numbers that depend on the seed and on what they are for."""
    return random.Random(f"{seed} {name}")
