"""Terms 期限: so much time of one of the four kinds the trade counts in, and how it is written.

    urgent_hour 紧急工作时   the clock on the wall, nights and holidays included
    work_hour   工作时       working hours alone, less the midday break
    work_day    工作日       working days; the day of the start is not counted
    natural_day 自然日       all days; the day of the start is not counted

Source of the kinds: domain.md 2.3. Knows no calendar: what a term comes to is bot.rules.limits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["urgent_hour", "work_hour", "work_day", "natural_day"]
KINDS: dict[str, Kind] = {
    "紧急工作时": "urgent_hour", "工作时": "work_hour",
    "工作日": "work_day", "自然日": "natural_day",
}  # fmt: skip
"""The kinds by the trade's own words, as a bureau's file writes them."""

HOURS: tuple[Kind, ...] = ("urgent_hour", "work_hour")
"""The kinds that are counted in hours, which alone may be parts of one."""

WRITTEN = re.compile(rf"(\d{{1,3}}(?:\.\d{{1,2}})?) ?({'|'.join(KINDS)})", re.ASCII)


@dataclass(frozen=True)
class Term:
    """So much time of a kind; `count` is above 0, whole for days."""

    count: float
    kind: Kind

    @property
    def in_hours(self) -> bool:
        """Whether it is counted in hours, not in days."""
        return self.kind in HOURS


def term(text: str) -> Term:
    """The term that is written: 2 工作时, 0.5 工作时, 5工作日.

    Raises ValueError for anything else: a bare 小时, nothing at all, half a day.
    """
    found = WRITTEN.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    count, kind = float(found[1]), KINDS[found[2]]
    if count <= 0 or (kind not in HOURS and not count.is_integer()):
        raise ValueError(text)
    return Term(count, kind)


def written(of: Term) -> str:
    """The term as people and files write it: 2 工作时."""
    return f"{of.count:g} {next(name for name, kind in KINDS.items() if kind == of.kind)}"
