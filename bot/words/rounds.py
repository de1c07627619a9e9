"""The words of a round's card while it goes on, and of what becomes of that card. Pure.

Knows the facts of `bot.rules.round_facts` and nothing of where they come from.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.rules.menus import numbered
from bot.rules.round_facts import Reached, RoundFacts
from bot.words.card import Button, Card, press, turn
from bot.words.plain import cut, day, listed


def at(moment: datetime) -> str:
    """09:02, as a duty book has it."""
    return f"{moment:%H:%M}"


def going(facts: RoundFacts) -> Card:
    """The round's card: how far it is, a button for each spot still to reach."""
    if facts.state == "withdrawn":
        return replace(withdrawn(facts), gist=round_gist(facts), brief="")
    if facts.state == "ended":
        return _over(facts)
    if facts.menu == "crew":
        return _crew(facts)
    if facts.menu == "undo":
        return _undo(facts)
    lines = _progress(facts) if facts.reached else _started(facts)
    rows: tuple[tuple[Button, ...], ...] = ()
    beside = Button("结束巡查", round_press(facts, "re"))
    with_whom = Button("和谁一起", round_press(facts, "rw"))
    undo = Button("点错了", round_press(facts, "ru"))
    if facts.missing:
        rows = ((undo, beside) if facts.reached else (with_whom,),)
    else:
        rows = ((Button("结束巡查", round_press(facts, "re"), primary=True),), (undo,))
    choices, page = _spots(facts), numbered(facts.menu, "page") or 0
    more = turn(page, len(choices), lambda at: round_press(facts, "rp", str(at)))
    return Card(
        "\n".join(lines), rows, choices=choices, page=page, turn=more, gist=round_gist(facts),
        brief=_brief(facts),
    )  # fmt: skip


def round_gist(facts: RoundFacts) -> str:
    """Whoever is new on a round is worth a card of its own where the old one can't be edited."""
    return f"round {facts.id} {len(facts.crew)}"


def moved(facts: RoundFacts) -> Card:
    """An older copy of the card: the one below goes on."""
    text = f"全域巡查，{at(facts.started_at)} 开始。\n接着往下看，新的在下面。"
    return Card(text, gist=round_gist(facts), brief="")


def round_press(facts: RoundFacts, act: str, arg: str = "") -> str:
    """The data of a button of the round's cards."""
    return press(act, facts.id, facts.version, arg)


def _started(facts: RoundFacts) -> list[str]:
    week = f"本周第 {facts.nth} 次，" if facts.owed is not None else ""
    lines = [f"全域巡查开始，{at(facts.started_at)}。{week}一共 {facts.asked} 处。"]
    lines += _with(facts)
    return [*lines, "到一处，点一下名字，或者发张照片。"]


def _progress(facts: RoundFacts) -> list[str]:
    rest = "，先停着" if facts.state == "paused" else ""
    head = f"全域巡查，{at(facts.started_at)} 开始{rest}，{len(facts.reached)}/{facts.asked}"
    return [head, *_with(facts), f"已到：{'，'.join(map(reached_words, facts.reached))}"]


def _with(facts: RoundFacts) -> list[str]:
    names = [name for _, name in facts.crew]
    return [f"同巡：{listed(names)}。"] if len(names) > 1 else []


def reached_words(one: Reached) -> str:
    """松江路 09:31（问题 1，已处置）."""
    found = f"（问题 {one.problems}{_closed(one.problems, one.closed)}）" if one.problems else ""
    return f"{one.name} {at(one.at)}{found}"


def _closed(problems: int, closed: int) -> str:
    if not closed:
        return ""
    return "，已处置" if closed == problems else f"，{closed} 个已处置"


def _spots(facts: RoundFacts) -> tuple[Button, ...]:
    return tuple(
        Button(cut(name, 10), round_press(facts, "rt", code)) for code, name in facts.missing
    )


def _brief(facts: RoundFacts) -> str:
    """What is new, where the card can't be edited."""
    if not facts.reached or facts.state == "paused":
        return ""
    last = max(facts.reached, key=lambda one: one.at)
    left = f"还有 {len(facts.missing)} 处" if facts.missing else "都到了，可以结束"
    return f"{last.name}记上了，{len(facts.reached)}/{facts.asked}，{left}。"


def _crew(facts: RoundFacts) -> Card:
    if not facts.mates:
        text = "中队里没有别的队员可选。\n一起巡的人也可以自己发「开始巡查」加进来。"
        return Card(text, ((Button("好", round_press(facts, "rb")),),))
    rows = [
        (Button(cut(name, 10), round_press(facts, "rj", str(who))),) for who, name in facts.mates
    ]
    back = (Button("不加了", round_press(facts, "rb")),)
    return Card("和谁一起？\n点一下名字，对方也会收到。", (*rows[:6], back))


def _undo(facts: RoundFacts) -> Card:
    rows = [
        (Button(cut(one.name, 10), round_press(facts, "rx", one.code)),) for one in facts.reached
    ]
    back = (Button("没点错", round_press(facts, "rb")),)
    text = "哪一处点错了？\n发过照片的，去掉要在那张照片的卡片上撤回。"
    return Card(text, (*rows[-7:], back))


def _over(facts: RoundFacts) -> Card:
    """The card that showed the way, after the round: what it came to, no more to tap."""
    until = f" 到 {at(facts.ended_at)}" if facts.ended_at and not facts.told else ""
    head = f"全域巡查{'完成' if facts.counts else '结束'}，{at(facts.started_at)}{until}"
    lines = [f"{head}，{len(facts.reached)}/{facts.asked}", f"编号 {facts.number}。"]
    return Card("\n".join(lines), ((Button("看记录", round_press(facts, "rl")),),),
                gist=round_gist(facts), brief="")  # fmt: skip


def withdrawn(facts: RoundFacts) -> Card:
    """The round counts nowhere, and can be taken back."""
    head = f"已撤回 · 全域巡查 {day(facts.started_at)} {at(facts.started_at)}"
    text = f"{head}\n不算次数，照片和上报还在。"
    return Card(text, ((Button("恢复", round_press(facts, "rz")),),))
