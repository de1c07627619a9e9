"""What the cards of a problem show now, each to whoever it was owed; knows no line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.actions.problem_facts import problem_facts
from bot.rules.problem_facts import ProblemFacts
from bot.rules.records import Bureau
from bot.words import problems as words
from bot.words.card import Card
from storage import outbox, people
from storage.outbox import Owed
from storage.schema import Transaction

WORDS: dict[str, Callable[[ProblemFacts], Card]] = {
    "review": words.review, "matter": words.matter, "reassign": words.reassign,
    "record": words.matter,
}  # fmt: skip


def face(tx: Transaction, row: Owed, bureau: Bureau, now: datetime) -> Card | None:
    """The card for whoever has this chat; an older copy has no buttons and doesn't ring."""
    viewer = people.of_chat(tx, row.line, row.chat)
    facts = problem_facts(tx, row.subject, viewer, bureau, now)
    if facts is None:
        return None
    # Where a card can't be edited, one that was only looked up, or is superseded, or asks nothing
    # of its reader any more, stays as it is: nobody is sent news of what is not his.
    card = replace(WORDS[row.card](facts), gist=f"{row.card} {facts.id}")
    if outbox.newest(tx, row.card, row.subject, row.line, row.chat) != row.id:
        bare = replace(card, rows=(), choices=(), turn=None, photos=(), apart=False)
        return replace(bare, quiet=True, brief="")
    asks = facts.mine or any((card.rows, card.choices))
    return card if asks and row.card != "record" else replace(card, brief="")


FACES = frozenset(WORDS)
"""The kinds of cards that are drawn here."""
