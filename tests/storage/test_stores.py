"""Opening, refusing and surviving: what stands between a store and the world outside."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DatabaseError

from bot.errors import StoreFault, StoreTaken
from storage import doors, proofs
from storage.database import Database
from storage.schema import Transaction
from storage.tables import metadata

ROOT = Path(__file__).parents[2]
NOON = datetime(2025, 6, 9, 12, 0, tzinfo=UTC)

HOLDER = """
import sqlite3, sys, time
raw = sqlite3.connect(sys.argv[1], isolation_level=None)
raw.execute("BEGIN IMMEDIATE")
print("held", flush=True)
time.sleep(float(sys.argv[2]))
raw.execute("COMMIT")
raw.close()
"""

WRITERS = """
import asyncio, json, resource, signal, sys
from tests.storage.test_stores import keep, users
from storage.database import Database

async def main():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    database = await Database.open(sys.argv[1])
    big = "x" * 60_000
    size = int(sys.argv[2])
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    answers = await asyncio.gather(
        *(database.write(keep, n, big) for n in range(30)), return_exceptions=True
    )
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    later = await database.write(keep, 99, "")
    stored = sorted(await database.read(users))
    await database.close()
    good = [n for n, a in enumerate(answers) if a == n]
    told = sorted({str(getattr(a, "orig", a)) for a in answers if isinstance(a, Exception)})
    print(json.dumps({"good": good, "told": told, "later": later, "stored": stored}))

asyncio.run(main())
"""

ENDLESS = """
import asyncio, sys
from tests.storage.test_stores import keep
from storage.database import Database

async def main():
    database = await Database.open(sys.argv[1])
    for start in range(0, 1_000_000, 8):
        done = await asyncio.gather(*(database.write(keep, n) for n in range(start, start + 8)))
        print(max(done), flush=True)

