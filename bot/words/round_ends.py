"""The words of how a round ends: what it lacks, what it counts as, what a reviewer sees. Pure.

Knows the facts of `bot.rules.round_facts` and nothing of where they come from.
"""

from __future__ import annotations

from bot.rules.round_facts import RoundFacts
from bot.words.card import Button, Card, press
from bot.words.plain import day, listed, short
from bot.words.rounds import at, reached_words, round_press, withdrawn

NAMES = 4
"""So many names of spots are said in a sentence."""


def ask(facts: RoundFacts) -> Card:
    """After 「结束巡查」: what is lacking, and whether it is made up for later today."""
    gist = f"round ask {facts.id}"
    if facts.state == "withdrawn":
        return Card("这次巡查撤回了。", gist=gist, brief="")
    if facts.state == "ended":
        return Card("好，就这样结束了。", gist=gist, brief="")
    if facts.menu != "ending":
        head, rest = "好。", "接着巡就行。"
        if facts.state == "paused":
            head, rest = "好，晚点补。", "今天补上就行。"
            if facts.reminds_at is not None:
                rest = f"{at(facts.reminds_at)} 还没补的话提醒您一次。"
        again = () if facts.state == "open" else ((Button("接着巡", round_press(facts, "rg")),),)
        return Card(f"{head}\n{rest}", again, gist=gist, brief="")
    lines = [*_lacking(facts), "今天补上仍算这一次。"]
    rows = (
        (Button("晚点补", round_press(facts, "ra"), primary=True),),
        (Button("就这样结束", round_press(facts, "rc")),),
    )
    return Card("\n".join(lines), rows, gist=gist)


def _lacking(facts: RoundFacts) -> list[str]:
    """What is missing, named one by one."""
    lines = []
    lacks = facts.lacking
    if lacks.spots:
        names = [name for _, name in facts.missing]
        lines.append(f"还有 {len(names)} 处没到：{listed(names, NAMES)}。")
    if lacks.photos:
        names = [one.name for one in facts.reached if one.code in lacks.photos]
        lines.append(f"还有 {len(names)} 处没有当天的照片：{listed(names, NAMES)}。")
    if lacks.officers:
        lines.append(f"还差 {lacks.officers} 个人，要两人以上一起巡。")
    if lacks.minutes:
        lines.append(f"时间还差 {lacks.minutes} 分钟。")
    return lines or ["都到了。"]


def reopened(facts: RoundFacts) -> str:
    """The gist of a card of the end that is no longer the newest."""
    return f"round reopened {facts.id}"


def done(facts: RoundFacts) -> Card:
    """How the round ended: what it counts as, or what kept it from counting."""
    if facts.state == "withdrawn":
        return withdrawn(facts)
    if facts.state != "ended":
        return Card("重新打开了，接着巡就行。", gist=reopened(facts), brief="")
    week = "本周" if facts.this_week else f"{day(facts.started_at)}那一周"
    look, back = (
        Button("看记录", round_press(facts, "rl")),
        Button("撤回", round_press(facts, "rd")),
    )
    if facts.counts:
        enough = "，够数了" if facts.owed is not None and facts.nth >= facts.owed else ""
        accepted = f"（{facts.accepted_by}认可）" if facts.accepted_by else ""
        late = "（补记）" if facts.late else ""
        head = f"全域巡查完成{late}{accepted}，算作{week}第 {facts.nth} 次{enough}。"
        lines = [head, _summary(facts)]
        if facts.lacking and facts.accepted_by:
            lines += [_missed(facts), f"{facts.accepted_by}的理由：{facts.accepted_reason}。"]
        return Card("\n".join(lines), ((look, back),))
    standing = _standing(facts, week)
    lines = [f"巡查结束，{len(facts.reached)}/{facts.asked} 处。{_missed(facts)}", standing]
    first = Button("重新打开", round_press(facts, "rg"))
    accept = Button("请领导认可", round_press(facts, "rq"))
    return Card("\n".join(lines), ((first, accept) if facts.today else (accept,), (look, back)))


def _summary(facts: RoundFacts) -> str:
    found, closed = facts.problems
    span = "" if facts.told or facts.ended_at is None else (
        f"{at(facts.started_at)} 到 {at(facts.ended_at)}，"
    )  # fmt: skip
    of = f"/{facts.asked}" if facts.missing else ""
    return f"{span}{len(facts.reached)}{of} 处，{_problems(found, closed)}。"


def _problems(found: int, closed: int) -> str:
    if not found:
        return "没有发现问题"
    if closed == found:
        return f"问题 {found} 个（已处置）"
    return f"问题 {found} 个，已处置 {closed} 个" if closed else f"问题 {found} 个"


def _missed(facts: RoundFacts) -> str:
    names = [name for _, name in facts.missing]
    if facts.lacking.spots:
        return f"没到：{listed(names, NAMES)}。"
    return "".join(_lacking(facts))


