"""What a person asked last, kept so that a fragment or a button can be about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.rules import kept_questions
from bot.rules.following import FOLLOWS_WITHIN, MOST_FRAGMENTS
from bot.rules.onward import Offer
from bot.rules.records import Bureau, Question
from storage import asked
from storage.schema import Transaction


@dataclass(frozen=True, slots=True)
class Lately:
    """The words of the last question and of its fragments; empty after ten minutes."""

    said: tuple[str, ...] = ()
    question: Question | None = None
    number: int = 0


def lately(tx: Transaction, person_id: int, bureau: Bureau, now: datetime) -> Lately:
    """What the person asked within the last ten minutes; a question with many fragments is over."""
    row = asked.last_of(tx, person_id)
    if row is None or not timedelta(0) <= now - row.at <= FOLLOWS_WITHIN:
        return Lately()
    if len(row.said) > MOST_FRAGMENTS:
        return Lately()
    question = kept_questions.from_json(row.question, bureau.tz) if row.question else None
    return Lately(row.said, question, row.id)


def remember(
    tx: Transaction, person_id: int, said: Sequence[str], question: Question | None,
    offers: Sequence[Offer], now: datetime,
) -> int:  # fmt: skip
    """These words are what the person asked last; the number by which buttons name them."""
    kept = kept_questions.to_json(question) if question is not None else None
    near = [
        {
            "label": offer.label, "said": offer.said,
            "question": kept_questions.to_json(offer.question) if offer.question else None,
        }
        for offer in offers
    ]  # fmt: skip
    return asked.keep(tx, person_id, said, kept, near, now)


def offered(tx: Transaction, number: int, which: int, bureau: Bureau) -> Offer | None:
    """The `which`-th question offered beside that answer, or None."""
    row = asked.by_id(tx, number)
    if row is None or not 0 <= which < len(row.near):
        return None
    kept = row.near[which]
    question = kept["question"]
    again = kept_questions.from_json(question, bureau.tz) if question else None
    return Offer(kept["label"], kept["said"], again)
