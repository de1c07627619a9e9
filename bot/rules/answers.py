"""What an answer is worded from: numbers with what they were counted over; pure records.

Actions fill them, words read them. Moments are local.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from bot.rules.facts import FindFacts, SpotWeek, Week
from bot.rules.indicators import Progress
from bot.rules.ledger_facts import LedgerStanding, TaskList
from bot.rules.metrics import METRICS
from bot.rules.obligation_facts import RunFacts
from bot.rules.quotas import QuotaStanding
from bot.rules.records import Obligation, Question, Span


@dataclass(frozen=True, slots=True)
class Measured:
    """A number; `of` is the denominator of a share, `before` and `before_of` the span's before.

    Of an average time it is minutes, and `of` how many took them. `apart` are both without the
    problems whose being late was exempted, where there are any.
    """

    metric: str
    total: int
    of: int | None = None
    before: int | None = None
    before_of: int | None = None
    apart: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A line of a breakdown; the number is None where its time has not come yet."""

    label: str
    total: int | None
    of: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Over:
    """What was looked through: the span and every name that narrowed it.

    `crossings` are the spots that were counted along with the road they lie at.
    """

    span: Span
    spots: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    squads: tuple[str, ...] = ()
    source: str | None = None
    patrol_type: str | None = None
    crossings: tuple[str, ...] = ()
    first_at: datetime | None = None

    def standing(self, now: datetime) -> Literal["future", "before", "never"] | None:
        """Why nothing can be in the span: not come yet, before the first record, no record."""
        if self.span.since is not None and self.span.since > now:
            return "future"
        if self.first_at is None:
            return "never"
        return "before" if self.span.until <= self.first_at else None


@dataclass(frozen=True, slots=True)
class Counted:
    """One or several numbers over one scope, with a breakdown or a comparison where asked for.

    `crossed` is how many of the first number happened at the crossings of a road. `beside` is a
    number that belongs to the picture: the problems found beside rebounds, the rounds that were not
    whole beside patrols.
    """

    question: Question
    over: Over
    numbers: tuple[Measured, ...]
    parts: tuple[Part, ...] = ()
    before: Span | None = None
    crossed: int = 0
    beside: int | None = None


@dataclass(frozen=True, slots=True)
class Outing:
    """A round, check or shift among the rows: where, until when, how much of what was asked.

    `spots` are the names of those reached, `crew` who was on it, as far as the asker may see it.
    """

    kind: str
    until: datetime | None
    spots: tuple[str, ...]
    asked: int
    crew: tuple[str, ...]
    late: bool = False
    accepted: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that a number counts; `name` is None where the asker may not see who it was."""

    number: str
    at: datetime
    finds: tuple[FindFacts, ...]
    name: str | None
    squad: str | None
    source: str
    words: str
    outing: Outing | None = None
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """The rows behind a number, newest first; `rows` may be only the first of `total`."""

    question: Question
    over: Over
    measured: Measured
    rows: tuple[Row, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Copy:
    """A photo that was handed in more than once: in which report, when it happened."""

    number: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Photos:
    """Stored photos by their SHA-256; `since` is how many were shown before.

    Of photos handed in twice `total` and `copies` are the groups that look the same.
    """

    question: Question
    over: Over
    total: int
    shown: tuple[str, ...]
    since: int = 0
    copies: tuple[tuple[Copy, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Spots against their quota, the bureau's own, and the periods within a longer span."""

    question: Question
    over: Over
    spots: tuple[SpotWeek, ...]
    bureau: tuple[QuotaStanding, ...] = ()
    within: tuple[QuotaStanding, ...] = ()


@dataclass(frozen=True, slots=True)
class Weekly:
    """The figures of a week that was asked for."""

    question: Question
    over: Over
    week: Week


@dataclass(frozen=True, slots=True)
class Bulletin:
    """The sentence of the public bulletin as of the span's last day.

    `unsolved` ended without being settled: what is left is under way.
    """

    question: Question
    over: Over
    patrols: int
    specials: int
    found: int
    closed: int
    unsolved: int = 0


@dataclass(frozen=True, slots=True)
class Absent:
    """Who of so many has no report in the span, in the roster's order."""

    question: Question
    over: Over
    names: tuple[str, ...]
    of: int


@dataclass(frozen=True, slots=True)
class Obliged:
    """How an obligation stands in the span: its runs, or (done, owed) by the quotas that count it.

    `first` is the first day of its oldest run, None where there was none yet.
    """

    question: Question
    over: Over
    set: Obligation
    runs: tuple[RunFacts, ...] = ()
    count: tuple[int, int] | None = None
    first: date | None = None


def totals_of(answer: Answer) -> list[int]:
    """The numbers that the answer says, in the order in which its buttons open them."""
    match answer:
        case Counted():
            return [n.of or 0 if METRICS[n.metric].lasts else n.total for n in answer.numbers]
        case Bulletin():
            return [answer.patrols, answer.specials, answer.found, answer.closed]
        case Weekly():
            return [answer.week.reports, answer.week.problems]
        case Listing() | Photos() | TaskList():
            return [answer.total]
        case LedgerStanding():
            return [answer.tally.total]
        case Standing():
            return [row.done for row in answer.bureau]
    return []


def shares_of(answer: Answer) -> dict[float, int]:
    """What a share says besides, of how many and how many per cent, by which number says it."""
    if not isinstance(answer, Counted):
        return {}
    shares = [(at, n) for at, n in enumerate(answer.numbers) if n.of]
    found: dict[float, int] = {}
    for at, number in shares:
        of = number.of or 1
        if METRICS[number.metric].lasts:
            found[round(number.total / of)] = at
            continue
        found |= {of: at, round(number.total * 100 / of, 1): at, round(number.total * 100 / of): at}
    return found


Answer = (
    Counted
    | Listing
    | Photos
    | Standing
    | Weekly
    | Bulletin
    | Absent
    | TaskList
    | LedgerStanding
    | Obliged
)
