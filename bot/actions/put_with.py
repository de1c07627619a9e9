"""Questions that went with somebody's morning message: he asks for them, and gets their cards.

What he asks for is no unasked message. Knows no sentence.
"""

from __future__ import annotations

from datetime import date, datetime

from bot.actions.decisions import SHORT_WEEK
from bot.actions.misses import MISSED
from bot.actions.people import require, tell
from bot.actions.unasked import key_of
from bot.errors import NotFound
from bot.rules.periods import midnight
from bot.rules.records import Bureau
from bot.rules.rights import Right
from storage import outbox
from storage.schema import Transaction

LAST = date(9999, 12, 30).toordinal()


def ask(tx: Transaction, person: int, on: int, bureau: Bureau, now: datetime) -> int:
    """The cards of the questions that his message of that day held are owed; how many.

    `on` is the day as date.toordinal(). Raises NotFound for none of his.
    """
    who = require(tx, person, Right.REPORT)
    if not 0 < on <= LAST:
        raise NotFound
    day = midnight(date.fromordinal(on), bureau.tz)
    held = outbox.args_of(tx, key_of(bureau, who.id, day)) or {}
    asked = held.get("asked", ())
    for card, subject in asked:
        if card == MISSED:
            tell(tx, who.id, MISSED, subject, now)
        elif card == SHORT_WEEK:
            tell(tx, who.id, SHORT_WEEK, subject, now)
    return len(asked)