asyncio.run(main())
"""


def keep(tx: Transaction, user: int, title: str = "") -> int:
    doors.set_chat(tx, "telegram", user, title, "asked", NOON, None)
    return user


def users(tx: Transaction) -> set[int]:
    return set(tx.execute(text("SELECT chat FROM chats")).scalars())


def child(script: str, *args: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, args)], cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


async def stored(url: str) -> set[int]:
    database = await Database.open(url)
    try:
        return await database.read(users)
    finally:
        await database.close()


async def filled(folder: Path, many: int = 1) -> tuple[str, Path]:
    """A closed SQLite store with rows, its address and its file."""
    file = folder / "gangting.db"
    url = f"sqlite:///{file}"
    database = await Database.open(url)
    await asyncio.gather(*(database.write(keep, n, "x" * 500) for n in range(many)))
    await database.close()
    return url, file


# ---- the schema ----


async def test_the_migrations_give_exactly_the_tables_schema(database: Database) -> None:
    def differences(tx: Transaction) -> Any:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(tx, opts=options)
        return compare_metadata(context, metadata)

    assert await database.study(differences) == []


async def test_the_partial_indexes_have_their_conditions(database: Database) -> None:
    """Autogenerate looks at the columns only; a lost WHERE would go unnoticed and be slow."""

    def conditions(tx: Transaction) -> dict[str, bool]:
        found = {}
        for table in inspect(tx).get_table_names():
            for index in inspect(tx).get_indexes(table):
                dialect = index.get("dialect_options", {})
                name = str(index["name"])
                found[name] = any(key.endswith("_where") for key in dialect)
        return found

    kept = await database.study(conditions)
    wanted = {
        str(index.name): bool(index.dialect_options["sqlite"]["where"] is not None)
        for table in metadata.tables.values() for index in table.indexes
    }  # fmt: skip
    assert {name: kept.get(name) for name in wanted} == wanted


async def test_opening_twice_changes_nothing(url: str) -> None:
    database = await Database.open(url)
    await database.write(keep, 1)
    await database.close()
    assert await stored(url) == {1}
    assert await stored(url) == {1}


async def test_a_database_newer_than_the_code_is_refused_and_left_alone(url: str) -> None:
    database = await Database.open(url)
    await database.write(keep, 1)
    await database.write(
        lambda tx: tx.execute(text("UPDATE alembic_version SET version_num='9999'"))
    )
    await database.close()
    with pytest.raises(StoreFault, match=r"newer gangting.*update the program"):
        await Database.open(url)
    engine = create_engine(database.url)
    with engine.connect() as connection:
        assert users(connection) == {1}
    engine.dispose()


# ---- who may open it ----


async def test_a_second_worker_is_refused_and_told_what_to_do(url: str) -> None:
    first = await Database.open(url)
    with pytest.raises(StoreTaken, match="stop it first"):
        await Database.open(url)
    assert await first.write(keep, 1) == 1
    await first.close()
    assert await stored(url) == {1}


async def test_a_command_may_work_beside_the_worker(url: str) -> None:
    worker = await Database.open(url)
    beside = await Database.open(url, exclusive=False)
    await asyncio.gather(
        *(worker.write(keep, n) for n in range(0, 40, 2)),
        *(beside.write(keep, n) for n in range(1, 40, 2)),
    )
    assert await worker.read(users) == {*range(40)}
    await beside.close()
    await worker.close()


async def test_the_refusal_names_the_process_that_works_on_it(tmp_path: Path) -> None:
    url, file = await filled(tmp_path)
    with child(ENDLESS, url) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(StoreTaken, match=rf"pid {other.pid}.*{file}"):
            await Database.open(url)
        other.kill()
    assert 0 in await stored(url)


async def test_an_unknown_kind_of_store_is_refused() -> None:
    with pytest.raises(StoreFault, match=r"mysql is not supported; use sqlite:///"):
        await Database.open("mysql://localhost/x")


async def test_a_server_that_is_not_there_is_told_without_its_password() -> None:
    with pytest.raises(StoreFault) as told:
        await Database.open("postgresql+psycopg://gangting:hunter22@127.0.0.1:1/x")
    assert "hunter22" not in str(told.value)
    assert "can't be opened" in str(told.value)


async def test_looking_does_not_make_a_database(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "gangting.db"
    with pytest.raises(StoreFault, match="there is no database"):
        await Database.open(f"sqlite:///{file}", exclusive=False, create=False)
    assert not file.parent.exists()


# ---- what can't be opened is never replaced ----


def garbage(file: Path) -> None:
    file.write_bytes(b"this is not a database, but somebody's letter" * 100)


def torn(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[4096 : 4096 * 3] = os.urandom(8192)
    file.write_bytes(data)


def short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:5000])


async def found_damage(database: Database) -> str:
    """What the store's own check says; any loud fault will do, silence will not."""
    try:
        return "; ".join(await database.study(proofs.integrity))
    except DatabaseError as fault:
        return str(fault)
    finally:
        await database.close()


@pytest.mark.parametrize("harm", [garbage, torn, short])
async def test_a_damaged_database_is_refused_or_found_and_never_replaced(
    tmp_path: Path, harm: Any
) -> None:
    url, file = await filled(tmp_path, 200)
    harm(file)
    before = file.read_bytes()
    try:
        database = await Database.open(url)
    except StoreFault as fault:
        said = str(fault)
    else:
        said = await found_damage(database)
    assert said
    assert file.stat().st_size == len(before)
    if "can't be opened" in said:
        assert str(file) in said
        assert file.read_bytes() == before


async def test_a_folder_in_the_databases_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "gangting.db").mkdir()
    with pytest.raises(StoreFault, match="unable to open database file"):
        await Database.open(f"sqlite:///{tmp_path / 'gangting.db'}")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every account may enter."""
    folder = Path(tempfile.mkdtemp(prefix="gangting-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


READER = """
import asyncio, os, sys
import alembic.command, alembic.config, sqlalchemy.dialects.sqlite
from bot.errors import StoreFault
from storage.database import Database
if os.geteuid() == 0:
    os.setuid(65534)
