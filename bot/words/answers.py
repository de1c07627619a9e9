"""The words of an answer: the number first, then its parts, last what was looked for; pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.rules.facts import Answer, SpotWeek, Todo, Week
from bot.rules.records import Span, Spot
from bot.words.card import Button, Card, press
from bot.words.plain import clock, day, listed, short

MOST = 8
"""So many lines of a breakdown are said; the rest is counted."""


def answer(facts: Answer, now: datetime) -> Card:
    """The counted answer to a question."""
    lines = [_head(facts, now)]
    lines += _emptiness(facts, now)
    if facts.metric == "quota_status":
        lines = _quotas(facts)
    if facts.before is not None:
        lines.append(_compared(facts))
    if facts.parts:
        lines += _parts(facts)
    lines += [f"另有{name} {number} {facts.unit}，没算在内。" for name, number in facts.beside]
    lines.append(f"按「{_looked_for(facts, now)}」查的。")
    return Card("\n".join(lines))


def _head(facts: Answer, now: datetime) -> str:
    where = listed(facts.spot_names) if facts.spot_names else ""
    what = listed(facts.category_names) if facts.category_names else ""
    span = said_span(facts.span, now)
    people = f"{listed(facts.person_names)}，" if facts.person_names else ""
    if facts.metric == "problem_count":
        return f"{people}{where}{span}发现{what or '问题'} {facts.total} 个。"
    if where:
        return f"{people}{where}{span}去了 {facts.total} 次。"
    return f"{people}{span}一共报了 {facts.total} 条。"


def _emptiness(facts: Answer, now: datetime) -> list[str]:
    """A zero says why it may be one."""
    if facts.total or facts.metric == "quota_status":
        return []
    if facts.first_at is None:
        return ["现在还没有任何记录。"]
    first = facts.first_at.astimezone(facts.span.until.tzinfo)
    if facts.span.until <= first:
        return [f"最早的记录是 {day(first)}，这段时间还没有开始记。"]
    if facts.span.since is not None and facts.span.since > now:
        return ["这段时间还没到。"]
    return []


def _quotas(facts: Answer) -> list[str]:
    short_ones = [week for week in facts.quotas if week.short]
    if not facts.quotas:
        return ["这些点位没有规定次数。"]
    if not short_ones:
        return ["都够数了。", standing(facts.quotas)]
    lacking = "，".join(f"{week.name}差 {week.short} 次" for week in short_ones[:4])
    return [f"还差：{lacking}。", standing(facts.quotas)]


def standing(weeks: tuple[SpotWeek, ...], most: int = 6) -> str:
    """松江路 2/2，永福路 1/2 …; what is over the limit is counted."""
    said = "，".join(f"{week.name} {week.visits}/{week.owed}" for week in weeks[:most])
    rest = f"，另外 {len(weeks) - most} 处" if len(weeks) > most else ""
    return f"{said}{rest}。"


def _compared(facts: Answer) -> str:
    assert facts.before is not None
    span, number = facts.before
    gap = facts.total - number
    word = "一样" if gap == 0 else f"{'多' if gap > 0 else '少'}了 {abs(gap)} {facts.unit}"
    return f"{span_dates(span)}是 {number} {facts.unit}，比那时{word}。"


def _parts(facts: Answer) -> list[str]:
    said = [f"{name} {number}" for name, number in facts.parts[:MOST]]
    rest = len(facts.parts) - MOST
    return [f"{'，'.join(said)}{f'，另有 {rest} 项' if rest > 0 else ''}。"]


def _looked_for(facts: Answer, now: datetime) -> str:
    what = {"problem_count": "问题", "quota_status": "够不够数"}.get(facts.metric, "到场")
    if not facts.spot_names and what == "到场":
        what = "上报"
    parts = [
        listed(facts.spot_names) if facts.spot_names else "全部点位",
        *facts.category_names, *facts.person_names,
        _span_twice(facts.span, now) if facts.span.since
        else f"到{day(facts.span.until - timedelta(days=1))}为止",
        what,
    ]  # fmt: skip
    return "、".join(parts)


def _span_twice(span: Span, now: datetime) -> str:
    """The span as people say it, with its dates where these say more."""
    said, dates = said_span(span, now), span_dates(span, now)
    return dates if said == dates else f"{said}（{dates}）"


def said_span(span: Span, now: datetime) -> str:
    """本周, 上周, 本月 … where the span is one of these, else its dates."""
    if span.since is None:
        return "至今"
    here = now.astimezone(span.until.tzinfo)
    today = here.replace(hour=0, minute=0, second=0, microsecond=0)
    monday = today - timedelta(days=today.weekday())
    first = today.replace(day=1)
    next_first = (first + timedelta(days=32)).replace(day=1)
    last_first = (first - timedelta(days=1)).replace(day=1)
    week = timedelta(days=7)
    names = {
        (today, today + timedelta(days=1)): "今天",
        (today - timedelta(days=1), today): "昨天",
        (monday, monday + week): "本周",
        (monday - week, monday): "上周",
        (first, next_first): "本月",
        (last_first, first): "上月",
    }
    return names.get((span.since, span.until), span_dates(span, now))


def span_dates(span: Span, now: datetime | None = None) -> str:
    """6月9日到15日; with the year where it differs from the end's; parts of a day with hours."""
    if span.since is None:
        return f"到{day(span.until - timedelta(days=1))}为止"
    whole = clock(span.since) == "0:00" and clock(span.until) == "0:00"
    if not whole:
        same = span.since.date() == span.until.date()
        end = clock(span.until) if same else f"{day(span.until)} {clock(span.until)}"
        return f"{day(span.since)} {clock(span.since)}到{end}"
    last = span.until - timedelta(days=1)
    this = now.astimezone(last.tzinfo).year if now else last.year
    year = f"{span.since.year}年" if {span.since.year, last.year} != {this} else ""
    if span.since.date() == last.date():
        return f"{year}{day(last)}"
    if (span.since.year, span.since.month) == (last.year, last.month):
        return f"{year}{day(span.since)}到{last.day}日"
    return f"{year}{day(span.since)}到{day(last)}"


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
    if owed:
        lines.append(_week_spots(owed))
    if facts.categories:
        kinds = "，".join(f"{name} {number}" for name, number in facts.categories[:4])
        lines.append(f"问题：{kinds}。")
    rows = ((Button("还差什么", press("ql", 0, 1)), Button("上周", press("qw", 0, 1))),)
    return Card("\n".join(lines), () if over else rows)


