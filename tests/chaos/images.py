"""Pictures that are none (F18): each is told to its sender, and the next good photo is fine."""

from __future__ import annotations

from pathlib import Path

from tests.chaos import proof
from tests.chaos.bot import Nursery
from tests.chaos.child import Child, settle_people, telegram_beside
from tests.chaos.ledger import Ledger
from tests.chaos.load import Report, jpeg
from tests.storage.test_pictures import REJECTED

BAD = (
    "no bytes", "truncated jpeg", "jpeg of a few bytes", "truncated png", "png header only",
    "truncated webp", "broken gif", "text", "html", "svg", "heic", "png bomb",
)  # fmt: skip
OFFICER = 800
CAPTION = "松江路 占道经营"


def under_broken_images(ledger: Ledger, home: Path, *, nursery: Nursery | None = None) -> None:
    """Bad, good, bad, good …; every good one is stored, every bad one answered."""
    good = [Report(OFFICER, CAPTION, (jpeg(f"after {name}"),), 0, None) for name in BAD]
    bad = [Report(OFFICER, CAPTION, (REJECTED[name][0],), 0, None) for name in BAD]
    steps = [step for pair in zip(bad, good, strict=True) for r in pair for step in r.verbs()]
    with telegram_beside(home) as telegram, Child(home, telegram, nursery) as bot:
        settle_people(home, telegram, [OFFICER])
        telegram.many(steps)
        bot.start()
        bot.wait_ready()
        counted = bot.wait_quiet()
        told = [
            entry
            for entry in telegram.sent(method="sendMessage", chat=OFFICER)
            if "没收下" in entry["params"]["text"] or "上报没丢" in entry["params"]["text"]
        ]
        ledger.head("broken pictures")
        ledger.prove("told to the sender", len(told), len(BAD), len(told) == len(BAD))
        lost = counted["unavailable"]
        ledger.prove("named as unavailable", lost, len(BAD), lost == len(BAD))
        rows = proof.exported(bot)
        stored = {photo["sha256"] for row in rows.values() for photo in row["photos"]
                  if photo["state"] == "stored"}  # fmt: skip
        ledger.none(
            "good photos after them not stored",
            (sha for report in good for sha in report.hashes if sha not in stored),
        )
        ledger.prove("reports kept", len(rows), len(steps), len(rows) == len(steps))
        ledger.tell("photos stored", counted["stored"])
        proof.books(ledger, bot)
        proof.manners(ledger, bot)
