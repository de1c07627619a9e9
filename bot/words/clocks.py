"""Time limits in words: what is soon due or overdue, not answered, not reviewed; pure.

Plain and short: what, until when, who has it; never a reproach (conversations.md 2.12, 2.17).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.rules.clock_facts import LateFacts, UnreviewedFacts
from bot.rules.clocks import UNDER_WAY, Kind
from bot.rules.loop import STAGE_NAMES, Outcome, Stage
from bot.words.card import Button, Card, press
from bot.words.plain import clock, cut, day

EXEMPT_REASONS = ("下雨下雪", "等别的单位", "当事人不在", "抽去干别的")
"""Usual reasons why being late is not counted, a button each."""

ENDS: dict[Outcome | None, str] = {
    Outcome.VOID: "作废了", Outcome.DUPLICATE: "并到另一件了", Outcome.NOT_OURS: "不归本局管",
}  # fmt: skip
"""How a closed one ended, where it was not handled."""

LINES = 3
"""So many problems are said a line each, the others are counted."""


def late(rows: Sequence[LateFacts], more: int, shown: bool, newest: bool) -> Card | None:
    """What the person has to know at this moment; None where all of it has moved on meanwhile.

    `more` is how many others are only counted. A card that was `shown` says what became of it; one
    that is not the `newest` of its problem points on to that.
    """
    holding = [one for one in rows if one.holds]
    if not rows or not (holding or shown):
        return None
    card = _look(rows if shown else holding, more, newest)
    # Where a line can't edit it, a reminder that has changed is no second reminder.
    return replace(card, gist=f"late {' '.join(str(one.problem) for one in rows)}", brief="")


def _look(rows: Sequence[LateFacts], more: int, newest: bool) -> Card:
    one = rows[0]
    if len(rows) > 1:
        return several(rows, more)
    if not one.holds:
        return Card(f"{one.name}{stands(one)}。", buttons(one))
    if not newest:
        return Card(f"{one.name}，看后面的提醒。")
    return Card(text(one), buttons(one), quiet=one.kind is Kind.IDLE)


def stands(one: LateFacts) -> str:
    """处置了, 办结了, 张建国在办: where it is now, in a word."""
    if one.stage is Stage.CLOSED:
        return ENDS.get(one.outcome, "办结了")
    if one.stage is Stage.HANDLED:
        return f"{one.holder}处置了"
    if one.stage is Stage.TAKEN:
        return f"{one.holder}在办"
    return f"转给了{one.holder}" if one.stage is Stage.HANDED else STAGE_NAMES[one.stage]


def text(one: LateFacts) -> str:
    """The whole of one matter, as it is told to who has it or to who leads."""
    lines = {
        Kind.RESPOND: _respond, Kind.IDLE: _idle, Kind.PHOTO: _photo,
    }.get(one.kind, _due)(one)  # fmt: skip
    if one.exempt is not None:
        lines.append(f"不计超期：{one.exempt}。")
    return "\n".join(lines)


def _due(one: LateFacts) -> list[str]:
    if not one.overdue:
        left = f"，还有 {said_left(one.left)}" if 0 < one.left < 24 * 60 else ""
        return [f"{one.name}{spaced(one.by)}要处置完{left}。"]
    lines = [f"{one.name}超时了，应在{spaced(one.by)}办完。"]
    if one.leads:
        lines.append(_who(one))
    if one.days:
        lines.append(f"到今天超了 {one.days} 个工作日。")
    return lines


def _respond(one: LateFacts) -> list[str]:
    if one.leads:
        return [f"{one.name}还没人接，应在{spaced(one.answer)}签收。", _who(one)]
    return [f"{one.name}等您接，应在{spaced(one.answer)}签收。", *_until(one)]


def _idle(one: LateFacts) -> list[str]:
    taken = f" {_moment(one)} " if one.since else ""
    return [f"{one.name}您{taken}接了，办得怎么样了？", *_until(one)]


def _photo(one: LateFacts) -> list[str]:
    if one.leads:
        return [f"{one.name}处置了，一直没有照片。", f"{one.holder} {_moment(one)} 处置的。"]
    return [f"{one.name}您 {_moment(one)} 处置了，还差一张处置后的照片。", "补一张发过来就行。"]


def _until(one: LateFacts) -> list[str]:
    if not one.by:
        return []
    return ["处置也超时了。"] if one.overdue else [f"{one.by}要处置完。"]


def _who(one: LateFacts) -> str:
    if one.stage is Stage.TAKEN:
        return f"{one.holder}在办。"
    if one.stage is Stage.HANDED:
        return f"{_moment(one)} 转给了{one.holder}，还没接。"
    return f"{one.holder}发现的，还没处置。"


def _moment(one: LateFacts) -> str:
    return f"{day(one.since)} {clock(one.since)}" if one.since else ""


def spaced(said: str) -> str:
    """The moment with a space before a digit: 应在 17:40 前, 应在昨天 17:40 前."""
    return f" {said}" if said[:1].isdigit() else said


def said_left(minutes: int) -> str:
    """30 分钟, 2 小时, 1 小时 30 分钟."""
    hours, rest = divmod(minutes, 60)
    said = ([f"{hours} 小时"] if hours else []) + ([f"{rest} 分钟"] if rest else [])
    return " ".join(said)


def several(rows: Sequence[LateFacts], more: int = 0) -> Card:
    """More than one matter, a line and a button each."""
    left = sum(one.holds for one in rows) + more
    lines = [f"有 {left} 件要抓紧：" if left else "这几件都有人办了："]
    lines += cut_off([f"{one.name}{_short(one)}。" for one in rows], more)
    choices = tuple(
        Button(cut(f"{n} {one.name}", 10), press("zs", one.problem, one.version))
        for n, one in enumerate(rows, 1)
    )  # fmt: skip
    return Card("\n".join(lines), choices=choices, quiet=False)


def cut_off(lines: list[str], more: int) -> list[str]:
    """The first few lines, and how many there are besides."""
    if len(lines) + more <= LINES + 1:
        return lines
    return [*lines[:LINES], f"另外还有 {len(lines) + more - LINES} 件。"]


def _short(one: LateFacts) -> str:
    if not one.holds:
        return stands(one)
    if one.kind is Kind.RESPOND:
        return "还没人接" if one.leads else "等您接"
    if one.kind is Kind.IDLE:
        return "办得怎么样了"
    if one.kind is Kind.PHOTO:
        return "还差处置后的照片"
    if not one.overdue:
        return f"{spaced(one.by)}要处置完"
    return f"超了 {one.days} 个工作日" if one.days else "超时了"


def buttons(one: LateFacts) -> tuple[tuple[Button, ...], ...]:
    """What the person can do about it from here."""
    number, version = one.problem, one.version
    rows = [(Button("看这件", press("zs", number, version), primary=one.holds),)]
    more = []
    if one.holds and not one.leads and one.may_extend and one.stage in UNDER_WAY:
        more.append(Button("申请延期", press("ya", number, version)))
    if one.leads and one.may_exempt:
        more.append(
            Button("还是算", press("yr", number, version)) if one.exempt is not None
            else Button("不计超期", press("yx", number, version))
        )  # fmt: skip
    if one.leads and one.holds and one.overdue and one.exempt is None and not one.knows:
        more.append(Button("知道了", press("yk", number, version)))
    return (*rows, tuple(more)) if more else tuple(rows)


def ask_exempt(problem: int, version: int, name: str) -> Card:
    """「不计超期」 was pressed: why?"""
    usual = [
        Button(said, press("ye", problem, version, str(n))) for n, said in enumerate(EXEMPT_REASONS)
    ]
    own = (Button("写一句", press("yf", problem, version)),)
    return Card(
        f"{name}不计超期，是什么原因？\n超时的事实还留着，统计里两种都列。",
        (tuple(usual[:2]), tuple(usual[2:]), own),
    )


def write_reason() -> Card:
    """「写一句」."""
    return Card("原因写一句发给我就行。不写了发「算了」。")


def exempted(name: str, reason: str) -> Card:
    """It is left out of the rates."""
    return Card(f"好，{name}不计超期，原因：{reason}。")


def unreviewed(facts: UnreviewedFacts) -> Card:
    """To the admins: somebody must be there who can review."""
    if not facts.waits:
        return Card(f"{facts.name}不用找人复核了。")
    asked = f"找过{facts.reviewer}，还没复核。" if facts.reviewer else "自己办的不能自己复核。"
    lacks = "一直没人复核" if facts.reviewer else "没有别人能复核"
    return Card(
        f"{facts.name}处置了，{lacks}。\n{facts.handler}处置的，{asked}\n"
        "请加一位能复核的人，或者请领导看一下。",
        ((Button("看这件", press("zs", facts.problem, facts.version)),),),
        quiet=False,
    )  # fmt: skip
