"""What a file tells of the ledger before it is taken: tasks, headings, and what was not taken.

A draft says nothing of what it doesn't know: an owner, a day or a state that the file lacks is
None or empty here, and 未明确 when it is shown. Knows no file, no store, no sentence but reasons.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.rules.ledger import TaskState

MOST_TASKS = 20_000
"""Rows of a file; what is longer is refused as a whole."""
LONGEST = 16_000
"""Letters of a field: Excel's cell holds them whatever they are."""
LONGEST_HEADING = 500
PHASES = ("反馈问题", "自查自纠", "整改落实", "长效巩固")
"""The stages of the whole work (domain.md 1.1, row 39)."""

_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")


def clean(text: str) -> str:
    """The text as it can be kept, sent and written into Excel: no control characters, LF lines.

    Half a character, as a broken file may hold, becomes a question mark.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNSEEN.sub("", text.encode("utf-8", "replace").decode()).strip()


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet of a book, from its first line on: cells as text, what is merged, what is spoilt.

    `merged` are (top, left, bottom, right), counted from 0; `spoilt` are cells that hold a formula
    without a value, or an error, with the reason.
    """

    name: str
    rows: tuple[tuple[str, ...], ...]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    spoilt: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Remark:
    """A line of the file, what stands there, and why it was not taken, or how it was."""

    line: int
    why: str
    said: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """A milestone 阶段目标 of a long-term task."""

    due: date
    text: str
    met: bool = False


@dataclass(frozen=True, slots=True)
class DraftTask:
    """One task as the file has it; `ref` is the number by which it is known again.

    What is None or empty was not said. `path` is its heading. `met` counts the stages met.
    """

    line: int
    ref: str
    page: str = ""
    path: str | None = None
    title: str = ""
    text: str = ""
    owners: tuple[str, ...] = ()
    helpers: tuple[str, ...] = ()
    leaders: tuple[str, ...] = ()
    department: str | None = None
    due: date | None = None
    long_term: bool | None = None
    urgent: bool | None = None
    wants: str = ""
    note: str = ""
    phase: str | None = None
    state: TaskState | None = None
    met: int | None = None
    stages: tuple[Stage, ...] = ()


@dataclass(slots=True)
class Draft:
    """What a file tells. `faults` were not taken, `remarks` were, with a doubt that is told.

    `by_title` says that the paths only follow the file's own order: a heading is known again by
    its title. `refused` is why the file is no ledger at all.
    """

    tasks: list[DraftTask] = field(default_factory=list)
    headings: dict[str, str] = field(default_factory=dict)
    faults: list[Remark] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    by_title: bool = False
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Levels:
    """How many of each level: 4 / 13 / 34 / 85."""

    aspects: int
    items: int
    issues: int
    tasks: int


def levels(paths: Collection[str], tasks: int) -> Levels:
    """The counts of headings. An item without issues is itself one (domain.md 0.1)."""
    deep = [path.count(".") for path in paths]
    parents = {path.rpartition(".")[0] for path in paths}
    bare = sum(path.count(".") == 1 and path not in parents for path in paths)
    return Levels(deep.count(0), deep.count(1), deep.count(2) + bare, tasks)


def lacking(tasks: Iterable[DraftTask]) -> tuple[list[str], list[str]]:
    """The numbers of the tasks without an owner, and of those without a day or a long term.

    What is done already lacks nothing.
    """
    open_ = [one for one in tasks if one.state is not TaskState.SIGNED_OFF]
    who = [one.ref for one in open_ if not one.owners]
    when = [one.ref for one in open_ if one.due is None and not one.long_term]
    return who, when


def to_json(draft: Draft) -> dict[str, Any]:
    """The draft as plain values."""
    return {
        "tasks": [_plain(one) for one in draft.tasks],
        "headings": draft.headings,
        "faults": [[one.line, one.why, one.said, one.page] for one in draft.faults],
        "remarks": [[one.line, one.why, one.said, one.page] for one in draft.remarks],
        "by_title": draft.by_title,
    }


def _plain(task: DraftTask) -> dict[str, Any]:
    values = {name: getattr(task, name) for name in DraftTask.__slots__}
    values["due"] = task.due.isoformat() if task.due else None
    values["stages"] = [[one.due.isoformat(), one.text, one.met] for one in task.stages]
    return {name: value for name, value in values.items() if value not in (None, "", (), [])}


def from_json(stored: dict[str, Any]) -> Draft:
    """The draft that `to_json` was given."""
    return Draft(
        [_task(one) for one in stored["tasks"]], stored["headings"],
        [Remark(*one) for one in stored["faults"]], [Remark(*one) for one in stored["remarks"]],
        stored["by_title"],
    )  # fmt: skip


def _task(stored: dict[str, Any]) -> DraftTask:
    values = dict(stored)
    for name in ("owners", "helpers", "leaders"):
        values[name] = tuple(values.get(name, ()))
    if "due" in values:
        values["due"] = date.fromisoformat(values["due"])
    if "state" in values:
        values["state"] = TaskState(values["state"])
    values["stages"] = tuple(
        Stage(date.fromisoformat(due), said, met) for due, said, met in values.get("stages", ())
    )
    return DraftTask(**values)
