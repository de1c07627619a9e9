"""SIGTERM under load (F8): a clean end within ten seconds, nothing lost, nothing repeated."""

from __future__ import annotations

import time
from pathlib import Path

from tests.chaos import proof
from tests.chaos.bot import Nursery
from tests.chaos.child import Child, dice, settle_people, telegram_beside
from tests.chaos.ledger import Ledger
from tests.chaos.load import make_load

LATENCY_MS = 20
"""Each call takes so long, so that much is in flight at any moment."""


def under_terms(
    ledger: Ledger, home: Path, *, reports: int, seed: int, nursery: Nursery | None = None
) -> None:
    """All reports wait, the bot starts, is told to stop in the middle, and starts again."""
    load = make_load(seed, reports, officers=40, albums=0.0)
    with telegram_beside(home) as telegram, Child(home, telegram, nursery) as bot:
        settle_people(home, telegram, load.officers)
        telegram.latency(LATENCY_MS)
        telegram.many(load.steps)
        bot.start()
        bot.wait_until(lambda: telegram.state()["pending"] < reports, 60)
        time.sleep(dice(seed, "stop").uniform(0, 0.4))
        told = telegram.state()
        code, seconds = bot.terminate()
        ledger.head("SIGTERM under load")
        ledger.tell("reports queued", len(load.steps))
        ledger.tell("  still at the platform at the signal", told["pending"])
        ledger.tell("  calls answered until then", told["sent"])
        ledger.prove("exit code", code, 0, code == 0, bot.tail())
        ledger.prove("seconds to the end", f"{seconds:.1f}", "<= 10", seconds <= 10)
        telegram.latency(0)
        bot.start()
        bot.wait_ready()
        bot.wait_quiet()
        found = proof.records(ledger, bot, load)
        proof.receipts(ledger, bot, found, [])
        proof.books(ledger, bot)
        proof.manners(ledger, bot)
