"""What a draft of the ledger would change here: new, changed field by field, no more in the file.

What was done here since the last file stays: a field that the file says as it did then is no
change, and a longer time that was granted wins over an older day (issue 6). Changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.rules.ledger import TaskState
from bot.rules.ledger_cells import written_people, written_stages
from bot.rules.ledger_columns import FIELDS
from bot.rules.ledger_draft import Draft, DraftTask, Levels, Remark, Stage, levels
from storage import ledger_drafts, task_headings, task_people, task_stages, tasks
from storage.schema import Transaction
from storage.task_people import HELPER, LEADER, OWNER, Mention
from storage.task_stages import Milestone
from storage.tasks import Task

UNNAMED = "未明确"


@dataclass(frozen=True, slots=True)
class Field:
    """A field by its name in FIELDS: what stood there and what the file says."""

    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A task that the file tells otherwise; `kept` are the fields in which the house wins."""

    task: Task
    draft: DraftTask
    fields: tuple[Field, ...]
    kept: tuple[Field, ...]


@dataclass(slots=True)
class Difference:
    """What loading would do. `missing` are tasks that the file doesn't name; they stay.

    `who` and `when` are the numbers of the file's tasks that lack an owner, or a day, afterwards.
    """

    levels: Levels
    fresh: list[DraftTask] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    kept: list[Changed] = field(default_factory=list)
    missing: list[Task] = field(default_factory=list)
    headings: dict[str, tuple[str, str]] = field(default_factory=dict)
    faults: list[Remark] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    who: list[str] = field(default_factory=list)
    when: list[str] = field(default_factory=list)
    said: dict[int, dict[str, str]] = field(default_factory=dict)

    def digest(self) -> str:
        """Equal for differences that do the same."""
        told = (
            [one.ref for one in self.fresh],
            [(one.task.id, one.fields, one.kept) for one in (*self.changed, *self.kept)],
            [one.id for one in self.missing], sorted(self.headings.items()),
        )  # fmt: skip
        return hashlib.sha256(repr(told).encode("utf-8", "replace")).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class House:
    """The ledger as it stands here."""

    tasks: Sequence[Task]
    named: Mapping[int, list[Mention]]
    stages: Mapping[int, list[Milestone]]
    titles: Mapping[str, str]
    said: Mapping[int, dict[str, str]]


EMPTY = House((), {}, {}, {}, {})
"""A ledger that nothing was ever loaded into."""


def house(tx: Transaction) -> House:
    """The ledger's tasks with what belongs to them."""
    stages: dict[int, list[Milestone]] = {}
    for one in task_stages.all_milestones(tx):
        stages.setdefault(one.task, []).append(one)
    return House(
        tasks.everything(tx), task_people.all_named(tx), stages, task_headings.titles(tx),
        ledger_drafts.all_said(tx),
    )  # fmt: skip


def difference(here: House, draft: Draft) -> Difference:
    """What loading the draft would do to the ledger."""
    moved, headings = _headings(here.titles, draft)
    wanted = [
        replace(one, path=moved.get(one.path, one.path)) if one.path else one
        for one in draft.tasks
    ]  # fmt: skip
    found = Difference(levels(headings, 0), faults=list(draft.faults), remarks=list(draft.remarks))
    found.headings = {
        path: (here.titles.get(path, ""), title) for path, title in headings.items()
        if here.titles.get(path) != title
        and not (title == UNNAMED and path in here.titles)
    }  # fmt: skip
    known = {task.ref: task for task in here.tasks if task.ref is not None}
    titles = {**here.titles, **headings}
    for one in wanted:
        task = known.pop(one.ref, None)
        if task is None:
            _fresh(found, one)
        else:
            _compared(found, here, titles, task, one)
    found.missing = list(known.values())
    found.levels = replace(found.levels, tasks=len(wanted) - _nameless(found))
    return found


def _fresh(found: Difference, one: DraftTask) -> None:
    if not one.title:
        why = f"台账里没有编号 {one.ref}，这一行又没写整改任务"
        found.faults.append(Remark(one.line, why, "", one.page))
        return
    found.fresh.append(one)
    _lacks(found, one.ref, one.state, bool(one.owners), bool(one.due or one.long_term))


def _nameless(found: Difference) -> int:
    return sum(fault.why.startswith("台账里没有编号") for fault in found.faults)


