"""What the cards of recurring obligations are worded from, and how periods and runs are called."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.rules.ledger import OWING, TaskState
from bot.rules.obligations_due import unit_of_per
from bot.rules.records import Obligation, Proof

Standing = Literal["exempt", "done", "given", "late", "owed"]

MONTHS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
WANTS: dict[Proof, str] = {
    "sessions": "",
    "file": "一份文件，或者拍一张",
    "note": "写一句情况，有材料的一起发",
    "table": "结果，写出来或者发表格",
    "photo": "现场照片",
}
"""What is to be handed in, where the obligation does not say it itself."""


def period_said(per: str, first: date) -> str:
    """六月, 三季度, 第 24 周, 2025年; nothing for what has no period."""
    match unit_of_per(per):
        case "month":
            return f"{MONTHS[first.month - 1]}月"
        case "quarter":
            return f"{MONTHS[(first.month - 1) // 3]}季度"
        case "week":
            return f"第 {first.isocalendar().week} 周"
        case "year":
            return f"{first.year}年"
    return ""


def title_of(one: Obligation, first: date, said: str = "") -> str:
    """六月设备月检; of an event 第一议题归档（6月11日）, with what tells it from others."""
    if one.per == "event":
        return f"{one.name}{said and ' '}{said}（{first.month}月{first.day}日）"
    return one.title.replace("{period}", period_said(one.per, first)).replace("{name}", one.name)


def wants_of(one: Obligation) -> str:
    """What is to be handed in."""
    return one.wants.rstrip("。") or WANTS[one.proof]


@dataclass(frozen=True, slots=True)
class Devices:
    """How far a device check is."""

    checked: int
    of: int
    broken: int


@dataclass(frozen=True, slots=True)
class RunFacts:
    """A run: its task, its days (all the bureau's own), who has it and what became of it."""

    task: int
    version: int
    number: int
    title: str
    first: date
    until: date
    due: date | None
    state: TaskState
    owners: tuple[str, ...] = ()
    department: str | None = None
    given_by: str | None = None
    given_on: date | None = None
    checker: str | None = None
    done_on: date | None = None
    exempt_by: str | None = None
    exempt_on: date | None = None
    exempt_why: str = ""
    devices: Devices | None = None

    def standing(self, today: date) -> Standing:
        """Exempt, done, handed in, late, or owed."""
        if self.exempt_by is not None:
            return "exempt"
        if self.state in (TaskState.HANDED_IN, TaskState.CHECKED):
            return "given"
        if self.state not in OWING:
            return "done"
        return "late" if self.due is not None and self.due < today else "owed"

    @property
    def late_by(self) -> int:
        """How many days after its day it was handed in."""
        if self.due is None or self.given_on is None:
            return 0
        return max(0, (self.given_on - self.due).days)


@dataclass(frozen=True, slots=True)
class ObligationFacts:
    """An obligation as it stands, with the run that is on, and those that were missed.

    `count` is (done, owed) of what quotas or long-term tasks count.
    """

    set: Obligation
    run: RunFacts | None = None
    missed: tuple[RunFacts, ...] = ()
    count: tuple[int, int] | None = None


def named(obligations: Iterable[Obligation], said: str) -> Obligation | None:
    """The obligation of that name; a part of one name alone is enough."""
    wanted = "".join(said.split())
    known = list(obligations)
    for fits in (
        lambda one: one.name == wanted,
        lambda one: len(wanted) > 1 and wanted in one.name,
        lambda one: one.name in wanted,
    ):
        found = [one for one in known if fits(one)]
        if len(found) == 1:
            return found[0]
    return None
