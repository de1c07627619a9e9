"""The week in words: so far, asked for, what is lacking, spot by spot; pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.rules.answers import Weekly
from bot.rules.facts import SpotWeek, Week
from bot.rules.quotas import KEPT, QuotaStanding
from bot.rules.records import Span
from bot.words import quotas as quota_words
from bot.words.card import Button, Card, press
from bot.words.reading import empty, looked_for
from bot.words.spans import span_dates


def week(facts: Week, now: datetime) -> Card:
    """The week so far (conversations.md 2.16), as far as this house counts it."""
    assert facts.span.since is not None
    here = now.astimezone(facts.span.since.tzinfo)
    until = min(here, facts.span.until - timedelta(days=1))
    over = here >= facts.span.until
    last = facts.span.until <= here < facts.span.until + timedelta(days=7)
    head = "上周" if last else "那一周" if over else "本周到现在"
    dates = Span(facts.span.since, until.replace(hour=0, minute=0, second=0, microsecond=0)
                 + timedelta(days=1))  # fmt: skip
    owed = tuple(w for w in facts.spots if w.owed is not None)
    lines = [
        f"{head}（{span_dates(dates)}）",
        f"上报 {facts.reports} 条，发现问题 {facts.problems} 个。",
    ]
    promised = [one for one in facts.quotas if one.per == "week" or not over]
    if promised:
        lines.append(f"{'；'.join(map(_promised, promised))}。")
    if owed:
        lines.append(_week_spots(owed))
    if facts.categories:
        kinds = "，".join(f"{name} {number}" for name, number in facts.categories[:4])
        lines.append(f"问题：{kinds}。")
    rows = ((Button("还差什么", press("ql", 0, 1)), Button("上周", press("qw", 0, 1))),)
    return Card("\n".join(lines), () if over else rows)


def asked_week(facts: Weekly, now: datetime, asked: int) -> Card:
    """The week that was asked for (发一下周报), with its rows one press away."""
    nothing = empty(facts.over, now)
    if nothing:
        return Card(f"{nothing}\n{looked_for(facts.question, facts.over, now)}")
    card = week(facts.week, now)
    opens = (
        Button("看上报", press("qd", asked, 1, "0")),
        Button("看问题", press("qd", asked, 1, "1")),
        Button("导出", press("qx", asked, 1, "0")),
    )
    return Card(card.text, (*card.rows, opens) if facts.week.reports and asked else card.rows)


def _promised(one: QuotaStanding) -> str:
    """全域巡查 1/2，还差 1 次; a month's with its name, and without what is lacking."""
    if one.per == "week" or (one.decision and one.decision.verdict != KEPT):
        return quota_words.standing(one)
    return f"{quota_words.named(one)} {one.done}/{one.owed}（本月）"


def _week_spots(owed: tuple[SpotWeek, ...]) -> str:
    lacking = [week for week in owed if week.short]
    if not lacking:
        return f"{standing(owed)}都够数了。"
    said = "，".join(f"{week.name} {week.visits}/{week.owed}" for week in lacking[:5])
    full = "，其余够数" if len(lacking) < len(owed) else ""
    return f"{said}{full}。"


def standing(weeks: tuple[SpotWeek, ...], most: int = 6) -> str:
    """松江路 2/2，永福路 1/2 …; what is over the limit is counted."""
    said = "，".join(f"{week.name} {week.visits}/{week.owed}" for week in weeks[:most])
    rest = f"，另外 {len(weeks) - most} 处" if len(weeks) > most else ""
    return f"{said}{rest}。"


def standing_lines(weeks: tuple[SpotWeek, ...]) -> list[str]:
    """还差：永福路差 1 次。 and how each stands."""
    short_ones = [week for week in weeks if week.short]
    if all(week.owed is None for week in weeks):
        return ["这些点位没有规定次数。"]
    if not short_ones:
        return ["点位都够数了。", standing(weeks)]
    lacking = "，".join(f"{week.name}差 {week.short} 次" for week in short_ones[:4])
    return [f"还差：{lacking}。", standing(weeks)]


def lacking(facts: Week) -> Card:
    """What is still missing this week."""
    rounds = [one for one in facts.quotas if one.per == "week" and one.short]
    short_ones = [week for week in facts.spots if week.short]
    if not short_ones and not rounds:
        return Card("本周都够数了。")
    said = [f"{quota_words.named(one)}差 {one.short} 次" for one in rounds]
    said += [f"{week.name}差 {week.short} 次" for week in short_ones[:6]]
    rest = f"，另外 {len(short_ones) - 6} 处" if len(short_ones) > 6 else ""
    return Card(f"本周还差：{'，'.join(said)}{rest}。")


def spots(weeks: tuple[SpotWeek, ...]) -> Card:
    """Every spot's visits this week."""
    lines = ["各点位本周到场："]
    owed = [week for week in weeks if week.owed is not None]
    lines += [f"{week.name} {week.visits}/{week.owed}" for week in owed[:10]]
    others = [f"{week.name} {week.visits}" for week in weeks if week.owed is None]
    if others:
        rest = f"，另外 {len(others) - 8} 处" if len(others) > 8 else ""
        lines.append(f"其他：{'，'.join(others[:8])}{rest}。")
    return Card("\n".join(lines))


def strip(week: Week) -> str:
    """The one line under the head of a phone in the simulator."""
    owed = [w for w in week.spots if w.owed is not None]
    return f"本周：{' · '.join(f'{w.name} {w.visits}/{w.owed}' for w in owed[:3])}"