def _lacks(
    found: Difference, ref: str, state: TaskState | None, owned: bool, dated: bool
) -> None:  # fmt: skip
    if state is TaskState.SIGNED_OFF:
        return
    if not owned:
        found.who.append(ref)
    if not dated:
        found.when.append(ref)


def _compared(
    found: Difference, here: House, titles: Mapping[str, str], task: Task, one: DraftTask
) -> None:  # fmt: skip
    old = told_here(task, here.named.get(task.id, ()), here.stages.get(task.id, ()))
    new = {name: value for name, value in told_in(one).items() if value}
    base = here.said.get(task.id, {})
    found.said[task.id] = {**base, **new}
    differ = [Field(name, old[name], new[name]) for name in FIELDS
              if name in new and new[name] != old[name]]  # fmt: skip
    kept = tuple(one for one in differ if _stays(task, one, base))
    fields = tuple(one for one in differ if one not in kept)
    line = Changed(task, one, _shown(fields, titles), _shown(kept, titles))
    if fields:
        found.changed.append(line)
    elif kept:
        found.kept.append(line)
    owned = bool(one.owners or old["owners"])
    _lacks(found, one.ref, task.state, owned,
           bool(one.due or task.due or one.long_term or task.long_term))  # fmt: skip


def _stays(task: Task, one: Field, base: Mapping[str, str]) -> bool:
    """Whether what stands here wins: it was changed here since, or its history speaks for it."""
    if base.get(one.name) == one.new:
        return True
    if one.name == "due" and task.extended and one.new <= one.old:
        return True
    settled = task.state in (TaskState.SIGNED_OFF, TaskState.LASTING) or task.met > 0
    return one.name == "long_term" and settled


def _shown(fields: Sequence[Field], titles: Mapping[str, str]) -> tuple[Field, ...]:
    """A heading is told by its title."""
    return tuple(
        replace(one, old=titles.get(one.old, one.old), new=titles.get(one.new, one.new))
        if one.name == "path" else one
        for one in fields
    )  # fmt: skip


def told_in(one: DraftTask) -> dict[str, str]:
    """What the file says of the task, each field as text; empty where it says nothing."""
    values: dict[str, Any] = {name: getattr(one, name) for name in FIELDS}
    values["stages"] = written_stages(stage for stage in one.stages if not stage.met)
    return {name: _text(value) for name, value in values.items()}


def told_here(
    task: Task, named: Sequence[Mention], stages: Sequence[Milestone]
) -> dict[str, str]:  # fmt: skip
    """The same of the task as it stands; only stages that are not met count."""
    parts = {"owners": OWNER, "helpers": HELPER, "leaders": LEADER}
    values: dict[str, Any] = {
        name: getattr(task, name) for name in FIELDS if name not in (*parts, "stages")
    }  # fmt: skip
    for name, part in parts.items():
        values[name] = tuple(one.name for one in named if one.part == part)
    waits = [Stage(one.due, one.text) for one in stages if one.met_at is None]
    values["stages"] = written_stages(waits)
    return {name: _text(value) for name, value in values.items()}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    return written_people(value) if isinstance(value, tuple) else str(value)


def _headings(titles: Mapping[str, str], draft: Draft) -> tuple[dict[str, str], dict[str, str]]:
    """Where the file's paths lie here, and its headings by these.

    A table without numbers of its own knows a heading again by its title, below the same heading.
    """
    if not draft.by_title:
        return {}, dict(draft.headings)
    moved: dict[str, str] = {}
    known: dict[tuple[str, str], str] = {}
    highest: dict[str, int] = {}
    for path, title in titles.items():
        parent, _, last = path.rpartition(".")
        known.setdefault((parent, title), path)
        highest[parent] = max(highest.get(parent, 0), int(last))
    for path in sorted(draft.headings, key=lambda one: (one.count("."), _order(one))):
        parent, title = moved.get(path.rpartition(".")[0], ""), draft.headings[path]
        if (parent, title) not in known:
            highest[parent] = highest.get(parent, 0) + 1
            known[parent, title] = f"{parent}.{highest[parent]}" if parent else str(highest[parent])
        moved[path] = known[parent, title]
    return moved, {moved[path]: title for path, title in draft.headings.items()}


def _order(path: str) -> tuple[int, ...]:
    return tuple(int(part) for part in path.split("."))
