"""A longer time in words: until when, why, what a leader says to it; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.rules.clock_facts import ExtensionFacts
from bot.words.card import Button, Card, press
from bot.words.clocks import spaced
from bot.words.plain import day

REASONS = ("等设备到货", "当事人不在", "天气", "人手不够")
"""Usual reasons for a longer time, a button each."""

REFUSALS = ("时间够用", "先办这件")
"""Usual reasons against one."""


def ask_day(problem: int, version: int, name: str, days: Sequence[date]) -> Card:
    """「申请延期」: until when?"""
    row = tuple(Button(day(one), press("yb", problem, version, str(one.toordinal())))
                for one in days)  # fmt: skip
    return Card(f"{name}延到哪天？", (row,))


def ask_reason(problem: int, version: int, until: date) -> Card:
    """A day was picked: why?"""
    on = until.toordinal()
    usual = [
        Button(said, press("yc", problem, version, f"{on}-{n}")) for n, said in enumerate(REASONS)
    ]
    own = (Button("写一句", press("yd", problem, version, str(on))),)
    return Card(f"延到{day(until)}，是什么原因？", (tuple(usual[:2]), tuple(usual[2:]), own))


def _moment(said: str) -> str:
    """6月20日 18:00, 明天 18:00: without its 前, spaced as it follows a word."""
    return spaced(said[:-2])


def asked(facts: ExtensionFacts) -> Card:
    """Of whoever asked: what he asked for, and what came of it; that is also said anew (`told`)."""
    return replace(_asked(facts), gist=f"asked {facts.id}", brief="")


def _asked(facts: ExtensionFacts) -> Card:
    if facts.state == "granted":
        return Card(f"{facts.name}延到{_moment(facts.until)}，{facts.decider}同意了。")
    if facts.state == "refused":
        return Card(f"{facts.name}没有延，{facts.decider}没同意。")
    if facts.state == "withdrawn":
        return Card(f"{facts.name}延期的申请撤回了。")
    if facts.over:
        return Card(f"{facts.name}已经处置，不用延了。")
    return Card(
        f"{facts.name}申请延到{_moment(facts.until)}，等{facts.decider or '领导'}同意。\n"
        f"原因：{facts.reason}。",
        ((Button("撤回申请", press("yw", facts.id, 1)),),),
    )  # fmt: skip


def decide(facts: ExtensionFacts) -> Card:
    """Of the leader: who asks for what, until when, why, and how often before."""
    return replace(_decide(facts), gist=f"decide {facts.id}", brief="")


def _decide(facts: ExtensionFacts) -> Card:
    if facts.state == "granted":
        return Card(f"{facts.name}延到{_moment(facts.until)}，{facts.decider}同意了。")
    if facts.state == "refused":
        return Card(f"{facts.name}没有延，{facts.decider}没同意。")
    if facts.state == "withdrawn":
        return Card(f"{facts.asker}撤回了延期的申请：{facts.name}。")
    if facts.over:
        return Card(f"{facts.name}已经处置，不用延了。")
    return Card(
        f"{facts.asker}申请延期：{facts.name}。\n"
        f"{facts.was[:-2]} 改到{_moment(facts.until)}，第 {facts.granted + 1} 次。\n"
        f"原因：{facts.reason}。",
        (
            (Button("同意", press("yg", facts.id, 1), primary=True),),
            (
                Button("不同意", press("yn", facts.id, 1)),
                Button("看这件", press("zs", facts.problem, 1)),
            ),
        ),
        quiet=False,
    )  # fmt: skip


def told(facts: ExtensionFacts) -> Card:
    """To whoever asked, and whoever has it now: what the leader said."""
    look = ((Button("看这件", press("zs", facts.problem, 1)),),)
    if facts.state == "granted":
        return Card(
            f"{facts.decider}同意了：{facts.name}延到{_moment(facts.until)}。", look, quiet=False
        )
    why = f"\n{facts.decider}说：{facts.refusal}。" if facts.refusal else ""
    return Card(f"{facts.name}没有延，还是{spaced(facts.was)}处置完。{why}", look, quiet=False)


def ask_refusal(row: int, asker: str) -> Card:
    """「不同意」 was pressed: why?"""
    usual = tuple(Button(said, press("yo", row, 1, str(n))) for n, said in enumerate(REFUSALS))
    return Card(f"怎么跟{asker}说？", (usual, (Button("写一句", press("yp", row, 1)),)))


def refused(asker: str, reason: str) -> Card:
    """The leader's words were taken."""
    return Card(f"好，跟{asker}说了：{reason}。")
