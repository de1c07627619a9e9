"""The ledger in figures: the bulletin's sentence, the wall, the week's lines; only reads.

All of it is counted in storage.task_counts. Knows no sentence and no drawing.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from bot.actions.ledger import UNSAID
from bot.actions.ledger_views import task_rows
from bot.rules.dates import step, unit_start
from bot.rules.ledger import TaskState, is_done
from bot.rules.ledger_facts import (
    Headings,
    LedgerReport,
    LedgerWeek,
    Tally,
    by_department,
    headings,
    tally,
)
from bot.rules.records import Bureau
from bot.rules.wall_facts import MOST_CELLS, Cell, WallFacts, look_of
from storage import task_counts, task_headings
from storage.schema import Transaction
from storage.task_counts import TaskScope

NAMED = 12
"""So many departments stand in a table or on the wall; the smaller ones go together."""
OTHERS = "其他"
REPORTED = 20
"""So many overdue tasks stand in a paper."""


def report(tx: Transaction, bureau: Bureau, now: datetime) -> LedgerReport | None:
    """What the bulletin's sentence says as of now; None where there is no ledger."""
    if not task_counts.any_task(tx):
        return None
    today = now.astimezone(bureau.tz).date()
    lots = task_counts.lots(tx, TaskScope(today))
    late = task_counts.rows(tx, TaskScope(today, state=task_counts.OVERDUE), REPORTED)
    return LedgerReport(
        _headings(tx), tally(lots), tuple(by_department(lots).items()), task_rows(tx, late, today)
    )


def _headings(tx: Transaction) -> Headings:
    return headings(task_headings.titles(tx), task_counts.paths(tx))


def week(tx: Transaction, bureau: Bureau, start: date, now: datetime) -> LedgerWeek | None:
    """The digest's lines: how it stands now, what comes due in the week after that of `start`."""
    if not task_counts.any_task(tx):
        return None
    today = now.astimezone(bureau.tz).date()
    following = step(unit_start(start, "week"), "week", 1)
    scope = TaskScope(
        today, kind=None, state=task_counts.OPEN, since=following,
        until=following + timedelta(days=7),
    )  # fmt: skip
    rows = sorted(task_counts.rows(tx, scope), key=lambda one: (one.due or today, one.number))
    due = tuple(one.number for one in rows)
    return LedgerWeek(tally(task_counts.lots(tx, TaskScope(today))), due)


def standing(tx: Transaction, today: date) -> Tally:
    """The whole ledger in numbers."""
    return tally(task_counts.lots(tx, TaskScope(today)))


def wall(
    tx: Transaction, bureau: Bureau, now: datetime, by: str = "aspect"
) -> WallFacts | None:  # fmt: skip
    """Every task of the ledger as a cell, by aspect or by department; None for no ledger.

    Where no headings are recorded, or for cells there are too many, it is by department.
    """
    rows = task_counts.cells(tx)
    if not rows:
        return None
    today = now.astimezone(bureau.tz).date()
    titles = task_headings.titles(tx)
    both = len(rows) <= MOST_CELLS and any("." not in path for path in titles)
    by = by if both else "department"
    groups: dict[str, list[Cell]] = {}
    for row in rows:
        state = TaskState(row.state)
        look = look_of(state, row.long_term, row.met, row.due, today)
        cell = Cell(row.number, look, is_done(state, row.long_term, row.met))
        groups.setdefault(_group(row, titles, by), []).append(cell)
    return WallFacts(f"{bureau.name}整改台账", today, _ordered(groups, titles, by), by, both)


def _group(row: Any, titles: dict[str, str], by: str) -> str:
    if by == "department":
        return row.department or UNSAID
    aspect = (row.path or "").partition(".")[0]
    return aspect if aspect in titles else ""


def _ordered(
    groups: dict[str, list[Cell]], titles: dict[str, str], by: str
) -> tuple[tuple[str, tuple[Cell, ...]], ...]:
    """Aspects in their order, departments by size; what there are too many of goes together."""
    if by == "aspect":
        order = sorted(groups, key=lambda path: (not path.isdecimal(), len(path), path))
        named = [(titles.get(path, UNSAID), groups[path]) for path in order]
    else:
        order = sorted(groups, key=lambda name: (-len(groups[name]), name))
        named = [(name, groups[name]) for name in order]
    if len(named) > NAMED:
        rest = [cell for _, cells in named[NAMED - 1 :] for cell in cells]
        rest.sort(key=lambda cell: cell.number)
        named = [*named[: NAMED - 1], (f"{OTHERS} {len(named) - NAMED + 1} 组", rest)]
    return tuple((name, tuple(cells)) for name, cells in named)
