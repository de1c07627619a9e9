"""What the cards of a task are worded from: facts as they stand for whoever looks; pure records.

Actions fill them, words read them. Days are the bureau's, moments in its zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.rules.ledger import TaskState
from bot.rules.problem_facts import Target


@dataclass(frozen=True, slots=True)
class Handed:
    """Evidence: its kind, its words, its file's name, and whether that is with us.

    `lost` says that the file can't be had.
    """

    kind: str
    words: str
    name: str | None
    waits: bool
    lost: bool


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """A task for one viewer: `moves` are those he could make now, `menu` what his card asks.

    `stages` are how many stages of how many were met, `stage` the next one's words. `check` says
    who looks at its evidence (none, second, leader). `photos` are shown by their SHA-256, `papers`
    by the number of the evidence. `left` is how many tasks of the ledger are not done, `mine_left`
    how many of the viewer's own. `asked_longer` is who was asked for a longer time that waits.
    """

    id: int
    number: int
    version: int
    title: str
    text: str
    wants: str
    heading: str
    state: TaskState
    kind: str
    check: str
    due: date | None
    due_first: date | None
    today: date
    long_term: bool
    urgent: bool
    stages: tuple[int, int]
    stage: str
    owners: tuple[str, ...]
    department: str | None
    leader: str
    signer: str
    checker: str
    given_at: datetime | None
    given_by: str
    handed: tuple[Handed, ...]
    earlier: int
    photos: tuple[str, ...]
    papers: tuple[int, ...]
    checked_at: datetime | None
    signed_by: str
    signed_at: datetime | None
    returned: int
    reopened: int
    extended: int
    reason: str
    reasoned_by: str
    stuck: str
    asked_longer: str
    look_on: date | None
    moves: frozenset[str]
    mine: bool
    leads: bool
    menu: str | None
    page: int
    targets: tuple[Target, ...]
    left: int
    mine_left: int

    @property
    def late_days(self) -> int:
        """How many days it is overdue; 0 where it is not, or nobody has to do anything."""
        return max((self.today - self.due).days, 0) if self.due is not None else 0


@dataclass(frozen=True, slots=True)
class LongerFacts:
    """A longer time that was asked for; `nth` is which one it would be, `over` that it is moot."""

    id: int
    task: int
    version: int
    number: int
    title: str
    asker: str
    was: date
    until: date
    reason: str
    state: str
    decider: str
    nth: int
    refusal: str
    over: bool
