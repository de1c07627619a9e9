"""The facts of the cards of clocks, read anew whenever one is sent; only reads."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from bot.actions import exemptions, late
from bot.actions.extensions import decider, may_ask
from bot.actions.loop import kind_of, name_of, place_of
from bot.rules.clock_facts import ExtensionFacts, LateFacts, UnreviewedFacts
from bot.rules.clocks import UNDER_WAY, Kind, answer_by, days_over, is_overdue
from bot.rules.limits import said
from bot.rules.loop import Stage
from bot.rules.records import Bureau
from storage import extensions, people, problems
from storage.people import Person
from storage.problems import Problem
from storage.schema import Transaction

FIVE = timedelta(minutes=5)
"""What is left is said in so many minutes, the last ones whole: a redrawn card stays as it was."""


def name(problem: Problem, bureau: Bureau) -> str:
    """松江路占道经营."""
    return f"{place_of(problem, bureau)}{kind_of(problem, bureau)}"


def late_facts(
    tx: Transaction, items: Iterable[Any], person: int | None, bureau: Bureau, now: datetime
) -> list[LateFacts]:
    """What the person is told of these (problem, kind, whether he leads), as it is now."""
    who = people.by_id(tx, person) if person is not None else None
    found = []
    for number, kind, leads in items:
        problem = problems.by_id(tx, number)
        if problem is not None and who is not None:
            found.append(_late(tx, problem, Kind(kind), leads, who, bureau, now))
    return found


def _late(
    tx: Transaction, problem: Problem, kind: Kind, leads: bool, who: Person, bureau: Bureau,
    now: datetime,
) -> LateFacts:  # fmt: skip
    answer, handle_by = answer_by(problem, bureau), problem.handle_by
    end = problem.handled_at or problem.closed_at if problem.stage not in UNDER_WAY else now
    since = _since(problem)
    left = -((now - handle_by) // FIVE) if handle_by else 0
    return LateFacts(
        problem=problem.id, version=problem.version, name=name(problem, bureau), kind=kind,
        stage=problem.stage, outcome=problem.outcome, holds=_holds(problem, kind, bureau),
        leads=leads, holder=_holder(tx, problem),
        since=since.astimezone(bureau.tz) if since else None,
        by=said(handle_by, now, bureau) if handle_by else "",
        answer=said(answer, now, bureau) if answer else "",
        left=max(left * 5, 0), overdue=is_overdue(problem, now),
        days=days_over(handle_by, end, bureau) if handle_by and end and end > handle_by else 0,
        exempt=problem.exempt, may_extend=may_ask(tx, who, problem),
        may_exempt=exemptions.may_exempt(who, problem, now),
        knows=late.knows(tx, problem, who.id),
    )  # fmt: skip


def _holds(problem: Problem, kind: Kind, bureau: Bureau) -> bool:
    if kind is Kind.RESPOND:
        return answer_by(problem, bureau) is not None
    if kind is Kind.IDLE:
        return problem.stage is Stage.TAKEN
    if kind is Kind.PHOTO:
        return problem.stage is Stage.HANDLED and problem.lacks_photo
    return problem.stage in UNDER_WAY


def _since(problem: Problem) -> datetime | None:
    """Since when it is where it is."""
    return {
        Stage.FOUND: problem.found_at, Stage.HANDED: problem.handed_at,
        Stage.TAKEN: problem.taken_at, Stage.HANDLED: problem.handled_at,
        Stage.CLOSED: problem.closed_at,
    }[problem.stage]  # fmt: skip


def _holder(tx: Transaction, problem: Problem) -> str:
    """Who has it, or had it, by name; a team by its own."""
    if problem.stage is Stage.FOUND:
        return name_of(tx, problem.person)
    return name_of(tx, problem.handler) or problem.team or ""


def extension_facts(
    tx: Transaction, row: int, refusal: str, bureau: Bureau, now: datetime
) -> ExtensionFacts | None:
    """The longer time that was asked for, as it is now; `refusal` is why it was refused."""
    asked = extensions.by_id(tx, row)
    problem = problems.by_id(tx, asked.problem) if asked is not None else None
    if asked is None or problem is None:
        return None
    leader = decider(tx, problem, asked.person, asked.asked_at.astimezone(bureau.tz).date())
    by = name_of(tx, asked.decided_by) or (leader.name if leader else "")
    before = [one for one in extensions.of_problem(tx, problem.id) if one.id < asked.id]
    return ExtensionFacts(
        id=asked.id, problem=problem.id, name=name(problem, bureau),
        asker=name_of(tx, asked.person), decider=by,
        was=said(problem.handle_by, now, bureau) if problem.handle_by else "",
        until=said(asked.until, now, bureau), reason=asked.reason,
        granted=sum(one.state == extensions.GRANTED for one in before), state=asked.state,
        refusal=refusal, over=problem.stage not in UNDER_WAY,
    )  # fmt: skip


def unreviewed_facts(tx: Transaction, number: int, bureau: Bureau) -> UnreviewedFacts | None:
    """A handled problem that nobody reviews."""
    problem = problems.by_id(tx, number)
    if problem is None:
        return None
    return UnreviewedFacts(
        problem.id, problem.version, name(problem, bureau), name_of(tx, problem.handler),
        name_of(tx, problem.reviewer), problem.stage is Stage.HANDLED and not problem.lacks_photo,
    )  # fmt: skip
