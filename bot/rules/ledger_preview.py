"""What is told of a ledger before and after it is loaded, as facts for cards, lists and commands.

Knows no store and no wording.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.rules.ledger_draft import Levels


@dataclass(frozen=True, slots=True)
class ListedLine:
    """One thing that loading does or leaves: `kind` is fault, remark, new, changed, heading, kept,
    missing, no_owner or no_day. `line` is the file's, 0 where it has none; `field` is a name in
    FIELDS.
    """

    kind: str
    ref: str = ""
    page: str = ""
    line: int = 0
    said: str = ""
    field: str = ""
    old: str = ""
    new: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """A draft by its id and version: its state, the file's name, the levels, all that it does."""

    draft: int
    version: int
    state: str
    name: str
    levels: Levels
    lines: tuple[ListedLine, ...]

    def count(self, kind: str) -> int:
        """How many tasks or lines of that kind there are; a changed task is one."""
        mine = [one for one in self.lines if one.kind == kind]
        return len({one.ref for one in mine}) if kind in ("changed", "kept") else len(mine)

    def first(self, kind: str) -> ListedLine | None:
        """The first of that kind."""
        return next((one for one in self.lines if one.kind == kind), None)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was loaded, and the numbers of the tasks without an owner, and without a day.

    `headings` are the aspects, items and issues that are named otherwise now.
    """

    fresh: int
    changed: int
    kept: int
    missing: int
    faults: int
    who: tuple[str, ...]
    when: tuple[str, ...]
    headings: int = 0
