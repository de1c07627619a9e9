"""The indicators of a paper's period as a table, with what each of their numbers counts; pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.papers.document import Block, Table, text
from bot.rules.indicators import COUNTS, INDICATORS, LEFT_OUT, Share
from bot.rules.papers import PaperFacts
from bot.words.indicated import share


def by_name(facts: PaperFacts) -> tuple[dict[str, Share], dict[str, Share]]:
    """The indicators of the period and of the one before; none in a paper of before them."""
    return _named(facts.shares), _named(facts.shares_before)


def _named(some: Sequence[Share]) -> dict[str, Share]:
    return {one.name: one for one in some}


def past(facts: PaperFacts) -> str:
    """What the period before is called."""
    running = facts.counted.until < facts.span.until
    names = {"month": "上月", "quarter": "上季度同期" if running else "上季度"}
    return names.get(facts.kind, "上周")


def said(one: Share) -> str:
    """80%（8/10）."""
    return share(one.name, one.total, one.of) if one.of else "无"


def table(facts: PaperFacts) -> list[Block]:
    """Each indicator with both its numbers, then what they count; none in an older paper."""
    if not facts.shares:
        return []
    here, then = by_name(facts)
    rows = []
    for name, one in here.items():
        known = INDICATORS[name]
        rows.append((known.noun, f"{COUNTS[known.part].name}÷{COUNTS[known.of].name}",
                     said(one), _apart(one), said(then[name])))  # fmt: skip
    heads = ("指标", "怎样算", "本期", "不含免计", past(facts))
    made = Table("表5  处置指标", heads, tuple(rows), (22, 26, 22, 22, 22))
    sides = dict.fromkeys(side for one in INDICATORS.values() for side in (one.part, one.of))
    rules = "；".join(f"{COUNTS[side].name}：{COUNTS[side].said}" for side in sides)
    return [made, text(f"按发现时间统计，{LEFT_OUT}{rules}。")]


def _apart(one: Share) -> str:
    if one.apart is None:
        return "—"
    total, of = one.apart
    return share(one.name, total, of) if of else "无"
