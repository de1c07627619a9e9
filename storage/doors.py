"""Who stands at the door: strangers and group chats; knows nobody of the bureau."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from storage.dialect import insert_or_ignore, insert_or_replace
from storage.people import chats, strangers
from storage.schema import Transaction


def stranger(tx: Transaction, line: str, user: int) -> Any | None:
    """The stranger's row, or None for somebody never seen."""
    return tx.execute(
        select(strangers).where(strangers.c.line == line, strangers.c.user == user)
    ).first()


def stranger_by_code(tx: Transaction, code: str) -> Any | None:
    """The stranger known by this code, or None."""
    return tx.execute(select(strangers).where(strangers.c.code == code)).first()


def meet(tx: Transaction, line: str, user: int, code: str, now: datetime) -> None:
    """The stranger has a code and was told it now."""
    tx.execute(
        insert_or_ignore(tx, strangers, ("line", "user")),
        {"line": line, "user": user, "code": code, "first_at": now, "told_at": now},
    )


def told(tx: Transaction, line: str, user: int, now: datetime) -> None:
    """The stranger was answered now."""
    tx.execute(
        update(strangers)
        .where(strangers.c.line == line, strangers.c.user == user)
        .values(told_at=now)
    )


def chat(tx: Transaction, line: str, number: int) -> Any | None:
    """The group chat's row, or None for one never seen."""
    return tx.execute(select(chats).where(chats.c.line == line, chats.c.chat == number)).first()


def allowed(tx: Transaction) -> list[tuple[str, int]]:
    """The (line, chat) of every group that an admin has allowed, in a fixed order."""
    query = select(chats.c.line, chats.c.chat).where(chats.c.state == "allowed")
    return [(row.line, row.chat) for row in tx.execute(query.order_by(chats.c.line, chats.c.chat))]


def set_chat(
    tx: Transaction, line: str, number: int, title: str, state: str, now: datetime, by: int | None
) -> None:
    """The group chat is known, in this state."""
    tx.execute(
        insert_or_replace(tx, chats, ("line", "chat"), ("title", "state", "at", "by")),
        {"line": line, "chat": number, "title": title, "state": state, "at": now, "by": by},
    )


def move_chat(tx: Transaction, line: str, old: int, new: int) -> None:
    """What was known of the group under `old` is known under `new` (a group became a supergroup).

    Where the new number was met first, an admin's word beats a question that is still open.
    """
    if chat(tx, line, old) is None:
        return
    known = chat(tx, line, new)
    decided = known is not None and known.state != "asked"
    dropped = old if decided else new
    tx.execute(delete(chats).where(chats.c.line == line, chats.c.chat == dropped))
    tx.execute(update(chats).where(chats.c.line == line, chats.c.chat == old).values(chat=new))
