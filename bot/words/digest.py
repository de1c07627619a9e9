"""The week in one message: for the group, for the supervisor before and after; pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.rules.facts import SpotWeek
from bot.rules.papers import DigestFacts, Promise, iso_week
from bot.rules.records import Span
from bot.words.card import Button, Card, press
from bot.words.ledger_figures import WALL, week_lines
from bot.words.plain import clock, listed, percent
from bot.words.reading import SOURCES
from bot.words.spans import span_dates

BODY = 6
"""Lines below the head, so that there are seven in all (conversations.md 6)."""
KINDS, NAMED = 3, 3
"""So many kinds of trouble, and places that lack visits, are named."""


def head(facts: DigestFacts) -> str:
    """第 24 周（6月9日到13日）: the days that were counted."""
    last = facts.counted.until - timedelta(seconds=1)
    days = Span(facts.counted.since, _next_day(last))
    return f"第 {iso_week(facts.start)} 周（{span_dates(days)}）"


def _next_day(moment: datetime) -> datetime:
    start = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return start + timedelta(days=1)


def group(facts: DigestFacts, again: bool = False) -> Card:
    """What the work group reads, with its picture; never more than seven lines."""
    lines = [f"{head(facts)}{'，改过一次' if again else ''}", *body(facts)]
    return Card("\n".join(lines), papers=(f"{facts.paper}.png",), quiet=False)


def body(facts: DigestFacts) -> list[str]:
    """The lines below the head: quotas, spots, problems, kinds, the ledger, a sentence of theirs.

    Where they are too many the kinds of trouble go first, then what came after the last digest,
    then what comes due: the picture and the papers have these too.
    """
    lines = _lines(facts)
    for name in ("kinds", "since_last", "due"):
        if sum(bool(line) for line in lines.values()) > BODY:
            lines.pop(name, None)
    return [line for line in lines.values() if line]


def _lines(facts: DigestFacts) -> dict[str, str]:
    """The lines by what they tell."""
    ledger = [*(week_lines(facts.ledger) if facts.ledger else ()), "", ""]
    last = f"上次周报发出以后，上周末另有 {facts.since_last} 个问题。" if facts.since_last else ""
    return {
        "quotas": f"{'，'.join(map(promised, facts.promises))}。" if facts.promises else "",
        "spots": visited(facts.spots) if facts.spots else "",
        "problems": problems(facts), "kinds": _kinds(facts), "since_last": last,
        "ledger": ledger[0], "due": ledger[1], "remark": facts.remark or "",
    }  # fmt: skip


def _kinds(facts: DigestFacts) -> str:
    """占道经营 4，流动摊贩 2，其他 1；12345来的 3。"""
    more = [f"{name} {n}" for name, n in facts.categories[:KINDS]]
    others = [f"{SOURCES.get(source, source)}来的 {n}" for source, n in facts.sources[:2]]
    if not more:
        return ""
    rest = "，其他 " + str(_rest(facts)) if _rest(facts) else ""
    return f"{'，'.join(more)}{rest}{'；' + '，'.join(others) if others else ''}。"


def _rest(facts: DigestFacts) -> int:
    return sum(n for _, n in facts.categories[KINDS:])


def promised(one: Promise) -> str:
    """全域巡查 2/2; the month's says so."""
    said = {"week": "", "month": "（本月）", "quarter": "（本季度）"}.get(one.per, "")
    excused = "，这次不要求" if one.excused and one.done < one.owed else ""
    return f"{one.noun} {one.done}/{one.owed}{said}{excused}"


def visited(spots: tuple[SpotWeek, ...]) -> str:
    """松江路 1/2，永福路 0/2，其余够数。 — spots are counted, never persons."""
    short = [spot for spot in spots if spot.short]
    if not short:
        return f"{listed([spot.name for spot in spots])}都够数了。"
    said = "，".join(f"{spot.name} {spot.visits}/{spot.owed}" for spot in short[:NAMED])
    more = f"，另外 {len(short) - NAMED} 处也没够" if len(short) > NAMED else ""
    rest = "，其余够数" if len(short) < len(spots) else ""
    return f"{said}{more}{rest}。"


