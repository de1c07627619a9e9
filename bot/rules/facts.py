"""What a card is worded from: facts as the figures and the receipts read them; pure records.

Actions fill them, words read them, so that neither room knows the other. Moments are local.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from bot.rules.problem_facts import ProblemFacts
from bot.rules.quotas import QuotaStanding
from bot.rules.records import Span


@dataclass(frozen=True, slots=True)
class SpotWeek:
    """A spot's visits this week beside what it is owed; `owed` is None for an ordinary spot."""

    code: str
    name: str
    visits: int
    owed: int | None

    @property
    def short(self) -> int:
        """How many visits are still missing."""
        return max(0, (self.owed or 0) - self.visits)


@dataclass(frozen=True, slots=True)
class Week:
    """The week's figures so far: spots against their quota, reports and problems.

    `quotas` are the other quotas of the week, and of the month its last day so far lies in.
    """

    span: Span
    reports: int
    problems: int
    spots: tuple[SpotWeek, ...]
    categories: tuple[tuple[str, int], ...]
    elsewhere: int
    quotas: tuple[QuotaStanding, ...] = ()


@dataclass(frozen=True, slots=True)
class Todo:
    """What waits for a person: reports that still lack a place."""

    number: str
    received_at: datetime
    report: int


@dataclass(frozen=True, slots=True)
class TaskTodo:
    """A task that waits for a person: to check, to sign off, or his own that is due."""

    id: int
    version: int
    number: int
    title: str
    why: Literal["check", "sign", "own"]
    given_by: str
    due: date | None
    late_days: int


@dataclass(frozen=True, slots=True)
class Matters:
    """Everything that waits for somebody; of the problems only the first, `total` counts all."""

    reports: tuple[Todo, ...]
    problems: tuple[ProblemFacts, ...]
    total: int
    tasks: tuple[TaskTodo, ...] = ()


@dataclass(frozen=True, slots=True)
class FindFacts:
    """A find with its names; `written` is the place as the officer wrote it."""

    spot: str | None
    place: str | None
    written: str | None
    category: str | None
    trouble: bool
    count: int | None
    action: str
    state: str


@dataclass(frozen=True, slots=True)
class Files:
    """How many files of a report there are, by kind, and how many are late or lost."""

    photos: int = 0
    documents: int = 0
    voices: int = 0
    videos: int = 0
    late: int = 0
    lost: int = 0

    @property
    def total(self) -> int:
        """Files of every kind."""
        return self.photos + self.documents + self.voices + self.videos


@dataclass(frozen=True, slots=True)
class Change:
    """The last change by somebody else than the author: who, what, when."""

    name: str
    what: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """Everything that a report's card may say; `options` are (code, name) pairs to pick from.

    `shift` is from when to when a shift went that the report tells of, `problems` are those that
    its finds tell of, as its author may move them; a `folded` one was no report of its own.
    """

    report: int
    number: str
    version: int
    finds: tuple[FindFacts, ...]
    files: Files
    words: str
    occurred_at: datetime
    received_at: datetime
    own_time: bool
    late: bool
    weeks: tuple[SpotWeek, ...]
    asking: str | None
    menu: str | None
    options: tuple[tuple[str, str], ...]
    withdrawn_at: datetime | None
    change: Change | None
    guessed: str | None
    practice: bool
    by_sound: bool
    admin: str | None
    shift: tuple[datetime, datetime] | None = None
    problems: tuple[ProblemFacts, ...] = ()
    folded: bool = False
