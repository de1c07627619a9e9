"""What the question whether two problems are one shows: the earlier photo, its author, the state.

Read anew whenever the card is drawn: what was answered meanwhile is said instead. Only reads.
"""

from __future__ import annotations

from datetime import datetime

from bot.actions.alike import APART, whole
from bot.actions.loop import kind_of, name_of, now_stands, place_of
from bot.rules.alike import AlikeFacts, State
from bot.rules.loop import Outcome, Stage
from bot.rules.records import Bureau
from storage import journal, parts, problems
from storage.problems import Problem
from storage.schema import Transaction

STALL = "摊"
"""Of a kind with a word of this the question is about a stall."""


def facts(
    tx: Transaction, problem: int, other: int, bureau: Bureau, now: datetime
) -> AlikeFacts | None:
    """The facts of the question, or None where there is no such problem."""
    mine, theirs = problems.by_id(tx, problem), problems.by_id(tx, other)
    if mine is None or theirs is None:
        return None
    state = _state(tx, mine, theirs)
    handled = theirs.handled_at if theirs.stage is Stage.HANDLED else None
    own = theirs.person == mine.person
    return AlikeFacts(
        mine.id, mine.version, theirs.id, state, place_of(theirs, bureau), kind_of(theirs, bureau),
        _of_stalls(theirs, bureau), None if own else name_of(tx, theirs.person),
        theirs.found_at.astimezone(bureau.tz), now.astimezone(bureau.tz),
        handled and handled.astimezone(bureau.tz), photos_of(tx, theirs)[:1],
        now_stands(tx, theirs if theirs.stage is Stage.CLOSED else mine, bureau),
    )  # fmt: skip


def _state(tx: Transaction, mine: Problem, theirs: Problem) -> State:
    if mine.outcome is Outcome.DUPLICATE:
        return "merged" if whole(tx, mine.id).id == whole(tx, theirs.id).id else "over"
    said = journal.newest(tx, [APART], mine.number)
    open_both = mine.stage not in (Stage.HANDLED, Stage.CLOSED) and _goes_on(tx, theirs)
    if said is not None and said.detail["other"] == theirs.number:
        return "apart" if open_both else "over"
    return "asked" if open_both else "over"


def _goes_on(tx: Transaction, theirs: Problem) -> bool:
    return whole(tx, theirs.id).stage is not Stage.CLOSED


def _of_stalls(problem: Problem, bureau: Bureau) -> bool:
    category = bureau.category(problem.category)
    return category is not None and any(STALL in w for w in (category.name, *category.synonyms))


def photos_of(tx: Transaction, problem: Problem) -> tuple[str, ...]:
    """The stored photos of the problem's report, as they came, by their SHA-256."""
    held = parts.of_report(tx, problem.report)
    return tuple(
        part.sha256 for part in held
        if part.kind == "photo" and part.state == parts.STORED and part.sha256
    )  # fmt: skip
