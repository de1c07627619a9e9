"""How the house is: the queues by state and the oldest row that waits; only reads."""

from __future__ import annotations

from datetime import datetime

from storage import inbox, outbox, parts
from storage.schema import Transaction


def state(tx: Transaction) -> tuple[dict[str, int], datetime | None]:
    """Counts of inbox, outbox and photo queue by state, and when the oldest waiting row came."""
    rows, owed, files = inbox.census(tx), outbox.census(tx), parts.census(tx)
    names = (inbox.DONE, inbox.IGNORED, inbox.QUARANTINED, inbox.FAILED, inbox.PENDING)
    counted = {name: rows.get(name, 0) for name in names}
    counted["received"] = sum(rows.values())
    counted["owed"] = owed.get(outbox.OWED, 0) + owed.get(outbox.SENDING, 0)
    counted["refused"] = owed.get(outbox.FAILED, 0)
    for name in (parts.EXPECTED, parts.STORED, parts.UNAVAILABLE):
        counted[name] = files.get(name, 0)
    return counted, inbox.oldest_pending(tx)
