"""The words of an answer: the number first, then what it is made of, last what was looked for.

Pure. Lists, files and pictures of an answer are worded in listings and charted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.rules.answers import (
    Absent,
    Answer,
    Bulletin,
    Counted,
    Listing,
    Measured,
    Obliged,
    Part,
    Photos,
    Standing,
    Weekly,
)
from bot.rules.indicators import COUNTS, INDICATORS
from bot.rules.ledger_facts import LedgerStanding, TaskList
from bot.rules.metrics import METRICS
from bot.rules.onward import Offer
from bot.words import ledger_figures, listings, weeks
from bot.words import quotas as quota_words
from bot.words.card import Button, Card, press
from bot.words.charted import chart
from bot.words.counted import said_number, short_names
from bot.words.indicated import share
from bot.words.obligations_asked import obliged
from bot.words.plain import day, lasting
from bot.words.reading import empty, looked_for, subject
from bot.words.spans import said_span

MOST = 8
"""So many lines of a breakdown are said; the picture and the file have the rest."""

ENOUGH = 5
"""A percentage is said only where the number before is at least this (issue 3)."""


def answer(facts: Answer, now: datetime, asked: int = 0, offers: Sequence[Offer] = ()) -> Card:
    """The answer's card; `asked` is the number by which its buttons name the question."""
    match facts:
        case Listing() | TaskList():
            return listings.listing(facts, now, asked)
        case Photos():
            return listings.photos(facts, now, asked)
        case LedgerStanding():
            return ledger_figures.standing(facts, now, asked)
        case Weekly():
            return weeks.asked_week(facts, now, asked)
        case Counted():
            card = _counted(facts, now)
        case Standing():
            card = _standing(facts, now)
        case Bulletin():
            return _bulletin(facts, asked)
        case Absent():
            return _absent(facts, now)
        case Obliged():
            return obliged(facts, now)
    return replace(card, rows=_buttons(facts, asked, offers) if asked else ())


def _counted(facts: Counted, now: datetime) -> Card:
    nothing = empty(facts.over, now)
    lines = [nothing] if nothing else [_head(facts, now)]
    if facts.before is not None and not nothing:
        lines.append(_compared(facts, now))
    if facts.parts and not nothing:
        lines.append(_parts(facts))
    if facts.beside and not nothing:
        lines += _beside(facts)
    lines.append(looked_for(facts.question, facts.over, now))
    return Card("\n".join(lines), chart=None if nothing else chart(facts, now))


def _head(facts: Counted, now: datetime) -> str:
    who = subject(facts.over, now)
    crossed = f"（含交汇处 {facts.crossed} {_unit(facts)}）" if facts.crossed else ""
    first = said_number(facts, facts.numbers[0], full=True)
    others = [said_number(facts, number, full=False) for number in facts.numbers[1:]]
    return f"{who}{'，'.join([first + crossed, *others])}。"


def _unit(facts: Counted) -> str:
    unit = METRICS[facts.numbers[0].metric].unit
    return "个" if unit == "%" else unit


def _beside(facts: Counted) -> list[str]:
    kind = METRICS[facts.numbers[0].metric].counts
    if kind == "rebounds":
        return [f"同一时间共发现问题 {facts.beside} 个。"]
    return [f"另有 {facts.beside} 次没巡全，没算在内。"]


def _compared(facts: Counted, now: datetime) -> str:
    assert facts.before is not None
    said = [_against(number) for number in facts.numbers if number.before is not None]
    running = facts.over.span.until > now
    rest = f"，{said_span(facts.over.span, now)}还没过完" if running else ""
    return f"{said_span(facts.before, now)}是{'；'.join(said)}{rest}。"


def _against(number: Measured) -> str:
    metric = METRICS[number.metric]
    assert number.before is not None
    if metric.of is not None:
        return _share_against(number)
    gap = number.total - number.before
    if gap == 0:
        return f" {number.before} {metric.unit}，一样"
    part = f"（{abs(gap) * 100 // number.before}%）" if number.before >= ENOUGH else ""
    word = "多" if gap > 0 else "少"
    return f" {number.before} {metric.unit}，{word}了 {abs(gap)} {metric.unit}{part}"


def _share_against(number: Measured) -> str:
    before, of = number.before or 0, number.before_of or 0
    if not of:
        return f"没有{_whole(number.metric)}"
    said = f" {share(number.metric, before, of)}"
    if of < ENOUGH or (number.of or 0) < ENOUGH:
        return said
    if METRICS[number.metric].lasts:
        return f"{said}，{_quicker(round(number.total / (number.of or 1)) - round(before / of))}"
    gap = round(number.total * 100 / (number.of or 1) - before * 100 / of, 1)
    return (
        f"{said}，{'高' if gap > 0 else '低'}了 {abs(gap):g} 个百分点" if gap else f"{said}，一样"
    )


def _whole(metric: str) -> str:
    """What a share is of, where there is none of it."""
    one = INDICATORS.get(metric)
    return f"{COUNTS[one.of].name}的问题" if one else METRICS[metric].whole


def _quicker(minutes: int) -> str:
    if not minutes:
        return "一样"
    return f"{'慢' if minutes > 0 else '快'}了 {lasting(abs(minutes))}"


