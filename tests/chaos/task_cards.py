"""The proof of what the chats show after a storm about tasks: each message once, or marked.

A message that the house knows nothing of was sent by a bot that was killed before it could note
it: the one that came in its place says 〔重发〕. At the end every card shows what is so.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.bureau import bureau_at
from bot.clock import Clock
from bot.rules.ledger import TaskState
from bot.words.card import Card
from scheduler.faces import View, face
from storage import outbox, tasks
from storage.outbox import Owed
from storage.schema import Transaction
from tests.chaos.books import Books
from tests.chaos.ledger import Ledger
from tests.chaos.notices import AGAIN
from tests.chaos.staff import NAMES
from tests.fakes.control import Control

LASTING_CARDS = ("task", "task_check", "task_sign", "task_longer", "task_longer_own")
"""Cards that follow what becomes of their task; a piece of news stays as it was told."""

PASSING = re.compile(r"台账还剩 \d+ 件|还有 \d+ 天|超期 \d+ 天")
"""Words that other tasks and the day change, for which no card is sent anew."""

Row = tuple[Owed, str, int]
"""A row of the outbox, its state, and how often it was in doubt."""


def prove(ledger: Ledger, books: Books, telegram: Control) -> None:
    """All of it."""
    rows: list[Row] = books.read(_rows)
    sends = {user: _sends(telegram, user) for user in NAMES}
    every = [entry for entries in sends.values() for entry in entries]
    ledger.tell("messages sent to people", len(every))
    ledger.tell("  of them marked as sent again", sum(map(_marked, every)))
    ends = (outbox.SHOWN, outbox.DROPPED)
    ledger.none(
        "cards that are neither shown nor dropped",
        (f"{row.card} {row.subject} {state}" for row, state, _ in rows if state not in ends),
    )
    ledger.none(
        "messages sent twice without the mark",
        (one for user in NAMES for one in _unexplained(user, sends[user], rows)),
    )
    shown = {user: {m["message_id"]: m for m in telegram.messages(user)} for user in NAMES}
    ledger.none("cards that no chat shows", _unseen(rows, shown))
    ledger.none(
        "cards that do not show what is so",
        books.read(lambda tx: list(_wrong(tx, rows, shown))),
    )
    ledger.none("signed off, and its card says otherwise", books.read(
        lambda tx: list(_open_looks(tx, rows, shown))
    ))  # fmt: skip
    kinds = Counter(row.card for row, _, _ in rows if row.card.startswith("task"))
    ledger.tell("cards of tasks", " ".join(f"{n} {k}" for k, n in kinds.most_common()))


def _rows(tx: Transaction) -> list[Row]:
    c = outbox.table.c
    wanted = select(*(c[name] for name in Owed.__slots__), c.state).where(c.chat.in_(NAMES))
    return [
        (owed, row[-1], owed.repeats)
        for row in tx.execute(wanted.order_by(c.id)) for owed in [Owed(*row[:-1])]
    ]  # fmt: skip


def _sends(telegram: Control, user: int) -> list[dict[str, Any]]:
    """The new messages with words to this chat, in the order they came."""
    entries: list[dict[str, Any]] = telegram.sent(method="sendMessage", chat=user)
    return entries


def _marked(entry: dict[str, Any]) -> bool:
    return str(entry["params"].get("text", "")).startswith(AGAIN)


def _unexplained(user: int, sends: list[dict[str, Any]], rows: list[Row]) -> Iterator[str]:
    """Messages that no row knows, without a marked one after them in their place."""
    known = {row.message for row, _, _ in rows if row.chat == user}
    over = sum(doubts for row, state, doubts in rows
               if row.chat == user and state == outbox.DROPPED)  # fmt: skip
    marks: list[float] = []
    for entry in reversed(sends):
        if entry["result"]["message_id"] not in known:
            at = bisect_left(marks, entry["at"])
            if at < len(marks):
                marks.pop(at)
            elif over:
                over -= 1  # what it said was over when its turn came again
            else:
                yield f"{NAMES[user]}: {entry['params'].get('text', '')[:40]!r}"
        if _marked(entry):
            insort(marks, entry["at"])


def _unseen(rows: list[Row], shown: dict[int, dict[int, Any]]) -> Iterator[str]:
    for row, state, _ in rows:
        words = state == outbox.SHOWN and row.card != "reaction"
        if words and row.message not in shown[row.chat]:
            yield f"{row.card} {row.subject} to {NAMES[row.chat]}"


def _wrong(
    tx: Transaction, rows: list[Row], shown: dict[int, dict[int, Any]]
) -> Iterator[str]:  # fmt: skip
    """Cards whose words or buttons are not what the house would show now."""
    view = View(bureau_at(Path("nowhere")), Clock().now(), str, False)
    for row, state, _ in rows:
        if row.card not in LASTING_CARDS or state != outbox.SHOWN:
            continue
        message = shown[row.chat].get(row.message or 0, {})
        text = PASSING.sub("", str(message.get("text")).removeprefix(AGAIN))
        if (text, message.get("buttons")) not in _looks(tx, row, view):
            yield (
                f"{row.card} {row.subject} to {NAMES[row.chat]} shows {text!r} "
                f"{message.get('buttons')}, not {_looks(tx, row, view)}"
            )


def _looks(tx: Transaction, row: Owed, view: View) -> list[tuple[str, list[list[str]]]]:
    """How the card may look: an older copy leads to the newest, or still shows the same as that."""
    newest = outbox.newest(tx, row.card, row.subject, row.line, row.chat)
    cards = [face(tx, row, view), face(tx, replace(row, id=newest or row.id), view)]
    return [
        (PASSING.sub("", card.text), [[button.label for button in line] for line in card.rows])
        for card in cards if isinstance(card, Card)
    ]  # fmt: skip


def _open_looks(
    tx: Transaction, rows: list[Row], shown: dict[int, dict[int, Any]]
) -> Iterator[str]:  # fmt: skip
    """By hand, without the house's own words: a finished task offers nothing more to do."""
    done = {one.id for one in tasks.everything(tx) if one.state is TaskState.SIGNED_OFF}
    newest: dict[tuple[int, int], int] = defaultdict(int)
    for row, _, _ in rows:
        if row.card == "task" and row.subject in done:
            newest[row.chat, row.subject] = row.message or 0
    for (user, task), number in newest.items():
        message = shown[user].get(number, {})
        labels = {label for line in message.get("buttons", []) for label in line}
        offers = labels & {"已完成，交佐证", "发完了", "够了，报销号", "同意销号"}
        if "已销号" not in str(message.get("text")) or offers:
            yield f"{task} to {NAMES[user]}: {message.get('text')!r} {sorted(labels)}"
