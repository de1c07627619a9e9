"""A round that lacks something may be accepted by a supervisor; what it lacks stays to be seen.

Knows no sentence but refusals and the one that thanks for a reason.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.actions import rounds
from bot.actions.people import require
from bot.actions.round_state import ask_reviewer, owe_cards, settle
from bot.errors import NotAllowed, NotFound, Refused, TooLate
from bot.rules.records import Bureau, Role
from bot.rules.rights import Right
from storage import awaited, journal, patrols, people
from storage.patrols import ENDED, Patrol
from storage.schema import Transaction

WAIT = timedelta(minutes=30)
"""How long the next words may be the reason that was asked for."""

REASON = "round_reason"
"""What is awaited then (storage.awaited)."""


def ask_why(tx: Transaction, person: int, patrol: int, now: datetime) -> None:
    """「认可」 was pressed: the person's next words are the reason."""
    require(tx, person, Right.ACCEPT)
    awaited.expect(tx, person, REASON, patrol, now + WAIT)


def ask(tx: Transaction, person: int, patrol: int, now: datetime) -> list[str]:
    """「请领导认可」: the supervisors are asked; their names. Raises Refused without any."""
    _, found = rounds.held(tx, person, patrol)
    if found.counts:
        raise TooLate("这次已经算数了，不用认可。")
    leaders = [p for p in people.with_role(tx, Role.SUPERVISOR) if p.id != person]
    if not leaders:
        raise Refused("还没有分管领导能认可，请找管理员加一位。")
    for leader in leaders:
        ask_reviewer(tx, patrol, leader.id, now)
    journal.write(tx, now, person, "round_ask_acceptance", found.number, {})
    return [leader.name for leader in leaders]


def accept(tx: Transaction, person: int, patrol: int, reason: str, now: datetime) -> Patrol:
    """The round counts although it lacks something; the reason and what it lacks stay visible.

    Nobody accepts a round he was on.
    """
    who = require(tx, person, Right.ACCEPT)
    found = patrols.by_id(tx, patrol)
    if found is None:
        raise NotFound(rounds.GONE)
    if who.id in patrols.crew(tx, patrol):
        raise NotAllowed("自己巡的不能自己认可，请别的领导看。")
    if found.state != ENDED:
        raise TooLate("这次巡查还没结束，或者已经撤回了，没有认可。")
    patrols.change(tx, patrol, accepted_by=who.id, accepted_at=now, accepted_reason=reason.strip())
    awaited.done(tx, who.id)
    settle(tx, patrol)
    journal.write(tx, now, who.id, "round_accept", found.number, {"reason": reason.strip()})
    owe_cards(tx, patrol, now)
    return found


def refuse(tx: Transaction, person: int, patrol: int, now: datetime) -> None:
    """「不认可」: an acceptance is taken back; what it lacks counts again."""
    who = require(tx, person, Right.ACCEPT)
    found = patrols.by_id(tx, patrol)
    if found is None:
        raise NotFound(rounds.GONE)
    patrols.change(tx, patrol, accepted_by=None, accepted_at=None, accepted_reason=None)
    settle(tx, patrol)
    journal.write(tx, now, who.id, "round_refuse", found.number, {})
    owe_cards(tx, patrol, now)


def take_reason(
    tx: Transaction, person: int, patrol: int, words: str, bureau: Bureau, now: datetime
) -> str:
    """The words are the reason of the acceptance that was asked for; the reason."""
    del bureau
    reason = words.strip()[:200]
    accept(tx, person, patrol, reason, now)
    return reason