def problems(facts: DigestFacts) -> str:
    """发现问题 9 个，解决 6 个（当场 5 个），在办 3 个，其中超期 1 个；反弹 1 次（松江路）。"""
    if not facts.found:
        reported = f"上报 {facts.reports} 条" if facts.reports else "没有上报"
        return f"本周无问题（{reported}）。"
    at_once = f"（当场 {facts.on_spot} 个）" if facts.on_spot else ""
    done = f"，解决 {facts.closed} 个{at_once}"
    if facts.closed == facts.found:
        done = f"，都解决了{at_once}"
    going = f"，在办 {facts.open} 个" if facts.open else ""
    late = f"，其中超期 {facts.overdue} 个" if facts.overdue else ""
    ended = facts.found - facts.closed - facts.open
    rest = f"，办不了、不归本局 {ended} 个" if ended > 0 else ""
    several = len(facts.rebound_spots) > 1
    where = listed([f"{name} {n}" if several else name for name, n in facts.rebound_spots])
    back, of = facts.rebound_rate
    rate = f"，四周反弹率 {percent(back, of)}（{back}/{of}）" if of else ""
    came_back = f"；反弹 {facts.rebounds} 次（{where}）{rate}" if facts.rebounds else ""
    return f"发现问题 {facts.found} 个{done}{going}{late}{rest}{came_back}。"


# ---- to the supervisor ----


def preview(facts: DigestFacts, at: datetime | None) -> Card:
    """Before it goes out: it goes as it is, with a sentence more, or not at all.

    Its hour is None where that is over and only a group is lacking.
    """
    number, week = facts.paper, f"第 {iso_week(facts.start)} 周周报"
    gist = f"preview {number}"
    if facts.state == "sent":
        return Card(f"{week}已经发出去了。", gist=gist, brief="")
    if facts.state == "skipped":
        anyway = ((Button("还是发吧", press("ea", number, facts.version)),),)
        return Card(f"{week}这周不发了。", anyway, gist=gist)
    when = "照发，" if facts.signed_off else "不回就 "
    first = f"{week}，{when}{clock(at)} 发群：" if at else f"{week}，还没有工作群可以发："
    change = (
        Button("改一下", press("eb", number, facts.version)),
        Button("这周不发", press("ec", number, facts.version)),
    )
    send = Button("照发", press("ea", number, facts.version), primary=True)
    rows: tuple[tuple[Button, ...], ...] = ((send,), change)
    if facts.signed_off:
        rows = (change,)
    return Card(
        "\n".join([first, *body(facts)]), rows, quiet=False, gist=gist,
        papers=(f"{number}.png",), apart=True,
    )  # fmt: skip


def sent(facts: DigestFacts, groups: int) -> Card:
    """After it went out: in writing, or once more with other words."""
    week = f"第 {iso_week(facts.start)} 周周报"
    number = facts.paper
    files = (
        Button("Word", press("ed", number, facts.version, "docx")),
        Button("Excel", press("ed", number, facts.version, "xlsx")),
    )
    if not groups:
        none = "还没有允许的工作群，没处发。把我拉进群，请管理员今天点允许，我就发。"
        return Card(f"{week}做好了。要书面的？\n{none}", (files,))
    again = Button("改两个字再发", press("eb", number, facts.version))
    more = (again, WALL) if facts.ledger else (again,)
    return Card(f"{week}已发群。要书面的？", (files, more))


def ask_remark(sent_already: bool) -> Card:
    """What the next words are for."""
    when = "我改好再发一遍" if sent_already else "我加在周报最后"
    return Card(f"要加哪句话？写一句发给我，{when}。\n数字是记录里数出来的，改不了。不加就发：算了")


def remarked(words: str, at: datetime | None) -> Card:
    """The sentence is in."""
    when = f"{clock(at)} 一起发。" if at is not None else "已经重新发到群里。"
    return Card(f"加上了：{words}\n{when}")
