"""The rows behind a number: ten lines in the chat, all of them in a file; photos; pure."""

from __future__ import annotations

from datetime import datetime

from bot.rules.answers import Copy, Listing, Outing, Photos, Row
from bot.rules.facts import FindFacts
from bot.rules.indicators import COUNTS, INDICATORS
from bot.rules.ledger_facts import TaskList
from bot.rules.metrics import METRICS
from bot.rules.records import Question
from bot.words import ledger_views
from bot.words.card import Button, Card, press
from bot.words.indicated import behind, standing
from bot.words.plain import ACTIONS, clock, cut, day, listed, short, when
from bot.words.reading import SOURCES, empty, looked_for, nouns, subject
from bot.words.sheet import Sheet
from bot.words.spans import said_span

LINE = 34
"""Letters of one line of a list; the file has the rest."""

HEADS = ("编号", "发生时间", "点位", "类别", "数量", "处置", "状态", "队员", "中队", "来源", "原话")
KINDS = {"full": "全域巡查", "special": "专项检查", "fixed": "岗亭值守"}
STATES = {"open": "没解决", "closed": "已解决", "unsolved": "没能解决"}


def listing(facts: Listing | TaskList, now: datetime, asked: int, why: bool = False) -> Card:
    """What the number counts, newest first; `why` also says how it is counted."""
    if isinstance(facts, TaskList):
        return ledger_views.listing(facts, now, asked)
    if (
        facts.question.format in ("xlsx", "csv", "docx")
        or facts.measured.metric == "export_records"
    ):
        return exported(facts, now, asked)
    nothing = empty(facts.over, now)
    last = looked_for(facts.question, facts.over, now)
    if nothing or not facts.total:
        head = nothing or f"{_title(facts, now)} 0 {_unit(facts)}。"
        return Card(f"{head}\n{last}")
    most = f"，最近的 {len(facts.rows)} {_unit(facts)}" if facts.total > len(facts.rows) else ""
    done = _done(facts)
    lines = [f"{_title(facts, now)} {facts.total} {_unit(facts)}{done}{most}："]
    lines += [cut(_line(row, now, facts.measured.metric), LINE) for row in facts.rows]
    how = METRICS[facts.measured.metric].how if facts.measured.metric in METRICS else ""
    lines += [f"算法：{how}"] if why and how else []
    label = "看全部" if facts.total > len(facts.rows) else "导出"
    rows = ((Button(label, press("qx", asked, 1, "0")),),) if asked else ()
    return Card("\n".join([*lines, last]), rows)


def _done(facts: Listing) -> str:
    """How many of those that a share is of it counts."""
    if facts.measured.metric in INDICATORS:
        return behind(facts.measured)
    return f"，{facts.measured.total} {_unit(facts)}{_share(facts)}" if facts.measured.of else ""


def exported(facts: Listing | TaskList, now: datetime, asked: int) -> Card:
    """A word beside the file; nothing to put into one says so."""
    if isinstance(facts, TaskList):
        return ledger_views.exported(facts, now, asked)
    nothing = empty(facts.over, now)
    last = looked_for(facts.question, facts.over, now)
    if nothing or not facts.total:
        return Card(f"{nothing or f'{_title(facts, now)} 0 {_unit(facts)}，不用导出。'}\n{last}")
    head = f"{_title(facts, now)} {facts.total} {_unit(facts)}"
    if not asked:
        return Card(f"{head}。用 gangting export 存成文件。\n{last}")
    form = {"docx": "文字版还不会做，先给您表格。", "csv": "给您的是表格，能另存成别的格式。"}
    extra = form.get(facts.question.format, "")
    return Card(f"{head}，都在表里。{extra}\n{last}", sheet=asked)


def _title(facts: Listing, now: datetime) -> str:
    if facts.measured.metric in INDICATORS:
        whole = COUNTS[INDICATORS[facts.measured.metric].of].name
        return f"{subject(facts.over, now)}{whole}的问题"
    if facts.measured.of is not None:
        # What the share is of, as its rows are.
        return f"{subject(facts.over, now)}{METRICS[facts.measured.metric].whole}"
    return f"{subject(facts.over, now)}{nouns(facts.question)}"


def _share(facts: Listing) -> str:
    return METRICS[facts.measured.metric].done


def _unit(facts: Listing) -> str:
    metric = METRICS.get(facts.measured.metric)
    if metric is None:
        return "条" if facts.measured.metric == "export_records" else "个"
    if metric.of_tickets:
        return "件"
    return "个" if metric.of else metric.unit


def _line(row: Row, now: datetime, metric: str) -> str:
    at = when(row.at, now.astimezone(row.at.tzinfo))
    if row.progress is not None:
        found = "；".join(map(place_and_kind, row.finds))
        return f"{at} {found}，{standing(metric, row.progress)}"
    if row.outing is not None:
        return f"{at} {outing_words(row.outing)}"
    return f"{at} {'；'.join(map(find_words, row.finds))}"


