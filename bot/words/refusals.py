"""What is said to words that are no question, or none that can be answered; and 待办; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.rules.facts import Matters, TaskTodo
from bot.rules.onward import Offer
from bot.rules.records import Spot
from bot.words.card import Button, Card, press
from bot.words.plain import clock, cut, day, short
from bot.words.problems import todo_line

MOST = 6
"""Buttons of one card that every line shows."""


def near(offers: Sequence[Offer], asked: int) -> tuple[tuple[Button, ...], ...]:
    """The near questions, a button each, one below the other."""
    return tuple(
        (Button(offer.label, press("qn", asked, 1, str(which))),)
        for which, offer in enumerate(offers)
    )


def no_ranking() -> Card:
    """「谁最勤快」: the bureau's rules forbid it, and so do ours."""
    return Card("我不按人排名。可以看各点位的情况。", ((Button("看点位", press("qs", 0, 1)),),))


def not_mine(offers: Sequence[Offer] = (), asked: int = 0) -> Card:
    """The weather, another district."""
    return Card("这个我不会。我能查巡查、问题和照片，比如：", near(offers, asked) or (_general(),))


def unannounced(offers: Sequence[Offer] = (), asked: int = 0) -> Card:
    """A holiday of a year whose days off are not published yet."""
    said = "那一年的放假安排还没公布，哪几天放假我不知道。\n请直接写日期，比如：10月1日到7日。"
    return Card(said, near(offers, asked))


def not_a_question(offers: Sequence[Offer] = (), asked: int = 0) -> Card:
    """A question that is half understood: not guessed."""
    return Card(
        "没完全看懂您问的，怕查错，就没查。您是不是想问：", near(offers, asked) or (_general(),)
    )


def told_or_asked(offers: Sequence[Offer] = (), asked: int = 0) -> Card:
    """Words that end as a question but tell of trouble: the person says which."""
    said = "没看懂是在问还是在报，没有记。报情况就在前面加「上报」两个字再发；问的话，比如："
    return Card(said, near(offers, asked) or (_general(),))


def nothing_to_open() -> Card:
    """「为什么」 with no number before it."""
    return Card("不知道您说的是哪个数。先问一个数，十分钟内再问为什么，我把明细列出来。")


def no_rows() -> Card:
    """「为什么」 after photos, or after who has not reported: all was said."""
    return Card("刚才的回答里都列出来了，后面没有别的明细。问次数、问问题个数的，可以打开看。")


def another_number(said: str, was: Sequence[int]) -> str:
    """The person names a number that was not said."""
    return f"刚才说的是 {'、'.join(map(str, was))}，不是 {said}。"


def todo(matters: Matters, here: datetime) -> Card:
    """What waits for the person, each with its button."""
    if not matters.total:
        return Card("没有要您办的，都办完了。")
    lines = [f"有 {matters.total} 件等您："]
    rows = []
    for matter in matters.reports[:3]:
        at = matter.received_at.astimezone(here.tzinfo)
        lines.append(f"{day(at)} {clock(at)} 的照片没写地点，编号 {short(matter.number)}")
        rows.append((Button(f"{clock(at)} 选地点", press("mt", matter.report, 1)),))
    for number, problem in enumerate(matters.problems, len(lines)):
        lines.append(f"{number}. {todo_line(problem, here)}")
        label = f"{number}. {cut(problem.place, 8)}{cut(problem.category, 6)}"
        rows.append((Button(label, press("zs", problem.id, problem.version)),))
    for number, task in enumerate(matters.tasks[: MOST - len(rows)], len(lines)):
        lines.append(f"{number}. {_task(task)}")
        label = f"{number}. 任务 {task.number}"
        rows.append((Button(label, press("lr", task.id, task.version)),))
    rest = matters.total - len(rows)
    if rest:
        lines.append(f"还有 {rest} 件。")
    return Card("\n".join(lines), tuple(rows))


def _task(task: TaskTodo) -> str:
    """One line of a task: 等您复核佐证：任务 27 更换 2 路监控（王志强）."""
    named = f"任务 {task.number} {cut(task.title, 16)}"
    if task.why == "own":
        late = f"超期 {task.late_days} 天" if task.late_days else ""
        return f"{named}，{late or f'{day(task.due)}前完成' if task.due else ''}"
    ask = "复核佐证" if task.why == "check" else "销号"
    return f"等您{ask}：{named}（{task.given_by}）"


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


def already_so() -> Card:
    """「已劝离」 twice: the card stays as it is."""
    return Card("记下了。上一条本来就是这样记的。")


def not_understood() -> Card:
    """Words that are neither a report nor a question."""
    return Card("没看懂。报情况就发照片，写上路名。别的点这里：", (_general(),))


def _general() -> tuple[Button, ...]:
    return (
        Button("我的待办", press("qt", 0, 1)),
        Button("本周还差什么", press("ql", 0, 1)),
        Button("帮助", press("qh", 0, 1)),
    )
