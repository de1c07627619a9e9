"""The faces of a task's cards, read anew when they are sent, for whoever's chat it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions.task_facts import longer_facts, task_facts
from bot.rules.task_facts import TaskFacts
from bot.words import task_longer as longer_words
from bot.words import task_reviews as review_words
from bot.words import tasks as words
from storage import evidence, people
from storage.outbox import Owed
from storage.schema import Transaction

if TYPE_CHECKING:
    from scheduler.faces import Face, View


def _facts(tx: Transaction, row: Owed, view: View, task: int | None = None) -> TaskFacts | None:
    viewer = people.of_chat(tx, row.line, row.chat)
    subject = row.subject if task is None else task
    return task_facts(tx, subject, viewer, view.bureau, view.now)


def one(tx: Transaction, row: Owed, view: View) -> Face:
    """The card of one task to its owner, checker, leader, or whoever asked for it."""
    facts = _facts(tx, row, view)
    return None if facts is None else WORDS[row.card](facts)


def check(tx: Transaction, row: Owed, view: View) -> Face:
    """The checker's; what was taken back before it was shown is not shown at all."""
    facts = _facts(tx, row, view)
    if facts is None or ("approve" not in facts.moves and not row.shown):
        return None
    return review_words.check(facts)


def told(tx: Transaction, row: Owed, view: View) -> Face:
    """What became of it."""
    facts = _facts(tx, row, view)
    what = str((row.args or {}).get("what", ""))
    return None if facts is None else review_words.told(facts, what)


def asked(tx: Transaction, row: Owed, view: View) -> Face:
    """A file that came by itself."""
    found = evidence.by_id(tx, row.subject)
    facts = _facts(tx, row, view, found.task) if found is not None else None
    if found is None or facts is None:
        return None
    return words.file_asked(found.id, facts, found.state, found.name)


def longer(tx: Transaction, row: Owed, view: View) -> Face:
    """A longer time, to whoever asked or decides, or what was decided."""
    refusal = str((row.args or {}).get("reason") or "")
    facts = longer_facts(tx, row.subject, refusal, view.bureau, view.now)
    return None if facts is None else LONGER_WORDS[row.card](facts)


WORDS = {
    "task": words.task, "task_given": words.given, "task_sign": review_words.sign,
    "task_look": review_words.look,
}  # fmt: skip
LONGER_WORDS = {
    "task_longer": longer_words.decide, "task_longer_own": longer_words.own,
    "task_longer_told": longer_words.told,
}  # fmt: skip

FACES = {
    "task": one, "task_given": one, "task_check": check, "task_sign": one, "task_look": one,
    "task_told": told, "task_ask": asked, "task_longer": longer, "task_longer_own": longer,
    "task_longer_told": longer,
}  # fmt: skip
"""By kind of card."""
