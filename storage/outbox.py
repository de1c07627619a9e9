"""The outbox: which card is owed to which chat, and what was last shown of it.

A row is an intent, not a text: the sender words the card from the facts of the moment. Owing a
card again makes the one row want a newer version, so ten changes in a second are one edit. Knows
no card's words and no line.

    owed       to be sent or edited, from `due_at` on
    sending    claimed by the sender; found so after a crash it is owed again
    shown      the chat shows the wanted version
    dropped    no longer true when its turn came
    failed     refused by the line for good; the reason is kept
    held       nobody knows whether the chat has it, and somebody must say (storage/held.py)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    Index,
    Named,
    Table,
    Text,
    TypedColumns,
    bindparam,
    case,
    func,
    or_,
    select,
    text,
    update,
)

from storage.dialect import insert_or_ignore, insert_or_want
from storage.people import ACTIVE, identities, people
from storage.schema import BigId, Json, Transaction, UtcDateTime, metadata

OWED, SENDING, SHOWN, DROPPED, FAILED = "owed", "sending", "shown", "dropped", "failed"
HELD = "held"

EDIT_PAUSE = timedelta(seconds=1)
"""At least so long lies between two versions of one card (conversations.md 2.21)."""


class OutboxColumns(TypedColumns):
    """`args` is what can't be read again from the facts; it is emptied once shown."""

    id: Named[int] = Column(BigId, primary_key=True, autoincrement=True)
    key: Named[str] = Column(unique=True)
    line: Named[str]
    chat: Named[int] = Column(BigId)
    card: Named[str]
    subject: Named[int] = Column(BigId)
    args: Named[Any] = Column(Json, nullable=True)
    state: Named[str]
    wanted: Named[int]
    shown: Named[int]
    message: Named[int | None] = Column(BigId)
    digest: Named[str | None]
    created_at: Named[datetime] = Column(UtcDateTime)
    due_at: Named[datetime] = Column(UtcDateTime)
    shown_at: Named[datetime | None] = Column(UtcDateTime)
    attempts: Named[int]
    repeats: Named[int]
    reason: Named[str | None] = Column(Text)


