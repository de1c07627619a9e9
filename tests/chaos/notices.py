"""Due notices under SIGKILL, a bad network and a clock that jumps: none missing, none doubled."""

from __future__ import annotations

import re
import sys
import time
from bisect import bisect
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

from bot.clock import Clock
from bot.rules.records import Role
from scheduler.sender import WINDOW
from storage import doors, people
from storage.dues import Occurrence
from storage.schema import Transaction
from tests.chaos.books import Books
from tests.chaos.bot import Nursery
from tests.chaos.child import Child, dice, settle_people, telegram_beside
from tests.chaos.kills import FAULTS, Progress, after_a_moment
from tests.chaos.ledger import Ledger
from tests.chaos.noticing import BOARD, NOTICE
from tests.fakes.control import Control

COMMAND = [sys.executable, "-m", "tests.chaos.noticing"]
OFFICERS = list(range(501, 541))
SUPERVISOR = 600
GROUPS = [-1001700000000 - n for n in range(10)]
WORDS = re.compile(r"通知(\d{4})")
AGAIN = "〔重发〕"
SENDING = [fault for fault in FAULTS if fault.get("method", "*") != "download"]


def settled(books: Books, home: Path, telegram: Control) -> None:
    """Officers, a supervisor and groups."""
    settle_people(home, telegram, OFFICERS)
    for group in GROUPS:
        telegram.group(group, f"群{group % 100}", bot_status="administrator")
    telegram.user(SUPERVISOR)

    def deed(tx: Transaction) -> None:
        now = Clock().now()
        person = people.add(tx, "李主任", frozenset({Role.SUPERVISOR}), None, None, now)
        people.know(tx, "telegram", SUPERVISOR, SUPERVISOR, person, now)
        for group in GROUPS:
            doors.set_chat(tx, "telegram", group, f"群{group % 100}", "asked", now, None)

    books.write(deed)


def words(number: int) -> dict[str, Any]:
    """What the notice of this number says, and to whom."""
    return {"chat": OFFICERS[number % len(OFFICERS)], "words": f"通知{number:04d}"}


def told(telegram: Control) -> dict[int, list[dict[str, Any]]]:
    """The messages of each notice that took effect."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for entry in telegram.sent(method="sendMessage"):
        said = WORDS.search(entry["params"].get("text", ""))
        if said:
            found[int(said[1])].append(entry)
    return found


def under_notices(
    ledger: Ledger, home: Path, *, notices: int, kills: int, seed: int,
    progress: Progress = print, nursery: Nursery | None = None,
) -> None:  # fmt: skip
    """So many notices fall due while the bot is killed again and again."""
    chance, begun = dice(seed, "notices"), time.monotonic()
    with (
        telegram_beside(home) as telegram, Child(home, telegram, nursery, COMMAND) as bot,
        Books(home) as books,
    ):  # fmt: skip
        settled(books, home, telegram)
        telegram.chaos(seed, SENDING)
        share, boards = notices // kills + 1, GROUPS[:kills]
        for life in range(kills):
            now = Clock().now()
            rows = [
                Occurrence(f"storm:{n}:1", NOTICE, now + timedelta(seconds=chance.uniform(0, 4)),
                           words(n))
                for n in range(life * share, min((life + 1) * share, notices))
            ]  # fmt: skip
            if life < len(boards):
                rows.append(Occurrence(f"board:{life}:1", BOARD, now, {"chat": boards[life]}))
            books.note(rows)
            bot.start()
            _the_moment(bot, telegram, chance)
            bot.kill()
            if (life + 1) % 10 == 0:
                progress(f"{life + 1} of {kills} kills")
        hits = telegram.state()["hits"]
        telegram.clear_faults()
        bot.start()
        bot.wait_ready(120)
        bot.wait_until(books.rests, 120)
        bot.wait_quiet()
        _prove(ledger, bot, telegram, notices, len(boards))
        ledger.tell("faults of the network", sum(hits.values()))
        ledger.tell("seconds", round(time.monotonic() - begun))
    ledger.none("processes left behind by killed bots", after_a_moment(bot))


def _the_moment(bot: Child, telegram: Control, chance: Random) -> None:
    """Within a breath of something being sent, most often; else at any moment."""
    bot.wait_ready(120)
    if chance.random() < 0.3:
        time.sleep(chance.uniform(0, 2))
        return
    seen, deadline = telegram.state()["sent"], time.monotonic() + 4
    while telegram.state()["sent"] < seen + 3 and time.monotonic() < deadline:
        time.sleep(0.002)
    time.sleep(chance.uniform(0, 0.05))


def _prove(ledger: Ledger, bot: Child, telegram: Control, notices: int, boards: int) -> None:
    found, times = told(telegram), bot.kills
    ledger.head(f"{notices} due notices and {boards} boards of groups")
    ledger.tell("kills", len(times))
    ledger.none("notices never delivered", (n for n in range(notices) if n not in found))
    repeats = [pair for entries in found.values() for pair in pairwise(entries)]
    lost = sum("lost" in before for before, _ in repeats)
    ledger.tell("notices repeated", len(repeats), f"<= {len(times)} x {WINDOW}")
    ledger.tell("  of them after a lost reply", lost)
    ledger.none(
        "notices repeated more than once a kill",
        (n for n, entries in found.items() if _more_than_kills(entries, times)),
    )
    ledger.none(
        "repeats without the mark",
        (after["params"]["text"] for _, after in repeats if AGAIN not in after["params"]["text"]),
    )
    _boards(ledger, telegram, boards)


def _more_than_kills(entries: list[dict[str, Any]], kills: list[float]) -> bool:
    """Whether it came again within one life though no reply was lost."""
    return any(
        "lost" not in before and bisect(kills, before["at"]) == bisect(kills, after["at"])
        for before, after in pairwise(entries)
    )


def _boards(ledger: Ledger, telegram: Control, boards: int) -> None:
    posts = Counter(
        int(e["params"]["chat_id"]) for e in telegram.sent(method="sendMessage")
        if "本周巡查" in e["params"].get("text", "")
    )  # fmt: skip
    asked = [
        m for m in telegram.messages(SUPERVISOR) if "不知道发出去没有" in (m.get("text") or "")
    ]
    ledger.none("boards posted twice", (chat for chat, n in posts.items() if n > 1))
    ledger.tell("boards held, which the supervisor was asked about", len(asked))
    missing = boards - len(posts)
    good = missing <= len(asked)
    ledger.prove(
        "boards missing that nobody was asked about", max(0, missing - len(asked)), 0, good
    )


# ---- the clock ----

FAKETIME = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)
"""Moves a process's clock while it runs (Debian: apt install libfaketime)."""


