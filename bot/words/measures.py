"""The words of measures: decided, changed, what they did, the list of them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.rules.papers import (
    EFFECTS,
    MeasureFacts,
)
from bot.words.card import Button, Card, press
from bot.words.plain import cut, day

LONGEST = 44
"""Letters of a measure in a card."""

LISTED = 6
"""So many measures are listed in a card."""


def ask_measure(what: str) -> Card:
    """A measure is asked for in words."""
    return Card(
        f"{what}加一条措施。写一句发给我，带上谁办、哪天前办完，比如：\n"
        "松江路口加一块提示牌，一中队负责，9月15日前"
    )


def measure_added(number: int, words: str, owner: str | None, due: date | None, paper: int) -> Card:
    """What was understood; what was not said is asked for by saying so."""
    missing = [said for said, there in (("谁办", owner), ("哪天前办完", due)) if not there]
    lines = [f"记下措施：{cut(words, LONGEST)}", _who_when(owner, due)]
    if missing:
        lines.append(f"没听出{'、'.join(missing)}，要改就撤回重写一条。")
    rows = ((Button("再加一条", press("em", paper, 1)),), (Button("撤回", press("er", number, 1)),))
    return Card("\n".join(line for line in lines if line), rows)


def _who_when(owner: str | None, due: date | None) -> str:
    said = [f"{owner}办" if owner else "", f"{day(due)}前办完" if due else ""]
    told = "，".join(one for one in said if one)
    return f"{told}。" if told else ""


def measure(number: int, words: str, owner: str | None, due: date | None, state: str,
            today: bool = False) -> Card:  # fmt: skip
    """The measure's own card for its owner."""
    gist = f"measure {number} {state} {today}"
    if state == "dropped":
        return Card(f"这条措施撤回了：{cut(words, LONGEST)}", gist=gist)
    if state == "done":
        return Card(f"措施办完了：{cut(words, LONGEST)}", gist=gist)
    head = "有条措施今天到期" if today else "研判会定了一条措施"
    rows = ((Button("办完了", press("eu", number, 1), primary=True),),)
    lines = [f"{head}：{cut(words, LONGEST)}", _who_when(owner, due)]
    return Card("\n".join(line for line in lines if line), rows, quiet=False, gist=gist)


def ask_effect(one: MeasureFacts, left: int) -> Card:
    """What did the measure do?"""
    rest = f"后面还有 {left} 条。" if left else ""
    lines = [f"上季度措施 {one.number}：{cut(one.words, LONGEST)}",
             f"{_who_when(one.owner, one.due)}成效怎么样？{rest}"]  # fmt: skip
    buttons = tuple(Button(word, press("ep", one.id, 1, str(n))) for n, word in enumerate(EFFECTS))
    return Card("\n".join(lines), (buttons, (Button("自己写", press("eq", one.id, 1)),)))


def ask_effect_words(words: str) -> Card:
    """In one's own words."""
    return Card(f"「{cut(words, 20)}」成效怎么样？写一句发给我。\n先不写就发：算了")


def effects_done(what: str) -> Card:
    """All are written."""
    return Card(f"上季度措施的成效都写进{what}了。")


def measures(found: Sequence[MeasureFacts], what: str, paper: int | None) -> Card:
    """「措施」: a quarter's, with what became of each; no `paper`, no further one."""
    add = () if paper is None else ((Button("加一条", press("em", paper, 1)),),)
    if not found:
        return Card(f"{what}还没有措施。", add)
    lines = [f"{what}措施 {len(found)} 条："]
    for one in found[:LISTED]:
        state = f"成效：{one.effect}" if one.effect else "办完了" if one.state == "done" else "在办"
        lines.append(f"{one.number}. {cut(one.words, 24)}（{_short(one)}{state}）")
    if len(found) > LISTED:
        lines.append(f"还有 {len(found) - LISTED} 条在 Word 里。")
    return Card("\n".join(lines), add)


def _short(one: MeasureFacts) -> str:
    due = f"{day(one.due)}前，" if one.due else ""
    return f"{one.owner + '，' if one.owner else ''}{due}"
