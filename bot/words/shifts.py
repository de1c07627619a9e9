"""The words of a shift at a booth; pure."""

from __future__ import annotations

from bot.rules.round_facts import ShiftFacts
from bot.words.card import Button, Card, press
from bot.words.plain import day, lasting
from bot.words.rounds import at


def shift(facts: ShiftFacts) -> Card:
    """The shift's card: going on, over, or withdrawn."""
    where = facts.spot or "岗亭"
    back = Button("撤回", press("rk", facts.id, facts.version))
    if facts.state == "withdrawn":
        text = f"已撤回 · {where}值守（{day(facts.started_at)} {at(facts.started_at)}）\n不算次数。"
        return Card(text, ((Button("恢复", press("rk", facts.id, facts.version)),),))
    if facts.ended_at is None:
        text = (
            f"{where}值守开始，{at(facts.started_at)}。\n看到什么拍一张发来就行。走的时候点一下。"
        )
        done = Button("结束值守", press("rh", facts.id, facts.version), primary=True)
        return Card(text, ((done,), (back,)))
    span = f"{at(facts.started_at)} 到 {_end(facts)}"
    lines = [f"值守 {span}，{_long(facts)}。", f"{where}，编号 {facts.number}。"]
    if facts.forgotten:
        lines.insert(1, "没有说几点结束，先按当天 24 点记的。")
    return Card("\n".join(lines), ((back,),))


def _end(facts: ShiftFacts) -> str:
    assert facts.ended_at is not None
    return "24:00" if facts.forgotten else at(facts.ended_at)


def _long(facts: ShiftFacts) -> str:
    """How long by the clock, as its begin and end are said."""
    assert facts.ended_at is not None
    since, until = (one.replace(second=0, microsecond=0)
                    for one in (facts.started_at, facts.ended_at))  # fmt: skip
    return lasting(int((until - since).total_seconds() // 60))
