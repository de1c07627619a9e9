"""A line that is down for a minute is told to the admins where one can reach them, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from aiogram import Bot
from sqlalchemy import select

from bot.rules.records import Role
from bot.transports.line import Line
from scheduler.watch import Watch
from storage import outbox, people
from storage.database import Database
from storage.schema import Transaction
from tests.house import SetClock

NOON = datetime(2025, 6, 9, 12, 0, tzinfo=UTC)


def lines() -> dict[str, Line]:
    return {n: Line(n, Bot("1:x"), title=t) for n, t in (("one", "第一线"), ("two", "第二线"))}


def admin(tx: Transaction, *accounts: str) -> None:
    person = people.add(tx, "王芳", frozenset({Role.ADMIN}), None, None, NOON)
    for n, line in enumerate(accounts):
        people.know(tx, line, 5, 5, person, NOON + timedelta(seconds=n))


def owed(tx: Transaction) -> list[tuple[str, dict[str, Any], int]]:
    c = outbox.c
    return [(r.line, r.args, r.wanted) for r in tx.execute(select(c.line, c.args, c.wanted))]


async def test_down_for_a_minute_then_up(database: Database) -> None:
    clock, rung = SetClock(NOON), []
    watch = Watch(database, lines(), clock, lambda: rung.append(1))
    await database.write(admin, "two", "one")
    watch.line_is("one", False)
    clock.move(timedelta(seconds=59))
    await watch.look()
    assert await database.read(owed) == []
    clock.move(timedelta(seconds=1))
    for _ in range(3):
        await watch.look()
    ((line, said, wanted),) = await database.read(owed)
    assert (line, said["title"], said["until"], wanted) == ("two", "第一线", None, 1)
    assert watch.up == {"one": False, "two": True}
    watch.line_is("one", True)
    clock.move(timedelta(minutes=5))
    for _ in range(3):
        await watch.look()
    ((line, said, wanted),) = await database.read(owed)
    assert (line, wanted) == ("two", 2)
    assert datetime.fromisoformat(said["until"]) == clock.now()
    assert len(rung) == 2


async def test_a_short_break_is_nobodys_business(database: Database) -> None:
    clock = SetClock(NOON)
    watch = Watch(database, lines(), clock, lambda: None)
    await database.write(admin, "two")
    for _ in range(10):
        watch.line_is("one", False)
        clock.move(timedelta(seconds=40))
        await watch.look()
        watch.line_is("one", True)
        await watch.look()
    assert await database.read(owed) == []


async def test_where_only_the_broken_line_reaches_him_it_waits_there(database: Database) -> None:
    clock = SetClock(NOON)
    watch = Watch(database, lines(), clock, lambda: None)
    await database.write(admin, "one")
    watch.line_is("one", False)
    clock.move(timedelta(minutes=2))
    await watch.look()
    assert [line for line, _, _ in await database.read(owed)] == ["one"]