def outing_words(one: Outing) -> str:
    """7/7 处，到 11:20；补记；认可：道路封闭."""
    until = f"，到 {clock(one.until)}" if one.until else ""
    where = f"{len(one.spots)}/{one.asked} 处" if one.asked else listed(list(one.spots))
    late = "，补记" if one.late else ""
    accepted = f"，认可：{one.accepted}" if one.accepted else ""
    return f"{where or '没写地点'}{until}{late}{accepted}"


def find_words(find: FindFacts) -> str:
    """松江路 占道经营 2 已劝离."""
    action = ACTIONS.get(find.action, "")
    return f"{place_and_kind(find)}{f' {action}' if action else ''}"


def place_and_kind(find: FindFacts) -> str:
    """松江路 占道经营 2."""
    place = find.place or find.written or "没写地点"
    what = find.category or "没写类别"
    return f"{place} {what}{f' {find.count}' if find.count is not None else ''}"


def sheet(facts: Listing | TaskList, now: datetime) -> Sheet:
    """All rows for the file; names the asker may not see are left empty."""
    if isinstance(facts, TaskList):
        return ledger_views.sheet(facts, now)
    title = _title(facts, now)
    notes = [looked_for(facts.question, facts.over, now)]
    if facts.measured.metric in METRICS:
        notes.append(METRICS[facts.measured.metric].how)
    here = now.astimezone(facts.over.span.until.tzinfo)
    notes.append(f"{day(here)} {clock(here)} 导出，共 {facts.total} 行。")
    metric = facts.measured.metric
    rows = tuple(_cells(row, metric) for row in facts.rows)
    return Sheet(f"{title} {here:%m%d-%H%M}", title, HEADS, rows, tuple(notes))


def _cells(row: Row, metric: str) -> tuple[str | int | None, ...]:
    if row.outing is not None:
        return _outing_cells(row, row.outing)
    one = row.finds[0] if len(row.finds) == 1 else None
    many = row.finds
    states = "；".join(STATES.get(f.state, "") for f in many)
    if row.progress is not None:
        states = standing(metric, row.progress)
    return (
        row.number, f"{row.at:%Y-%m-%d %H:%M}",
        "；".join(dict.fromkeys(f.place or f.written or "" for f in many)),
        "；".join(f.category or "" for f in many),
        one.count if one else "；".join(str(f.count or "") for f in many),
        "；".join(ACTIONS.get(f.action, "") for f in many),
        states, row.name, row.squad, SOURCES.get(row.source, row.source), row.words,
    )  # fmt: skip


def _outing_cells(row: Row, one: Outing) -> tuple[str | int | None, ...]:
    """A round's line: who was on it under 队员, how it went under 原话."""
    return (
        row.number, f"{row.at:%Y-%m-%d %H:%M}", "；".join(one.spots), KINDS.get(one.kind, ""),
        len(one.spots), "", "", "、".join(one.crew) or row.name, row.squad,
        SOURCES.get(row.source, row.source), outing_words(one),
    )  # fmt: skip


def photos(facts: Photos, now: datetime, asked: int) -> Card:
    """The photos go before these words; ten at a time."""
    question: Question = facts.question
    last = looked_for(question, facts.over, now)
    nothing = empty(facts.over, now)
    if question.metrics[0] == "dup_photos":
        return _copies(facts, now, nothing, last)
    who = subject(facts.over, now)
    if nothing or not facts.total:
        return Card(f"{nothing or f'{who}没有照片。'}\n{last}")
    through = facts.since + len(facts.shown)
    part = f"，这是第 {facts.since + 1} 到 {through} 张" if facts.total > len(facts.shown) else ""
    more = Button("再看几张", press("qp", asked, 1, str(through)))
    rows = ((more,),) if through < facts.total and asked else ()
    return Card(f"{who}照片 {facts.total} 张{part}。\n{last}", rows, photos=facts.shown)


def _copies(facts: Photos, now: datetime, nothing: str | None, last: str) -> Card:
    if nothing or not facts.copies:
        return Card(f"{nothing or f'{said_span(facts.over.span, now)}没有重复的照片。'}\n{last}")
    lines = [f"{said_span(facts.over.span, now)}有 {facts.total} 组照片一样："]
    lines += [_copy(group, now) for group in facts.copies[:6]]
    if len(facts.copies) > 6:
        lines.append(f"还有 {len(facts.copies) - 6} 组。")
    return Card("\n".join([*lines, last]), photos=facts.shown[:6])


def _copy(group: tuple[Copy, ...], now: datetime) -> str:
    said = (
        f"{short(one.number)}（{when(one.at, now.astimezone(one.at.tzinfo))}）" for one in group
    )
    return cut("、".join(said), LINE + 20)
