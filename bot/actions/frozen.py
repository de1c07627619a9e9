"""The facts of a paper as they were signed: kept in it as text at 终审, and read from there since.

What is reported, corrected or decided later changes no paper that three people have signed. Knows
no fact's meaning.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import TypeAdapter

from bot.rules.papers import FROZEN, PaperFacts
from storage import papers
from storage.schema import Transaction

_FACTS = TypeAdapter(PaperFacts)

STEP = "facts"
"""The row of the paper's steps that holds them; nobody takes it for a signature."""


def keep(tx: Transaction, facts: PaperFacts, by: int, now: datetime) -> None:
    """The paper holds these facts for good."""
    words = _FACTS.dump_json(facts).decode()
    papers.sign(tx, facts.paper, STEP, by, FROZEN, words, now)


def kept(tx: Transaction, paper: int) -> PaperFacts | None:
    """The facts that the paper was signed with; None where it was signed without."""
    rows = [one for one in papers.steps_of(tx, paper) if one.verdict == FROZEN and one.words]
    return _FACTS.validate_json(rows[-1].words or "") if rows else None
