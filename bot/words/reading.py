"""How a question was read, said back: the first line's subject and the last line; pure."""

from __future__ import annotations

from datetime import datetime

from bot.rules.answers import Over
from bot.rules.metrics import METRICS
from bot.rules.records import Question
from bot.words.plain import day, listed
from bot.words.spans import said_span, span_twice

SOURCES = {"patrol": "巡查", "camera": "监控", "hotline": "热线", "public": "群众反映",
           "review": "回头看"}  # fmt: skip
PATROLS = {"full": "全域巡查", "special": "专项检查", "fixed": "值守"}

NOUNS = {
    "problem_list": "问题", "export_records": "全部记录", "photo_list": "照片",
    "dup_photos": "重复照片", "absent": "谁没上报", "bulletin": "通报数字",
    "weekly_summary": "周报", "obligation_status": "周期任务", "quota_status": "够不够数",
}  # fmt: skip


def looked_for(question: Question, over: Over, now: datetime) -> str:
    """按「松江路（含交汇处）、本周（6月9日到15日）、问题」查的。"""
    crossing = "（含交汇处）" if over.crossings else ""
    parts = [
        f"{listed(over.spots)}{crossing}" if over.spots else "全部点位",
        *over.categories, *over.persons, *over.squads,
        *([f"{SOURCES.get(over.source, over.source)}来的"] if over.source else []),
        span_twice(over.span, now), nouns(question),
    ]  # fmt: skip
    return f"按「{'、'.join(parts)}」查的。"


def nouns(question: Question) -> str:
    """What is counted, as the last line names it."""
    said = []
    for name in question.metrics:
        noun = NOUNS.get(name) or METRICS[name].noun
        if name == "report_count" and not question.filters.spots:
            noun = "上报"
        if noun == "问题" and question.filters.state in ("open", "closed"):
            noun = "没解决的问题" if question.filters.state == "open" else "已解决的问题"
        if noun == "问题" and question.filters.state == "overdue":
            noun = "超期的问题"
        if noun == "问题" and question.filters.patrol_type and len(question.metrics) == 1:
            noun = f"{PATROLS.get(question.filters.patrol_type, '')}发现的问题"
        said.append(noun)
    return "、".join(dict.fromkeys(said))


def subject(over: Over, now: datetime) -> str:
    """张建国，松江路、永福路本周 — who, where and when, before the number."""
    who = f"{listed([*over.persons, *over.squads])}，" if over.persons or over.squads else ""
    where = listed(over.spots) if over.spots else ""
    return f"{who}{where}{said_span(over.span, now)}"


def empty(over: Over, now: datetime) -> str | None:
    """Why nothing can be in the span, said instead of a bare zero; None where there may be some."""
    standing = over.standing(now)
    if standing == "future":
        return f"{subject(over, now)}还没到，没有记录。"
    if standing == "never":
        return f"{subject(over, now)} 0 条，现在还没有任何记录。"
    if standing == "before" and over.first_at is not None:
        first = day(over.first_at)
        same = over.first_at.year == now.astimezone(over.first_at.tzinfo).year
        year = "" if same else f"{over.first_at.year}年"
        return f"{subject(over, now)}还没开始记，最早的记录是 {year}{first}。"
    return None
