"""Tasks of the ledger under SIGKILL: handed in, checked, signed off, sent back by people in a chat.

The bot is killed again and again while they press and send; then all is brought to its end and
proven: what the chat told stands in the books once, and the cards say what is so.
"""

from __future__ import annotations

import time
from pathlib import Path
from random import Random
from typing import Any

from bot.rules.ledger import TaskState
from storage import held as outbox_held
from storage import tasks
from storage.schema import Transaction
from tests.chaos import proof, task_cards, task_pieces, task_proof
from tests.chaos.books import Books
from tests.chaos.bot import Nursery
from tests.chaos.child import Child, dice, telegram_beside
from tests.chaos.kills import Progress, after_a_moment
from tests.chaos.ledger import Ledger
from tests.chaos.phone import Somebody
from tests.chaos.staff import NAMES, owned, settle_staff
from tests.chaos.wishes import Memory
from tests.fakes.control import Control

DONE = (TaskState.SIGNED_OFF, TaskState.LASTING)
A_BREATH = 0.03
LONGEST_LIFE = 8.0


class Crowd:
    """Everybody, one random person after the other."""

    def __init__(self, telegram: Control, books: Books, seed: int) -> None:
        self.memory, self._telegram = Memory(), telegram
        self._chance = dice(seed, "crowd")
        numbers, mine = owned(books)
        self.people = [
            Somebody(user, telegram, dice(seed, f"person {user}"), self.memory, numbers,
                     mine.get(user, []))
            for user in NAMES
        ]  # fmt: skip

    def step(self, lives: int, diligent: bool = False) -> bool:
        """Somebody does something, or has nothing to do; whether he pressed or sent."""
        time.sleep(0.002)
        return self._chance.choice(self.people).step(lives, diligent)

    def until_the_moment(self, lives: int) -> None:
        """They go on till any moment, or within a breath of a press, a call, or a 「done」."""
        chance, end = self._chance, time.monotonic() + LONGEST_LIFE
        how = chance.choices(("time", "presses", "calls", "told"), (2, 3, 2, 3))[0]
        if how == "time":
            end = time.monotonic() + chance.uniform(0, 2)
        left = {"presses": chance.randint(3, 15), "calls": chance.randint(5, 30),
                "told": chance.randint(1, 6)}.get(how, 10**6)  # fmt: skip
        seen = self._count(how)
        while time.monotonic() < end and self._count(how) < seen + left:
            self.step(lives)
        if how in ("presses", "calls"):
            time.sleep(chance.uniform(0, A_BREATH))

    def _count(self, how: str) -> int:
        if how == "calls":
            return int(self._telegram.state()["sent"])
        if how == "told":
            return sum(wish.told_done for wish in self.memory.wishes)
        return sum(len(wish.presses) for wish in self.memory.wishes)


def under_tasks(
    ledger: Ledger, home: Path, *, tasks_loaded: int, kills: int, seed: int,
    minutes: float = 60, progress: Progress = print, nursery: Nursery | None = None,
    faults: list[dict[str, Any]] | None = None,
) -> None:  # fmt: skip
    """So many tasks, so many kills while people work on them."""
    chance, begun = dice(seed, "tasks"), time.monotonic()
    with (
        telegram_beside(home) as telegram, Child(home, telegram, nursery) as bot,
        Books(home) as books,
    ):  # fmt: skip
        settle_staff(books, home, telegram, tasks_loaded, chance)
        crowd = Crowd(telegram, books, seed)
        telegram.chaos(seed, faults or [])
        _storm(bot, crowd, kills, chance, begun + minutes * 60, progress)
        progress(f"{len(bot.kills)} kills in {time.monotonic() - begun:.0f} s; to the end")
        hits = telegram.state()["hits"]
        telegram.clear_faults()
        _to_the_end(bot, crowd, books)
        bot.wait_until(books.rests, 120)
        counted = bot.wait_quiet()
        ledger.head(f"{tasks_loaded} tasks of the ledger under SIGKILL, seed {seed}")
        ledger.tell("kills", len(bot.kills))
        held = books.read(task_proof.held)
        task_proof.prove(ledger, held, crowd.memory, telegram)
        task_pieces.prove(ledger, held, crowd.memory, home)
        task_cards.prove(ledger, books, telegram)
        proof.books(ledger, bot)
        for name in ("quarantined", "failed", "refused", "unavailable"):
            ledger.prove(name, counted[name], 0, counted[name] == 0)
        proof.manners(ledger, bot)
        ledger.tell("faults of the network", sum(hits.values()))
        ledger.tell("seconds", round(time.monotonic() - begun))
    ledger.none("processes left behind by killed bots", after_a_moment(bot))


def _storm(
    bot: Child, crowd: Crowd, kills: int, chance: Random, deadline: float, progress: Progress
) -> None:
    """So many lives of the bot; some people go on while it is dead."""
    for life in range(kills):
        if time.monotonic() > deadline:
            progress(f"time is up after {life} kills")
            return
        for _ in range(chance.randint(0, 12)):
            crowd.step(len(bot.kills))
        bot.start()
        bot.wait_ready(120)
        crowd.until_the_moment(len(bot.kills))
        bot.kill()
        if (life + 1) % 10 == 0:
            wishes, pieces = len(crowd.memory.wishes), len(crowd.memory.pieces)
            progress(f"{life + 1} of {kills} kills, {wishes} wishes, {pieces} pieces of evidence")


def _to_the_end(bot: Child, crowd: Crowd, books: Books, seconds: float = 600) -> None:
    """One more life, in which everything is handed in, checked and signed off."""
    bot.start()
    bot.wait_ready(120)
    deadline, looked = time.monotonic() + seconds, 0.0
    while True:
        crowd.step(len(bot.kills), diligent=True)
        if time.monotonic() < looked + 0.5:
            continue
        looked = time.monotonic()
        left = books.read(_left)
        if not left and not any(one.busy for one in crowd.people):
            return
        if looked > deadline:
            bot.look()
            raise AssertionError(f"not done within {seconds} s: {left}")


def _left(tx: Transaction) -> dict[int, str]:
    """The tasks that are not done, and under 0 what still waits for somebody's word."""
    left = {one.number: str(one.state) for one in tasks.everything(tx) if one.state not in DONE}
    return left | ({0: "held"} if outbox_held.every(tx) else {})
