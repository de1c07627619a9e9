"""Quotas in words: what is asked, how a period stands, what is behind or was missed; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bot.rules.dates import step, unit_start
from bot.rules.periods import midnight
from bot.rules.quotas import EXEMPT, KEPT, MOVED, Decided, Per, QuotaStanding
from bot.rules.records import Span
from bot.words.card import Button, Card, press
from bot.words.plain import day, listed
from bot.words.spans import said_span, span_dates

EVERY: dict[str, str] = {"week": "每周", "month": "每月", "quarter": "每季度"}
REASONS = ("下雨下雪", "人手不够", "抽去干别的", "放假调休")
"""Usual reasons of a miss, a button each."""

SPOTS = 4
"""So many spots are named in a sentence."""


def period(per: Per, start: date, now: datetime) -> str:
    """本周, 上周, 本月 …; else 9月29日到10月5日那周, 10月, 四季度."""
    assert now.tzinfo is not None
    span = span_of(per, start, now)
    said = said_span(span, now)
    if said != span_dates(span, now):
        return said
    return dated(per, start, now)


def dated(per: Per, start: date, now: datetime) -> str:
    """The same by its date alone, as a decision names it."""
    year = f"{start.year}年" if start.year != now.year else ""
    if per == "week":
        return f"{span_dates(span_of(per, start, now), now)}那周"
    if per == "month":
        return f"{year}{start.month}月"
    return f"{year}{'一二三四'[start.month // 3]}季度"


def span_of(per: Per, start: date, now: datetime) -> Span:
    """The period as a span in the zone of `now`."""
    assert now.tzinfo is not None
    return Span(midnight(start, now.tzinfo), midnight(step(start, per, 1), now.tzinfo))


def named(one: QuotaStanding) -> str:
    """全域巡查, 一中队全域巡查, 松江路到场."""
    return f"{one.whose or ''}{one.noun}"


def standing(one: QuotaStanding) -> str:
    """全域巡查 1/2，还差 1 次; what was decided of it instead."""
    if one.decision is not None and one.decision.verdict == EXEMPT:
        return f"{named(one)}免了（{one.decision.reason}）"
    if one.decision is not None and one.decision.verdict == MOVED and one.decision.moved_to:
        return f"{named(one)}顺延到{day(one.decision.moved_to)}起（{one.decision.reason}）"
    carried = f"（含顺延来的 {one.carried} 次）" if one.carried else ""
    why = one.missed.reason if one.missed else None
    tail = f"还差 {one.short} 次" if one.short else "够数了"
    tail += f"（{why}）" if one.short and why else ""
    return f"{named(one)} {one.done}/{one.owed}{carried}，{tail}"


UNIT: dict[str, str] = {"week": "周", "month": "个月", "quarter": "个季度"}


def within(rows: Sequence[QuotaStanding], now: datetime) -> list[str]:
    """全域巡查 4 周里 3 周够数，6月9日到15日那周差 1 次: the periods of a longer span."""
    lines = []
    for key in dict.fromkeys(one.key for one in rows):
        mine = [one for one in rows if one.key == key]
        if len(mine) == 1:
            lines.append(f"{period(mine[0].per, mine[0].start, now)}{standing(mine[0])}。")
            continue
        enough = sum(not one.short for one in mine)
        unit = UNIT[mine[0].per]
        odd = [one for one in mine if one.short or excused(one)]
        said = [f"{dated(one.per, one.start, now)}{_odd(one)}" for one in odd[:3]]
        more = [f"另外还有 {len(odd) - 3} {unit}"] if len(odd) > 3 else []
        head = f"{named(mine[0])} {len(mine)} {unit}里 {enough} {unit}够数"
        lines.append(f"{'，'.join([head, *said, *more])}。")
    return lines


def _odd(one: QuotaStanding) -> str:
    decision = excused(one)
    if decision is not None:
        return "免了" if decision.verdict == EXEMPT else "顺延了"
    why = one.missed.reason if one.missed else None
    return f"差 {one.short} 次" + (f"（{why}）" if why else "")


def short_parts(rows: Sequence[QuotaStanding]) -> list[str]:
    """全域巡查差 1 次 / 到场：松江路、永福路各差 2 次; spots beyond the limit are counted."""
    others = [one for one in rows if "/spot/" not in one.key]
    said = [f"{named(one)}差 {one.short} 次" for one in others[:SPOTS]]
    for noun in dict.fromkeys(one.noun for one in rows if one not in others):
        spots = [one for one in rows if one not in others and one.noun == noun]
        parts = []
        for short in sorted({one.short for one in spots}, reverse=True):
            names = [one.whose or "" for one in spots if one.short == short]
            each = "各" if len(names) > 1 else ""
            parts.append(f"{listed(names)}{each}差 {short} 次")
        said.append(f"{noun}：{'，'.join(parts)}")
    return said


def nudge(rows: Sequence[tuple[QuotaStanding, int]], day_code: int, now: datetime) -> Card:
    """What is behind, while there is time; each row with its period's working days from now on."""
    lines, last = [], False
    for start, per in dict.fromkeys((one.start, one.per) for one, _ in rows):
        mine = [one for one, _ in rows if (one.start, one.per) == (start, per)]
        left = next(left for one, left in rows if one is mine[0])
        time = "就剩今天了" if left <= 1 else f"还有 {left} 个工作日"
        last = last or left <= 1
        lines.append(f"{period(per, start, now)}{time}，还差：")
        lines.append(f"{'；'.join(short_parts(mine))}。")
    buttons = (Button("还差什么", press("gh", day_code, 1)),)
    return Card("\n".join(lines), (buttons,), quiet=not last)


