"""Reports by callback while the worker is killed, and while it stands still (F2-F7, F20, F30)."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

from tests.bench.receive import flood, on_the_wire
from tests.chaos import wecom_proof as proof
from tests.chaos.bot import Ended, Nursery
from tests.chaos.child import dice
from tests.chaos.ledger import Ledger
from tests.chaos.wecom_bot import Phones, Worker, wecom_beside
from tests.chaos.wecom_load import Load, make_load
from tests.verbs.receiving import callback

STILL_SHARE = 0.08
"""The share of the load that comes while the worker stands still."""

CROWD = 8
Progress = Callable[[str], None]


def under_callbacks(
    ledger: Ledger, home: Path, *, reports: int, kills: int, seed: int, pause: float = 0.8,
    still: float = 5.0, answer_ms: float | None = 100, progress: Progress = print,
    nursery: Nursery | None = None,
) -> None:  # fmt: skip
    """The load comes by callback through all of it; then everything is proven.

    A client waits up to `pause` seconds before it acts; the worker is stopped for `still` seconds;
    `answer_ms` is the promised p99 of the answers.
    """
    load, begun = make_load(seed, reports), time.monotonic()
    with (
        wecom_beside(home, load.people + 1) as corp,
        Worker(home / "home", corp, nursery) as bot,
    ):
        phones = Phones(corp, load, seed, pause)
        try:
            bot.start()
            bot.wait_receiver()
            receiver = bot.receiver()
            _storm(bot, phones, load, kills, dice(seed, "wecom kills"), progress)
            progress(f"{len(bot.kills)} kills in {time.monotonic() - begun:.0f} s")
            lives = list(bot.kills)
            ended = _last_life(bot)
            crowd = _stand_still(bot, phones, load, still)
            phones.allow(len(load.reports))
            phones.wait(len(load.reports))
            progress("everything is sent; waiting for quiet")
            bot.wait_quiet()
            progress("quiet")
        finally:
            phones.end()
        ledger.head(f"WeCom, SIGKILL and SIGSTOP, seed {seed}")
        ledger.tell("kills", len(lives))
        ledger.none("the bot ended by itself", ended)
        proof.answers(ledger, corp, phones, answer_ms)
        proof.stillness(ledger, still, crowd)
        same = bot.receiver() == receiver and bot.receivers_started() == 1
        ledger.prove("receivers started", bot.receivers_started(), 1, same)
        found = proof.records(ledger, bot, load)
        proof.receipts(ledger, corp, found, lives)
        proof.books(ledger, bot, load)
        proof.manners(ledger, bot, corp)
        proof.end(ledger, bot)
        ledger.tell("seconds", round(time.monotonic() - begun))


def _storm(
    bot: Worker, phones: Phones, load: Load, kills: int, chance: Random, progress: Progress
) -> None:
    """So many lives of the worker, each with its share of the load; the first has just begun."""
    stormy = int(len(load.reports) * (1 - STILL_SHARE))
    for life in range(kills):
        if life:
            bot.start()
        phones.allow(stormy * (life + 1) // kills - stormy * life // kills)
        if chance.random() < 0.15:
            time.sleep(chance.uniform(0, bot.start_seconds))
        else:
            bot.wait_ready()
            _wait_for_the_moment(bot, chance)
        bot.kill()
        if (life + 1) % 5 == 0:
            progress(f"{life + 1} of {kills} kills, {phones.sent} of {len(load.reports)} sent")


def _wait_for_the_moment(bot: Worker, chance: Random) -> None:
    """Half of the kills come at any moment, half within a breath of a call that the bot made."""
    if chance.random() < 0.5:
        time.sleep(chance.uniform(0, 1.5))
        return
    made, deadline = bot.corp.calls()["made"], time.monotonic() + 1.5
    while bot.corp.calls()["made"] < made + 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(chance.uniform(0, 0.02))


def _last_life(bot: Worker) -> list[str]:
    try:
        bot.start()
        bot.wait_ready()
    except Ended as end:
        return [str(end)]
    return []


def _stand_still(bot: Worker, phones: Phones, load: Load, seconds: float) -> list[float]:
    """The worker is stopped while phones go on and one message is repeated in parallel.

    The milliseconds of each answer to the repeated one, sorted.
    """
    os.kill(bot.pid, signal.SIGSTOP)
    begun = time.monotonic()
    try:
        phones.allow(int(len(load.reports) * STILL_SHARE))
        port = urlsplit(bot.corp.calls_back).port or 0
        repeated = [on_the_wire(*callback(proof.CROWDED, f"User{load.people + 1}"))] * 100
        _, taken = asyncio.run(flood(port, repeated, CROWD))
        time.sleep(max(0.0, begun + seconds - time.monotonic()))
    finally:
        os.kill(bot.pid, signal.SIGCONT)
    return taken
