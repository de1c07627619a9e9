"""A table of the ledger, row by row: what is merged is carried down, what is no task is named.

Every row of every page is taken, or is told with its line and the reason. Knows no file format.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from bot.rules.ledger_cells import number_of
from bot.rules.ledger_columns import columns_of, head_of
from bot.rules.ledger_dates import usual_year
from bot.rules.ledger_draft import MOST_TASKS, Draft, Page, Remark, clean
from bot.rules.ledger_headings import Headings
from bot.rules.ledger_row import Sheet, quote, task_of

_SUM = re.compile(r"(?:合\s*计|小\s*计|总\s*计|共\s*计|汇\s*总)")
_SAME = frozenset({"同上", "〃", "″", '"', "同前"})
_SECTION = re.compile(r"[（(]?\s*[一二三四五六七八九十]{1,3}\s*[）)、．.]")


def read_pages(pages: Sequence[Page], today: date) -> Draft:
    """The ledger that the book tells; refused where no page has the columns of one."""
    draft, headings = Draft(), Headings()
    heads = [(page, None if page.hidden else head_of(page.rows)) for page in pages]
    if all(head is None for _, head in heads):
        draft.refused = (
            "没认出台账的表头，一件也没收。表头里要有「编号」和「整改任务」或者「整改措施」。"
        )
        return draft
    if sum(len(page.rows) for page, _ in heads) > MOST_TASKS:
        draft.refused = f"这个表太长，超过了 {MOST_TASKS} 行，一件也没收。请分几次发。"
        return draft
    seen: dict[str, tuple[int, str]] = {}
    for page, head in heads:
        if head is None:
            _no_head(draft, page)
            continue
        where = columns_of(page.rows[head])
        due = where.get("due")
        said = [row[due] for row in page.rows[head + 1 :] if due is not None and due < len(row)]
        sheet = Sheet(page, head, where, usual_year(said), today)
        _read(draft, sheet, headings, seen)
    headings.into(draft)
    return draft


def _no_head(draft: Draft, page: Page) -> None:
    """A page that is none of the ledger is named, where anything stands on it."""
    if any(cell.strip() for row in page.rows for cell in row):
        why = "这张工作表是隐藏的，没有看" if page.hidden else "这张工作表没有台账的表头，没有看"
        draft.remarks.append(Remark(0, why, page.name, page.name))


def _read(
    draft: Draft, sheet: Sheet, headings: Headings, seen: dict[str, tuple[int, str]]
) -> None:  # fmt: skip
    page = sheet.page
    below = {(top, left): bottom for top, left, bottom, _ in page.merged}
    rows = _carried(page)
    for at in range(sheet.head + 1, len(rows)):
        row, line = rows[at], at + 1
        full = list(dict.fromkeys(cell.strip() for cell in row if cell.strip()))
        if not full:
            continue
        if page.rows[at] == page.rows[sheet.head]:
            draft.remarks.append(Remark(line, "又是一行表头，没有当任务", "", page.name))
            continue
        spoilt = _spoilt(sheet, at)
        if spoilt is not None:
            draft.faults.append(Remark(line, spoilt, quote(" ".join(full)), page.name))
            continue
        cells = _cells(sheet, row)
        why = _no_task(cells, full, headings)
        if why is not None:
            if why:
                draft.faults.append(Remark(line, why, quote(" ".join(full)), page.name))
            continue
        cells["ref"] = _ref(sheet, cells, at, below)
        task = task_of(draft, sheet, cells, line, headings)
        if task is None:
            continue
        first = seen.setdefault(task.ref, (line, page.name))
        if first != (line, page.name):
            where = f"「{first[1]}」" if first[1] != page.name else ""
            why = f"编号 {task.ref} 和{where}第 {first[0]} 行重复"
            draft.faults.append(Remark(line, why, quote(task.title), page.name))
        else:
            draft.tasks.append(task)


def _carried(page: Page) -> list[list[str]]:
    """The rows, with what is merged in each of its cells."""
    rows = [list(row) for row in page.rows]
    for top, left, bottom, right in page.merged:
        if top >= len(rows) or left >= len(rows[top]):
            continue
        value = rows[top][left]
        for row in rows[top : bottom + 1]:
            row += [""] * (min(right + 1, 60) - len(row))
            for place in range(left, min(right + 1, len(row))):
                row[place] = value
    return rows


def _spoilt(sheet: Sheet, at: int) -> str | None:
    """Why the row can't be read, where a cell that counts is spoilt."""
    for place in sheet.where.values():
        why = sheet.page.spoilt.get((at, place))
        if why is not None:
            return f"「{clean(sheet.page.rows[sheet.head][place])}」{why}"
    return None


def _cells(sheet: Sheet, row: Sequence[str]) -> dict[str, str]:
    """What each column says; 同上 is what the row before said there."""
    cells = {
        column: clean(row[place]) if place < len(row) else ""
        for column, place in sheet.where.items()
    }
    for column, said in cells.items():
        # Our own export (it alone counts the stages met) writes every cell out.
        if said in _SAME and "met" not in sheet.where:
            cells[column] = sheet.before.get(column, "")
    sheet.before = {**sheet.before, **{k: v for k, v in cells.items() if v}}
    return cells


def _no_task(cells: dict[str, str], full: Sequence[str], headings: Headings) -> str | None:
    """Why the row is no task; empty where it was a heading, None where it is one."""
    said = cells.get("title") or cells.get("text")
    if said is None or not said:
        if _SUM.search(full[0]):
            return "合计行，没有当任务"
        if len(full) == 1 and _SECTION.match(full[0]) and headings.section(full[0]):
            return ""
        if len(full) == 1:
            return "只有一格有字，没有当任务"
        if headings.bare(cells):
            return ""
        # A known task may be told of by its number alone.
        return None if number_of(cells.get("ref", "")) and _updates(cells) else "没写整改任务"
    if _SUM.fullmatch(full[0]) or _SUM.fullmatch(cells.get("ref", "")):
        return "合计行，没有当任务"
    if len(full) == 1 and _SECTION.match(full[0]) and headings.section(full[0]):
        return ""
    return None


def _updates(cells: dict[str, str]) -> bool:
    wanted = ("owners", "helpers", "leaders", "department", "due", "long_term", "note", "wants")
    return any(cells.get(column) for column in wanted)


def _ref(
    sheet: Sheet, cells: dict[str, str], at: int, below: dict[tuple[int, int], int]
) -> str:  # fmt: skip
    """The row's number. One that is merged over several rows counts them: 3-1, 3-2."""
    if "ref" not in sheet.where:
        sheet.runs[""] = sheet.runs.get("", 0) + 1
        return str(sheet.runs[""])
    ref, place = number_of(cells["ref"]), sheet.where["ref"]
    merged = next(
        (top for (top, left), bottom in below.items()
         if left == place and top <= at <= bottom and bottom > top), None,
    )  # fmt: skip
    if merged is None or not ref:
        return ref
    sheet.runs[f"{merged}"] = sheet.runs.get(f"{merged}", 0) + 1
    return f"{ref}-{sheet.runs[f'{merged}']}"
