"""The papers of a week, a month and a quarter: their periods, their steps, and what is in them.

A draft goes out only after three people have signed it, one after the other (三审三校): the one who
wrote it, somebody set for it, and a supervisor. Pure records and rules; moments are local.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from bot.errors import Refused
from bot.rules.answers import Bulletin, Part
from bot.rules.counters import CounterFacts
from bot.rules.facts import SpotWeek
from bot.rules.indicators import Share
from bot.rules.ledger_facts import LedgerReport, LedgerWeek
from bot.rules.periods import Unit, midnight, previous, step, unit_of
from bot.rules.quotas import Per
from bot.rules.rebounds import Raised
from bot.rules.records import Bureau, Span

Step = Literal["own", "second", "final"]

STEPS: tuple[Step, ...] = ("own", "second", "final")
"""自审, 专人审核, 终审: in this order, each by another person."""

SIGNED, RETURNED, WRITTEN = "signed", "returned", "written"
"""What a row of a paper's steps says: it was signed, given back, or words were put in."""

FROZEN = "frozen"
"""The row holds the facts that the paper was signed with; it is no step."""

EFFECTS = ("有效", "一般", "没效果")
"""What a measure did, where no own words are said."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A step as it was taken: which, by whom (with his name), with what words."""

    step: str
    person: int
    name: str
    verdict: str
    words: str | None
    at: datetime


def signatures(taken: Sequence[Taken]) -> tuple[Taken, ...]:
    """The signatures that stand: those since the paper was last given back."""
    standing: list[Taken] = []
    for one in taken:
        if one.verdict == RETURNED:
            standing.clear()
        elif one.verdict == SIGNED:
            standing.append(one)
    return tuple(standing)


def next_step(taken: Sequence[Taken]) -> Step | None:
    """The step that is due, or None where all are taken."""
    done = {one.step for one in signatures(taken)}
    return next((each for each in STEPS if each not in done), None)


def has_signed(taken: Sequence[Taken], person: int) -> bool:
    """Whether the person has signed a step that stands: nobody signs two."""
    return any(one.person == person for one in signatures(taken))


def words_in(taken: Sequence[Taken]) -> dict[str, str]:
    """What was written into the paper's gaps, the newest words of each."""
    return {one.step: one.words for one in taken if one.verdict == WRITTEN and one.words}


RAISED_STEP, RAISED_YES = "raised:", "yes"
"""The step by which a rebound, by its problem's id, is put into a quarter's pack; empty ends it."""


def raised(taken: Sequence[Taken]) -> tuple[int, ...]:
    """The problems that were put into the paper and not taken out again, in that order."""
    said: dict[int, bool] = {}
    for one in taken:
        if one.verdict == WRITTEN and one.step.startswith(RAISED_STEP):
            said[int(one.step.removeprefix(RAISED_STEP))] = bool(one.words)
    return tuple(number for number, stands in said.items() if stands)


# ---- periods ----


def one_line(words: str, most: int) -> str:
    """The words on one line. Raises Refused where they are longer than a paper has room for."""
    said = " ".join(words.split())
    if len(said) > most:
        raise Refused(f"这段有 {len(said)} 个字，最多 {most} 个。短一点再发我一遍。")
    return said


def span_of(kind: Per, start: date, bureau: Bureau) -> Span:
    """The whole period of the paper that begins on the day."""
    return unit_of(midnight(start, bureau.tz), kind)


def counted(span: Span, now: datetime) -> Span:
    """The part of the period that is over at `now`; the whole where it is over."""
    return Span(span.since, min(span.until, now.astimezone(span.until.tzinfo)))


def before(span: Span) -> Span:
    """The whole period before."""
    return previous(span)


def iso_week(start: date) -> int:
    """The number of the week in its year."""
    return start.isocalendar().week


def quarter_of(day: date) -> int:
    """1 to 4."""
    return (day.month - 1) // 3 + 1


def digest_day(monday: date, bureau: Bureau) -> date:
    """The day on which the week's digest goes out: Friday, or a working day near it.

    The last one before it in the week, else the first one after; a week without any waits for the
    first working day that follows.
    """
    friday = monday + timedelta(days=4)
    earlier = [friday - timedelta(days=n) for n in range(5)]
    later = [friday + timedelta(days=n) for n in range(1, 40)]
    return next((day for day in (*earlier, *later) if _works(bureau, day)), friday)


def month_day(first: date, bureau: Bureau) -> date:
    """The first working day of the month: the draft of the month before is made."""
    return _from(first, bureau)


def quarter_day(first: date, bureau: Bureau) -> date:
    """The working day on which the review of the quarter is prepared, so long before its end."""
    last = step(first, "quarter", 1) - timedelta(days=1)
    return _from(last - timedelta(days=bureau.limits.review_days), bureau)


def _from(day: date, bureau: Bureau) -> date:
    return bureau.calendar.on_or_after(day)


def _works(bureau: Bureau, day: date) -> bool:
    return bureau.calendar.is_workday(day)


# ---- what is in them ----


@dataclass(frozen=True, slots=True)
class Compared:
    """A number beside that of the period before; `of` and `before_of` make it a share."""

    metric: str
    noun: str
    unit: str
    total: int
    before: int
    of: int | None = None
    before_of: int | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """A quota in one of its periods: done, owed, and what was decided or said where it was missed.

    `over` says that the period has ended.
    """

    noun: str
    per: Unit
    start: date
    done: int
    owed: int
    over: bool
    excused: bool = False
    reason: str | None = None

    @property
    def missed(self) -> bool:
        """Whether it ended short, and nobody had let it off."""
        return self.over and self.done < self.owed and not self.excused


