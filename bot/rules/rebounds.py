"""Rebound 反弹: what comes back soon after it was closed, at which hours, and how often; pure.

domain.md 1.4: a new problem of the same kind at the same spot within the window after the closing
of an earlier one. Handled but not reviewed is not closed. Knows no store and no sentence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.rules.records import Bureau

STRETCH = 2
"""Hours of a pattern: 16 点到 18 点."""

FEWEST = 2
"""One earlier time makes no pattern."""

MOSTLY = (3, 4)
"""Of at least four times three quarters make one, which is then said as 多在."""

WEEKS = timedelta(weeks=4)
"""What a rate rolls over."""

REASONS = ("不是同一个", "早就约好今天撤", "记错了地方")
"""Why something is no rebound, to choose from."""


@dataclass(frozen=True, slots=True)
class Hours:
    """From which full hour to which it came, over midnight too; `all` of the times, or most."""

    begin: int
    all: bool = True

    @property
    def end(self) -> int:
        """The full hour it ends with, 24 for midnight."""
        end = self.begin + STRETCH
        return end if end <= 24 else end - 24


@dataclass(frozen=True, slots=True)
class Matter:
    """A problem as far as rebounds are judged; `closed_at` is None for one that is not closed.

    `good` says that it was rectified, `own` that it stands for itself (no duplicate, not void).
    """

    id: int
    found_at: datetime
    closed_at: datetime | None
    good: bool
    own: bool = True
    rebound_of: int | None = None


def came_back(new: Matter, others: Iterable[Matter], bureau: Bureau) -> Matter | None:
    """The closed matter of which the new one is the return, the last closed; None where of none.

    What had come back already, and was still there when the new one was found, came back once: the
    new one lies beside it. `others` are of the same place and kind.
    """
    rest = [one for one in others if one.id != new.id and one.own]
    closed = [one for one in rest if one.good and _within(one, new, bureau)]
    last = max(closed, key=lambda one: (one.closed_at, one.id), default=None)
    if last is None or any(one.rebound_of == last.id and _stood(one, new) for one in rest):
        return None
    return last


def _within(one: Matter, new: Matter, bureau: Bureau) -> bool:
    if one.closed_at is None:
        return False
    since = new.found_at - one.closed_at
    return timedelta(0) < since <= timedelta(days=bureau.loop.rebound_days)


def _stood(one: Matter, new: Matter) -> bool:
    """Whether it was found before the new one and not yet closed then."""
    before = (one.found_at, one.id) < (new.found_at, new.id)
    return before and (one.closed_at is None or one.closed_at > new.found_at)


def hours_of(times: Sequence[datetime]) -> Hours | None:
    """The two hours in which all these local moments lie, or most of them; None where none do.

    Begins with the hour of the first of them; the night is one stretch too.
    """
    if len(times) < FEWEST:
        return None
    found = [moment.hour for moment in times]
    inside = {hour: sum((one - hour) % 24 < STRETCH for one in found) for hour in set(found)}
    begin = max(sorted(inside), key=lambda hour: inside[hour])
    if inside[begin] == len(times):
        return Hours(begin)
    part, whole = MOSTLY
    enough = len(times) >= whole and inside[begin] * whole >= len(times) * part
    return Hours(begin, all=False) if enough else None


def plan_day(today: date, bureau: Bureau) -> date:
    """The day of one more patrol: the next working day."""
    return bureau.calendar.add_workdays(today, 1)


Key = tuple[str, str]
"""A spot and a category."""


def rate(
    closings: Iterable[tuple[str, str, datetime]], returns: Iterable[tuple[str, str, datetime]],
    window: timedelta,
) -> dict[str, tuple[int, int]]:  # fmt: skip
    """By spot: how many of the closed ones came back within the window, and of how many."""
    back: dict[Key, list[datetime]] = defaultdict(list)
    for spot, category, at in returns:
        back[spot, category].append(at)
    found: dict[str, tuple[int, int]] = {}
    for spot, category, at in closings:
        again = any(at < one <= at + window for one in back[spot, category])
        rebounded, of = found.get(spot, (0, 0))
        found[spot] = rebounded + again, of + 1
    return found


@dataclass(frozen=True, slots=True)
class ReboundFacts:
    """What is said of a rebound; moments are local.

    `closed_at` is None where only the words said so. `times` is how often the trouble was found
    within `days`, this time included; `rebounds` and `often` how many of those of `days` and of
    `often_days` were rebounds. `stands` is False where it is none any more, for `reason` by `who`.
    """

    problem: int
    version: int
    number: str
    place: str
    kind: str
    finder: str
    found_at: datetime
    closed_at: datetime | None
    days: int
    times: int
    rebounds: int
    often_days: int
    often: int
    hours: Hours | None
    leader: str | None
    stands: bool
    reason: str | None
    who: str | None
    seen: bool
    planned: datetime | None
    raised: bool
    now: datetime


@dataclass(frozen=True, slots=True)
class Before:
    """An earlier time of the same trouble, as it is listed; moments are local."""

    number: str
    found_at: datetime
    finder: str
    handled_at: datetime | None
    closed_at: datetime | None
    rebound: bool


@dataclass(frozen=True, slots=True)
class Raised:
    """What was put before the quarter's review: where, what, how often within so many days."""

    place: str
    kind: str
    often: int
    days: int
    hours: Hours | None