class Clocked(Child):
    """A bot whose wall clock is put forwards and back while it runs; its monotonic one goes on."""

    def __init__(self, home: Path, telegram: Control) -> None:
        super().__init__(home, telegram, None, COMMAND)
        self.hand, self.by = home / "clock", timedelta(0)
        self.put(timedelta(0))
        self.environ |= {
            "LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(self.hand),
            "FAKETIME_CACHE_DURATION": "1", "DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1",
        }  # fmt: skip

    def put(self, by: timedelta) -> None:
        """The clock is off by this from now on."""
        self.by = by
        fresh = self.hand.with_suffix(".new")
        fresh.write_text(f"{by.total_seconds():+.0f}s\n")
        fresh.replace(self.hand)

    def now(self) -> datetime:
        """The moment by the bot's clock."""
        return Clock().now() + self.by

    def wait_told(self, telegram: Control, *numbers: int, seconds: float = 20) -> list[int]:
        """Those of the notices that were not delivered within the seconds."""
        deadline = time.monotonic() + seconds
        while (left := [n for n in numbers if n not in told(telegram)]) and (
            time.monotonic() < deadline
        ):
            self.look()
            time.sleep(0.1)
        return left


def under_clock(ledger: Ledger, home: Path) -> None:
    """The clock jumps three days ahead and two hours back, and the bot is down for three days."""
    ledger.head("a clock that jumps, and three days down")
    if FAKETIME is None:
        ledger.tell("not tried", "no libfaketime here")
        return
    hour, day = timedelta(hours=1), timedelta(days=1)
    with (
        telegram_beside(home) as telegram, Clocked(home, telegram) as bot, Books(home) as books,
    ):  # fmt: skip
        settled(books, home, telegram)
        bot.start()
        bot.wait_ready(120)
        start = bot.now()
        # Ten matters of three stages a day apart, and ten single ones.
        stages = [
            Occurrence(f"m{n}:{s}", NOTICE, start + s * day - hour, words(100 * s + n))
            for n in range(10) for s in (1, 2, 3)
        ]  # fmt: skip
        single = [Occurrence(f"s{n}:1", NOTICE, start + n * 7 * hour, words(n)) for n in range(10)]
        books.note([*stages, *single])
        ledger.none("not told at its hour", bot.wait_told(telegram, 0))
        bot.put(3 * day)
        ledger.none(
            "not told after a jump of three days",
            bot.wait_told(telegram, *range(10), *(300 + n for n in range(10))),
        )
        bot.put(3 * day - 2 * hour)
        books.note([Occurrence("back:1", NOTICE, bot.now(), words(900))])
        ledger.none("not told after two hours back", bot.wait_told(telegram, 900))
        later = [
            Occurrence(f"down{n}:1", NOTICE, bot.now() + n * 7 * hour, words(500 + n))
            for n in range(1, 11)
        ]
        books.note(later)
        bot.terminate()
        bot.put(bot.by + 3 * day)
        bot.start()
        bot.wait_ready(120)
        ledger.none(
            "not told after three days down",
            bot.wait_told(telegram, *(500 + n for n in range(1, 11))),
        )
        time.sleep(3)
        found = told(telegram)
        ledger.none("older stages told beside the newest", (n for n in found if 100 <= n < 300))
        ledger.none("told twice", (n for n, entries in found.items() if len(entries) > 1))
        texts = [e["params"]["text"] for entries in found.values() for e in entries]
        ledger.tell("notices told", len(texts))
        ledger.tell("  of them saying how late", sum("迟到" in text for text in texts))
        ledger.tell("jumps in the log", bot.tail(200_000).count("the machine's clock was moved"))
