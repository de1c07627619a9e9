"""The faces of a task's cards, read anew when they are sent, for whoever's chat it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions import task_files
from bot.actions.task_facts import longer_facts, task_facts
from bot.rules.task_facts import TaskFacts
from bot.words import task_longer as longer_words
from bot.words import task_reviews as review_words
from bot.words import tasks as words
from storage import evidence, outbox, people
from storage.outbox import Owed
from storage.schema import Transaction

if TYPE_CHECKING:
    from scheduler.faces import Face, View


def _facts(tx: Transaction, row: Owed, view: View, task: int | None = None) -> TaskFacts | None:
    viewer = people.of_chat(tx, row.line, row.chat)
    subject = row.subject if task is None else task
    return task_facts(tx, subject, viewer, view.bureau, view.now, row.card)


def one(tx: Transaction, row: Owed, view: View) -> Face:
    """The card of one task to its owner, checker or leader; of several copies the newest follows.

    What a checker or a leader would have been asked, and is over before it was shown, is dropped.
    """
    facts = _facts(tx, row, view)
    if facts is None:
        return None
    if outbox.newest(tx, row.card, row.subject, row.line, row.chat) != row.id:
        return words.see_below(row.card, facts)
    if not row.shown and row.card in OVER and OVER[row.card] not in facts.moves:
        return None
    return WORDS[row.card](facts)


def told(tx: Transaction, row: Owed, view: View) -> Face:
    """What became of it; nothing where that is not so any more before it was told."""
    facts = _facts(tx, row, view)
    what = str((row.args or {}).get("what", ""))
    return None if facts is None else review_words.told(facts, what)


def asked(tx: Transaction, row: Owed, view: View) -> Face:
    """A file that came by itself: of which task is it?"""
    found = evidence.by_id(tx, row.subject)
    facts = _facts(tx, row, view, found.task) if found is not None else None
    who = people.by_id(tx, found.person) if found is not None else None
    if found is None or facts is None or who is None:
        return None
    able = [(t.number, t.title) for t in task_files.tasks_for(tx, who, facts.today)]
    options = able or [(facts.number, facts.title)]
    return words.file_asked(found.id, facts, found.state, found.kind, found.name, options)


def longer(tx: Transaction, row: Owed, view: View) -> Face:
    """A longer time, to whoever asked or decides, or what was decided."""
    refusal = str((row.args or {}).get("reason") or "")
    facts = longer_facts(tx, row.subject, refusal, view.bureau, view.now)
    return None if facts is None else LONGER_WORDS[row.card](facts)


WORDS = {
    "task": words.task, "task_given": words.given, "task_check": review_words.check,
    "task_sign": review_words.sign,
}  # fmt: skip
OVER = {"task_check": "approve"}
"""The move without which a card that was not shown yet has nothing to ask."""

LONGER_WORDS = {
    "task_longer": longer_words.decide, "task_longer_own": longer_words.own,
    "task_longer_told": longer_words.told,
}  # fmt: skip

FACES = {
    "task": one, "task_given": one, "task_check": one, "task_sign": one,
    "task_told": told, "task_ask": asked, "task_longer": longer, "task_longer_own": longer,
    "task_longer_told": longer,
}  # fmt: skip
"""By kind of card."""