def missed(rows: Sequence[tuple[QuotaStanding, str | None]], code: int, now: datetime) -> Card:
    """A period that ended short, with its reason or asking for one; (standing, who said it)."""
    first = rows[0][0]
    late = [one for one, _ in rows if not one.short and excused(one) is None]
    by_kind = sorted((one for one, _ in rows), key=lambda one: "/spot/" in one.key)
    facts = "，".join(
        f"{named(one)} {one.missed.done}/{one.missed.owed}" for one in by_kind[:3] if one.missed
    )
    rest = f"，另外 {len(rows) - 3} 处" if len(rows) > 3 else ""
    lines = [f"{period(first.per, first.start, now)}没够数：", f"{facts}{rest}。"]
    if late:
        lines.append(f"后来补上的：{'、'.join(named(one) for one in late[:SPOTS])}。")
    reasons = [(one.missed.reason, by) for one, by in rows if one.missed and one.missed.reason]
    if reasons:
        reason, by = reasons[0]
        lines.append(f"原因：{reason}" + (f"（{by}）。" if by else "。"))
        return Card("\n".join(lines), ((Button("改原因", press("gg", code, 1)),),))
    lines.append("是什么原因？点一个，或者写一句，材料里会带上。")
    buttons = [Button(said, press("gf", code, 1, str(n))) for n, said in enumerate(REASONS)]
    rows_of = (tuple(buttons[:2]), tuple(buttons[2:]), (Button("我来写", press("gg", code, 1)),))
    return Card("\n".join(lines), rows_of, quiet=False)


def excused(one: QuotaStanding) -> Decided | None:
    """The decision that lets the period off, if one stands."""
    return one.decision if one.decision and one.decision.verdict != KEPT else None


def write_reason(now_known: str | None) -> Card:
    """「我来写」."""
    was = f"现在记的是「{now_known}」。\n" if now_known else ""
    return Card(f"{was}原因写一句发给我就行。不写了发「算了」。")


def explained(reason: str) -> Card:
    """The reason is written down."""
    return Card(f"好，原因记下了：{reason}。")


def quotas(
    rows: Sequence[tuple[QuotaStanding, int, date | None, int | None]], now: datetime
) -> Card:
    """「指标」: each quota with this period's standing and since when it holds.

    A row: one standing of the quota, how many of its kind are still short, since when it holds and
    what it was before.
    """
    if not rows:
        return Card("还没有规定次数。要规定，请管理员写进配置文件。")
    lines = [f"次数要求一共 {len(rows)} 条："]
    for one, short, since, before in rows[:8]:
        lines.append(_quota(one, short, since, before, now))
    return Card("\n".join(lines))


def _quota(
    one: QuotaStanding, short: int, since: date | None, before: int | None, now: datetime
) -> str:
    whose = "" if one.code is None else "每个中队" if "/squad/" in one.key else "每个重点点位"
    head = f"{whose}{one.noun}{EVERY[one.per]} {one.asked} 次"
    if one.code is None or excused(one):
        tail = standing(one).removeprefix(named(one)).strip()
    else:
        unit = "队" if "/squad/" in one.key else "处"
        tail = f"{short} {unit}还没够数" if short else "都够数了"
    held = f"（{day(since)}起，原来 {before} 次）" if since and before is not None else ""
    gap = " " if tail[0].isdigit() else ""
    return f"{head}{held}：{period(one.per, one.start, now)}{gap}{tail}。"


def lacking(rows: Sequence[QuotaStanding], day: date, now: datetime) -> Card:
    """What is still missing in the week, the month and the quarter of the day."""
    lines = []
    for start, per in dict.fromkeys((one.start, one.per) for one in rows):
        mine = [one for one in rows if (one.start, one.per) == (start, per)]
        lines.append(f"{period(per, start, now)}还差：{'；'.join(short_parts(mine))}。")
    return Card("\n".join(lines) or f"{period('week', unit_start(day, 'week'), now)}都够数了。")
