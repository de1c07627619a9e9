"""Indicators in words: shares with both numbers, average times, how a problem stands; pure."""

from __future__ import annotations

from bot.rules.answers import Measured
from bot.rules.indicators import COUNTS, INDICATORS, Progress
from bot.rules.metrics import METRICS
from bot.words.plain import lasting, percent

STATES = {
    "in_time": "按期处置", "late": "超期处置", "overdue": "超期没处置", "unable": "办不了",
    "handled": "已处置", "going": "没到时限",
}  # fmt: skip


def share(metric: str, total: int, of: int) -> str:
    """80%（8/10）, or 3 小时 20 分（8 个） of an average time; `of` is not 0."""
    if METRICS[metric].lasts:
        return f"{lasting(round(total / of))}（{of} 个）"
    return f"{percent(total, of)}（{total}/{of}）"


def indicated(number: Measured, what: str) -> str:
    """按期处置率 80%（8/10）; where some were exempted, with them and without."""
    one = INDICATORS[number.metric]
    if not number.of:
        return f"没有{COUNTS[one.of].name}的{what}，{one.noun}没法算"
    said = share(one.name, number.total, number.of)
    if number.apart is None:
        return f"{one.noun} {said}"
    total, of = number.apart
    without = f"不含免计 {share(one.name, total, of)}" if of else "不含免计的没有"
    return f"{one.noun}含免计 {said}，{without}"


def behind(number: Measured) -> str:
    """What of the listed problems the numerator counts: ，其中按期处置 8 个."""
    one = INDICATORS[number.metric]
    if one.part == "minutes":
        return f"，平均 {lasting(round(number.total / number.of))}" if number.of else ""
    exempt = f"，免计 {number.of - number.apart[1]} 个" if number.apart and number.of else ""
    return f"，其中{COUNTS[one.part].name} {number.total} 个{exempt}"


def standing(metric: str, one: Progress) -> str:
    """How a listed problem stands, as far as the number is about it."""
    part = INDICATORS[metric].part if metric in INDICATORS else "overdue"
    if part == "minutes" and one.minutes is not None:
        return lasting(one.minutes) if one.minutes else "当场"
    said = STATES[one.state]
    if part == "extended" and one.extended:
        said = f"延期 {one.extended} 次"
    if part in ("reworked", "finished") and one.sent_back:
        said = f"退回 {one.sent_back} 次"
    return f"{said}，免计" if one.exempt else said