def _week_spots(owed: tuple[SpotWeek, ...]) -> str:
    lacking = [week for week in owed if week.short]
    if not lacking:
        return f"{standing(owed)}都够数了。"
    said = "，".join(f"{week.name} {week.visits}/{week.owed}" for week in lacking[:5])
    full = "，其余够数" if len(lacking) < len(owed) else ""
    return f"{said}{full}。"


def lacking(weeks: tuple[SpotWeek, ...]) -> Card:
    """What is still missing this week."""
    short_ones = [week for week in weeks if week.short]
    if not short_ones:
        return Card("本周各重点点位都够数了。")
    said = "，".join(f"{week.name}差 {week.short} 次" for week in short_ones[:6])
    return Card(f"本周还差：{said}。")


def todo(matters: tuple[Todo, ...], tz_now: datetime) -> Card:
    """What waits for the person, oldest first, each with its button."""
    if not matters:
        return Card("没有要您办的，都办完了。")
    lines = [f"有 {len(matters)} 件等您："]
    rows = []
    for matter in matters[:5]:
        at = matter.received_at.astimezone(tz_now.tzinfo)
        lines.append(f"{day(at)} {clock(at)} 的照片没写地点，编号 {short(matter.number)}")
        rows.append((Button(f"{clock(at)} 选地点", press("mt", matter.report, 1)),))
    if len(matters) > 5:
        lines.append(f"还有 {len(matters) - 5} 件。")
    return Card("\n".join(lines), tuple(rows))


def no_ranking() -> Card:
    """「谁最勤快」: the bureau's rules forbid it, and so do ours."""
    return Card("我不按人排名。可以看各点位的情况。", ((Button("看点位", press("qs", 0, 1)),),))


def not_mine() -> Card:
    """The weather, another district."""
    return Card("这个我不会。我能查到场次数和发现的问题，比如：", (_near(),))


def not_yet() -> Card:
    """A question that is understood but not counted by this house yet."""
    return Card("这个我还不会数。现在能查到场次数和发现的问题，比如：", (_near(),))


def only_a_place(spot: Spot | None) -> Card:
    """A place and nothing else, in words: it may be a question, so no visit is counted."""
    name = spot.name if spot else "这里"
    said = f"到了{name}就拍一张，或者写「{name}正常」。想问数字，写「{name}本周几次」。"
    return Card(f"{said}\n刚才这句没有记。")


def place_noted(spot: Spot, seconds: int) -> Card:
    """Only a place, where a photo may follow its words: it is kept for so long."""
    return Card(
        f"好，{spot.name}。{seconds} 秒内发来的照片就记在这里。\n"
        f"没有照片就写「{spot.name}正常」，想问数字写「{spot.name}本周几次」。"
    )


def not_understood() -> Card:
    """Words that are neither a report nor a question."""
    return Card("没看懂。报情况就发照片，写上路名。别的点这里：", (_near(),))


def _near() -> tuple[Button, ...]:
    return (
        Button("我的待办", press("qt", 0, 1)),
        Button("本周还差什么", press("ql", 0, 1)),
        Button("帮助", press("qh", 0, 1)),
    )


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
