"""Quotas: which stand on a day, whom each is owed by, how a period stands against them; pure.

The versions of a quota are rows with the day from which each holds (`since`, None for always); one
of count 0 ends it. A period is judged by what stood on its first day, so that a later version
changes no earlier figure. Knows no store and no sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Literal

from bot.rules.dates import step, unit_start
from bot.rules.records import Bureau, Quota

Per = Literal["week", "month", "quarter"]
PERS: tuple[Per, ...] = ("week", "month", "quarter")
KEPT, EXEMPT, MOVED = "kept", "exempt", "moved"

NOUNS: dict[str, str] = {
    "patrol": "全域巡查", "special": "专项检查", "review": "问题研判", "visit": "到场",
}  # fmt: skip
"""What is owed, by the bureau's own words."""


def code_of(per: Per, start: date) -> int:
    """A period as one number, by which cards and buttons name it."""
    return start.toordinal() * len(PERS) + PERS.index(per)


def period_of(code: int) -> tuple[Per, date]:
    """The period of a number; the day of the first that there is, for one that names none."""
    ordinal, per = divmod(code, len(PERS))
    return PERS[per], date.fromordinal(min(max(ordinal, 1), date.max.toordinal()))


Slot = tuple[str, str, str, tuple[str, ...]]


def slot_of(quota: Quota) -> Slot:
    """What makes two rows versions of one quota."""
    return quota.per, quota.what, quota.of, tuple(sorted(quota.only))


def key_of(quota: Quota, whose: str | None = None) -> str:
    """The name of what one squad, spot or the whole bureau owes: week/patrol/squad/一中队."""
    head = f"{quota.per}/{quota.what}"
    return head if whose is None else f"{head}/{quota.of}/{whose}"


def general(key: str) -> str:
    """The key of the same for the whole bureau; what is decided of it is decided of all."""
    return "/".join(key.split("/")[:2])


def standing_on(quotas: Iterable[Quota], day: date) -> tuple[Quota, ...]:
    """The version of each quota that stood on the day, also those of count 0."""
    rows = sorted(quotas, key=lambda q: (slot_of(q), q.since or date.min))
    found = []
    for _, versions in groupby(rows, key=slot_of):
        begun = [v for v in versions if v.since is None or v.since <= day]
        found += begun[-1:]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Owing:
    """What one squad, spot or the whole bureau (`whose` None) owes in a period."""

    key: str
    quota: Quota
    whose: str | None
    name: str | None


def owing(bureau: Bureau, per: Per, first: date) -> tuple[Owing, ...]:
    """Everything owed in the period that begins on `first`, in the file's order.

    A quota for named spots or squads takes the place of the general one for them.
    """
    standing = [q for q in standing_on(bureau.quotas, first) if q.per == per]
    order = {slot_of(q): n for n, q in enumerate(bureau.quotas)}
    found: dict[str, Owing] = {}
    for quota in sorted(standing, key=lambda q: (bool(q.only), order[slot_of(q)])):
        for whose, name in _whose(bureau, quota):
            key = key_of(quota, whose)
            found[key] = Owing(key, quota, whose, name)
    return tuple(one for one in found.values() if one.quota.count > 0)


def _whose(bureau: Bureau, quota: Quota) -> list[tuple[str | None, str | None]]:
    if quota.of == "squad":
        return [(name, name) for name in quota.only or bureau.squads]
    if quota.of == "spot":
        spots = [s for s in bureau.spots if (s.code in quota.only if quota.only else s.key)]
        return [(spot.code, spot.name) for spot in spots]
    return [(None, None)]


def standing_since(bureau: Bureau, quota: Quota) -> tuple[date | None, int | None]:
    """Since when the version holds, and the count before it; (None, None) where always."""
    versions = sorted(
        (q for q in bureau.quotas if slot_of(q) == slot_of(quota)),
        key=lambda q: q.since or date.min,
    )
    since, before = quota.since, None
    for version in reversed(versions):
        if (version.since or date.min) > (since or date.min):
            continue
        if version.count != quota.count:
            before = version.count
            break
        since = version.since
    return since, before if since is not None else None


def to_follow(
    history: Sequence[Quota], file: Sequence[Quota], today: date, *, first_ever: bool
) -> list[Quota]:
    """The versions to be noted so that from now on the file's quotas stand.

    A quota changed without a `since` stands from the first day of the period that runs; one that is
    gone is ended there. Of the very first file every quota stands for all time.
    """
    slots = dict.fromkeys([*map(slot_of, history), *map(slot_of, file)])
    news: list[Quota] = []
    for slot in slots:
        mine = [q for q in file if slot_of(q) == slot]
        known = [q for q in history if slot_of(q) == slot]
        news += mine if first_ever else _changes(known, mine, today)
    return news


def _changes(known: list[Quota], mine: list[Quota], today: date) -> list[Quota]:
    like = (known or mine)[0]
    dated = [q.since for q in mine if q.since is not None]
    running = unit_start(today, like.per)
    begin = min([running, *dated]) if mine else running
    later = {q.since for q in known if q.since is not None and q.since > begin}
    noted = list(known)
    news: list[Quota] = []
    for day in sorted({begin, *dated, *later}):
        wanted = _count(mine, day)
        if _count(noted, day) != wanted:
            news.append(replace(like, count=wanted, since=day))
            noted = [q for q in noted if q.since != day] + news[-1:]
    return news


def _count(versions: list[Quota], day: date) -> int:
    standing = standing_on(versions, day)
    return standing[0].count if standing else 0


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided of a period, by whom, when and why."""

    verdict: str
    moved_to: date | None
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Missed:
    """That a period had ended short when it was over, and why."""

    id: int
    owed: int
    done: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class QuotaStanding:
    """How one period of one quota stands.

    `asked` is the quota's own count, `carried` what an earlier period left to this one, `owed` what
    is due after all decisions. `whose` is a squad's or spot's name, None for the whole bureau.
    """

    key: str
    what: str
    per: Per
    start: date
    code: str | None
    whose: str | None
    done: int
    owed: int
    asked: int
    carried: int = 0
    decision: Decided | None = None
    missed: Missed | None = None

    @property
    def noun(self) -> str:
        """What is owed, in a word."""
        return NOUNS[self.what]

    @property
    def end(self) -> date:
        """The first day after the period."""
        return step(self.start, self.per, 1)

    @property
    def short(self) -> int:
        """How many are still missing."""
        return max(0, self.owed - self.done)

    @property
    def reason(self) -> str | None:
        """Why it is exempt or moved, or why it was missed."""
        if self.decision is not None and self.decision.verdict != KEPT:
            return self.decision.reason
        return self.missed.reason if self.missed else None