@dataclass(frozen=True, slots=True)
class SpotLine:
    """A spot in the period; `short_weeks` are those that ended without its visits."""

    name: str
    key: bool
    visits: int
    found: int
    closed: int
    rebounds: int
    found_before: int
    short_weeks: int = 0


@dataclass(frozen=True, slots=True)
class HotSpot:
    """Where one kind of trouble came again and again, with the two hours it mostly came in."""

    spot: str
    category: str
    found: int
    rebounds: int
    hour: int | None = None


@dataclass(frozen=True, slots=True)
class MeasureFacts:
    """A measure with what became of it; `number` counts within its quarter."""

    id: int
    number: int
    words: str
    owner: str | None
    due: date | None
    state: str
    effect: str | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Found and settled in a stretch of a period; None where its time has not come."""

    label: str
    found: int | None
    closed: int | None


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A find by the six elements of an enforcement record (domain.md 2.5); None where it lacks one.

    `photo` is the SHA-256 of the first of its report's `photos`.
    """

    number: str
    at: datetime
    place: str | None
    officers: tuple[str, ...]
    party: str | None
    matter: str | None
    quantity: int | None
    action: str
    state: str
    trouble: bool
    words: str
    photo: str | None = None
    photos: int = 0


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """Everything a month's draft or a quarter's pack may say.

    `shares` are the indicators of the period and of the one before; none in a paper of before them.
    `unsolved` of what was found ended without being settled. `ledger` is how it stood when this
    was read, `counters` the figures that people keep; none in a paper of before them.
    """

    paper: int
    kind: Per
    span: Span
    counted: Span
    bureau: str
    state: str
    version: int
    now: datetime
    numbers: tuple[Compared, ...]
    spots: tuple[SpotLine, ...]
    categories: tuple[Part, ...]
    hot: tuple[HotSpot, ...]
    steps: tuple[Stretch, ...]
    promises: tuple[Promise, ...]
    bulletin: Bulletin
    open_before: int
    earlier: tuple[MeasureFacts, ...] = ()
    measures: tuple[MeasureFacts, ...] = ()
    taken: tuple[Taken, ...] = ()
    written: Mapping[str, str] = field(default_factory=dict)
    raised: tuple[Raised, ...] = ()
    shares: tuple[Share, ...] = ()
    shares_before: tuple[Share, ...] = ()
    unsolved: int = 0
    rebound_rate: tuple[int, int] = (0, 0)
    rebound_rate_before: tuple[int, int] = (0, 0)
    ledger: LedgerReport | None = None
    counters: tuple[CounterFacts, ...] = ()

    def number(self, metric: str) -> Compared:
        """The number of this measure."""
        return next(one for one in self.numbers if one.metric == metric)


@dataclass(frozen=True, slots=True)
class DigestFacts:
    """The week as the digest tells it.

    Of what was found in it `closed` are settled, `on_spot` of them at once by whoever found them,
    `open` are under way, `overdue` of those beyond their time limit; the rest ended unsettled.
    `ledger` is how the ledger stands when this is read; None where there is none.
    """

    paper: int
    start: date
    counted: Span
    state: str
    version: int
    remark: str | None
    promises: tuple[Promise, ...]
    spots: tuple[SpotWeek, ...]
    reports: int
    found: int
    closed: int
    rebounds: int
    rebound_spots: tuple[tuple[str, int], ...]
    categories: tuple[tuple[str, int], ...]
    sources: tuple[tuple[str, int], ...]
    days: tuple[Stretch, ...]
    since_last: int = 0
    signed_off: bool = False
    open: int = 0
    on_spot: int = 0
    overdue: int = 0
    rebound_rate: tuple[int, int] = (0, 0)
    ledger: LedgerWeek | None = None


GAPS: dict[Per, tuple[tuple[str, str], ...]] = {
    "week": (),
    "month": (("cause", "主要问题和原因"), ("plan", "下月打算")),
    "quarter": (("cause", "问题研判意见"), ("meeting", "研判会时间"), ("plan", "下季度安排")),
}  # fmt: skip
"""What no number tells, by the paper's kind: somebody writes it, or it stays marked."""


def gaps(facts: PaperFacts) -> list[tuple[str, str]]:
    """What those who work on the paper still have to write: its code and its name, in order.

    `effect:ID` is a measure's effect, `measures` that none is decided yet.
    """
    found = [(f"effect:{one.id}", f"措施 {one.number} 的成效") for one in without_effect(facts)]
    found += [(code, name) for code, name in GAPS[facts.kind] if code not in facts.written]
    if facts.kind == "quarter" and not facts.measures:
        found.append(("measures", "本季度措施"))
    return found


def without_effect(facts: PaperFacts) -> list[MeasureFacts]:
    """The measures of the quarter before whose effect a quarter's pack still lacks."""
    return [one for one in facts.earlier if not one.effect] if facts.kind == "quarter" else []


def unexplained(facts: PaperFacts) -> list[Promise]:
    """The periods that ended short and for which no leader has said why."""
    return [one for one in facts.promises if one.missed and not one.reason]


def times_returned(taken: Sequence[Taken]) -> int:
    """How often the paper was given back."""
    return sum(one.verdict == RETURNED for one in taken)
