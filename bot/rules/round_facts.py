"""What the cards of rounds, checks and shifts are worded from; pure records, moments local."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.rules.rounds import Lacking


@dataclass(frozen=True, slots=True)
class Reached:
    """A spot that was reached: when first, and what was found there by the reports of the round."""

    code: str
    name: str
    at: datetime
    problems: int = 0
    closed: int = 0
    late: bool = False


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """A round as it stands.

    `missing` are (code, name) of the spots asked for and not reached, `crew` (id, name) of who is
    on it, `mates` of who could be; `nth` is how many of its week it is or would be, `owed` what the
    week's quota is; `reminds_at` when one put off is reminded of, where that is still to come.
    """

    id: int
    number: str
    version: int
    state: str
    started_at: datetime
    ended_at: datetime | None
    last_at: datetime
    today: bool
    this_week: bool
    told: bool
    late: bool
    counts: bool
    reached: tuple[Reached, ...]
    missing: tuple[tuple[str, str], ...]
    lacking: Lacking
    asked: int
    crew: tuple[tuple[int, str], ...]
    mates: tuple[tuple[int, str], ...]
    reports: int
    nth: int
    owed: int | None
    menu: str | None
    accepted_by: str | None = None
    accepted_reason: str | None = None
    odd: tuple[str, ...] = ()
    reminds_at: datetime | None = None

    @property
    def problems(self) -> tuple[int, int]:
        """How many problems were found on it, and how many of them were settled at once."""
        return sum(r.problems for r in self.reached), sum(r.closed for r in self.reached)


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """An item of a checklist: its place from 1, what it asks, the answer and the words to it."""

    position: int
    label: str
    state: str | None
    words: str = ""


@dataclass(frozen=True, slots=True)
class CheckFacts:
    """A special check as it stands; `done` and `owed` are those of its month."""

    id: int
    number: str
    version: int
    state: str
    spot: str
    code: str | None
    started_at: datetime
    ended_at: datetime | None
    items: tuple[ItemFacts, ...]
    done: int
    owed: int | None
    menu: str | None
    counts: bool

    @property
    def troubled(self) -> tuple[ItemFacts, ...]:
        """The items where something is wrong."""
        return tuple(item for item in self.items if item.state == "trouble")


@dataclass(frozen=True, slots=True)
class ShiftFacts:
    """A shift at a booth; `forgotten` where nobody said when it ended."""

    id: int
    number: str
    version: int
    state: str
    spot: str | None
    started_at: datetime
    ended_at: datetime | None
    crew: tuple[str, ...]
    forgotten: bool
