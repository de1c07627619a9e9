"""What people do with a rebound: deny it, take notice of it, plan one more patrol at its hours.

Each is journaled, and the cards tell it from there. Knows no button and no sentence but refusals.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bot.actions import rebounds
from bot.actions.loop import known, leader_of, name_of, parts
from bot.actions.people import require, tell
from bot.actions.rebounds import AGAIN, NOT, PLANNED, SEEN, standing
from bot.errors import NotAllowed, NotFound, Refused, TooLate
from bot.rules.loop import Part
from bot.rules.quiet import is_quiet
from bot.rules.rebounds import REASONS, ReboundFacts, plan_day
from bot.rules.records import Bureau
from bot.rules.rights import Right
from storage import awaited, dues, journal, outbox, problems
from storage.dues import Occurrence
from storage.people import Person
from storage.problems import Problem
from storage.schema import Transaction

REASON = "not_rebound"
"""What is awaited: why something is no rebound."""

ANSWER = timedelta(hours=2)
"""So long the house waits for words."""

LONGEST = 100
"""Letters of a reason."""

FIXED = "fixed_round"
"""The duty, and its card, by which a leader is reminded of one more patrol."""

AHEAD = timedelta(minutes=30)
"""So long before the hours in which it comes back he is reminded."""


# ---- it is none ----


def doubt(tx: Transaction, by: int, problem: int, now: datetime) -> None:
    """「不算反弹」: who pressed it is asked why. Raises NotAllowed for anybody but its own."""
    _own(tx, by, problem)
    tell(tx, by, "unmarked", problem, now)


def deny(
    tx: Transaction, by: int, problem: int, reason: str, bureau: Bureau, now: datetime
) -> Problem:
    """It counts as no rebound, for this reason; the problem.

    Raises Refused for an empty or long reason, TooLate where it is none.
    """
    who, found = _own(tx, by, problem)
    said = " ".join(reason.split())
    if not said or len(said) > LONGEST:
        raise Refused(f"原因写一句就行，最多 {LONGEST} 个字。")
    awaited.done(tx, by)
    if found.not_rebound == said:
        return found
    if not found.rebound and found.not_rebound is None:
        raise TooLate("这件没有记作反弹，什么也没改。")
    if not problems.change(tx, found, not_rebound=said):
        raise TooLate
    journal.write(tx, now, who.id, NOT, found.number, {"reason": said})
    return _marked_anew(tx, found.id, bureau, now)


def deny_by_choice(
    tx: Transaction, by: int, problem: int, choice: int, bureau: Bureau, now: datetime
) -> Problem:
    """The same with one of the reasons of the card. Raises NotFound for a choice that is none."""
    if not 0 <= choice < len(REASONS):
        raise NotFound("这个按钮是旧的，点不动了，什么也没改。")
    return deny(tx, by, problem, REASONS[choice], bureau, now)


def expect_reason(tx: Transaction, by: int, problem: int, now: datetime) -> Problem:
    """「写一句」: the next words say why; the problem."""
    _, found = _own(tx, by, problem)
    awaited.expect(tx, by, REASON, problem, now + ANSWER)
    return found


def undo_denial(tx: Transaction, by: int, problem: int, bureau: Bureau, now: datetime) -> Problem:
    """「还是算反弹」: it is judged by its place and closing again."""
    who, found = _own(tx, by, problem)
    if found.not_rebound is None:
        return found
    if not problems.change(tx, found, not_rebound=None):
        raise TooLate
    journal.write(tx, now, who.id, AGAIN, found.number, {})
    return _marked_anew(tx, found.id, bureau, now)


def _marked_anew(tx: Transaction, problem: int, bureau: Bureau, now: datetime) -> Problem:
    found = rebounds.mark(tx, known(tx, problem), bureau, now)
    rebounds.owe(tx, found, now)
    return found


# ---- what a leader does ----


def seen(tx: Transaction, by: int, problem: int, now: datetime) -> None:
    """「知道了」."""
    _, found = _led(tx, by, problem)
    if not journal.has(tx, SEEN, found.number):
        journal.write(tx, now, by, SEEN, found.number, {})
        rebounds.owe(tx, found, now)


def plan(tx: Transaction, by: int, problem: int, bureau: Bureau, now: datetime) -> datetime:
    """「加一次定点巡查」: the squad's leader is reminded on the next working day; when.

    It is due half an hour before the hours in which it comes back, else in the morning. Pressed
    again it stays as it was planned.
    """
    _, found = _led(tx, by, problem)
    before = journal.newest(tx, [PLANNED], found.number)
    if before is not None:
        return datetime.fromisoformat(before.detail["at"])
    facts = standing(tx, found, bureau, now)
    at = _plan_at(facts, bureau, now)
    args = {"problem": found.id, "said": f"提醒定点巡查（{facts.place}）"}
    dues.note(tx, [Occurrence(f"{FIXED}:{found.id}", FIXED, at, args)], now)
    journal.write(tx, now, by, PLANNED, found.number, {"at": at.isoformat()})
    rebounds.owe(tx, found, now)
    return at


def _plan_at(facts: ReboundFacts, bureau: Bureau, now: datetime) -> datetime:
    day = plan_day(now.astimezone(bureau.tz).date(), bureau)
    morning = datetime.combine(day, bureau.hours.morning, bureau.tz)
    if facts.hours is None:
        return morning
    at = datetime.combine(day, time(facts.hours.begin), bureau.tz) - AHEAD
    return at if at > morning and not is_quiet(bureau, at) else morning


def remind(tx: Transaction, problem: int, key: str, now: datetime) -> str:
    """The patrol that was planned is due: the squad's leader hears of it."""
    found = problems.by_id(tx, problem)
    if found is None or not found.rebound:
        return "dropped: no rebound any more"
    leader = leader_of(tx, found.squad)
    if leader is None or not tell(tx, leader.id, "fixed_round", found.id, now, key=key):
        return "dropped: nobody to tell"
    return "told"


def earlier(tx: Transaction, by: int, problem: int) -> Problem:
    """「看前几次」: the problem, for whoever leads or found it."""
    who = require(tx, by, Right.ASK_OWN)
    found = known(tx, problem)
    if who.id != found.person and not _leads(tx, who, found):
        raise NotAllowed(_WHO)
    return found


# ---- who may ----

_WHO = "这个要发现人或者中队长、分管领导才能点，什么也没改。"


def _own(tx: Transaction, by: int, problem: int) -> tuple[Person, Problem]:
    """The person and the problem, where he found it or leads it."""
    who = require(tx, by, Right.REPORT)
    found = known(tx, problem)
    if Part.FINDER in parts(who, found) or _leads(tx, who, found):
        return who, found
    raise NotAllowed(_WHO)


def _led(tx: Transaction, by: int, problem: int) -> tuple[Person, Problem]:
    who = require(tx, by, Right.REPORT)
    found = known(tx, problem)
    if _leads(tx, who, found):
        return who, found
    leader = name_of(tx, getattr(leader_of(tx, found.squad), "id", None))
    raise NotAllowed(f"这个要{leader or '中队长'}来点，什么也没改。")


def _leads(tx: Transaction, who: Person, problem: Problem) -> bool:
    """Whether he leads it, or was told of it in place of a leader of its own."""
    if Part.LEADER in parts(who, problem):
        return True
    return outbox.is_known(tx, rebounds.told_key(problem, who))
