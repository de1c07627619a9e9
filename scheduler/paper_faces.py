"""The faces of papers: digest, draft, signatures, measures; reads the facts, picks the words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.actions import digests, paper_facts
from bot.actions.doors import is_allowed
from bot.errors import NotFound
from bot.rules.papers import PaperFacts
from bot.rules.records import Bureau
from bot.words import digest as digest_words
from bot.words import measures as measure_words
from bot.words import papers as words
from bot.words.card import Card
from storage import papers
from storage.outbox import Owed
from storage.schema import Transaction

PaperFace = Callable[[Transaction, Owed, Bureau, datetime], Card | None]


def face(tx: Transaction, row: Owed, bureau: Bureau, now: datetime) -> Card | None:
    """What the chat must see of this paper now; None where there is no such paper."""
    try:
        return FACES[row.card](tx, row, bureau, now)
    except NotFound:
        return None


def _digest(tx: Transaction, row: Owed, bureau: Bureau, now: datetime) -> Card | None:
    """Nothing for a group that was refused, or left, since it was owed."""
    if not is_allowed(tx, row.line, row.chat):
        return None
    facts = paper_facts.digest(tx, row.subject, bureau, now)
    return digest_words.group(facts, bool((row.args or {}).get("again")))


def _preview(tx: Transaction, row: Owed, bureau: Bureau, now: datetime) -> Card | None:
    facts = paper_facts.digest(tx, row.subject, bureau, now)
    at = digests.due_at(facts.start, bureau)
    waits = at <= now and digests.still_waits(tx, facts.start)
    return digest_words.preview(facts, None if waits else at)


def _sent(tx: Transaction, row: Owed, bureau: Bureau, now: datetime) -> Card | None:
    facts = paper_facts.digest(tx, row.subject, bureau, now)
    return digest_words.sent(facts, (row.args or {}).get("groups", 0))


def _draft(facts: PaperFacts, row: Owed) -> Card:
    del row
    return words.draft(facts)


def _sign(facts: PaperFacts, row: Owed) -> Card:
    args = row.args or {}
    return words.sign(facts, args.get("step", "final"), args.get("returned", 0))


def _final(facts: PaperFacts, row: Owed) -> Card:
    del row
    return words.final(facts)


def _returned(facts: PaperFacts, row: Owed) -> Card:
    del row
    return words.returned(facts)


def _of_paper(worded: Callable[[PaperFacts, Owed], Card]) -> PaperFace:
    def drawn(tx: Transaction, row: Owed, bureau: Bureau, now: datetime) -> Card | None:
        return worded(paper_facts.paper(tx, row.subject, bureau, now), row)

    return drawn


def _measure(tx: Transaction, row: Owed, bureau: Bureau, now: datetime) -> Card | None:
    del bureau, now
    found = papers.measure(tx, row.subject)
    if found is None:
        return None
    today = bool((row.args or {}).get("due"))
    return measure_words.measure(found.id, found.words, found.owner, found.due, found.state, today)


FACES: dict[str, PaperFace] = {
    "digest": _digest, "digest_preview": _preview, "digest_sent": _sent,
    "paper_draft": _of_paper(_draft), "paper_sign": _of_paper(_sign),
    "paper_final": _of_paper(_final), "paper_returned": _of_paper(_returned),
    "measure": _measure,
}  # fmt: skip
