"""挂图: how each task of the ledger looks on the wall, and in which groups they hang; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.rules.ledger import OWING, TaskState, is_done

MOST_CELLS = 400
"""More tasks than these are drawn as a bar a department, not as a cell each."""

SOON = 7
"""Days before its last one on which a task is due soon."""

LOOKS = ("done", "lasting", "given", "going", "soon", "late", "again", "fresh")
"""How a task looks on the wall, from settled to not begun."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A task on the wall: its number, its look, whether it is 已整改完成."""

    number: int
    look: str
    done: bool = False


def look_of(
    state: TaskState, long_term: bool, met: int, due: date | None, today: date
) -> str:  # fmt: skip
    """One of LOOKS: what is late and what is soon due is seen before what it is else."""
    if state in OWING and due is not None and due < today:
        return "late"
    if state in OWING and due is not None and (due - today).days <= SOON:
        return "soon"
    if state is TaskState.REOPENED:
        return "again"
    if is_done(state, long_term, met):
        return "lasting" if long_term else "done"
    if state in (TaskState.HANDED_IN, TaskState.CHECKED):
        return "given"
    return "fresh" if state is TaskState.NOT_STARTED else "going"


@dataclass(frozen=True, slots=True)
class WallFacts:
    """The wall: its groups, each with its name and cells, as of a day.

    `both` says that it can be hung by aspect as well as by department.
    """

    title: str
    today: date
    groups: tuple[tuple[str, tuple[Cell, ...]], ...]
    by: str = "aspect"
    both: bool = True

    @property
    def total(self) -> int:
        """How many tasks hang there."""
        return sum(len(cells) for _, cells in self.groups)
