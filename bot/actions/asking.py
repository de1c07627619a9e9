"""What a person asked last, kept so that a fragment or a button can be about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.rules import kept_questions
from bot.rules.following import FOLLOWS_WITHIN
from bot.rules.onward import Offer
from bot.rules.records import Bureau, Question
from storage import asked
from storage.schema import Transaction


@dataclass(frozen=True, slots=True)
class Lately:
    """The last question that was understood and its number; nothing after ten minutes."""

    question: Question | None = None
    number: int = 0


def lately(tx: Transaction, person_id: int, bureau: Bureau, now: datetime) -> Lately:
    """What the person asked last, within the last ten minutes."""
    row = asked.last_of(tx, person_id)
    if row is None or not timedelta(0) <= now - row.at <= FOLLOWS_WITHIN:
        return Lately()
    question = kept_questions.from_json(row.question, bureau.tz) if row.question else None
    return Lately(question, row.id)


def remember(
    tx: Transaction, person_id: int, question: Question | None,
    offers: Sequence[Offer], now: datetime,
) -> int:  # fmt: skip
    """The person asked this last; the number by which buttons name it."""
    kept = kept_questions.to_json(question) if question is not None else None
    near = [
        {
            "label": offer.label, "said": offer.said,
            "question": kept_questions.to_json(offer.question) if offer.question else None,
        }
        for offer in offers
    ]  # fmt: skip
    return asked.keep(tx, person_id, kept, near, now)


def offered(tx: Transaction, number: int, which: int, bureau: Bureau) -> Offer | None:
    """The `which`-th question offered beside that answer, or None."""
    row = asked.by_id(tx, number)
    if row is None or not 0 <= which < len(row.near):
        return None
    kept = row.near[which]
    question = kept["question"]
    again = kept_questions.from_json(question, bureau.tz) if question else None
    return Offer(kept["label"], kept["said"], again)
