"""A longer time for a task in words: until when, why, what a leader says to it; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.rules.task_facts import LongerFacts
from bot.words.card import Button, Card, press
from bot.words.plain import cut, day
from bot.words.tasks import TITLE, on_day

REASONS = ("等设备到货", "等资金", "天气", "施工未完")
REFUSALS = ("时间够用", "先办这件")


def ask_day(task: int, version: int, number: int, days: Sequence[date]) -> Card:
    """「申请延期」: until when?"""
    row = tuple(Button(day(one), press("oa", task, version, str(one.toordinal()))) for one in days)
    own = Button("写日期", press("od", task, version))
    return Card(f"任务 {number} 延到哪天？", ((*row, own),), quiet=False)


def pick_day(task: int, version: int, number: int, days: Sequence[date]) -> Card:
    """「改期」 of a leader: till when?"""
    row = tuple(Button(day(one), press("lj", task, version, str(one.toordinal()))) for one in days)
    return Card(f"任务 {number} 改到哪天？", (row,), quiet=False)


def granted(until: date) -> Card:
    """「改个日期」: it is due then."""
    return Card(f"好，延到 {on_day(until)}，跟他说了。")


def ask_reason(task: int, version: int, number: int, until: date) -> Card:
    """A day was picked: why?"""
    on = until.toordinal()
    usual = [
        Button(said, press("ob", task, version, f"{on}-{n}")) for n, said in enumerate(REASONS)
    ]
    own = (Button("写一句", press("oc", task, version, str(on))),)
    said = f"任务 {number} 延到 {on_day(until)}，什么原因？点一个，或者写一句。"
    return Card(said, (tuple(usual[:2]), tuple(usual[2:]), own), quiet=False)


def write_day() -> Card:
    """「写日期」: the next words are the day."""
    return Card("延到哪天？直接写，比如：6月20日。不延了发「算了」。", quiet=False)


def write_reason() -> Card:
    """The next words are why."""
    return Card("什么原因？写一句发给我就行。不延了发「算了」。", quiet=False)


def write_other_day() -> Card:
    """「改个日期」 of the leader who was asked: the next words are the day."""
    return Card("延到哪天？直接写，比如：6月20日。先不改发「算了」。", quiet=False)


def write_refusal(asker: str) -> Card:
    """The next words are what whoever asked is told."""
    return Card(f"怎么跟{asker}说？写一句发给我就行。先不回发「算了」。", quiet=False)


def no_day() -> Card:
    """The words name no day."""
    return Card("没看懂是哪天，还没有申请。写成「6月20日」这样，或者「下周五」。", quiet=False)


def own(facts: LongerFacts) -> Card:
    """Of whoever asked: what he asked for, and what came of it; that is also said anew (`told`)."""
    return replace(_own(facts), gist=f"longer {facts.id}", brief="")


def _own(facts: LongerFacts) -> Card:
    name = _named(facts)
    if facts.state == "granted":
        return Card(f"{name}延到 {on_day(facts.until)}，{facts.decider}同意了。")
    if facts.state == "refused":
        return Card(f"{name}没有延，{facts.decider}没同意。")
    if facts.state == "withdrawn":
        return Card(f"{name}延期的申请撤回了。")
    if facts.over:
        return Card(f"{name}佐证已经交了，不用延了。")
    return Card(
        f"{name} · 申请延到 {on_day(facts.until)}，等{facts.decider or '领导'}同意。\n"
        f"原因：{cut(facts.reason, 60)}。",
        ((Button("撤回申请", press("ow", facts.id, 1)),),),
    )  # fmt: skip


def decide(facts: LongerFacts) -> Card:
    """Of the leader: who asks for what, until when, why, and how often before."""
    return replace(_decide(facts), gist=f"decide {facts.id}", brief="")


def _decide(facts: LongerFacts) -> Card:
    if facts.state != "asked" or facts.over:
        return _own(facts)
    rows = (
        (Button("同意", press("og", facts.id, 1), primary=True),),
        (Button("不同意", press("on", facts.id, 1)), Button("改个日期", press("oh", facts.id, 1))),
    )  # fmt: skip
    return Card(
        f"{facts.asker}申请延期：{_named(facts)}\n"
        f"{day(facts.was)} 改到 {on_day(facts.until)}，第 {facts.nth} 次。"
        f"原因：{cut(facts.reason, 60)}。",
        rows, quiet=False,
    )  # fmt: skip


def ask_refusal(row: int, asker: str) -> Card:
    """「不同意」: what is said to whoever asked?"""
    usual = tuple(
        Button(said, press("of", row, 1, str(n))) for n, said in enumerate(REFUSALS)
    )  # fmt: skip
    own_words = (Button("写一句", press("ov", row, 1)),)
    return Card(f"怎么跟{asker}说？", (usual, own_words), quiet=False)


def told(facts: LongerFacts) -> Card:
    """What was decided, to whoever asked."""
    name = _named(facts)
    if facts.state == "granted":
        return Card(f"{facts.decider}同意了：{name}延到 {on_day(facts.until)}。", quiet=False)
    said = f"\n{facts.decider}说：{cut(facts.refusal, 60)}。" if facts.refusal else ""
    return Card(f"{name}没有延，还是 {day(facts.was)}。{said}", quiet=False)


def _named(facts: LongerFacts) -> str:
    return f"任务 {facts.number} {cut(facts.title, TITLE)}"
