"""The whole ledger as the rows of a table that can be loaded again; changes nothing."""

from __future__ import annotations

from bot.actions.people import require
from bot.rules.ledger import STATE_NAMES
from bot.rules.ledger_cells import written_people, written_stages
from bot.rules.ledger_draft import Stage
from bot.rules.rights import Right
from storage import task_headings, task_people, task_stages, tasks
from storage.schema import Transaction
from storage.task_people import HELPER, LEADER, OWNER, Mention
from storage.tasks import Task

Row = dict[str, str | int | None]
"""By the names of bot.rules.ledger_columns.EXPORTED."""

MOST_DIGITS = 9


def export_for(tx: Transaction, person: int) -> list[Row]:
    """The rows for somebody who may see them all. Raises NotAllowed."""
    require(tx, person, Right.PAPERS)
    return export_rows(tx)


def export_rows(tx: Transaction) -> list[Row]:
    """A row a task, by heading and number; a heading without tasks has a row of its own."""
    titles, named = task_headings.titles(tx), task_people.all_named(tx)
    stages: dict[int, list[Stage]] = {}
    for one in task_stages.all_milestones(tx):
        stages.setdefault(one.task, []).append(Stage(one.due, one.text, one.met_at is not None))
    everything = tasks.everything(tx)
    rows = [
        ((_order(one.path), one.number), _row(one, titles, named.get(one.id, []),
                                              stages.get(one.id, [])))
        for one in everything
    ]  # fmt: skip
    used: set[str] = set()
    for task in everything:
        parts = task.path.split(".") if task.path else []
        used |= {".".join(parts[: depth + 1]) for depth in range(len(parts))}
    for path in titles:
        if path not in used:
            rows.append(((_order(path), 0), {"path": path, **_headings(path, titles)}))
    rows.sort(key=lambda row: row[0])
    return [row for _, row in rows]


def _order(path: str | None) -> tuple[int, ...]:
    return tuple(int(part) for part in path.split(".")) if path else (10**6,)


def _headings(path: str | None, titles: dict[str, str]) -> Row:
    parts = path.split(".") if path else []
    return {
        level: titles.get(".".join(parts[: depth + 1]), "") if depth < len(parts) else ""
        for depth, level in enumerate(("aspect", "item", "issue"))
    }


def _row(task: Task, titles: dict[str, str], named: list[Mention], stages: list[Stage]) -> Row:
    def who(part: str) -> str:
        return written_people([one.name for one in named if one.part == part])

    ref = task.ref if task.ref is not None else str(task.number)
    return {
        "ref": int(ref) if ref.isdecimal() and len(ref) <= MOST_DIGITS else ref,
        "path": task.path, **_headings(task.path, titles), "title": task.title,
        "text": task.text, "leaders": who(LEADER), "department": task.department,
        "owners": who(OWNER), "helpers": who(HELPER),
        "due": task.due.isoformat() if task.due else None,
        "long_term": "是" if task.long_term else "否", "stages": written_stages(stages),
        "met": task.met, "wants": task.wants, "phase": task.phase,
        "urgent": "是" if task.urgent else "否", "state": STATE_NAMES[task.state],
        "note": task.note,
    }  # fmt: skip
