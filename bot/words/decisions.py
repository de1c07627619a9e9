"""Decisions about a period of a quota in words, and the question about a short week; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bot.rules.quotas import EXEMPT, KEPT, MOVED, NOUNS, Per, QuotaStanding, code_of
from bot.words.card import Button, Card, press
from bot.words.plain import day
from bot.words.quotas import dated, excused, span_of
from bot.words.spans import span_dates


def decided(
    per: Per, start: date, whats: Sequence[str], verdict: str, moved_to: date | None, reason: str,
    squad: str | None, now: datetime,
) -> Card:  # fmt: skip
    """What was decided, with the way back."""
    nouns = (squad or "") + "、".join(NOUNS[what] for what in whats)
    when = dated(per, start, now)
    if verdict == KEPT:
        return Card(f"记下了，{nouns}照常。\n说的是{when}。")
    if verdict == MOVED and moved_to is not None:
        lines = [f"记下了，{nouns}顺延。", f"{when}的，改到{dated(per, moved_to, now)}一起算。"]
    else:
        lines = [f"记下了，{nouns}免了。", f"{when}不算欠，周报和材料里写明。"]
    arg = f"{per}/{'+'.join(whats)}"
    return Card(
        "\n".join([*lines, f"原因：{reason}。"]),
        ((Button("改主意", press("ge", start.toordinal(), 1, arg)),),),
    )  # fmt: skip


def verdict_said(per: Per, verdict: str, moved_to: date | None, now: datetime) -> str:
    """免了, 照常, 顺延到10月6日到12日那周."""
    if verdict == MOVED and moved_to is not None:
        return f"顺延到{dated(per, moved_to, now)}"
    return "免了" if verdict == EXEMPT else "照常"


def short_week(
    start: date, name: str | None, days: int, rows: Sequence[QuotaStanding], now: datetime
) -> Card:
    """Is a week with few working days kept? Once it is decided, the card says so."""
    code = code_of("week", start)
    dates = span_dates(span_of("week", start, now), now)
    head = f"{name or ''}那周（{dates}）只上 {days} 天班"
    newest = max((one.decision for one in rows if one.decision), key=lambda d: d.at, default=None)
    if newest is not None:
        said = {one.noun: _verdict_of(one, now) for one in rows}
        alike = len(set(said.values())) == 1
        each = "，".join(noun + verdict for noun, verdict in said.items())
        at = day(newest.at.astimezone(now.tzinfo))
        whats = "+".join(dict.fromkeys(one.what for one in rows))
        back = ((Button("改主意", press("ge", start.toordinal(), 1, f"week/{whats}")),),)
        undone = not any(excused(one) for one in rows)
        told = next(iter(said.values())) if alike else f"：{each}"
        text = f"{name or ''}那周{told}。\n{dates}，{newest.by} {at}定的。"
        return Card(text, () if undone else back)
    owed = "、".join(dict.fromkeys(f"{one.noun} {one.asked} 次" for one in rows))
    return Card(
        f"{head}。\n规定的{owed}，照常还是免了？不点就按照常算。",
        ((Button("照常", press("gd", code, 1, "k")), Button("这周免了", press("gd", code, 1, "e"))),
         (Button("顺延到下一周", press("gd", code, 1, "m")),)), quiet=False,
    )  # fmt: skip


def _verdict_of(one: QuotaStanding, now: datetime) -> str:
    decision = one.decision
    if decision is None:
        return verdict_said("week", KEPT, None, now)
    return verdict_said("week", decision.verdict, decision.moved_to, now)