table = Table("outbox", metadata, OutboxColumns)
c = table.c
Index(
    "ix_outbox_owed", c.due_at, c.id,
    sqlite_where=text("state = 'owed'"), postgresql_where=text("state = 'owed'"),
)  # fmt: skip
Index(
    "ix_outbox_sending", c.id,
    sqlite_where=text("state = 'sending'"), postgresql_where=text("state = 'sending'"),
)  # fmt: skip
Index("ix_outbox_subject", c.card, c.subject)
Index(
    "ix_outbox_message", c.chat, c.message,
    sqlite_where=text("message IS NOT NULL"), postgresql_where=text("message IS NOT NULL"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Owed:
    """A claimed row: send or edit version `wanted` of the card."""

    id: int
    key: str
    line: str
    chat: int
    card: str
    subject: int
    args: Any
    wanted: int
    shown: int
    message: int | None
    digest: str | None
    due_at: datetime
    attempts: int
    repeats: int = 0
    """How often it was sent since it was last shown, without anybody knowing whether it arrived."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a claimed row; `message` and `digest` as they now stand."""

    row: int
    state: str
    wanted: int
    message: int | None
    digest: str | None
    at: datetime
    due_at: datetime
    attempts: int
    reason: str | None = None
    keep_args: bool = False
    doubted: bool = False
    """Whether it may have arrived although it was not answered."""


_OWED = select(*(c[name] for name in Owed.__slots__))
_DUE = (
    _OWED.where(
        c.state == OWED,
        c.due_at <= bindparam("now"),
        # Also what was shown "later than now": a clock that was put back must not freeze a card.
        or_(
            c.shown_at.is_(None),
            c.shown_at <= bindparam("paused"),
            c.shown_at > bindparam("now"),
        ),
        c.chat.not_in(bindparam("busy", expanding=True)),
    )
    .order_by(c.due_at, c.id)
    .limit(bindparam("most"))
)
_CLAIM = update(table).where(c.id == bindparam("row")).values(state=SENDING)
_RECORD = (
    update(table)
    .where(c.id == bindparam("row"), c.state == SENDING)
    .values(
        state=case(
            ((bindparam("to") == SHOWN) & (c.wanted > bindparam("version")), OWED),
            else_=bindparam("to"),
        ),
        shown=case((bindparam("to") == SHOWN, bindparam("version")), else_=c.shown),
        message=bindparam("told_message"),
        digest=bindparam("told_digest"),
        shown_at=case(
            (bindparam("to") == SHOWN, bindparam("at", type_=UtcDateTime)), else_=c.shown_at
        ),
        due_at=bindparam("due"),
        attempts=bindparam("tries"),
        reason=bindparam("why"),
        # What came through is in no doubt any more: a card lives long, and is not worn out by it.
        repeats=case((bindparam("to") == SHOWN, 0), else_=c.repeats + bindparam("doubts")),
    )
)
_GONE = (
    select(identities.c.chat)
    .join(people, people.c.id == identities.c.person)
    .where(people.c.state != ACTIVE)
)
_OWE_AGAIN = (
    update(table)
    .where(c.card.in_(bindparam("kinds", expanding=True)), c.subject == bindparam("of"))
    .where(c.state != FAILED, c.chat.not_in(_GONE))
    .values(
        wanted=c.wanted + 1, due_at=bindparam("now", type_=UtcDateTime), attempts=0,
        state=case((c.state.in_([SENDING, HELD]), c.state), else_=OWED),
    )
)  # fmt: skip
_ARGS = select(c.args).where(c.key == bindparam("of"))
_NEXT_DUE = select(func.min(c.due_at)).where(c.state == OWED)
_FORGET = update(table).where(c.id == bindparam("row"), c.state != OWED).values(args=None)


def owe(
    tx: Transaction, line: str, chat: int, card: str, subject: int, now: datetime, *,
    key: str | None = None, args: Any = None, due_at: datetime | None = None,
) -> None:  # fmt: skip
    """The chat is owed the card's present look, from `due_at` on; one row a key."""
    tx.execute(
        insert_or_want(tx, table),
        {"key": key or f"{card}:{subject}:{line}:{chat}", "line": line, "chat": chat,
         "card": card, "subject": subject, "args": args, "state": OWED, "wanted": 1, "shown": 0,
         "created_at": now, "due_at": due_at or now, "attempts": 0, "repeats": 0},
    )  # fmt: skip


def owe_many(
    tx: Transaction, card: str, rows: Sequence[tuple[str, str, int, int, Any, datetime]],
    now: datetime,
) -> None:  # fmt: skip
    """The chats are owed the card, as (key, line, chat, subject, args, due_at); no key twice.

    A key that is there already is left as it is.
    """
    values = [
        {"key": key, "line": line, "chat": chat, "card": card, "subject": subject, "args": args,
         "state": OWED, "wanted": 1, "shown": 0, "created_at": now, "due_at": due_at,
         "attempts": 0, "repeats": 0}
        for key, line, chat, subject, args, due_at in rows
    ]  # fmt: skip
    if values:
        tx.execute(insert_or_ignore(tx, table, ("key",)), values)


def known_of(tx: Transaction, keys: Sequence[str]) -> set[str]:
    """Those of the keys under which a card was ever owed."""
    found: set[str] = set()
    for begin in range(0, len(keys), 500):
        query = select(c.key).where(c.key.in_(keys[begin : begin + 500]))
        found |= set(tx.execute(query).scalars())
    return found


def quiet_until(
    tx: Transaction, key: str, now: datetime, pause: timedelta, longest: timedelta
) -> datetime:
    """When a card that waits for more is due: after `pause` of quiet, but never too late.

    The first look is shown `longest` after the card was first owed; a later one not before
    `longest` after the last, so that ten photos are one change.
    """
    row = tx.execute(select(c.created_at, c.shown_at).where(c.key == key)).first()
    if row is None:
        return now + pause
    created: datetime = row.created_at
    shown: datetime | None = row.shown_at
    if shown is None:
        return max(now, min(now + pause, created + longest))
    return max(now + pause, min(shown, now) + longest)


def args_of(tx: Transaction, key: str) -> Any:
    """What the card with this key was owed with; None where there is none."""
    return tx.execute(_ARGS, {"of": key}).scalar()


def shown_at(tx: Transaction, key: str) -> datetime | None:
    """When the card with this key was last shown; None where it never was."""
    return tx.execute(select(c.shown_at).where(c.key == key)).scalar()


def place_of(tx: Transaction, key: str) -> tuple[str, int] | None:
    """The line and chat that the card with this key is owed to; None where there is none."""
    row = tx.execute(select(c.line, c.chat).where(c.key == key)).first()
    return None if row is None else (row.line, row.chat)


def is_known(tx: Transaction, key: str) -> bool:
    """Whether a card with this key was ever owed."""
    return tx.execute(select(c.id).where(c.key == key)).first() is not None


def shown_since(tx: Transaction, moment: datetime) -> list[tuple[str, int, datetime]]:
    """(line, chat, when) of every message that was sent after `moment`."""
    rows = tx.execute(select(c.line, c.chat, c.shown_at).where(c.shown_at > moment))
    return [(row.line, row.chat, row.shown_at) for row in rows]


def owe_again(tx: Transaction, card: str, subject: int, now: datetime) -> None:
    """Every chat that was ever shown this card is owed its present look.

    Not the chat of somebody who is frozen or has left.
    """
    owe_all_again(tx, (card,), subject, now)


def owe_all_again(tx: Transaction, cards: Sequence[str], subject: int, now: datetime) -> None:
    """The same for several cards of one subject."""
    tx.execute(_OWE_AGAIN, {"kinds": list(cards), "of": subject, "now": now})


def _plain(reason: str | None) -> str | None:
    """The reason so that every store takes it: what a platform says may hold anything."""
    return reason and reason.encode("utf-8", "replace").decode().replace("\x00", " ")[:500]


def claim(tx: Transaction, now: datetime, busy: Sequence[int], most: int) -> list[Owed]:
    """Up to `most` due rows, now `sending`; none of a chat in `busy`."""
    values = {"now": now, "paused": now - EDIT_PAUSE, "busy": list(busy) or [0], "most": most}
    rows = [Owed(*row) for row in tx.execute(_DUE, values)]
    if rows:
        tx.execute(_CLAIM, [{"row": row.id} for row in rows])
    return rows


def record(tx: Transaction, results: Sequence[Result]) -> None:
    """The claimed rows say what became of them; one that is wanted anew meanwhile is owed again."""
    if not results:
        return
    tx.execute(
        _RECORD,
        [
            {"row": r.row, "to": r.state, "version": r.wanted, "told_message": r.message,
             "told_digest": r.digest, "at": r.at, "due": r.due_at, "tries": r.attempts,
             "why": _plain(r.reason), "doubts": int(r.doubted)}
            for r in results
        ],
    )  # fmt: skip
    settled = [{"row": r.row} for r in results if r.state != OWED and not r.keep_args]
    if settled:
        tx.execute(_FORGET, settled)


def turn(
    tx: Transaction, results: Sequence[Result], now: datetime, busy: Sequence[int], most: int
) -> list[Owed]:
    """What became of the rows claimed before is recorded, and new ones are claimed."""
    if results:
        record(tx, results)
    return claim(tx, now, busy, most) if most > 0 else []


def next_due(tx: Transaction) -> datetime | None:
    """When the next card is due, or None when nothing is owed."""
    return tx.execute(_NEXT_DUE).scalar_one()


def newest(tx: Transaction, card: str, subject: int, line: str, chat: int) -> int | None:
    """The newest row of this card in the chat: older copies lead on to it."""
    query = select(func.max(c.id)).where(c.card == card, c.subject == subject, c.chat == chat)
    return tx.execute(query.where(c.line == line)).scalar()


def owed_of(tx: Transaction, card: str, subject: int) -> bool:
    """Whether any chat was ever owed this card."""
    query = select(c.id).where(c.card == card, c.subject == subject).limit(1)
    return tx.execute(query).first() is not None


def message_of(tx: Transaction, card: str, subject: int, line: str, chat: int) -> int | None:
    """The message that shows the card in the chat, or None."""
    return tx.execute(
        select(c.message).where(
            c.card == card, c.subject == subject, c.line == line, c.chat == chat
        )
    ).scalar()


@dataclass(frozen=True, slots=True)
class Standing:
    """A message of the bot: which card it shows, of what, and under which key it was owed."""

    card: str
    subject: int
    key: str


def card_at(tx: Transaction, line: str, chat: int, message: int) -> Standing | None:
    """What the message in the chat shows, or None where it is none of the bot's cards."""
    query = select(c.card, c.subject, c.key).where(
        c.message == message, c.chat == chat, c.line == line
    )
    row = tx.execute(query.order_by(c.id.desc()).limit(1)).first()
    return None if row is None else Standing(row.card, row.subject, row.key)


def move_chat(tx: Transaction, line: str, old: int, new: int) -> None:
    """What is owed to the chat is owed under its new number."""
    tx.execute(
        update(table)
        .where(c.line == line, c.chat == old, c.state.in_([OWED, SENDING]))
        .values(chat=new, message=None)
    )


def census(tx: Transaction) -> dict[str, int]:
    """How many rows are in each state."""
    return {row[0]: row[1] for row in tx.execute(select(c.state, func.count()).group_by(c.state))}


def failures(tx: Transaction, most: int = 20) -> list[Any]:
    """The newest rows that a line refused for good."""
    return list(
        tx.execute(
            _OWED.add_columns(c.reason).where(c.state == FAILED).order_by(c.id.desc()).limit(most)
        )
    )


def let_go(tx: Transaction) -> None:
    """Nothing is owed any more: what was, belongs to a past that nobody waits for (the demo's)."""
    tx.execute(update(table).where(c.state == OWED).values(state=DROPPED, reason="long past"))
