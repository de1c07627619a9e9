"""The faces of what is found twice: is it the same, does it come back, why not.

Each is read anew when it is sent: what is answered, or no rebound any more, is said so only where
the card was shown already.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.actions import alike_facts, rebounds
from bot.rules.rebounds import ReboundFacts
from bot.words import alike as alike_words
from bot.words import rebounds as words
from bot.words.card import Card
from storage import problems
from storage.outbox import Owed
from storage.schema import Transaction

if TYPE_CHECKING:
    from scheduler.faces import Face, View


def alike(tx: Transaction, row: Owed, view: View) -> Face:
    """The question, or what became of it."""
    other = int((row.args or {}).get("with", 0))
    facts = alike_facts.facts(tx, row.subject, other, view.bureau, view.now)
    if facts is None or (facts.state != "asked" and not row.shown):
        return None
    return alike_words.alike(facts)


def _rebound(worded: Callable[[ReboundFacts], Card]) -> Callable[[Transaction, Owed, View], Face]:
    def drawn(tx: Transaction, row: Owed, view: View) -> Face:
        problem = problems.by_id(tx, row.subject)
        facts = problem and rebounds.told(tx, problem, view.bureau, view.now)
        if problem is None or (not facts and not row.shown):
            return None
        if not facts:
            return words.no_more(*rebounds.named(problem, view.bureau))
        return worded(facts) if facts.stands or row.shown else None

    return drawn


FACES = {
    "alike": alike, "rebound": _rebound(words.rebound), "often": _rebound(words.often),
    "unmarked": _rebound(words.unmarked), "fixed_round": _rebound(words.fixed_round),
}  # fmt: skip
"""By kind of card."""