def _standing(facts: RoundFacts, week: str) -> str:
    rule = "按规定要全到才算一次" if facts.lacking.spots else "按规定还不算一次"
    if facts.owed is None:
        return f"{rule}。"
    return f"{rule}，{week}仍是 {facts.nth - 1}/{facts.owed}。"


def later(facts: RoundFacts) -> Card | None:
    """The one word about a round that was put off; None when it is over by then."""
    if facts.state not in ("open", "paused"):
        return None
    gist = f"round later {facts.id}"
    if not facts.missing:
        end = Button("结束巡查", round_press(facts, "re"), primary=True)
        return Card("今天的全域巡查都到了，可以结束了。", ((end,),), gist=gist, brief="")
    names = [name for _, name in facts.missing]
    text = f"今天的全域巡查还差 {len(names)} 处：{listed(names, NAMES)}。"
    rows = (
        (
            Button("接着巡", round_press(facts, "rg")),
            Button("就这样结束", round_press(facts, "rc")),
        ),
    )
    return Card(text, rows, quiet=False, gist=gist, brief="")


def ended(facts: RoundFacts) -> Card:
    """What was said of a round before it was over."""
    return Card("这次巡查结束了。", gist=f"round later {facts.id}", brief="")


def morning(facts: RoundFacts) -> Card | None:
    """The morning after a round that nobody ended: asked once."""
    if facts.state not in ("open", "paused"):
        return None
    text = (
        f"{day(facts.started_at)}的全域巡查没有结束，{len(facts.reached)}/{facts.asked} 处。\n"
        f"{_missed(facts)}过了当天不能再补，情况特殊可以请领导认可。"
    )
    rows = (
        (Button("就这样结束", round_press(facts, "rc")), Button("撤回", round_press(facts, "rd"))),
    )
    return Card(text, rows, quiet=False, gist=f"round later {facts.id}", brief="")


def mate(facts: RoundFacts, name: str) -> Card:
    """Somebody of the squad is on a round: together, or another one?"""
    if facts.state not in ("open", "paused"):
        return Card(f"{name}那次巡查已经结束了。要开始就再发「开始巡查」。")
    text = f"{name} {at(facts.started_at)} 已经开始全域巡查了，{len(facts.reached)}/{facts.asked}。"
    together = Button("一起巡", round_press(facts, "ri"), primary=True)
    rows = ((together,), (Button("另开一次", round_press(facts, "rn")),))
    return Card(f"{text}\n一起巡算一次。", rows)


ODD = {
    "jump": "一分钟里记了两处离得很远的点位", "burst": "照片都在三分钟里拍完",
}  # fmt: skip


def review(facts: RoundFacts) -> Card:
    """What a reviewer sees: what the round lacks or what is odd, and the choice."""
    names = "、".join(name for _, name in facts.crew)
    head = f"{names} {day(facts.started_at)} 的全域巡查，{len(facts.reached)}/{facts.asked} 处"
    lines = [f"{head}，{'算数' if facts.counts else '不够一次'}。"]
    if facts.lacking:
        lines.append(_missed(facts))
    lines += [f"有点不寻常：{ODD[sign]}。" for sign in facts.odd]
    if facts.accepted_by:
        lines.append(f"{facts.accepted_by}认可了：{facts.accepted_reason}。")
    accept, refuse = (
        Button("认可", round_press(facts, "ro")),
        Button("不认可", round_press(facts, "rr")),
    )
    look = Button("看记录", round_press(facts, "rl"))
    if not facts.lacking:
        return Card("\n".join(lines), ((look,),))
    choice = (refuse, look) if facts.accepted_by else (accept, look)
    return Card("\n".join(lines), (choice,), quiet=False)


REASONS = ("道路封闭", "天气不好", "临时任务")
"""Why a round is accepted although it lacks something: the usual reasons."""


def why_accept(patrol: int, version: int) -> Card:
    """The reason is asked: one of the usual, or own words."""
    rows = tuple(
        (Button(reason, press("rv", patrol, version, str(n))),) for n, reason in enumerate(REASONS)
    )
    return Card("为什么认可？点一个，或者写一句。\n没到的地方照样看得见。", rows)


def record(facts: RoundFacts, numbers: tuple[str, ...]) -> Card:
    """「看记录」: every spot with its moment, what is missing, who was on it, the reports."""
    names = "、".join(name for _, name in facts.crew)
    lines = [f"全域巡查 {facts.number}，{names}，{day(facts.started_at)}"]
    lines += (
        ["，".join(map(reached_words, facts.reached)) + "。"] if facts.reached else ["一处都没到。"]
    )
    if facts.missing:
        lines.append(f"没到：{listed([name for _, name in facts.missing], 6)}。")
    if facts.accepted_reason and facts.accepted_by:
        lines.append(f"{facts.accepted_by}认可：{facts.accepted_reason}。")
    if numbers:
        lines.append(f"上报 {len(numbers)} 条：{listed([*map(short, numbers)], 4)}，发编号能看。")
    return Card("\n".join(lines))
