"""How long ten typical questions take with 10,000 and with 1,000,000 reports, on both stores.

From the words to the card that is owed: reading, counting, wording; no picture is drawn. Small and
large store take turns, so that what the machine does meanwhile meets both.
Run: python -m tests.bench.questions
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from bot.actions import answering
from bot.bureau import DEFAULT, build_bureau
from bot.rules.onward import onward
from bot.rules.questions import QuestionReader
from bot.rules.records import Bureau
from bot.words import answers as words
from bot.words.card import Card
from storage import people
from storage.database import Database
from storage.people import Person
from storage.schema import Transaction
from tests.bench import history
from tests.bench.table import Row, judged, printed
from tests.storage.stores import STORES, plain, postgres_database

QUESTIONS = (
    "本周巡查几次",
    "松江路这个月发现多少问题",
    "永福路上周流动摊贩几起",
    "没整改完的问题有哪些",
    "10月份整改完成率多少",
    "松江路和永福路这个季度对比一下",
    "上个月比前一个月问题多了还是少了",
    "近7天占道经营趋势",
    "国庆期间松江路有没有反弹",
    "整改以来共发现多少问题，解决了多少",
)
SMALL, LARGE = 10_000, 1_000_000
MOST_MS, MOST_TIMES = 20, 2.0
RUNS = 25
NOW = datetime.fromisoformat("2026-11-26T16:30+08:00")

Times = dict[str, dict[str, list[list[float]]]]
"""For each store and question the milliseconds of every run, with few and with many reports."""


def measure(large: int = LARGE, runs: int = RUNS) -> Times:
    """All questions on every store that this machine has, with `SMALL` and with `large` reports."""
    found: Times = {}
    for store in STORES:
        with tempfile.TemporaryDirectory(prefix="gangting-bench-") as folder:
            try:
                urls = [_url(store, Path(folder), number) for number in (SMALL, large)]
            except pytest.skip.Exception as missing:
                print(f"{store}: {missing}", file=sys.stderr)
                continue
            found[store] = asyncio.run(_measure(urls, (SMALL, large), runs))
    return found


def _url(store: str, folder: Path, number: int) -> str:
    if store == "sqlite":
        return f"sqlite:///{folder / f'{number}.db'}"
    return plain(postgres_database(f"bench_{number}"))


async def _measure(
    urls: list[str], numbers: tuple[int, int], runs: int
) -> dict[str, list[list[float]]]:
    bureau = build_bureau(DEFAULT)
    reader = QuestionReader(bureau)
    times: dict[str, list[list[float]]] = {said: [[], []] for said in QUESTIONS}
    async with AsyncExitStack() as stack:
        stores = []
        for url, number in zip(urls, numbers, strict=True):
            database = await Database.open(url)
            stack.push_async_callback(database.close)
            await asyncio.to_thread(fill, url, number, bureau)
            stores.append((database, await database.read(_supervisor)))
        for run in range(-1, runs):
            for said in QUESTIONS:
                for place, (database, asker) in enumerate(stores):
                    # Another moment each time: nothing that was remembered of a text helps.
                    now = NOW + timedelta(microseconds=run + 1)
                    begun = time.perf_counter()
                    await answered(database, reader, asker, bureau, said, now)
                    if run >= 0:
                        times[said][place].append((time.perf_counter() - begun) * 1000)
    return times


async def answered(
    database: Database, reader: QuestionReader, asker: Person, bureau: Bureau, said: str,
    now: datetime,
) -> Card:  # fmt: skip
    """The card of the answer, by the steps of handlers/answers.py."""
    question = reader.read(said, now)
    facts = await database.read(answering.answer, asker, question, bureau, now)
    offer = onward(question, None, bureau)
    return words.answer(facts, now, 1, (offer,) if offer else ())


def fill(url: str, number: int, bureau: Bureau) -> float:
    """The open store at the url holds so many reports; how many seconds that took."""
    begun = time.perf_counter()
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as tx:
        if engine.dialect.name == "sqlite":
            # Of a load that is cut short nothing is wanted.
            for haste in ("synchronous=OFF", "cache_size=-500000", "temp_store=MEMORY"):
                tx.exec_driver_sql(f"PRAGMA {haste}")
        history.load(tx, number, NOW, bureau)
        tx.commit()
    if engine.dialect.name == "postgresql":
        # What its own housekeeping does within minutes of a load; SQLite has none.
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    taken = time.perf_counter() - begun
    print(f"{engine.dialect.name}: {number:,} reports in {taken:.0f} s", file=sys.stderr)
    return taken


def _supervisor(tx: Transaction) -> Person:
    return people.named(tx, history.SUPERVISOR)[0]


def rows(found: Times) -> list[Row]:
    """A line a question and store: few reports, many, how many times as long."""
    shown: list[Row] = []
    for store, times in found.items():
        shown.append((f"questions on {store}", "few reports, many", "times", ""))
        for said, (few, many) in times.items():
            small, large = statistics.median(few), statistics.median(many)
            ratio = large / small
            good = large <= MOST_MS and ratio <= MOST_TIMES
            shown.append(
                (f"  {said}", f"{small:.1f} ms, {large:.1f} ms", f"{ratio:.2f}",
                 judged(f"<= {MOST_MS} ms and <= {MOST_TIMES:.0f} times", good))
            )  # fmt: skip
    return shown


if __name__ == "__main__":
    print(printed(rows(measure())))