def _parts(facts: Counted) -> str:
    there = [part for part in facts.parts if part.total is not None]
    if facts.question.group_by in ("day", "week", "month") and len(there) > MOST:
        metric = facts.numbers[0].metric
        some = [part for part in there if part.of != 0] or there
        top, low = (pick(some, key=_size) for pick in (max, min))
        most, least = ("最高", "最低") if METRICS[metric].of else ("最多", "最少")
        return (
            f"{most}的是 {top.label}，{_part(top, metric)}；"
            f"{least}的是 {low.label}，{_part(low, metric)}。"
        )
    metric = facts.numbers[0].metric
    said = [f"{part.label} {_part(part, metric)}" for part in there[:MOST]]
    rest = f"，另有 {len(there) - MOST} 项" if len(there) > MOST else ""
    fewest = "从少到多：" if facts.question.least and len(there) > 1 else ""
    return f"{fewest}{'，'.join(said)}{rest}。{_more_than_once(facts, there)}"


def _more_than_once(facts: Counted, there: Sequence[Part]) -> str:
    """Why the lines sum up to more than the number: each counts what it shares with another."""
    number, parted = facts.numbers[0], facts.question.group_by or "spot"
    total = sum(part.total or 0 for part in there)
    if parted != "spot" or number.of is not None or total <= number.total:
        return ""
    if facts.over.crossings:
        return f"交汇处在两条路里都算，加起来是 {total}。"
    return f"一条里有几处的，每处各算一次，加起来是 {total}。"


def _size(part: Part) -> float:
    return (part.total or 0) / (part.of or 1)


def _part(part: Part, metric: str) -> str:
    if part.of is not None:
        return share(metric, part.total or 0, part.of) if part.of else "无"
    before = f"（原 {part.before}）" if part.before is not None else ""
    return f"{part.total}{before}"


def _standing(facts: Standing, now: datetime) -> Card:
    nothing = empty(facts.over, now) if facts.over.standing(now) in ("future", "before") else None
    if nothing:
        return Card(f"{nothing}\n{looked_for(facts.question, facts.over, now)}")
    said = [quota_words.standing(row) for row in facts.bureau]
    lines = [f"{said_span(facts.over.span, now)}{'；'.join(said)}。"] if said else []
    lines += quota_words.within(facts.within, now)
    if facts.spots:
        lines += weeks.standing_lines(facts.spots)
    if not lines:
        lines = ["这段时间没有规定次数的，规定是按周、按月算的。"]
    return Card("\n".join([*lines, looked_for(facts.question, facts.over, now)]))


def sentence(facts: Bulletin) -> str:
    """The sentence of the bulletin as it is printed (domain.md 1.5): full-width, no spaces.

    Where not everything that was found is settled, what is open and what ended otherwise is said.
    """
    last = facts.over.span.until - timedelta(days=1)
    head = f"截至{day(last)}，已开展全域巡查{facts.patrols}次、专项检查{facts.specials}次，"
    still = facts.found - facts.closed - facts.unsolved
    if still or facts.unsolved:
        going = f"，{still}个正在整改" if still else ""
        rest = f"，{facts.unsolved}个不属本局或者无法处置" if facts.unsolved else ""
        tail = f"累计发现问题{facts.found}个，已完成整改{facts.closed}个{going}{rest}。"
    else:
        tail = f"累计发现并督促完成整改问题{facts.found}个。"
    return head + tail


def _bulletin(facts: Bulletin, asked: int) -> Card:
    labels = (("看巡查", facts.patrols), ("看检查", facts.specials), ("看问题", facts.found))
    opens = tuple(
        Button(label, press("qd", asked, 1, str(which)))
        for which, (label, total) in enumerate(labels) if total
    )  # fmt: skip
    return Card(sentence(facts), (opens,) if opens and asked else ())


def _absent(facts: Absent, now: datetime) -> Card:
    nothing = empty(facts.over, now) if facts.over.standing(now) == "future" else None
    span, last = said_span(facts.over.span, now), looked_for(facts.question, facts.over, now)
    if nothing:
        head = nothing
    elif not facts.of:
        head = "没有要上报的队员。"
    elif facts.names:
        more = f"等 {len(facts.names)} 人" if len(facts.names) > 12 else ""
        names = "、".join(facts.names[:12])
        head = f"{span}还有 {len(facts.names)} 人没上报：{names}{more}。"
    else:
        head = f"{span} {facts.of} 名队员都上报了。"
    return Card(f"{head}\n{last}")


def _buttons(
    facts: Counted | Standing, asked: int, offers: Sequence[Offer]
) -> tuple[tuple[Button, ...], ...]:
    """Opening the number, where it leads on, the file; a number of nothing has no rows."""
    some = (
        any(n.total or n.of for n in facts.numbers)
        if isinstance(facts, Counted)
        else any(row.done for row in facts.bureau) or any(s.visits for s in facts.spots)
    )
    rows = []
    onward = [
        Button(offer.label, press("qn", asked, 1, str(which))) for which, offer in enumerate(offers)
    ]
    if some and isinstance(facts, Counted) and len(facts.numbers) > 1:
        opens = [
            Button(f"看{short_names(n.metric)}", press("qd", asked, 1, str(which)))
            for which, n in enumerate(facts.numbers[:3])
            if n.total or n.of
        ]
        rows.append(tuple(opens))
        rows.append(tuple(onward))
    else:
        whole = [Button("看明细", press("qd", asked, 1, "0"))] if some else []
        files = [Button("导出", press("qx", asked, 1, "0"))] if some else []
        rows.append((*whole, *onward[:1], *files))
    return tuple(row for row in rows if row)
