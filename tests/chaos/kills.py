"""Reports under SIGKILL and a bad network: nothing lost, nothing twice (F1-F7, F12-F17)."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from tests.chaos import proof
from tests.chaos.bot import Bot, Ended, Nursery
from tests.chaos.child import Child, dice, settle_people, telegram_beside
from tests.chaos.ledger import Ledger
from tests.chaos.load import Load, Verb, make_load
from tests.fakes.control import Control

FAULTS = [
    {"p": 0.03, "kind": "429", "method": "send*", "retry_after": 1},
    {"p": 0.02, "kind": "429", "method": "edit*", "retry_after": 1},
    {"p": 0.02, "kind": "html502"},
    {"p": 0.02, "kind": "reset_before"},
    {"p": 0.02, "kind": "reset_after"},
    {"p": 0.01, "kind": "html502_after"},
    {"p": 0.01, "kind": "truncated"},
    {"p": 0.01, "kind": "empty"},
    {"p": 0.01, "kind": "hang_before", "seconds": 2},
    {"p": 0.01, "kind": "hang_after", "seconds": 2, "method": "send*"},
    {"p": 0.03, "kind": "html502", "method": "getUpdates"},
    {"p": 0.03, "kind": "reset_before", "method": "getUpdates"},
    {"p": 0.03, "kind": "reset_after", "method": "getUpdates"},
    {"p": 0.02, "kind": "truncated", "method": "getUpdates"},
    {"p": 0.03, "kind": "cut_len", "method": "download", "at": 0.5},
    {"p": 0.03, "kind": "cut_nolen", "method": "download", "at": 0.7},
    {"p": 0.04, "kind": "slow", "method": "download", "bytes_per_second": 4000},
    {"p": 0.015, "kind": "reset_before", "method": "download"},
    {"p": 0.015, "kind": "html502", "method": "download"},
    {"p": 0.01, "kind": "hang_before", "method": "download", "seconds": 2},
]
"""Each call meets each of these with its probability, drawn from the run's seed."""

Progress = Callable[[str], None]


def under_kills(
    ledger: Ledger, home: Path, *, reports: int, kills: int, seed: int, minutes: float = 60,
    progress: Progress = print, nursery: Nursery | None = None,
) -> None:  # fmt: skip
    """The load is sent while the bot is killed again and again; then everything is proven."""
    load = make_load(seed, reports)
    begun = time.monotonic()
    with telegram_beside(home) as telegram, Child(home, telegram, nursery) as bot:
        settle_people(home, telegram, load.officers)
        telegram.chaos(seed, FAULTS)
        _storm(bot, load, kills, dice(seed, "kills"), begun + minutes * 60, progress)
        progress(f"{len(bot.kills)} kills in {time.monotonic() - begun:.0f} s; waiting for quiet")
        times = list(bot.kills)
        hits = telegram.state()["hits"]
        telegram.clear_faults()
        ledger.head(f"SIGKILL and a bad network, seed {seed}")
        ledger.none("the bot ended by itself", _last_life(bot))
        _prove(ledger, bot, load, times)
        ledger.tell("faults of the network", sum(hits.values()))
        ledger.tell("seconds", round(time.monotonic() - begun))
    ledger.none("processes left behind by killed bots", after_a_moment(bot))


def _storm(
    bot: Child, load: Load, kills: int, chance: Random, deadline: float, progress: Progress
) -> None:
    """So many lives of the bot, each with its share of the load."""
    telegram, steps, sent = bot.telegram, load.steps, 0
    for life in range(kills):
        if time.monotonic() > deadline:
            progress(f"time is up after {life} kills")
            break
        share = steps[sent : len(steps) * (life + 1) // kills]
        sent += len(share)
        before = chance.randint(0, len(share))
        _push(telegram, share[:before])
        bot.start()
        if chance.random() < 0.1:
            _push(telegram, share[before:])
            time.sleep(chance.uniform(0, 3))
        else:
            bot.wait_ready()
            _push(telegram, share[before:])
            _wait_for_the_moment(telegram, chance)
        bot.kill()
        if (life + 1) % 10 == 0:
            progress(f"{life + 1} of {kills} kills, {sent} of {len(steps)} photos sent")
    _push(telegram, steps[sent:])


def _wait_for_the_moment(telegram: Control, chance: Random) -> None:
    """Half of the kills come at any moment, half within a breath of something being sent."""
    if chance.random() < 0.5:
        time.sleep(chance.uniform(0, 0.8))
        return
    seen = telegram.state()["sent"]
    deadline = time.monotonic() + 1
    while telegram.state()["sent"] < seen + 2 and time.monotonic() < deadline:
        time.sleep(0.002)
    time.sleep(chance.uniform(0, 0.02))


def _push(telegram: Control, steps: list[Verb]) -> None:
    if steps:
        telegram.many(steps)


def _last_life(bot: Child) -> list[str]:
    """The bot runs until nothing waits; it should not end by itself meanwhile."""
    try:
        bot.start()
        bot.wait_ready()
        bot.wait_quiet()
    except Ended as end:
        return [str(end)]
    return []


def _prove(ledger: Ledger, bot: Child, load: Load, kills: list[float]) -> None:
    ledger.tell("kills", len(kills))
    found = proof.records(ledger, bot, load)
    proof.receipts(ledger, bot, found, kills)
    counted = proof.books(ledger, bot)
    for name in ("quarantined", "failed", "refused", "unavailable"):
        ledger.prove(name, counted[name], 0, counted[name] == 0)
    proof.manners(ledger, bot)


def after_a_moment(bot: Bot) -> list[int]:
    """What of the home's processes still runs a few seconds after the last kill."""
    deadline = time.monotonic() + 5
    while (left := bot.left_behind()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return left
