"""The facts of a case's cards, read when they are sent; never who complained. Only reads."""

from __future__ import annotations

from typing import cast

from bot.actions.loop import kind_of, leader_of, place_of
from bot.rules.case_facts import CaseFacts, CaseMatter, Outcome
from bot.rules.loop import OUTCOME_NAMES, STAGE_NAMES, Stage
from bot.rules.records import Bureau
from bot.rules.tickets import CaseSource
from storage import people, problems, tickets
from storage.problems import Problem
from storage.schema import Transaction
from storage.tickets import Ticket


def case_facts(tx: Transaction, ticket: int, bureau: Bureau) -> CaseFacts | None:
    """What is known of the case, or None where there is none."""
    found = tickets.by_id(tx, ticket)
    return None if found is None else _facts(tx, found, bureau)


def _facts(tx: Transaction, ticket: Ticket, bureau: Bureau) -> CaseFacts:
    told = [problems.by_id(tx, one.problem) for one in problems.of_report(tx, ticket.report)]
    matters = [one for one in told if one is not None]
    leader = leader_of(tx, matters[0].squad) if matters else None
    caller = people.by_id(tx, ticket.called_by) if ticket.called_by is not None else None
    called, answered = ticket.called_at, ticket.answered_at
    return CaseFacts(
        ticket.id, ticket.version, cast(CaseSource, ticket.source), ticket.external,
        tuple(_matter(one, bureau) for one in matters), leader.name if leader else None,
        tickets.has_complainant(tx, ticket.id),
        answered.astimezone(bureau.tz) if answered else None, ticket.void, outcome_of(ticket),
        called.astimezone(bureau.tz) if called else None, caller.name if caller else None,
    )  # fmt: skip


def outcome_of(ticket: Ticket) -> Outcome | None:
    """What the last call-back came to, or None before the first."""
    if ticket.reached is None:
        return None
    return Outcome(ticket.reached, ticket.satisfied, ticket.solved)


def _matter(problem: Problem, bureau: Bureau) -> CaseMatter:
    closed = problem.stage is Stage.CLOSED and problem.outcome is not None
    stands = OUTCOME_NAMES[problem.outcome] if closed and problem.outcome else None
    respond, handle = problem.respond_by, problem.handle_by
    return CaseMatter(
        problem.number, place_of(problem, bureau), kind_of(problem, bureau),
        stands or STAGE_NAMES[problem.stage],
        respond if problem.stage in (Stage.FOUND, Stage.HANDED) else None,
        handle if problem.stage not in (Stage.HANDLED, Stage.CLOSED) else None,
    )  # fmt: skip
