"""The board that hangs at the top of a work group (conversations.md 3.4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.rules.board import Board, Owed
from bot.words.card import Card
from bot.words.plain import WEEKDAYS, clock

MOST = 5
"""Spots and squads named; the others are counted."""


def board(facts: Board, at: datetime) -> Card:
    """The week so far; `at` is when it last changed, in the bureau's zone."""
    head = f"本周巡查（周{WEEKDAYS[at.weekday()]} {clock(at)} 更新）"
    counted = [*_counts("全域", facts.rounds), *_counts("本月专项", facts.checks)]
    lines = [head, *(["，".join(counted)] if counted else []), *_spots(facts.spots)]
    return Card("\n".join([*lines, _left(facts)]))


def _left(facts: Board) -> str:
    if not facts.open and not facts.overdue:
        return "没有没办完的问题"
    late = f"，超期 {facts.overdue}" if facts.overdue else ""
    return f"在办 {facts.open}{late}"


def _counts(noun: str, owed: Sequence[Owed]) -> list[str]:
    named = [f"{one.whose or ''}{noun} {one.done}/{one.owed}" for one in owed[:MOST]]
    return [*named, f"另外 {len(owed) - MOST} 项"] if len(owed) > MOST else named


def _spots(spots: Sequence[Owed]) -> list[str]:
    """Those that are short first; those that have enough are not named where all fit."""
    if not spots:
        return []
    short = [one for one in spots if one.short]
    if not short:
        return ["点位都够数了"]
    said = [f"{one.whose} {one.done}/{one.owed}" for one in short[:MOST]]
    if len(short) > MOST:
        said.append(f"另外 {len(short) - MOST} 处")
    if len(short) < len(spots):
        said.append("其余够数")
    return ["，".join(said)]
