"""What the clock will bring, as an admin reads it, and brings about by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.rules.coming import Coming, Outcome
from bot.words.card import Button, Card, press
from bot.words.plain import WEEKDAYS, clock, cut, day

PAGE = 4
"""Things on one card: with the head, a card is five lines."""


def moment(at: datetime, now: datetime) -> str:
    """今天 16:30, 周五 16:30 within a week, else 6月20日 16:30; both in the bureau's zone."""
    days = (at.date() - now.date()).days
    if days == 0:
        return f"今天 {clock(at)}"
    name = f"周{WEEKDAYS[at.weekday()]}" if 0 < days < 7 else day(at)
    return f"{name} {clock(at)}"


def upcoming(things: Sequence[Coming], page: int, now: datetime) -> Card:
    """The list, a page at a time; what has a row can be sent now."""
    if not things:
        return Card("这两周没有排好要发的。")
    here = now.tzinfo
    page = page if page * PAGE < len(things) else 0
    shown = list(enumerate(things, 1))[page * PAGE : (page + 1) * PAGE]
    lines = [
        f"{nth}. {moment(one.at.astimezone(here), now)} {cut(one.said, 14)}" for nth, one in shown
    ]
    buttons = tuple(
        Button(f"第{nth}件现在发", press("da", one.due, 1))
        for nth, one in shown if one.due is not None
    )  # fmt: skip
    rows = [buttons[i : i + 2] for i in range(0, len(buttons), 2)]
    if len(things) > PAGE:
        following = page + 1 if (page + 1) * PAGE < len(things) else 0
        rows.append((Button("看后面的" if following else "回到开头", press("dc", following, 1)),))
    return Card("\n".join([f"接下来要发的，一共 {len(things)} 件：", *lines]), tuple(rows))


def sure(thing: Coming, now: datetime) -> Card:
    """Is it to be sent now?"""
    assert thing.due is not None
    at = moment(thing.at.astimezone(now.tzinfo), now)
    return Card(
        f"现在就发「{thing.said}」？\n原来排在{at}，现在发了到时候不再发。",
        ((Button("现在发", press("db", thing.due, 1), primary=True),
          Button("到时候再发", press("dc", 0, 1))),),
    )  # fmt: skip


def ran(outcome: Outcome | None, now: datetime) -> Card:
    """What became of it."""
    if outcome is None:
        return Card("这件已经办过了，没有再发。")
    if outcome.until is not None:
        at = moment(outcome.until.astimezone(now.tzinfo), now)
        return Card(f"现在不是打扰人的时候，没有发。排到{at}再发。")
    if outcome.state == "dropped":
        return Card("看过了，这件现在不用发了，已经划掉。")
    return Card("好，已经发出去了。")


def failed(row: int, said: str) -> Card:
    """An admin hears of a due row that was given up."""
    return Card(
        f"排好的「{said}」试了几次都没发成，先停下了。",
        ((Button("再试一次", press("db", row, 1)),),), quiet=False,
    )  # fmt: skip
