"""Tasks of the ledger as a list in the chat and as an Excel file; pure.

A line says number, title, state and day; what is overdue says by how many days.
"""

from __future__ import annotations

from datetime import datetime

from bot.rules.ledger import STATE_NAMES
from bot.rules.ledger_facts import Tally, TaskList, TaskRow
from bot.rules.records import Filters, Question
from bot.words.card import Button, Card, press
from bot.words.lettering import clean
from bot.words.plain import clock, cut, day
from bot.words.sheet import Sheet
from bot.words.spans import said_span

TITLE = 16
"""Letters of a task's title in a line."""
SHOWN = 6
"""Buttons of a card."""
UNSAID = "未明确"
NONE = "还没有整改台账。管理员把台账表发给我就能导入。"

HEADS = ("编号", "原编号", "任务", "内容", "要交的佐证", "责任领导", "责任科室", "责任人",
         "完成时限", "状态", "长期", "延期次数", "超期天数")  # fmt: skip
STATES = {"open": "没销号的", "closed": "已完成的", "overdue": "超期的"}


def task_line(row: TaskRow) -> str:
    """27 更换 2 路监控 · 在办 · 6月15日."""
    end = f"{day(row.due)}" if row.due else "长期" if row.long_term else f"时限{UNSAID}"
    late = f"，超期 {row.late} 天" if row.late else ""
    return f"{row.number} {cut(clean(row.title), TITLE)} · {STATE_NAMES[row.state]} · {end}{late}"


def counts(n: Tally) -> str:
    """销号 48，在办 24，长期 13，超期 0."""
    return f"销号 {n.signed}，在办 {n.going}，长期 {n.long_term}，超期 {n.overdue}"


def listing(facts: TaskList, now: datetime, asked: int) -> Card:
    """The first ten, a button for each of the first ones, the whole as a file."""
    if facts.question.format in ("xlsx", "csv", "docx"):
        return exported(facts, now, asked)
    title, last = _title(facts.question, now, mine=facts.mine), looked_for(facts.question, now)
    if not facts.total:
        none = f"{title} 0 件。"
        if facts.mine and _whole(facts.question):
            none = "您名下没有台账任务。看全局发「台账进度」。"
        elif facts.question.filters == Filters():
            none = NONE if not last else none
        return Card("\n".join([none, *last]))
    some = f"，先列 {len(facts.rows)} 件" if facts.total > len(facts.rows) else ""
    duties = f"（含周期任务 {facts.duties} 件）" if facts.duties else ""
    lines = [f"{title} {facts.total} 件{duties}{some}："]
    if _whole(facts.question):
        lines = [f"{title} {facts.total} 件{duties}：{counts(facts.tally)}。"]
    lines += [task_line(row) for row in facts.rows]
    return Card("\n".join([*lines, *last]), _buttons(facts, asked))


def _buttons(facts: TaskList, asked: int) -> tuple[tuple[Button, ...], ...]:
    more = facts.total > len(facts.rows) and asked
    rows = facts.rows[: SHOWN - 1] if more else facts.rows[:SHOWN]
    looks = [Button(f"{row.number} 看要求", press("lr", row.task, row.version)) for row in rows]
    found = [tuple(looks[at : at + 3]) for at in range(0, len(looks), 3)]
    if more:
        found.append((Button("看全部", press("qx", asked, 1, "0")),))
    return tuple(found) if asked else ()


def exported(facts: TaskList, now: datetime, asked: int) -> Card:
    """A word beside the file."""
    title, last = _title(facts.question, now, mine=facts.mine), looked_for(facts.question, now)
    if not facts.total:
        return Card("\n".join([f"{title} 0 件，不用导出。", *last]))
    head = f"{title} {facts.total} 件"
    if not asked:
        return Card("\n".join([f"{head}。用 gangting export 存成文件。", *last]))
    return Card("\n".join([f"{head}，都在表里。", *last]), sheet=asked)


def sheet(facts: TaskList, now: datetime) -> Sheet:
    """All of them for the file, as text that is never a formula."""
    title = _title(facts.question, now, mine=facts.mine)
    at = f"{day(facts.at)} {clock(facts.at)} 导出，共 {facts.total} 行。"
    notes = (*looked_for(facts.question, now), f"{at}{counts(facts.tally)}。")
    name = f"{title.replace('您', '我')} {facts.at:%m%d-%H%M}"
    return Sheet(name, title, HEADS, tuple(map(_cells, facts.rows)), notes)


def _cells(row: TaskRow) -> tuple[str | int | None, ...]:
    names = ("、".join(row.leaders), row.department or "", "、".join(row.owners))
    return (
        row.number, row.ref, row.title, row.text, row.wants, *(one or UNSAID for one in names),
        f"{row.due:%Y-%m-%d}" if row.due else "长期" if row.long_term else UNSAID,
        STATE_NAMES[row.state], "是" if row.long_term else "", row.extended, row.late or None,
    )  # fmt: skip


def _whole(question: Question) -> bool:
    """Whether no state and no day narrows it."""
    held = question.filters
    return held.state is None and held.long_term is None and question.range is None


def _title(question: Question, now: datetime, *, mine: bool) -> str:
    """您的台账, 法制科没销号的任务, 下周（6月16日到22日）到期的任务."""
    held = question.filters
    whose = "您" if mine else "、".join(held.officers) or (held.dept or "")
    if _whole(question):
        return f"{whose}的台账" if whose else "台账"
    span = f"{said_span(question.range, now)}到期的" if question.range else ""
    plain = question.range is not None and held.state == "open"
    state = "" if plain else STATES.get(held.state or "", "")
    lasting = "长期" if held.long_term else ""
    return f"{whose}{span}{state}{lasting}任务"


def looked_for(question: Question, now: datetime) -> list[str]:
    """The last line of an answer to a narrowed question; none where the first one says it all."""
    held = question.filters
    parts = [*held.officers, *([held.dept] if held.dept else [])]
    parts += [f"{said_span(question.range, now)}到期"] if question.range else []
    if held.state:
        parts.append({"open": "没销号", "closed": "已完成", "overdue": "超期"}.get(held.state, ""))
    parts += ["长期"] if held.long_term else []
    return [f"按「台账、{'、'.join(filter(None, parts))}」查的。"] if not _whole(question) else []
