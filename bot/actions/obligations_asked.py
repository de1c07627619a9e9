"""「这个月设备检测完成了吗」: how an obligation stood in the span asked about; only reads."""

from __future__ import annotations

from datetime import date

from bot.actions.obligation_runs import stands
from bot.actions.obligations import run_facts, stages
from bot.actions.quotas import Ledger
from bot.actions.scoping import Look
from bot.errors import Refused
from bot.rules.answers import Obliged
from bot.rules.dates import step, unit_start
from bot.rules.quotas import PERS
from bot.rules.records import Bureau, Obligation
from storage import obligations
from storage.schema import Transaction


def obliged(tx: Transaction, asked: Look, bureau: Bureau) -> Obliged:
    """The runs of the obligation that lie over the span, or what quotas count of it there.

    Raises Refused where no obligation is meant that this bureau has.
    """
    code = asked.question.filters.obligation
    if code is None or bureau.obligation(code) is None:
        raise Refused(
            "问的是哪一项？写上名字就行，比如：这个月设备检测完成了吗。\n发「周期任务」看全部。"
        )
    one = stands(tx, bureau, code)
    span = asked.over.span
    first, until = span.since and span.since.date(), span.until.date()
    if one.counts:
        begun = max(first or bureau.since, bureau.since)
        count = _count(tx, one, begun, until, bureau) if until > bureau.since else None
        return Obliged(asked.question, asked.over, one, count=count)
    held = obligations.of_code(tx, code)
    here = [run for run in held if (first or date.min) < run.until and run.first < until]
    return Obliged(
        asked.question, asked.over, one, tuple(run_facts(tx, run, bureau) for run in here),
        first=held[0].first if held else None,
    )  # fmt: skip


def _count(
    tx: Transaction, one: Obligation, first: date, until: date, bureau: Bureau
) -> tuple[int, int] | None:
    """(done, owed) in the periods that begin in the span, or hold its first day."""
    if one.counts == "stages":
        return stages(tx, first, until)
    per = next((per for per in PERS if per == one.per), None)
    if per is None:
        return None
    ledger, start, done, owed = Ledger(tx, bureau), unit_start(first, per), 0, 0
    while start < until:
        for row in ledger.period(per, start):
            if row.what == one.counts:
                done, owed = done + row.done, owed + row.owed
        start = step(start, per, 1)
    return done, owed
