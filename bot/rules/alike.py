"""Which problem may be the same matter as one that was just found: its kind, place and time; pure.

Two of a kind at one spot, or at spots a few steps apart, within a day (domain.md 2.2: 50 m, 24 h).
Knows no store and no sentence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.rules.distances import metres
from bot.rules.records import Bureau, Source, Spot


@dataclass(frozen=True, slots=True)
class Sighting:
    """A problem as far as its likeness to another is judged; `closed` where it is."""

    id: int
    report: int
    spot: str | None
    category: str
    found_at: datetime
    closed: bool = False


def within_reach(spot: str, bureau: Bureau) -> tuple[str, ...]:
    """The spot and those within `alike_metres` of it, the nearest first; of no coordinates none."""
    here = bureau.spot(spot)
    if here is None or here.lat is None or here.lon is None:
        return (spot,)
    away = [(_away(here, other), other.code) for other in bureau.spots if other.code != spot]
    near = sorted((m, code) for m, code in away if m is not None and m <= bureau.loop.alike_metres)
    return (spot, *(code for _, code in near))


def _away(here: Spot, other: Spot) -> float | None:
    if here.lat is None or here.lon is None or other.lat is None or other.lon is None:
        return None
    return metres(here.lat, here.lon, other.lat, other.lon)


def earlier(new: Sighting, others: Iterable[Sighting], bureau: Bureau) -> Sighting | None:
    """The one of the others that may be the same matter: at the spot itself first, then the newest.

    None of its own report, none that is closed, and none that was found after it.
    """
    if new.closed or new.spot is None:
        return None
    reach = within_reach(new.spot, bureau)
    day = timedelta(hours=bureau.loop.alike_hours)
    fitting = [
        one for one in others
        if not one.closed and one.report != new.report and one.id != new.id
        and one.category == new.category and one.spot in reach
        and (one.found_at, one.id) < (new.found_at, new.id)
        and new.found_at - one.found_at <= day
    ]  # fmt: skip
    return max(
        fitting, key=lambda one: (-reach.index(one.spot or ""), one.found_at, one.id), default=None
    )


State = Literal["asked", "merged", "apart", "over"]


@dataclass(frozen=True, slots=True)
class AlikeFacts:
    """What the question says; moments are local. `by` is None for the asked one's own report.

    `stands` tells in words how the matter stands where nothing is asked any more. `goods` says
    that the kind is one of stalls 摊.
    """

    problem: int
    version: int
    other: int
    state: State
    place: str
    kind: str
    goods: bool
    by: str | None
    at: datetime
    now: datetime
    handled_at: datetime | None = None
    photos: tuple[str, ...] = ()
    stands: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """One of those by whom a problem is known: camera, complaint and patrol may tell of one."""

    source: Source
    name: str
    number: str
    at: datetime
