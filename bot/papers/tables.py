"""The tables and sentences that every paper shares; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from bot.papers import shares
from bot.papers.document import Block, Gap, Paragraph, Table, Words, text
from bot.rules.indicators import INDICATORS
from bot.rules.papers import (
    STEPS,
    Compared,
    HotSpot,
    MeasureFacts,
    PaperFacts,
    Promise,
    gaps,
    signatures,
)
from bot.rules.rebounds import Raised
from bot.rules.records import Span
from bot.words.answers import sentence
from bot.words.chart import Chart
from bot.words.drawing import svg
from bot.words.papers import STEP_NAMES
from bot.words.plain import percent

IN_TIME = "ontime_rate"
"""The indicator among the main numbers of every paper."""
NOT_RECORDED = "时限尚未登记"
"""Said in a paper that was signed before time limits were: nobody has to fill it in."""
REBOUND_NOTE = "反弹按上报中写明再次出现或者复查未通过的统计。"
MOST = 10
"""Lines of a table of spots or kinds."""


def dates(span: Span) -> str:
    """6月1日至30日."""
    assert span.since is not None
    last = span.until - timedelta(seconds=1)
    end = f"{last.day}日" if span.since.month == last.month else f"{last.month}月{last.day}日"
    return f"{span.since.month}月{span.since.day}日至{end}"


def marks(facts: PaperFacts) -> str:
    """What stands in the header."""
    return "终稿" if facts.state == "sent" else "草稿"


def overall(facts: PaperFacts) -> list[Block]:
    """The period in three sentences: counts, rates with what they are made of, the bulletin."""
    n = {one.metric: one for one in facts.numbers}
    counted = (
        f"{dates(facts.counted)}，开展全域巡查{n['patrol_count'].total}次、"
        f"专项检查{n['special_count'].total}次，收到上报{n['report_count'].total}条。"
    )
    found, done = n["problem_count"], n["closure_rate"]
    if found.total:
        left = found.total - done.total - facts.unsolved
        still = f"，{left}个正在整改" if left else ""
        if facts.unsolved:
            still += f"，{facts.unsolved}个不属本局或者无法处置"
        again = n["rebound_count"].total
        back, of = facts.rebound_rate
        rate = f"，四周反弹率{percent(back, of)}（{back}/{of}）" if of else ""
        told = (
            f"发现问题{found.total}个，已解决{done.total}个{still}，"
            f"完成率{percent(done.total, found.total)}（{done.total}/{found.total}）；"
            f"反弹{again}次{rate}。"
        )
    else:
        told = "这段时间没有发现问题。"
    before = f"期初另有{facts.open_before}个以前的问题没有解决。" if facts.open_before else ""
    return [text(counted, told, before), text(sentence(facts.bulletin)), numbers(facts)]


def numbers(facts: PaperFacts) -> Table:
    """Each number beside that of the period before; what is not recorded yet is marked."""
    rows: list[tuple[Words, ...]] = [_number(one) for one in facts.numbers]
    here, then = shares.by_name(facts)
    ontime = (shares.said(here[IN_TIME]), shares.said(then[IN_TIME]), "—") if here else None
    rows.append((INDICATORS[IN_TIME].noun, *(ontime or (NOT_RECORDED, "", ""))))
    heads = ("项目", "本期", shares.past(facts), "增减")
    return Table("表1  主要数据", heads, tuple(rows), (30, 28, 28, 24))


def _number(one: Compared) -> tuple[Words, ...]:
    if one.of is None:
        gap = one.total - one.before
        said = "持平" if gap == 0 else f"{'增加' if gap > 0 else '减少'}{abs(gap)}{one.unit}"
        return (one.noun, f"{one.total}{one.unit}", f"{one.before}{one.unit}", said)
    return (one.noun, _rate(one.total, one.of), _rate(one.before, one.before_of or 0), "—")


def _rate(part: int, of: int) -> str:
    return f"{percent(part, of)}（{part}/{of}）" if of else "无"


def promises(facts: PaperFacts) -> list[Block]:
    """What was owed: a line a kind in words, the periods that ended short in a table."""
    said = []
    for noun, per in dict.fromkeys((one.noun, one.per) for one in facts.promises):
        mine = [one for one in facts.promises if (one.noun, one.per) == (noun, per)]
        over = [one for one in mine if one.over]
        full = [one for one in over if one.done >= one.owed or one.excused]
        unit = {"week": "周", "month": "个月", "quarter": "季度"}[per]
        done = sum(one.done for one in mine)
        kept = (
            f"已结束的{len(over)}{unit}中{len(full)}{unit}完成要求" if over else f"本{unit}还没结束"
        )
        said.append(f"{noun}每{unit}要求{mine[-1].owed}次，共{done}次，{kept}")
    blocks: list[Block] = [text("；".join(said) + "。")] if said else [text("没有规定次数的事项。")]
    short = [(n, one) for n, one in enumerate(facts.promises) if one.over and one.done < one.owed]
    if short:
        rows = tuple(_short(one) for _, one in short)
        blocks.append(
            Table("表2  没有完成的周期和原因", ("事项", "周期", "完成/要求", "原因"), rows,
                  (24, 32, 20, 40))
        )  # fmt: skip
    return blocks


def _short(one: Promise) -> tuple[Words, ...]:
    ends = {"week": 6}.get(one.per)
    last = one.start + timedelta(days=ends) if ends else None
    period = f"{_day(one.start)}—{_day(last)}" if last else f"{one.start.month}月起的一{_unit(one)}"
    if one.per == "month":
        period = f"{one.start.month}月"
    reason: Words = one.reason or Gap("原因")
    excused = "（经研究不要求）" if one.excused else ""
    if excused:
        reason = f"{one.reason or ''}{excused}"
    return (one.noun, period, f"{one.done}/{one.owed}", reason)


def _unit(one: Promise) -> str:
    return "季" if one.per == "quarter" else "月"


def _day(of: date | None) -> str:
    return f"{of.month}月{of.day}日" if of else ""


def places(facts: PaperFacts) -> Table:
    """Spots with what was found there."""
    found = sorted(facts.spots, key=lambda one: (not one.key, -one.found))[:MOST]
    rows = tuple(
        (one.name, str(one.visits), str(one.found), str(one.closed), str(one.rebounds),
         str(one.found_before), str(one.short_weeks) if one.key else "—")
        for one in found
    )  # fmt: skip
    heads = ("点位", "到场", "发现", "解决", "反弹", "上期发现", "没够数周数")
    return Table("表3  各点位情况", heads, rows, (38, 13, 13, 13, 13, 18, 24))


def kinds(facts: PaperFacts) -> list[Block]:
    """Kinds of trouble, where any was found."""
    rows = tuple(
        (part.label, str(part.total or 0), str(part.before or 0))
        for part in facts.categories[:MOST]
    )
    heads = ("类别", "本期发现", "上期发现")
    return [Table("表4  问题类别", heads, rows, (50, 30, 30))] if rows else []


def over_time(facts: PaperFacts) -> str:
    """Found and settled in each stretch, as a drawing."""
    labels = tuple(one.label for one in facts.steps)
    series = (
        ("发现", tuple(one.found for one in facts.steps)),
        ("解决", tuple(one.closed for one in facts.steps)),
    )
    return svg(Chart("发现和解决的问题", labels, series, "个"))


def by_place(facts: PaperFacts) -> str:
    """What was found at each spot in this period and the one before, as a drawing."""
    some = [one for one in facts.spots if one.found or one.found_before][:MOST]
    series = (
        ("上期", tuple(one.found_before for one in some)),
        ("本期", tuple(one.found for one in some)),
    )
    return svg(Chart("各点位发现的问题", tuple(one.name for one in some), series, "个"))


def hot(found: Sequence[HotSpot]) -> list[Block]:
    """Where it came again and again, one a line."""
    if not found:
        return [text("没有反复出现问题的点位。")]
    lines: list[Block] = []
    for n, one in enumerate(found, 1):
        when = f"，多在{one.hour}时至{one.hour + 2}时" if one.hour is not None else ""
        again = f"，其中反弹{one.rebounds}次" if one.rebounds else ""
        lines.append(text(f"{n}、{one.spot}{one.category}：发现{one.found}个{again}{when}。"))
    return [*lines, text(REBOUND_NOTE)]


def raised(found: Sequence[Raised]) -> list[Block]:
    """What was put before the review, one a line."""
    lines: list[Block] = []
    for n, one in enumerate(found, 1):
        when = f"，前几次{_mostly(one)}{one.hours.begin}时至{one.hours.end}时" if one.hours else ""
        times = f"{one.days}天内第{one.often}次反弹"
        lines.append(text(f"提请研判{n}：{one.place}{one.kind}，{times}{when}。"))
    return lines


def _mostly(one: Raised) -> str:
    return "都在" if one.hours and one.hours.all else "多在"


def measures(found: Sequence[MeasureFacts], title: str, *, effects: bool) -> Table:
    """Measures with owner and day; an effect that nobody wrote is marked."""
    rows = tuple(
        (str(one.number), one.words, one.owner or "未定", _day(one.due) or "未定",
         (one.effect or Gap("成效")) if effects else ("办完" if one.state == "done" else "在办"))
        for one in found
    )  # fmt: skip
    last = "成效" if effects else "进度"
    return Table(title, ("序号", "措施", "责任人", "时限", last), rows, (10, 50, 18, 18, 26))


def written(facts: PaperFacts, code: str) -> Paragraph:
    """What somebody wrote into the gap, or the gap."""
    names = dict(gaps(facts))
    said = facts.written.get(code)
    return text(said if said else Gap(names.get(code, "")))


def sign_off(facts: PaperFacts) -> Table:
    """Who signed which step, when."""
    done = {one.step: one for one in signatures(facts.taken)}
    rows = tuple(
        (STEP_NAMES[step], done[step].name if step in done else "",
         _day(done[step].at.date()) if step in done else "")
        for step in STEPS
    )  # fmt: skip
    return Table("审签", ("环节", "签审人", "日期"), rows, (30, 40, 30))


def ending(facts: PaperFacts) -> list[Block]:
    """Until when it counts; the bureau and the day, at the right."""
    when = f"{facts.now.year}年{facts.now.month}月{facts.now.day}日"
    until = min(facts.counted.until, facts.now.astimezone(facts.counted.until.tzinfo))
    last = until - timedelta(seconds=1)
    on = f"{last.month}月{last.day}日"
    exact = "" if until == facts.span.until else f"{last:%H:%M}"
    counts = text(f"以上数据统计到{on}{exact}，按定稿时的记录。" if facts.state == "sent"
                  else f"以上数据统计到{on}{exact}。")  # fmt: skip
    return [counts, Paragraph((facts.bureau,), "right"), Paragraph((when,), "right")]
