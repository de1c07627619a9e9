"""What the papers say of the ledger: its sentence, departments, what is late, 成效数据; pure."""

from __future__ import annotations

from datetime import date

from bot.papers.document import Block, Table, text
from bot.rules.ledger_facts import LedgerReport, Tally
from bot.rules.papers import PaperFacts
from bot.words.counters import sentences
from bot.words.ledger_figures import sentence, what_differs
from bot.words.ledger_views import UNSAID
from bot.words.lettering import clean
from bot.words.plain import day

MOST = 20
"""Lines of a table."""


def section(facts: PaperFacts) -> list[Block]:
    """Nothing where there is neither a ledger nor a figure."""
    blocks: list[Block] = []
    if facts.ledger is not None:
        blocks += _standing(facts.ledger, facts.now.date())
    blocks += [text(one) for one in sentences(facts.counters)]
    return blocks


def _standing(report: LedgerReport, today: date) -> list[Block]:
    """The bulletin's sentence, or why it can't be said, then the tables.

    All of it is as of today: the paper's own figures may end earlier.
    """
    wrong = what_differs(report)
    said = f"截至{today.year}年{day(today)}，{sentence(report)}"
    if wrong:
        said = f"台账数字对不上，暂不引用：{'；'.join(wrong)}。"
    blocks: list[Block] = [text(said), _departments(report)]
    if report.overdue:
        blocks.append(_overdue(report))
    return blocks


def _departments(report: LedgerReport) -> Table:
    rows = [_row(clean(name or UNSAID), n) for name, n in report.departments[:MOST]]
    rest = len(report.departments) - MOST
    if rest > 0:
        rows.append((f"另有{rest}个科室", "", "", "", "", ""))
    heads = ("责任科室", "任务", "已销号", "在办", "长期", "超期")
    rows.append(_row("合计", report.tally))
    return Table("表6  整改台账完成情况", heads, tuple(rows), (30, 14, 14, 14, 14, 14))


def _row(name: str, n: Tally) -> tuple[str, ...]:
    counted = (n.total, n.signed, n.going, n.long_term, n.overdue)
    return (name, *map(str, counted))


def _overdue(report: LedgerReport) -> Table:
    rows = tuple(
        (str(one.number), clean(one.title), clean(one.department or UNSAID),
         day(one.due) if one.due else "", f"{one.late}天")
        for one in report.overdue[:MOST]
    )  # fmt: skip
    heads = ("编号", "任务", "责任科室", "应完成", "已超期")
    return Table("表7  超期的整改任务", heads, rows, (10, 38, 20, 18, 14))
