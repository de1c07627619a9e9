"""What a person asked last, kept for some minutes so that a fragment can be about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.rules.following import FOLLOWS_WITHIN, MOST_FRAGMENTS
from storage import outside
from storage.schema import Transaction

_HOUSE, _ASKED = "house", "asked"


def lately(tx: Transaction, person_id: int, now: datetime) -> tuple[str, ...]:
    """The words of the person's last question and of its fragments; empty after ten minutes."""
    facts = outside.facts(tx, _HOUSE, _ASKED, str(person_id))
    if facts is None or not datetime.fromisoformat(facts["at"]) <= now <= _end(facts["at"]):
        return ()
    return tuple(facts["said"])


def remember(tx: Transaction, person_id: int, said: Sequence[str], now: datetime) -> None:
    """These words are what the person asked last; a question with too many fragments is over."""
    kept = list(said) if len(said) <= MOST_FRAGMENTS else []
    outside.keep(tx, _HOUSE, _ASKED, str(person_id), {"said": kept, "at": now.isoformat()}, now)


def _end(at: str) -> datetime:
    return datetime.fromisoformat(at) + FOLLOWS_WITHIN
