"""The words of cases: taken, answered, called back about, who complained. Pure.

Who complained is in one card alone, which only goes to whoever asked for it and may see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.rules.case_facts import CaseFacts, CaseMatter, Outcome
from bot.rules.limits import said as said_limit
from bot.rules.records import Bureau
from bot.words.card import Button, Card, press
from bot.words.plain import clock, day, when

FROM: dict[str, str] = {
    "hotline": "12345 转来", "camera": "监控发现", "public": "群众举报", "letter": "来信反映",
}  # fmt: skip

LISTED = 12
"""So many rows that were not taken are named in a card."""

ANSWERS: dict[str, Outcome] = {
    "a": Outcome(reached=True, satisfied=True, solved=True),
    "b": Outcome(reached=True, satisfied=False, solved=True),
    "c": Outcome(reached=True, satisfied=True, solved=False),
    "d": Outcome(reached=True, satisfied=False, solved=False),
    "e": Outcome(reached=False),
}
"""What a press under the call-back says, by its argument."""


def origin(source: str, external: str | None = None) -> str:
    """12345 转来 2025061200123: a case's first line, also on the card of its problem."""
    return f"{FROM[source]} {external}" if external else FROM[source]


def case(facts: CaseFacts, now: datetime, bureau: Bureau) -> Card:
    """The case as whoever took it sees it."""
    state = "已作废" if facts.void else "已办结" if facts.answered_at else "已收"
    lines = [f"{state} · {FROM[facts.source]}"]
    lines += [f"编号 {facts.external}"] if facts.external else []
    lines += [_matter(one) for one in facts.matters]
    limits = _limits(facts, now, bureau)
    if limits:
        lines.append(limits)
    if facts.leader and not facts.answered_at and not facts.void:
        lines.append(f"已告诉{facts.leader}。")
    if facts.outcome is not None:
        lines.append(called(facts))
    who = (Button("投诉人", press("vc", facts.ticket, facts.version)),) if facts.known else ()
    gist = f"case {facts.ticket} {state} {facts.outcome}"
    return Card("\n".join(lines), (who,) if who else (), gist=gist, brief="")


def _matter(one: CaseMatter) -> str:
    return f"{one.place} · {one.kind}，{one.stands}（{one.number}）"


def _limits(facts: CaseFacts, now: datetime, bureau: Bureau) -> str:
    """17:40 前签收，明天 12:00 前办结。"""
    respond = min((m.respond_by for m in facts.matters if m.respond_by), default=None)
    handle = max((m.handle_by for m in facts.matters if m.handle_by), default=None)
    said = [
        f"{said_limit(moment, now, bureau)}{what}"
        for moment, what in ((respond, "签收"), (handle, "办结")) if moment is not None
    ]  # fmt: skip
    return f"{'，'.join(said)}。" if said and not facts.void else ""


def call_back(facts: CaseFacts, now: datetime) -> Card:
    """Asked of whoever took the case, once it is answered; then what it came to."""
    what = "、".join(dict.fromkeys(f"{one.place}{one.kind}" for one in facts.matters))
    came = origin(facts.source, facts.external)
    if facts.outcome is not None:
        again = Button("改回访", press("vb", facts.ticket, facts.version))
        return Card(f"{came}，{what}。\n{called(facts)}", ((again,),))
    done = f"{when(facts.answered_at, now)} 办结了" if facts.answered_at else "还没办结"
    if facts.answered_at is None:
        return Card(f"{came}，{what}，{done}。")
    return Card(
        f"{came}，{what}，{done}。回访了吗？",
        answers(facts),
        quiet=False,
    )


def ask_again(facts: CaseFacts) -> Card:
    """「改回访」."""
    return Card(f"{origin(facts.source, facts.external)}，回访怎么说？", answers(facts))


def answers(facts: CaseFacts) -> tuple[tuple[Button, ...], ...]:
    """The five things a call-back may come to."""

    def one(label: str, arg: str, *, primary: bool = False) -> Button:
        return Button(label, press("va", facts.ticket, facts.version, arg), primary)

    return (
        (one("满意，解决了", "a", primary=True),),
        (one("不满意，解决了", "b"), one("满意，没解决", "c")),
        (one("不满意，没解决", "d"), one("没打通", "e")),
    )


def called(facts: CaseFacts) -> str:
    """回访：满意，已解决（王芳 6月13日 10:20）。"""
    by = f"（{facts.called_by} {day(facts.called_at)} {clock(facts.called_at)}）" if (
        facts.called_at and facts.called_by
    ) else ""  # fmt: skip
    return f"回访：{said(facts.outcome)}{by}。" if facts.outcome else ""


def said(outcome: Outcome) -> str:
    """满意，没解决."""
    if not outcome.reached:
        return "没打通"
    told = [
        {True: "满意", False: "不满意", None: ""}[outcome.satisfied],
        {True: "已解决", False: "没解决", None: ""}[outcome.solved],
    ]
    return "，".join(one for one in told if one)


def complainant(name: str | None, phone: str | None, words: str) -> Card:
    """Who complained, for one pair of eyes."""
    who = "，".join(one for one in (name or "没留姓名", phone or "没留电话") if one)
    return Card(f"投诉人：{who}\n原话：{words}\n只给经办的人看，请不要转发。")


def loaded(taken: int, known: int, faults: Sequence[tuple[int, str]]) -> Card:
    """收了 12 件，3 件以前收过，没有重复收。2 行没收：…"""
    head = f"收了 {taken} 件" if taken else "没有新的工单"
    again = f"，{known} 件以前收过，没有重复收" if known else ""
    if not faults:
        return Card(f"{head}{again}。")
    lines = [f"{head}{again}。{len(faults)} 行没收，改好再发一次就行："]
    lines += [f"第 {line} 行：{why}" for line, why in faults[:LISTED]]
    lines += [f"还有 {len(faults) - LISTED} 行。"] if len(faults) > LISTED else []
    return Card("\n".join(lines))


def came(count: int) -> Card:
    """A leader hears once of a whole table."""
    return Card(f"来了 {count} 件转来的工单，等您定人办。发「我的待办」看。", quiet=False)


def how_to_call() -> Card:
    """回访 without an outcome that is understood."""
    return Card("请写：回访 工单编号 满意 已解决。也可以写不满意、没解决、没打通。")