try:
    asyncio.run(Database.open(sys.argv[1], exclusive=False))
except StoreFault as fault:
    print(fault.sentence)
"""


def test_a_read_only_database_is_told(open_folder: Path) -> None:
    url, file = asyncio.run(filled(open_folder))
    before = file.read_bytes()
    file.chmod(0o444)
    open_folder.chmod(0o555)
    try:
        said, errors = child(READER, url).communicate(timeout=30)
    finally:
        open_folder.chmod(0o755)
    assert f"{file}" in said, errors
    assert "can't be opened" in said
    assert "readonly" in said or "read-only" in said or "unable to open" in said
    assert file.read_bytes() == before


# ---- faults while it runs (SQLite; PostgreSQL has its own) ----


async def test_a_lock_of_another_process_only_delays(tmp_path: Path) -> None:
    url, file = await filled(tmp_path)
    database = await Database.open(url)
    lags: list[float] = []

    async def heartbeat() -> None:
        while True:
            start = time.monotonic()
            await asyncio.sleep(0.01)
            lags.append(time.monotonic() - start - 0.01)

    with child(HOLDER, file, 1.0) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        start = time.monotonic()
        beat = asyncio.ensure_future(heartbeat())
        writing = [asyncio.ensure_future(database.write(keep, n)) for n in range(100, 120)]
        await asyncio.sleep(0.2)
        read_at = time.monotonic()
        assert await database.read(users) == {0}
        assert time.monotonic() - read_at < 0.5
        assert not any(task.done() for task in writing)
        assert await asyncio.gather(*writing) == [*range(100, 120)]
        assert 0.8 < time.monotonic() - start < 10
        beat.cancel()
    assert sorted(lags)[len(lags) // 2] < 0.1
    assert await database.read(users) == {0, *range(100, 120)}
    await database.close()


async def test_on_a_full_disk_what_was_acknowledged_is_there_and_the_rest_was_told(
    tmp_path: Path,
) -> None:
    url, file = await filled(tmp_path)
    limit = file.stat().st_size + 900_000
    said, errors = child(WRITERS, url, limit).communicate(timeout=60)
    assert said, errors
    told = json.loads(said)
    assert 0 < len(told["good"]) < 30
    assert told["told"]
    assert all("disk" in reason for reason in told["told"])
    assert told["later"] == 99
    assert told["stored"] == sorted({0, *told["good"], 99})
    database = await Database.open(url)
    assert await database.study(proofs.integrity) == []
    await database.close()


async def test_after_a_kill_every_acknowledged_row_is_there(tmp_path: Path) -> None:
    url, _ = await filled(tmp_path)
    acknowledged = 0
    for pause in (0.05, 0.11, 0.17):
        with child(ENDLESS, url) as process:
            assert process.stdout is not None
            acknowledged = max(acknowledged, int(process.stdout.readline()))
            await asyncio.sleep(pause)
            process.send_signal(signal.SIGKILL)
            told = [int(line) for line in process.stdout.read().split()]
            acknowledged = max([acknowledged, *told])
        there = await stored(url)
        assert {*range(acknowledged + 1)} <= there
    raw = sqlite3.connect(url.removeprefix("sqlite:///"))
    assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    raw.close()


def test_writing_is_durable_and_readers_do_not_wait(tmp_path: Path) -> None:
    """WAL with FULL: a receipt given is a row that a power cut leaves."""

    def settings(tx: Connection) -> tuple[Any, ...]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return tuple(tx.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names)

    async def ask() -> Any:
        database = await Database.open(f"sqlite:///{tmp_path / 'gangting.db'}")
        try:
            return await database.write(settings), await database.read(settings)
        finally:
            await database.close()

    assert asyncio.run(ask()) == (("wal", 2, 1), ("wal", 2, 1))
