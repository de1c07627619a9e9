"""What a run has found: figures for the table, and promises that were broken; prints both."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Ledger:
    """Lines of (what, figure, promised) under headings, and the reasons for a bad end."""

    lines: list[tuple[str, str, str]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def head(self, title: str) -> None:
        """What follows belongs to this part."""
        self.lines.append((title, "", ""))

    def tell(self, what: str, figure: object, promised: object = "") -> None:
        """A figure that is only told, with what was promised beside it."""
        self.lines.append((f"  {what}", str(figure), str(promised)))

    def prove(self, what: str, figure: object, promised: object, good: bool, why: str = "") -> None:
        """A figure with its promise; a broken one is listed with its reason."""
        self.tell(what, figure, promised)
        if not good:
            self.broken.append(f"{what}: {figure} (promised {promised}) {why}".strip())

    def none(self, what: str, found: Iterable[object]) -> None:
        """There should be none of these; those that are, are the reason."""
        listed = [str(one) for one in found]
        why = "; ".join(listed[:6]) + (f" … {len(listed)} in all" if len(listed) > 6 else "")
        self.prove(what, len(listed), 0, not listed, why)

    def show(self) -> str:
        """The table, and what was broken."""
        wide = [max((width(line[i]) for line in self.lines), default=0) for i in range(3)]
        rows = ["  ".join(pad(cell, wide[i]) for i, cell in enumerate(line)).rstrip()
                for line in self.lines]  # fmt: skip
        end = [f"BROKEN  {reason}" for reason in self.broken] or ["every promise held"]
        return "\n".join([*rows, "", *end])


def width(text: str) -> int:
    """Columns that the text takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def pad(text: str, columns: int) -> str:
    """The text, filled up with blanks."""
    return text + " " * (columns - width(text))
