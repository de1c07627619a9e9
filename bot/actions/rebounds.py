"""Rebounds: marked by themselves when a problem is found, told to a leader, counted with their n.

Called by bot.actions.problem_follow; the deeds of people are in bot.actions.rebound_deeds. Knows no
sentence and no button.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.actions.loop import kind_of, leader_of, name_of, owe_cards, place_of
from bot.actions.people import tell
from bot.errors import TooLate
from bot.rules import rebounds as rules
from bot.rules.loop import Outcome, Stage
from bot.rules.quiet import is_quiet, next_morning
from bot.rules.rebounds import Before, Matter, ReboundFacts
from bot.rules.records import Bureau, Role
from storage import journal, outbox, people, problems, reports
from storage.people import Person
from storage.problems import Problem
from storage.schema import Transaction

MARKED, UNMARKED = "rebound", "rebound_off"
"""Deeds of the house: it found that something came back, or that it did not after all."""

NOT, AGAIN, SEEN, PLANNED = "not_rebound", "rebound_again", "rebound_seen", "fixed_round"
RAISED, LOWERED = "raise", "lower"
"""Deeds of people (bot.actions.rebound_deeds), from which the cards tell what was done."""


def mark(tx: Transaction, problem: Problem, bureau: Bureau, now: datetime) -> Problem:
    """The problem and its find are a rebound where they are one; as it then stands.

    A fresh one is told to a leader, and one too many to those who review the quarter. What somebody
    has said to be none stays so.
    """
    came = None if problem.not_rebound is not None else _came_back(tx, problem, bureau)
    rebound = problem.not_rebound is None and (came is not None or _said(tx, problem))
    of = came.id if came else None
    fresh = rebound and not problem.rebound
    if (problem.rebound, problem.rebound_of) != (rebound, of):
        if not problems.change(tx, problem, rebound=rebound, rebound_of=of):
            raise TooLate
        if problem.rebound != rebound:
            detail = {"of": came.number if came else None}
            deed = MARKED if rebound else UNMARKED
            journal.write(tx, now, None, deed, problem.number, detail)
        problem = replace(
            problem, rebound=rebound, rebound_of=of, version=problem.version + 1
        )  # fmt: skip
        owe(tx, problem, now)
    reports.set_rebound(tx, problem.report, problem.position, rebound)
    if fresh:
        _tell(tx, problem, bureau, now)
    return problem


def recheck(tx: Transaction, problem: Problem, bureau: Bureau, now: datetime) -> None:
    """What was marked as the return of this problem is judged anew: it may be none any more.

    For whatever takes a closing away from it: withdrawn, void, reopened, moved elsewhere.
    """
    if problem.spot is None:
        return
    since = problem.closed_at or problem.found_at
    for one in problems.alike(tx, problem.spot, problem.category, since, problem.id):
        if one.rebound_of == problem.id:
            mark(tx, one, bureau, now)


def _came_back(tx: Transaction, problem: Problem, bureau: Bureau) -> Problem | None:
    """The closed problem of the same place and kind of which this one is the return."""
    if problem.spot is None:
        return None
    where = (problem.spot, problem.category)
    since = problem.found_at - timedelta(days=bureau.loop.rebound_days)
    closed = problems.closed_at(tx, *where, since, problem.found_at)
    if not closed:
        return None
    found = {one.id: one for one in [*problems.alike(tx, *where, since, problem.id), *closed]}
    last = rules.came_back(_matter(problem), map(_matter, found.values()), bureau)
    return found[last.id] if last else None


def _matter(problem: Problem) -> Matter:
    closed = problem.stage is Stage.CLOSED
    good = closed and problem.outcome is Outcome.RECTIFIED
    return Matter(
        problem.id, problem.found_at, problem.closed_at if closed else None, good, _own(problem),
        problem.rebound_of,
    )  # fmt: skip


def _own(problem: Problem) -> bool:
    """Whether it stands for itself."""
    return problem.outcome not in (Outcome.DUPLICATE, Outcome.VOID)


def _said(tx: Transaction, problem: Problem) -> bool:
    """Whether the words say so: 又摆出来了, or a recheck that failed."""
    report = reports.by_id(tx, problem.report)
    if report is None:
        return False
    _, finds = reports.read_finds(tx, report.id)
    failed = [n for n, find in enumerate(finds) if find.action == "recheck_fail"]
    return "rebound" in report.flags or problem.position in failed


# ---- who is told ----


def _tell(tx: Transaction, problem: Problem, bureau: Bureau, now: datetime) -> None:
    """A leader other than the finder hears of it; of one too many those who review the quarter."""
    at = next_morning(bureau, now) if is_quiet(bureau, now) else now
    leader = leader_of(tx, problem.squad, frozenset({problem.person}))
    if leader is not None:
        tell(tx, leader.id, "rebound", problem.id, now, key=told_key(problem, leader), due_at=at)
    if _is_one_too_many(tx, problem, bureau):
        for who in reviewing(tx):
            key = _often_key(problem, who)
            tell(tx, who.id, "often", problem.id, now, key=key, due_at=at)


def reviewing(tx: Transaction) -> list[Person]:
    """Who is asked whether something goes into the quarter's review: supervisors, else leaders."""
    return people.with_role(tx, Role.SUPERVISOR) or people.with_role(tx, Role.LEADER)


