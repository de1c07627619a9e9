"""成效数据 as the chat and the papers say it: the figure as it was written, with its day; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.rules.counters import CounterFacts, Wrong
from bot.words.card import Button, Card, press
from bot.words.lettering import clean
from bot.words.plain import cut, day

LISTED, LINE = 10, 36
"""Lines of a list, and letters of a line."""

NONE = "还没有成效数据。记一项这样写：记数 官网发布 66 篇"
HOW = "这样写：记数 官网发布 66 篇"

WRONG: dict[Wrong, str] = {
    "name": "没看到是什么的数，没记。",
    "figure": "没看懂数是多少，没记。",
    "many": "一条里写得太多，没记。分几条发。",
    "long": "名称太长，没记。写短一点。",
    "future": "日子还没到，没记。截至的日子请写今天或以前。",
}


def said(one: CounterFacts) -> str:
    """官网发布 66篇（截至11月20日）."""
    return f"{clean(one.name)} {clean(one.figure)}（截至{day(one.as_of)}）"


def kept(found: Sequence[CounterFacts], in_reply: bool) -> Card:
    """What was written down, and how to take it back."""
    lines = []
    for one in found:
        was = f"，原来是 {clean(one.was)}" if one.was and one.was != one.figure else ""
        lines.append(f"{said(one)}{was}")
    proof = any(one.proof for one in found)
    note = clean(found[0].note)
    rests = "佐证是您回复的那条。" if proof else f"依据：{cut(note, 30)}。" if note else ""
    if not rests and in_reply:
        rests = "回复的那条里没有照片或文件，没算佐证。"
    rests = rests or "有照片或文件，回复它再记一次，就算佐证。"
    back = Button("撤回", press("tw", found[0].id, 1))
    head = f"记下了：{lines[0]}" if len(lines) == 1 else f"记下了 {len(lines)} 项："
    return Card("\n".join([head, *(lines if len(lines) > 1 else []), rests]), ((back,),))


def wrong(why: Wrong) -> Card:
    """Why it was not written down."""
    return Card(f"{WRONG[why]}\n{HOW}")


def withdrawn(one: CounterFacts) -> Card:
    """It is taken back; what stands instead."""
    now = f"现在是 {clean(one.was)}。" if one.was else "这一项没有了。"
    return Card(f"撤回了：{clean(one.name)} {clean(one.figure)}。{now}")


def listed(found: Sequence[CounterFacts]) -> Card:
    """「成效数据」."""
    if not found:
        return Card(NONE)
    lines = [f"成效数据 {len(found)} 项，是大家记的，不是我数的："]
    lines += [cut(said(one), LINE) for one in found[:LISTED]]
    if len(found) > LISTED:
        lines.append(f"还有 {len(found) - LISTED} 项，都写在月报里。")
    return Card("\n".join(lines))


def sentences(found: Sequence[CounterFacts]) -> list[str]:
    """As papers quote them, those of one day together: 截至11月20日，官网发布66篇、…。"""
    by_day: dict[date, list[str]] = {}
    for one in found:
        by_day.setdefault(one.as_of, []).append(f"{clean(one.name)}{clean(one.figure)}")
    return [
        f"截至{when.year}年{when.month}月{when.day}日，{'、'.join(said)}。"
        for when, said in sorted(by_day.items())
    ]
