"""Three years of made-up reports, straight into the tables: what questions are timed on.

10,000 and 1,000,000 reports spread over the same days, so that a question asks for the same spans
and only the number of rows differs. The same seed gives the same rows on every store.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Table, insert, text
from sqlalchemy.engine import Connection

from bot.rules.records import NO_TROUBLE, Bureau, Role
from storage import patrols, tallies
from storage.people import people
from storage.reports import finds, reports

DAYS = 1095
"""So many local days are over when the last reports come in."""

SQUADS = ("一中队", "二中队", "三中队")
OFFICERS = 30
SUPERVISOR = "陈局"
OTHERS = tuple(f"added{number}" for number in range(1, 31))
"""Spots that an admin took in: each has a few reports."""

OPENS = time(7, 30)
OPEN_FOR = timedelta(hours=14)
TEXTS = ("松江路 流动摊贩2个 已劝离", "永福路 占道经营1处 已整改", "农贸市场周边秩序良好",
         "光明大道 店外经营 已通知")  # fmt: skip
SETTLED = (("persuaded", "closed"), ("corrected", "closed"), ("seized", "closed"))
FLAGS: tuple[list[str], list[str]] = ([], ["rebound"])
CHUNK = 20_000

Row = dict[str, Any]


def load(tx: Connection, number: int, now: datetime, bureau: Bureau, seed: int = 1) -> int:
    """The empty, migrated store holds so many reports until `now`; how many finds they have."""
    _staff(tx, now)
    indexes = [index for table in (reports, finds, patrols.table) for index in table.indexes]
    for index in indexes:
        index.drop(tx)
    found = 0
    new = made(number, now, bureau, seed)
    while chunk := list(islice(new, CHUNK)):
        told = [row for row, _ in chunk]
        _copy(tx, reports, told)
        outings = [_outing(row) for row in told if row["patrol"] is not None]
        _copy(tx, patrols.table, outings)
        _copy(tx, patrols.officers, [_crew(row) for row in outings])
        rows = [row for _, some in chunk for row in some]
        _copy(tx, finds, rows)
        found += len(rows)
    for index in indexes:
        index.create(tx)
    tx.execute(text(f"INSERT INTO tallies {tallies.found(tx.dialect.name)}"), {"sign": 1})
    return found


def _staff(tx: Connection, now: datetime) -> None:
    officer = {"department": None, "state": "active", "practising": False, "since": now,
               "roles": Role.OFFICER.value}  # fmt: skip
    rows = [
        officer | {"id": n, "name": f"队员{n}", "squad": SQUADS[n % 3]}
        for n in range(1, OFFICERS + 1)
    ]
    chief = {"id": OFFICERS + 1, "name": SUPERVISOR, "squad": None, "roles": Role.SUPERVISOR.value}
    tx.execute(insert(people), [*rows, officer | chief])


@dataclass(frozen=True, slots=True)
class _Bags:
    """What is drawn from: each thing as often as it is likely."""

    spots: Sequence[str]
    kinds: Sequence[str]
    sizes: Sequence[int] = (1,) * 76 + (2,) * 18 + (3,) * 6
    patrols: Sequence[str | None] = (None,) * 87 + ("full",) * 10 + ("special",) * 3
    sources: Sequence[str] = ("patrol",) * 80 + ("hotline",) * 15 + ("camera",) * 5


def _bags(bureau: Bureau) -> _Bags:
    """A few spots and kinds have most of the finds; spots of no settings have the fewest."""
    spots: list[str] = list(OTHERS)
    for rank, spot in enumerate(bureau.spots):
        spots += [spot.code] * (600 // (rank + 1))
    kinds: list[str] = []
    known = [category.code for category in bureau.categories if category.code != NO_TROUBLE]
    for rank, code in enumerate(known[:20]):
        kinds += [code] * (600 // (rank + 2))
    return _Bags(spots, kinds)


def made(number: int, now: datetime, bureau: Bureau, seed: int) -> Iterator[tuple[Row, list[Row]]]:
    """Each report with its finds, oldest first."""
    bags, dice = _bags(bureau), random.Random(seed)
    here = now.astimezone(bureau.tz)
    today = datetime.combine(here.date(), OPENS, bureau.tz)
    lived = DAYS + min(1.0, max(0.0, (here - today) / OPEN_FOR))
    last = number_today = 0
    for n in range(number):
        day, part = divmod(lived * (n + dice.random()) / number, 1)
        at = today + timedelta(days=int(day) - DAYS) + part * OPEN_FOR
        number_today = number_today + 1 if day == last else 1
        last = int(day)
        person = dice.randrange(OFFICERS) + 1
        counts = dice.random() < 0.98
        recent = day > DAYS - 14
        some = [
            _find(n + 1, position, person, at, counts, 0.3 if recent else 0.03, bags, dice)
            for position in range(dice.choice(bags.sizes))
        ]
        yield _report(n + 1, number_today, person, at, counts, some, bags, dice), some


def _find(
    report: int, position: int, person: int, at: datetime, counts: bool, still: float,
    bags: _Bags, dice: random.Random,
) -> Row:  # fmt: skip
    trouble = dice.random() < 0.7
    action, state = ("none", "none")
    if trouble:
        action, state = ("found", "open") if dice.random() < still else dice.choice(SETTLED)
    return {
        "report": report, "revision": 1, "position": position, "spot": dice.choice(bags.spots),
        "spot_text": None, "category": dice.choice(bags.kinds) if trouble else NO_TROUBLE,
        "quantity": report % 4 + 1 if trouble else None, "action": action, "state": state,
        "occurred_at": at, "person": person, "counts": counts,
        "rebound": trouble and dice.random() < 0.04,
    }  # fmt: skip


def _report(
    number: int, today: int, person: int, at: datetime, counts: bool, some: list[Row],
    bags: _Bags, dice: random.Random,
) -> Row:  # fmt: skip
    trouble = any(row["category"] != NO_TROUBLE for row in some)
    kind = dice.choice(bags.patrols)
    return {
        "id": number, "number": f"R-{at:%Y%m%d}-{today:03d}", "person": person, "holder": person,
        "squad": SQUADS[person % 3], "line": "telegram", "chat": person, "message": number,
        "album": None, "intent": "problem" if trouble else "patrol_ok",
        "source": dice.choice(bags.sources), "text": TEXTS[number % len(TEXTS)],
        "flags": FLAGS[any(row["rebound"] for row in some)], "occurred_at": at, "received_at": at,
        "last_part_at": at, "late": False, "practice": False, "guessed": None, "asking": None,
        "reminded": False, "menu": None, "withdrawn_at": None if counts else at,
        "changed_by": None if counts else person, "changed_at": None if counts else at,
        "change": None if counts else "withdraw", "version": 1,
        "patrol_type": kind, "patrol": None if kind is None else number,
    }  # fmt: skip


def _outing(report: Row) -> Row:
    """The whole round or check that a report tells of."""
    at, kind = report["occurred_at"], report["patrol_type"]
    gone = report["withdrawn_at"] is not None
    return {
        "id": report["id"], "number": f"{kind}-{report['id']}", "kind": kind, "told": True,
        "squad": report["squad"], "spot": None, "line": "telegram", "chat": report["chat"],
        "person": report["person"], "started_at": at, "ended_at": at, "last_at": at,
        "state": patrols.WITHDRAWN if gone else patrols.ENDED, "late": False, "counts": not gone,
        "lacking": {}, "asks": {}, "accepted_by": None, "accepted_at": None,
        "accepted_reason": None, "menu": None, "version": 1,
    }  # fmt: skip


def _crew(outing: Row) -> Row:
    return {"patrol": outing["id"], "person": outing["person"], "joined_at": outing["started_at"]}


def _copy(tx: Connection, table: Table[Any], rows: Sequence[Row]) -> None:
    """The rows are in the table, by the store's quickest way."""
    if not rows:
        return
    names = list(rows[0])
    bound = [list(row.values()) for row in rows]
    for at, name in enumerate(names):
        process = table.c[name].type.bind_processor(tx.dialect)
        if process is not None:
            _bind(bound, at, process)
    raw: Any = tx.connection.driver_connection
    columns = ", ".join(names)
    if tx.dialect.name == "sqlite":
        marks = ", ".join("?" * len(names))
        raw.executemany(f"INSERT INTO {table.name} ({columns}) VALUES ({marks})", bound)
        return
    with raw.cursor() as cursor, cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
        for row in bound:
            copy.write_row(row)


def _bind(rows: list[list[Any]], at: int, process: Callable[[Any], Any]) -> None:
    """The column's values are as the store takes them; equal neighbours are bound only once."""
    last = value = object()
    for row in rows:
        if row[at] is not last:
            last = row[at]
            value = process(last)
        row[at] = value