def _is_one_too_many(tx: Transaction, problem: Problem, bureau: Bureau) -> bool:
    """Whether it is the third of thirty days, and none of these was proposed before."""
    lately = _rebounds(_lately(tx, problem, bureau.loop.often_days))
    if len(lately) < bureau.loop.rebound_times:
        return False
    known = (_often_key(one, who) for one in lately for who in reviewing(tx))
    return not any(outbox.is_known(tx, key) for key in known)


def told_key(problem: Problem, who: Person) -> str:
    """The key of the card by which this person hears of the rebound."""
    return f"rebound:{problem.id}:{who.id}"


def _often_key(problem: Problem, who: Person) -> str:
    return f"often:{problem.id}:{who.id}"


# ---- facts ----


def told(tx: Transaction, problem: Problem, bureau: Bureau, now: datetime) -> ReboundFacts | None:
    """What there is to say of the problem as a rebound, or as none after all; None for others."""
    if not problem.rebound and problem.not_rebound is None:
        return None
    loop, tz = bureau.loop, bureau.tz
    lately = _lately(tx, problem, max(loop.often_days, loop.rebound_days))
    window = problem.found_at - timedelta(days=loop.rebound_days)
    fortnight = [one for one in lately if one.found_at >= window]
    month = problem.found_at - timedelta(days=loop.often_days)
    often = _rebounds([one for one in lately if one.found_at >= month])
    of = problems.by_id(tx, problem.rebound_of) if problem.rebound_of else None
    leader = leader_of(tx, problem.squad, frozenset({problem.person}))
    heard = leader is not None and outbox.is_known(tx, told_key(problem, leader))
    denied = journal.newest(tx, [NOT], problem.number) if problem.not_rebound else None
    planned = journal.newest(tx, [PLANNED], problem.number)
    raised = journal.newest(tx, [RAISED, LOWERED], problem.number)
    earlier = [one.found_at.astimezone(tz) for one in lately if one.id != problem.id]
    return ReboundFacts(
        problem.id, problem.version, problem.number, place_of(problem, bureau),
        kind_of(problem, bureau), name_of(tx, problem.person), problem.found_at.astimezone(tz),
        of.closed_at.astimezone(tz) if of and of.closed_at else None,
        loop.rebound_days, len(fortnight), len(_rebounds(fortnight)), loop.often_days, len(often),
        rules.hours_of(earlier), leader.name if leader and heard else None,
        problem.rebound and _own(problem), problem.not_rebound,
        name_of(tx, denied.person) if denied else None,
        journal.has(tx, SEEN, problem.number),
        datetime.fromisoformat(planned.detail["at"]).astimezone(tz) if planned else None,
        raised is not None and raised.deed == RAISED, now.astimezone(tz),
    )  # fmt: skip


def named(problem: Problem, bureau: Bureau) -> tuple[str, str]:
    """Where and what it is, in words."""
    return place_of(problem, bureau), kind_of(problem, bureau)


def standing(tx: Transaction, problem: Problem, bureau: Bureau, now: datetime) -> ReboundFacts:
    """The same of one that is a rebound now. Raises TooLate for any other."""
    facts = told(tx, problem, bureau, now)
    if facts is None or not facts.stands:
        raise TooLate("这件现在不算反弹了，什么也没改。")
    return facts


def owe(tx: Transaction, problem: Problem, now: datetime) -> None:
    """Every card that tells of it as a rebound is owed anew."""
    owe_cards(tx, problem, now)
    for card in ("rebound", "often", "unmarked"):
        outbox.owe_again(tx, card, problem.id, now)


def before(tx: Transaction, problem: Problem, bureau: Bureau) -> list[tuple[Before, Problem]]:
    """The earlier times of the same trouble within thirty days, the newest first."""
    tz = bureau.tz
    found = [one for one in _lately(tx, problem, bureau.loop.often_days) if one.id != problem.id]
    return [
        (
            Before(
                one.number, one.found_at.astimezone(tz), name_of(tx, one.person),
                one.handled_at and one.handled_at.astimezone(tz),
                one.closed_at and one.closed_at.astimezone(tz), one.rebound,
            ),
            one,
        )
        for one in found
    ]  # fmt: skip


def _lately(tx: Transaction, problem: Problem, days: int) -> list[Problem]:
    """The same trouble there in the days up to this time, itself too, the newest first."""
    if problem.spot is None:
        return [problem]
    since = problem.found_at - timedelta(days=days)
    found = problems.alike(tx, problem.spot, problem.category, since)
    mine = (problem.found_at, problem.id)
    return [
        one for one in found
        if one.id == problem.id or (_own(one) and (one.found_at, one.id) < mine)
    ]  # fmt: skip


def _rebounds(found: list[Problem]) -> list[Problem]:
    return [one for one in found if one.rebound]


# ---- the rate ----


def rate(tx: Transaction, bureau: Bureau, until: datetime) -> tuple[int, int]:
    """反弹率 over four rolling weeks: how many of the closed ones came back, and of how many.

    Of what was closed in the four weeks that ended one window before `until`: only these have had
    the whole window in which to come back (domain.md 1.4).
    """
    found = rate_by_spot(tx, bureau, until).values()
    return sum(back for back, _ in found), sum(of for _, of in found)


def rate_by_spot(
    tx: Transaction, bureau: Bureau, until: datetime
) -> dict[str, tuple[int, int]]:  # fmt: skip
    """The same for each spot's code; spots where nothing was closed are left out."""
    window = timedelta(days=bureau.loop.rebound_days)
    since, end = until - window - rules.WEEKS, until - window
    returns = problems.returns(tx, since, until)
    return rules.rate(problems.closings(tx, since, end), returns, window)
