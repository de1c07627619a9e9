"""The answer to how an obligation stands: done by whom and when, not yet, exempt, missed. Pure."""

from __future__ import annotations

from datetime import date, datetime

from bot.rules.answers import Obliged
from bot.rules.obligation_facts import RunFacts
from bot.words.card import Button, Card, press
from bot.words.obligations import PER_SAID, dated
from bot.words.plain import cut, day
from bot.words.spans import said_span, span_twice

LISTED = 5
"""So many runs are told one by one."""


def obliged(facts: Obliged, now: datetime) -> Card:
    """The answer: the run that was asked about, or the runs of a longer time."""
    today = now.astimezone(facts.over.span.until.tzinfo).date()
    looked = f"按「{facts.set.name}、{span_twice(facts.over.span, now)}」查的。"
    rows: tuple[tuple[Button, ...], ...] = ()
    if facts.set.counts:
        lines = [_counted(facts, now)]
    elif not facts.runs:
        lines = _nothing(facts, now, today)
    elif len(facts.runs) == 1:
        run = facts.runs[0]
        lines = _one(run, today)
        if run.exempt_by is None:
            rows = ((Button("看要求", press("lr", run.task, run.version)),),)
    else:
        lines = _several(facts, today)
    return Card("\n".join([*lines, looked]), rows)


def _one(run: RunFacts, today: date) -> list[str]:
    title, who = cut(run.title, 24), "、".join(run.owners[:2]) or run.department
    match run.standing(today):
        case "exempt":
            on = day(run.exempt_on) if run.exempt_on else ""
            return [f"{title}免了，{run.exempt_by}{on}定的。", f"原因：{cut(run.exempt_why, 40)}。"]
        case "done":
            lines = [f"{title}办完了{f'，{day(run.done_on)}' if run.done_on else ''}。"]
            if run.given_by and run.given_on:
                late = f"，晚了 {run.late_by} 天" if run.late_by else ""
                check = f"，{run.checker}复核" if run.checker else ""
                lines.append(f"{run.given_by}{day(run.given_on)}交的{late}{check}。")
            return lines
        case "given":
            by = f"{run.given_by}{day(run.given_on)}" if run.given_by and run.given_on else ""
            waits = f"等{run.checker}复核" if run.checker else "等人复核"
            return [f"{title}佐证交了，还没办完。", f"{by}交的，{waits}。"]
        case "late":
            assert run.due is not None
            lines = [f"{title}没办，超期 {(today - run.due).days} 天。"]
            said = f"应于{dated(run.due)}前办完"
        case _:
            lines = [f"{title}还没办完。"]
            said = f"{dated(run.due)}到期" if run.due else "时限还没定"
    lines.append(f"{said}，{f'责任人{who}' if who else '责任人未明确'}。")
    checked = run.devices
    if checked is not None and checked.of:
        broken = f"，坏 {checked.broken} 台" if checked.broken else ""
        lines.append(f"{checked.of} 台设备查了 {checked.checked} 台{broken}。")
    return lines


def _several(facts: Obliged, today: date) -> list[str]:
    standing = [run.standing(today) for run in facts.runs]
    counts = [
        (standing.count("done"), "办完"), (standing.count("given"), "已交"),
        (standing.count("owed"), "在办"), (standing.count("late"), "漏办"),
        (standing.count("exempt"), "免了"),
    ]  # fmt: skip
    told = "，".join(f"{said} {n} 期" for n, said in counts if n)
    lines = [f"{facts.set.name} {len(facts.runs)} 期：{told}。"]
    late = [run for run, state in zip(facts.runs, standing, strict=True) if state == "late"]
    if late:
        names = "、".join(cut(run.title, 14) for run in late[:LISTED])
        lines.append(f"没办的：{names}{'等' if len(late) > LISTED else ''}。")
    return lines


def _nothing(facts: Obliged, now: datetime, today: date) -> list[str]:
    """Why there is no run in the span: no period set, no event, not come, or before the first."""
    one, span = facts.set, facts.over.span
    if one.per == "unset":
        return [
            f"{one.name}还没定多久一次，没有排。", f"要管理员定，比如：周期 {one.name} 每月"
        ]  # fmt: skip
    if one.per == "event":
        return [f"{said_span(span, now)}没有登记过{one.name}。", "开完了发：登记 名称 日期"]
    if span.since is not None and span.since.date() > today:
        return [f"{said_span(span, now)}的{one.name}还没到，没有排。"]
    if facts.first is None:
        return [f"{one.name}还没有排过，{PER_SAID[one.per]}第一个工作日我会排上。"]
    return [f"{said_span(span, now)}的{one.name}没有记录，{day(facts.first)}起才有。"]


def _counted(facts: Obliged, now: datetime) -> str:
    when = said_span(facts.over.span, now)
    if facts.count is None:
        return f"{when}还没开始记{facts.set.name}，没有记录。"
    if not facts.count[1]:
        return f"{when}{facts.set.name}没有要求。"
    done, owed = facts.count
    short = f"，还差 {owed - done} 次" if done < owed else "，够数了"
    return f"{when}{facts.set.name} {done}/{owed}{short}。"
