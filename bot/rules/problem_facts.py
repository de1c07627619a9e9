"""What the cards of a problem are worded from: facts as they stand for whoever looks; pure records.

Actions fill them, words read them. Moments are in the bureau's zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.rules.loop import Outcome, Stage
from bot.rules.rebounds import ReboundFacts


@dataclass(frozen=True, slots=True)
class Target:
    """Somebody, or a squad or department, that a problem can be handed to; `code` is short."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class ProblemFacts:
    """A problem for one viewer: `moves` are those he could make now, `menu` what his card asks.

    `handle_said` is its time in words (明天 12:00 前). `before` and `after` are photos by their
    SHA-256, the oldest first. `leader` decides where nobody else does; `reporters` are all who told
    of it, `sources` how it came to be known, `tickets` others' tickets by source and number;
    `back` is what it is the return of.
    """

    id: int
    number: str
    report_number: str
    version: int
    stage: Stage
    outcome: Outcome | None
    place: str
    category: str
    quantity: int | None
    words: str
    source: str
    finder: str
    found_at: datetime
    handler: str | None
    team: str | None
    handed_by: str | None
    handed_at: datetime | None
    taken_at: datetime | None
    declined_by: str | None
    handled_at: datetime | None
    reviewer: str | None
    leader: str | None
    closed_at: datetime | None
    reason: str | None
    respond_by: datetime | None
    handle_by: datetime | None
    respond_said: str
    handle_said: str
    returned: int
    extended: int
    lacks_photo: bool
    told: bool
    at_once: bool
    rebound: bool
    before: tuple[str, ...]
    after: tuple[str, ...]
    photos: int
    moves: frozenset[str]
    mine: bool
    menu: str | None
    page: int
    targets: tuple[Target, ...]
    reporters: tuple[str, ...]
    now: datetime
    back: ReboundFacts | None = None
    sources: tuple[str, ...] = ()
    tickets: tuple[tuple[str, str | None], ...] = ()

    @property
    def what(self) -> str:
        """松江路，占道经营 2 处."""
        number = f" {self.quantity} 处" if self.quantity is not None else ""
        return f"{self.place}，{self.category}{number}"
