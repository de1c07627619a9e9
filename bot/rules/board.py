"""What a work group's board shows of the week, as plain records; pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Owed:
    """One count against what is owed; `whose` is a squad's or spot's name, None for the bureau."""

    noun: str
    whose: str | None
    done: int
    owed: int

    @property
    def short(self) -> int:
        """How many are still missing."""
        return max(0, self.owed - self.done)


@dataclass(frozen=True, slots=True)
class Board:
    """The week's rounds, the month's checks, the key spots' visits, what is open and overdue."""

    rounds: tuple[Owed, ...]
    checks: tuple[Owed, ...]
    spots: tuple[Owed, ...]
    open: int
    overdue: int = 0
