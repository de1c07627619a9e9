"""What the cards of reminders tell, as plain facts; knows no store and no sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from bot.rules.ladder import Rung, What
from bot.rules.own_hours import OwnHours
from bot.rules.quotas import QuotaStanding


@dataclass(frozen=True, slots=True)
class MatterFacts:
    """One task of a morning message as it stands now.

    `rung` is as whom the person hears of it, `left` the days to its due day (below 0 over it), for
    what waits the days since. `stage` is that of the ladder. `whose` are its owners by name, `away`
    says that none of them can be told. `told` counts the days on which they were reminded, `answer`
    what came of it: "" nothing, or a code below; `files` were sent without 发完了. `until` is a
    longer time that he may give, as its leader. `moved` is what became of it since, in words,
    `again` the later day on which he was told of it anew: either takes its buttons.
    """

    task: int
    version: int
    number: int
    title: str
    text: str
    wants: str
    what: What
    rung: Rung
    day: date
    left: int
    stage: int
    whose: tuple[str, ...]
    away: bool
    told: int
    answer: str
    files: int
    until: date | None
    stuck: str
    giver: str
    checker: str
    moved: str = ""
    again: date | None = None

    @property
    def stands(self) -> bool:
        """Whether there is still something to do about it, and this card is the newest of it."""
        return not self.moved and self.again is None


ASKED_LONGER, UNDER_WAY, STUCK = "longer", "under_way", "stuck"


@dataclass(frozen=True, slots=True)
class MorningFacts:
    """A person's morning: his matters, the soonest first, and what was put with them.

    `short` are quotas that are behind, `questions` counts what he is asked besides. `today`
    is the day now, `on` that of the message, `closes` when work ends.
    """

    person: int
    on: date
    today: date
    matters: tuple[MatterFacts, ...]
    short: tuple[QuotaStanding, ...]
    questions: int
    closes: time
    brief: bool


@dataclass(frozen=True, slots=True)
class UrgedFacts:
    """A matter that a leader asks about, by name."""

    matter: MatterFacts
    by: str
    today: date
    closes: time


@dataclass(frozen=True, slots=True)
class Urging:
    """Who was urged, on which day: at once, or when the quiet hours are over."""

    number: int
    names: Sequence[str]
    on: date
    at_once: bool


@dataclass(frozen=True, slots=True)
class ToldOf:
    """Who was told of a task, the oldest first: (when, name, what, days to its due day, rung)."""

    number: int
    title: str
    rows: Sequence[tuple[datetime, str, What, int, Rung]]


@dataclass(frozen=True, slots=True)
class AwayFacts:
    """Somebody is away; `own` says that the one who reads it is he, `row` is which."""

    row: int
    name: str
    first: date
    last: date
    own: bool
    ended: bool = False


@dataclass(frozen=True, slots=True)
class SettingFacts:
    """What a person has set, beside the bureau's hours."""

    own: OwnHours
    morning: time
    quiet_from: time
    quiet_to: time
