"""Letting an overdue problem off the rates 不计超期: the fact stays, a reason stands beside it.

By a leader of it or a supervisor, never by whoever had it in hand (domain.md 2.2). Knows no
sentence but refusals.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.actions.clocks import set_clocks
from bot.actions.loop import known, note, parts
from bot.actions.people import require
from bot.errors import NotAllowed, Refused, TooLate
from bot.rules.clocks import is_overdue
from bot.rules.loop import Part
from bot.rules.records import Bureau
from bot.rules.rights import Right
from storage import awaited, journal
from storage.people import Person
from storage.problems import Problem
from storage.schema import Transaction

REASON = "exempt_reason"
"""What is awaited of a leader who wants to say in his own words why."""

ANSWER_WITHIN = timedelta(hours=2)
MOST = 200


def may_exempt(who: Person, problem: Problem, now: datetime) -> bool:
    """Whether the person may let it off: overdue, a leader's, and not in his own hands."""
    return is_overdue(problem, now) and not _own(who, problem) and _leads(who, problem)


def check(tx: Transaction, person: int, problem: int, now: datetime) -> Problem:
    """The problem, where the person may let it off. Raises NotAllowed or Refused."""
    who, found = require(tx, person, Right.REPORT), known(tx, problem)
    if _own(who, found):
        raise NotAllowed("自己办的不能自己免，请别的领导看。")
    if not _leads(who, found):
        raise NotAllowed("不计超期要中队长或者分管领导来定，什么也没改。")
    if not is_overdue(found, now):
        raise Refused("这件没有超期，什么也没改。")
    return found


def expect_reason(tx: Transaction, person: int, problem: int, now: datetime) -> None:
    """「写一句」: the person's next words are the reason."""
    check(tx, person, problem, now)
    awaited.expect(tx, person, REASON, problem, now + ANSWER_WITHIN)


def exempt(
    tx: Transaction, person: int, problem: int, reason: str, bureau: Bureau, now: datetime
) -> Problem:
    """It is left out of the rates for this reason; that it was late stays. Raises as `check`."""
    found, why = check(tx, person, problem, now), " ".join(reason.split())[:MOST]
    if len(why) < 2:
        raise Refused("原因多写几个字，比如：连着下暴雨。")
    fresh = note(tx, found, now, exempt=why, exempt_by=person)
    detail = {"reason": why, "before": found.exempt}
    journal.write(tx, now, person, "late_exempt", found.number, detail)
    awaited.done(tx, person)
    set_clocks(tx, fresh, bureau, now)
    return fresh


def take_back(tx: Transaction, person: int, problem: int, bureau: Bureau, now: datetime) -> Problem:
    """「还是算」: it is in the rates again. Raises as `check`, TooLate where it is already."""
    found = check(tx, person, problem, now)
    if found.exempt is None:
        raise TooLate("这件本来就算超期，什么也没改。")
    fresh = note(tx, found, now, exempt=None, exempt_by=None)
    journal.write(tx, now, person, "late_counts", found.number, {"before": found.exempt})
    set_clocks(tx, fresh, bureau, now)
    return fresh


def _own(who: Person, problem: Problem) -> bool:
    return who.id == (problem.handler if problem.handler is not None else problem.person)


def _leads(who: Person, problem: Problem) -> bool:
    return Part.LEADER in parts(who, problem)
