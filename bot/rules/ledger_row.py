"""One row of a ledger's table as a task: its words, people, day and state; pure.

What is not understood is remarked with the row's line; nothing is invented in its place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from bot.rules.ledger import TaskState
from bot.rules.ledger_cells import Names, people_of, phase_of, stages_of, state_of, yes_or_no
from bot.rules.ledger_dates import NONE_SAID, Due, read_due
from bot.rules.ledger_draft import LONGEST, Draft, DraftTask, Page, Remark, clean
from bot.rules.ledger_headings import Headings
from bot.rules.ledger_measures import short

Doubt = Callable[..., None]
"""Tells what was taken with a doubt: (why, what stands there)."""

LONGEST_TITLE, LONGEST_NUMBER, LONGEST_ROOM = 200, 40, 100
_SHORT = 24


@dataclass
class Sheet:
    """A page being read: where its columns are, what the row before said."""

    page: Page
    head: int
    where: dict[str, int]
    year: int | None
    today: date
    before: dict[str, str] = field(default_factory=dict)
    runs: dict[str, int] = field(default_factory=dict)


def task_of(
    draft: Draft, sheet: Sheet, cells: dict[str, str], line: int, headings: Headings
) -> DraftTask | None:  # fmt: skip
    """The row as a task; None where it has no number, which the draft's faults tell."""
    page = sheet.page.name
    title, text = _words(sheet, cells)

    def doubt(why: str, said: str = "") -> None:
        draft.remarks.append(Remark(line, why, quote(said), page))

    if not cells["ref"] or len(cells["ref"]) > LONGEST_NUMBER or cells["ref"] in NONE_SAID:
        why = "编号太长" if len(cells["ref"]) > LONGEST_NUMBER else "没有编号"
        draft.faults.append(Remark(line, why, quote(title or text), page))
        return None
    if any(len(cell) > LONGEST for cell in cells.values()):
        doubt(f"有一格太长，只收了前 {LONGEST} 个字", title)
    owners, helpers, leaders, department = _people(cells, doubt, "helpers" in sheet.where)
    due = _due(cells, sheet, doubt)
    note = cells.get("note", "")
    if due.doubt is not None and due.day is None:
        note = _with_due(note, cells["due"])
    long_term = yes_or_no(cells.get("long_term", ""))
    if long_term is None and cells.get("long_term", "") not in NONE_SAID:
        doubt("「是否长期」看不懂，没有收", cells["long_term"])
    long_term = True if due.lasting and long_term is None else long_term
    state = _state(cells, due, bool(long_term), doubt)
    if state is TaskState.LASTING and not long_term:
        if long_term is False:
            doubt("状态是长期坚持，按长期任务", cells["state"])
        long_term = True
    stages, wrong = stages_of(cells.get("stages", ""))
    if wrong:
        doubt("阶段目标要写成「2025-09-30 做什么」一行一个，没有收", wrong[0])
    phase = phase_of(cells.get("phase", ""))
    if phase is None and cells.get("phase", "") not in NONE_SAID:
        doubt("阶段看不懂，没有收", cells["phase"])
    met = cells.get("met", "")
    day = _still(due.day, state, "met" in sheet.where, sheet.today, doubt)
    return DraftTask(
        line, cells["ref"], page, headings.path_of(cells), title, text[:LONGEST].strip(), owners,
        helpers, leaders, department, day, long_term, yes_or_no(cells.get("urgent", "")),
        _kept(cells.get("wants", "")), _kept(note), phase, state,
        int(met) if met.isdecimal() and met.isascii() and len(met) < 5 else None, stages,
    )  # fmt: skip


def _kept(text: str) -> str:
    return "" if text in NONE_SAID else text[:LONGEST].strip()


def _with_due(note: str, due: str) -> str:
    told = f"时限原文：{' '.join(due.split())[:200]}"
    return note if told in note else f"{note}\n{told}".strip()


def _words(sheet: Sheet, cells: dict[str, str]) -> tuple[str, str]:
    """The task's name and its whole wording; where the table has one column, from that."""
    title, text = cells.get("title", ""), cells.get("text", "")
    if not title:
        return short(text), text
    if "text" not in sheet.where and len(short(title)) < len(title):
        return short(title), title
    one_line = " ".join(title.split())
    if len(one_line) > LONGEST_TITLE:
        return one_line[: LONGEST_TITLE - 1] + "…", text or title
    return one_line, text


def _people(
    cells: dict[str, str], doubt: Doubt, helped: bool
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], str | None]:
    """Owners, helpers, leaders and the department; the first of a cell owns, the others help."""
    owners: Names = people_of(cells.get("owners", ""))
    helpers, leaders = people_of(cells.get("helpers", "")), people_of(cells.get("leaders", ""))
    department = _kept(" ".join(cells.get("department", "").split()))[:LONGEST_ROOM].strip()
    if owners.rooms and not department:
        department = owners.rooms[0]
        doubt(f"「责任人」写的是{department}，按责任科室", cells["owners"])
    elif owners.rooms:
        doubt("「责任人」里写的不是人，没有收", "、".join(owners.rooms))
    if any(one.left_out for one in (owners, helpers, leaders)):
        doubt("有的名字太长或者太多，没有收全", cells.get("owners", ""))
    if helped:
        return owners.people, helpers.people, leaders.people, department or None
    return owners.people[:1], owners.people[1:], leaders.people, department or None


def _due(cells: dict[str, str], sheet: Sheet, doubt: Doubt) -> Due:
    said = cells.get("due", "")
    due = read_due(said, sheet.year, sheet.today)
    if due.doubt is not None:
        doubt(f"时限{due.doubt}" + ("" if due.day else "，按未明确，原话记在备注里"), said)
    return due


def _state(cells: dict[str, str], due: Due, long_term: bool, doubt: Doubt) -> TaskState | None:
    said = cells.get("state", "")
    if said in NONE_SAID:
        if not due.done:
            return None
        doubt("时限里写着已完成，按已销号", cells["due"])
        return TaskState.LASTING if long_term else TaskState.SIGNED_OFF
    state = state_of(said, long_term)
    if state is None:
        doubt("状态看不懂，按未开始", said)
    elif said in ("佐证已交", "复核通过"):
        doubt("佐证不在表里，按在办", said)
    return state


def _still(
    day: date | None, state: TaskState | None, own: bool, today: date, doubt: Doubt
) -> date | None:
    """The day; of a long-term task that met a stage before, none that is over."""
    if day is None or own or state is not TaskState.LASTING or day >= today:
        return day
    doubt("长期任务已有阶段性成效，过去的时限没有收", day.isoformat())
    return None


def quote(text: str) -> str:
    plain = " ".join(clean(text).split())
    return plain if len(plain) <= _SHORT else plain[: _SHORT - 1] + "…"
