"""The same case posted many times at once is one, on both stores; so is it after a restart."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.actions.cases import Taken, take_posted
from bot.rules.records import Find, Role
from bot.rules.tickets import ToldCase
from storage import people, problems
from storage.database import Database
from storage.schema import Transaction
from tests.actions.conftest import MONDAY_9, default_bureau

FINDS = (Find("songjiang", "zhandao", None, "found", "open"),)


def join(tx: Transaction) -> None:
    people.add(tx, "王芳", frozenset({Role.ADMIN}), None, None, MONDAY_9)


async def post(database: Database, external: str) -> Taken:
    case = ToldCase("camera", "松江路占道", external=external)
    given: Any = ("王芳", case, FINDS, default_bureau()[0], MONDAY_9)
    return await database.write(take_posted, *given)


async def test_two_hundred_posts_are_one_problem(url: str) -> None:
    database = await Database.open(url)
    await database.write(join)
    told = await asyncio.gather(*(post(database, "cam1-17") for _ in range(200)))
    assert [one.fresh for one in told].count(True) == 1
    assert {one.number for one in told} == {"R-20250609-001"}
    await database.close()
    database = await Database.open(url)
    assert not (await post(database, "cam1-17")).fresh
    assert (await post(database, "cam1-18")).fresh
    assert len(await database.read(problems.under_way)) == 2
    await database.close()
