"""What stands in a week's, a month's and a quarter's paper, from top to bottom; pure."""

from __future__ import annotations

from collections.abc import Iterator

from bot.papers import ledger, shares, tables
from bot.papers.document import Block, Document, Heading, Picture, text
from bot.rules.papers import PaperFacts, iso_week, quarter_of
from bot.words.papers import QUARTERS
from bot.words.plain import percent

NUMERALS = "一二三四五六七八九十"


def document(facts: PaperFacts) -> Document:
    """The paper."""
    parts = {"week": _week, "month": _month, "quarter": _quarter}[facts.kind](facts)
    blocks: list[Block] = []
    for n, (heading, inside) in enumerate(parts):
        blocks += [Heading(f"{NUMERALS[n]}、{heading}"), *inside]
    blocks += tables.ending(facts)
    if facts.kind != "week":
        blocks.append(tables.sign_off(facts))
    return Document(title(facts), tables.marks(facts), tuple(blocks))


def title(facts: PaperFacts) -> tuple[str, ...]:
    """某某局, and below it 2025年6月巡查整治工作月报."""
    assert facts.span.since is not None
    start = facts.span.since.date()
    if facts.kind == "week":
        return facts.bureau, f"{start.isocalendar().year}年第{iso_week(start)}周巡查整治情况"
    if facts.kind == "month":
        return facts.bureau, f"{start.year}年{start.month}月巡查整治工作月报"
    quarter = QUARTERS[quarter_of(start) - 1]
    return facts.bureau, f"{start.year}年{quarter}季度问题研判材料"


Parts = list[tuple[str, list[Block]]]


def _week(facts: PaperFacts) -> Parts:
    parts: Parts = [("总体情况", tables.overall(facts)), ("次数要求", tables.promises(facts))]
    return [*parts, ("点位和问题", list(_pictures(facts)))]


def _month(facts: PaperFacts) -> Parts:
    parts: Parts = [
        ("总体情况", tables.overall(facts)),
        ("次数要求完成情况", tables.promises(facts)),
        ("点位和问题", list(_pictures(facts))),
        *_shares(facts),
        ("反复出现问题的点位", tables.hot(facts.hot)),
    ]
    parts += _ledger(facts)
    if facts.earlier or facts.measures:
        parts.append(("研判措施进展", _progress(facts)))
    parts.append(("主要问题和原因", [tables.written(facts, "cause")]))
    parts.append(("下月打算", [tables.written(facts, "plan")]))
    return parts


def _shares(facts: PaperFacts) -> Parts:
    """How quickly and how well problems were carried, where that was recorded."""
    blocks = shares.table(facts)
    return [("处置指标", blocks)] if blocks else []


def _ledger(facts: PaperFacts) -> Parts:
    """How the rectification ledger stands, where there is one, and the figures people keep."""
    blocks = ledger.section(facts)
    return [("整改台账", blocks)] if blocks else []


def _progress(facts: PaperFacts) -> list[Block]:
    found: list[Block] = []
    if facts.earlier:
        found.append(tables.measures(facts.earlier, "上季度研判的措施", effects=False))
    if facts.measures:
        found.append(tables.measures(facts.measures, "本季度研判的措施", effects=False))
    return found


def _quarter(facts: PaperFacts) -> Parts:
    return [
        ("上季度措施成效评估", list(_effects(facts))),
        ("本季度总体情况", tables.overall(facts)),
        ("次数要求完成情况", tables.promises(facts)),
        ("点位和问题", list(_pictures(facts))),
        *_shares(facts),
        *_ledger(facts),
        ("问题研判", [*tables.hot(facts.hot), *tables.raised(facts.raised),
                   tables.written(facts, "cause")]),
        ("措施优化", _measures(facts)),
        ("研判会时间和下季度安排",
         [text("研判会时间：", *tables.written(facts, "meeting").parts),
          text("下季度安排：", *tables.written(facts, "plan").parts)]),
    ]  # fmt: skip


def _effects(facts: PaperFacts) -> Iterator[Block]:
    """The measures of the quarter before, and how often trouble came back since, and before."""
    if not facts.earlier:
        yield text("上季度没有记录措施。")
    else:
        yield tables.measures(facts.earlier, "上季度措施和成效", effects=True)
    found = facts.number("problem_count")
    (back, of), (was, was_of) = facts.rebound_rate, facts.rebound_rate_before
    rate = ""
    if of and was_of:
        before = f"{percent(was, was_of)}（{was}/{was_of}）"
        rate = f"反弹率由{before}变为{percent(back, of)}（{back}/{of}）；"
    if found.total and found.before:
        yield text(f"措施前后对比：{rate}发现问题由{found.before}个变为{found.total}个。")


def _measures(facts: PaperFacts) -> list[Block]:
    if facts.measures:
        return [tables.measures(facts.measures, "本季度措施", effects=False)]
    return [tables.written(facts, "measures")]


def _pictures(facts: PaperFacts) -> Iterator[Block]:
    """Tables first, then what can be seen better than read."""
    yield tables.places(facts)
    yield from tables.kinds(facts)
    if facts.number("problem_count").total:
        yield Picture(tables.over_time(facts), "图1  发现和解决的问题")
    if any(one.found or one.found_before for one in facts.spots):
        yield Picture(tables.by_place(facts), "图2  各点位发现的问题")
