"""Who reviews what was handled: chosen by rule, asked by a card of his, never the handler himself.

The partner of the round, else another officer of the squad on duty, in turn, else the squad's
leader, else a supervisor (conversations.md 2.12). Knows no sentence.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.actions.clocks import set_rows
from bot.actions.loop import leader_of, move, note
from bot.actions.people import tell
from bot.rules.loop import Outcome, Stage
from bot.rules.records import Bureau, Role
from storage import absences, outbox, parts, patrols, people, problems, reports
from storage.parts import Part
from storage.people import Person
from storage.problems import DONE, Problem
from storage.schema import Transaction

ON_DUTY = timedelta(hours=12)
"""Who has reported or been on a round within so long is on duty."""


def ask_review(
    tx: Transaction, problem: Problem, bureau: Bureau, now: datetime, *,
    but: frozenset[int] = frozenset(), above: bool = False,
) -> Problem:  # fmt: skip
    """Somebody is asked to review it, none of `but`; `above` asks a leader at once.

    Where nobody can be asked it waits without a reviewer, and its cards say so.
    """
    chosen = _chosen(tx, problem, but, bureau, now, above=above)
    asked = note(
        tx, problem, now, reviewer=chosen.id if chosen else None,
        asked=problem.asked + 1, asked_at=now if chosen else None,
    )  # fmt: skip
    set_rows(tx, asked, bureau, now)
    _tell(tx, asked, now)
    return asked


def pass_on(
    tx: Transaction, problem: Problem, bureau: Bureau, now: datetime, *, times: int
) -> Person | None:
    """A review that nobody answered in time is another's; whose, or None where nobody is left.

    `times` it was passed on so before: the first time to another of the squad, then to the leader
    and to whoever stands above him. Where nobody is left it stays whose it is, if he is still here.
    """
    was = people.by_id(tx, problem.reviewer) if problem.reviewer is not None else None
    roles = was.roles if was is not None else frozenset[Role]()
    if was is not None and was.active and Role.SUPERVISOR in roles:
        return None
    above = times > 0 or Role.LEADER in roles
    chosen = _chosen(tx, problem, frozenset({problem.reviewer or 0}), bureau, now, above=above)
    if chosen is None and was is not None and was.active:
        return None
    moved = move(
        tx, problem, "pass_on", None, bureau, now, reviewer=chosen.id if chosen else None,
        asked=problem.asked + 1, asked_at=now if chosen else None,
    )  # fmt: skip
    _tell(tx, moved, now)
    return chosen


def _chosen(
    tx: Transaction, problem: Problem, but: frozenset[int], bureau: Bureau, now: datetime, *,
    above: bool,
) -> Person | None:  # fmt: skip
    """Who is away is asked only where nobody else can be."""
    out = but | {problem.handler or 0}
    for those in (out | set(absences.on(tx, now.astimezone(bureau.tz).date())), out):
        chosen = None if above else _peer(tx, problem, those, now)
        chosen = chosen or leader_of(tx, problem.squad, those)
        if chosen is not None:
            return chosen
    return _admin(tx, out)


def _tell(tx: Transaction, problem: Problem, now: datetime) -> bool:
    """The reviewer is owed his card once nothing of the report is still on its way to us."""
    if problem.reviewer is None or _on_their_way(tx, problem):
        return False
    key = f"review:{problem.id}:{problem.reviewer}:{problem.asked}"
    if outbox.is_known(tx, key):
        return False
    return tell(tx, problem.reviewer, "review", problem.id, now, key=key)


def photos_settled(tx: Transaction, report: int, now: datetime) -> bool:
    """A file of the report came, or never will: who waits for it to review is asked; whether so.

    Where the only photo after the handling was lost, another is wanted first.
    """
    asked = False
    for told in problems.of_report(tx, report):
        problem = problems.by_id(tx, told.problem)
        if problem is None or problem.stage is not Stage.HANDLED:
            continue
        if not problem.lacks_photo and not shots(tx, problem) and _was_lost(tx, problem):
            note(tx, problem, now, lacks_photo=True, reviewer=None)
        else:
            asked = _tell(tx, problem, now) or asked
    return asked


def shots(tx: Transaction, problem: Problem, after: int | None = None) -> bool:
    """Whether there is a photo of the place after its handling, or one is on its way."""
    return any(part.state != parts.UNAVAILABLE for part in _after(tx, problem, after))


def _after(tx: Transaction, problem: Problem, after: int | None = None) -> list[Part]:
    """The files that show it after its handling: later ones of its report, and another's of it."""
    since = after if after is not None else problem.shot_after or 0
    held = [part for part in parts.of_report(tx, problem.report) if part.id > since]
    for told in problems.tellers(tx, problem.id):
        if told.how == DONE and told.report != problem.report and _stands(tx, told.report):
            held += parts.of_report(tx, told.report)
    return [part for part in held if part.kind != "text"]


def _stands(tx: Transaction, report: int) -> bool:
    found = reports.by_id(tx, report)
    return found is not None and found.withdrawn_at is None


def _was_lost(tx: Transaction, problem: Problem) -> bool:
    return any(part.state == parts.UNAVAILABLE for part in _after(tx, problem))


def _on_their_way(tx: Transaction, problem: Problem) -> bool:
    """Whether a photo of any report that tells of it is still to come."""
    told = {problem.report, *(told.report for told in problems.tellers(tx, problem.id))}
    return any(parts.awaits(tx, report) for report in told)


def needs_leader(problem: Problem) -> bool:
    """Whether only a leader may say that it is so: it could not be handled, or has no photo."""
    return problem.outcome is Outcome.UNABLE or problem.lacks_photo


def _peer(tx: Transaction, problem: Problem, out: frozenset[int], now: datetime) -> Person | None:
    """The partner of the round, else the officer of the squad on duty who was asked longest ago."""
    if needs_leader(problem):
        return None
    patrol = patrols.of_report(tx, problem.report)
    crew = patrols.crew(tx, patrol) if patrol is not None else []
    mates = [person for number in crew if (person := people.by_id(tx, number))]
    mates = [p for p in mates if p.active and p.id not in out]
    if mates:
        return mates[0]
    squad = [
        p for p in people.with_role(tx, Role.OFFICER)
        if p.squad is not None and p.squad == problem.squad and p.id not in out
        and Role.LEADER not in p.roles
    ]  # fmt: skip
    duty = reports.on_duty(tx, [p.id for p in squad], now - ON_DUTY)
    squad = [p for p in squad if p.id in duty] or squad
    last = problems.last_asked(tx, [p.id for p in squad])
    squad.sort(key=lambda p: (last.get(p.id) is not None, last.get(p.id), p.id))
    return next(iter(squad), None)


def _admin(tx: Transaction, out: frozenset[int]) -> Person | None:
    return next((p for p in people.with_role(tx, Role.ADMIN) if p.id not in out), None)
