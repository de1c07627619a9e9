"""How a round stands: what it lacks and whether it counts, kept in step with what happens to it.

Called by every deed that touches a round or a report of one. Knows no rule of its own: what a round
must be was kept with it when it began.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bot.actions.people import tell
from bot.rules.records import Role
from bot.rules.rounds import Arrival, Done, Lacking, asks_from, lacking, oddities
from storage import outbox, patrol_counts, patrols, people, spots
from storage.patrols import ENDED, FIXED, FULL, SPECIAL, Patrol
from storage.people import Person
from storage.schema import Transaction

CARDS = (
    "round", "round_ask", "round_done", "round_review", "round_later", "check", "check_done",
    "shift",
)  # fmt: skip
"""Everything that shows a round, a check or a shift."""

SERIES = {FULL: "X", SPECIAL: "Z", FIXED: "G"}

FEW = timedelta(minutes=3)
"""All photos within so little time are looked at (issue 4)."""


def number_of(tx: Transaction, kind: str, day: date) -> str:
    """X-2025W47-1 for a round, Z-202511-1 for a check, G-202511-1 for a shift."""
    year, week, _ = day.isocalendar()
    period = f"{year}W{week:02d}" if kind == FULL else f"{day:%Y%m}"
    return patrols.next_number(tx, f"{SERIES[kind]}-{period}")


def settle(tx: Transaction, patrol: int) -> None:
    """The row says what the round lacks now, and whether it counts."""
    found = patrols.by_id(tx, patrol)
    if found is None:
        return
    lacks = standing(tx, found)
    over = found.state == ENDED and not _is_taken_back(tx, found)
    more = set(lacks.spots) - set(found.lacking.get("spots", ()))
    if found.accepted_by is not None and more:
        # What was accepted was less lacking than this.
        patrols.change(tx, patrol, accepted_by=None, accepted_at=None, accepted_reason=None)
    accepted = found.accepted_reason is not None and not more
    counts = over and (not lacks or accepted)
    if (lacks.to_json(), counts) != (found.lacking, found.counts):
        patrols.change(tx, patrol, lacking=lacks.to_json(), counts=counts)


def _is_taken_back(tx: Transaction, found: Patrol) -> bool:
    """Whether reports told of it, and none of them counts any more."""
    return found.told and patrols.has_standing_report(tx, found.id) is False


def standing(tx: Transaction, found: Patrol) -> Lacking:
    """What the round lacks; a check or a shift that has ended lacks nothing."""
    asks = asks_from(found.asks)
    if asks is None:
        return Lacking()
    arrivals = patrols.visits(tx, found.id)
    until = found.ended_at or found.last_at
    minutes = None if found.told else int((until - found.started_at).total_seconds() // 60)
    photos = patrol_counts.photographed(tx, found.id) if asks.photo else set()
    reached = frozenset(visit.spot for visit in arrivals)
    done = Done(reached, frozenset(photos), len(patrols.crew(tx, found.id)), minutes)
    return lacking(asks, done)


def follow(tx: Transaction, report: int, now: datetime) -> None:
    """A report of a round has changed: so has the round, and its cards say so."""
    patrol = patrols.of_report(tx, report)
    if patrol is not None:
        settle(tx, patrol)
        owe_cards(tx, patrol, now)


def owe_cards(tx: Transaction, patrol: int, now: datetime) -> None:
    """Every card of the round is owed its present look."""
    outbox.owe_all_again(tx, CARDS, patrol, now)


def odd(tx: Transaction, found: Patrol) -> tuple[str, ...]:
    """What looks odd in the round (bot.rules.rounds.oddities)."""
    if found.told or found.kind != FULL:
        return ()
    shown = patrol_counts.photographed(tx, found.id)
    arrivals = [
        Arrival(
            visit.spot, visit.at, visit.person, visit.report is not None and visit.spot in shown
        )
        for visit in patrols.visits(tx, found.id)
    ]
    return oddities(arrivals, {spot.code: spot for spot in spots.current(tx)}, FEW)


def tell_reviewers(tx: Transaction, patrol: int, now: datetime) -> None:
    """What looks odd in an ended round is shown to a reviewer, and to nobody who was on it."""
    found = patrols.by_id(tx, patrol)
    if found is None or not odd(tx, found):
        return
    for reviewer in reviewers(tx, found):
        ask_reviewer(tx, patrol, reviewer.id, now)


def ask_reviewer(tx: Transaction, patrol: int, reviewer: int, now: datetime) -> None:
    """The reviewer is owed the round's card of his, one however often he is asked."""
    tell(tx, reviewer, "round_review", patrol, now, key=f"round_review:{patrol}:{reviewer}")


def reviewers(tx: Transaction, found: Patrol) -> list[Person]:
    """The leader of the squad, where he was not on it himself, else the supervisors."""
    crew = patrols.crew(tx, found.id)
    leaders = [
        p for p in people.with_role(tx, Role.LEADER) if p.squad == found.squad and p.id not in crew
    ]
    return leaders or [p for p in people.with_role(tx, Role.SUPERVISOR) if p.id not in crew]
