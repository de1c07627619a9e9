"""What the cards of clocks show: a problem that is late or will be, a longer time asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.rules.clocks import Kind
from bot.rules.loop import Outcome, Stage


@dataclass(frozen=True, slots=True)
class LateFacts:
    """A problem as it is told to one person; moments are in the bureau's zone.

    `holds` is false where the matter has moved on since. `by` and `answer` are until when it is to
    be handled and accepted, said as people say it; `overdue` whether it is not, or was not, in
    time, and `days` by how many working days. `leads` tells a leader, who can let it off.
    """

    problem: int
    version: int
    name: str
    kind: Kind
    stage: Stage
    outcome: Outcome | None
    holds: bool
    leads: bool
    holder: str
    since: datetime | None
    by: str
    answer: str
    left: int
    overdue: bool
    days: int
    exempt: str | None
    may_extend: bool
    may_exempt: bool
    knows: bool


@dataclass(frozen=True, slots=True)
class ExtensionFacts:
    """A longer time that was asked for: until when, why, the how-manieth, and what came of it.

    `over` says that the problem was handled meanwhile.
    """

    id: int
    problem: int
    name: str
    asker: str
    decider: str
    was: str
    until: str
    reason: str
    granted: int
    state: str
    refusal: str
    over: bool


@dataclass(frozen=True, slots=True)
class UnreviewedFacts:
    """A handled problem that nobody reviews; `reviewer` was asked in vain."""

    problem: int
    version: int
    name: str
    handler: str
    reviewer: str
    waits: bool
