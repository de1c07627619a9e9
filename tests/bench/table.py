"""The printed table of a bench: what, its figure, its ratio, and the aim where there is one."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from tests.chaos.ledger import pad, width

Row = tuple[str, str, str, str]


def headed(title: str) -> Row:
    """A line above those that belong together."""
    return title, "", "", ""


def spread(values: Sequence[float], digits: int) -> str:
    """The median [smallest-largest]."""
    middle = f"{statistics.median(values):.{digits}f}"
    if len(values) < 2:
        return middle
    return f"{middle} [{min(values):.{digits}f}-{max(values):.{digits}f}]"


def times(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """How many times the other's median."""
    return statistics.median(ours) / statistics.median(theirs)


def judged(text: str, reached: bool) -> str:
    """The aim and whether it is reached."""
    return f"{text}: {'reached' if reached else 'MISSED'}"


def printed(rows: Sequence[Row]) -> str:
    """The rows under each other; a Chinese letter is two wide."""
    wide = [max(width(row[i]) for row in rows) for i in range(4)]
    return "\n".join("  ".join(pad(c, wide[i]) for i, c in enumerate(row)).rstrip() for row in rows)
