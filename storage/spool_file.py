"""The spool's file as both processes know it: how it is opened, whose it is, how far it was read.

How far the worker came stands in a file of its own beside it, so that the worker never writes into
the receiver's.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import aiosqlite

SPOOL_FILE = "receiver.db"
"""Its name in the home."""

BUSY_SECONDS = 2.0
"""How long a commit waits for a reader that mends the file after a crash; the platform waits 5."""

TABLES = (
    """CREATE TABLE IF NOT EXISTS spool (
        id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, nonce TEXT NOT NULL,
        raw TEXT NOT NULL, received_at TEXT NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS ix_spool_nonce ON spool (nonce)",
    "CREATE TABLE IF NOT EXISTS identity (name TEXT NOT NULL)",
)
NAME = "SELECT name FROM identity"


async def connect(path: str, uri: bool = False) -> aiosqlite.Connection:
    """A connection on which each statement is its own transaction, unless one is begun."""
    return await aiosqlite.connect(path, isolation_level=None, timeout=BUSY_SECONDS, uri=uri)


async def prepare(database: aiosqlite.Connection) -> str:
    """The file is whole and has its tables; its name, which no other file has."""
    await database.execute("PRAGMA journal_mode=WAL")
    await database.execute("PRAGMA synchronous=FULL")
    (found,) = await database.execute_fetchall("PRAGMA quick_check(1)")
    if found[0] != "ok":
        raise sqlite3.DatabaseError(found[0])
    for table in TABLES:
        await database.execute(table)
    # In one statement: whoever reads sees a name or none.
    await database.execute(
        "INSERT INTO identity SELECT ? WHERE NOT EXISTS (SELECT 1 FROM identity)",
        (secrets.token_hex(8),),
    )
    (row,) = await database.execute_fetchall(NAME)
    return str(row[0])


def name_of(path: Path) -> str | None:
    """The name of the file at the path; None where there is none, or none that can be read."""
    if not path.is_file():
        return None
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            row = database.execute(NAME).fetchone()
    except sqlite3.Error:
        return None
    return str(row[0]) if row else None


def stamp(moment: datetime) -> str:
    """Text that sorts by time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def identity(path: Path) -> tuple[int, int] | None:
    """Which file is at the path; a new one of the same name is another."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def cursor_file(path: Path) -> Path:
    """The file that tells how far the worker came."""
    return path.with_suffix(".cursor")


def read_cursor(path: Path, name: str) -> int:
    """How far the worker came in the file of this name; 0 where it is not known.

    The cursor of another file counts for nothing: it would pass over messages nobody has seen.
    What is read twice is known by its key.
    """
    try:
        owner, _, number = cursor_file(path).read_text("ascii").strip().partition(" ")
    except (FileNotFoundError, UnicodeDecodeError):
        return 0
    return int(number) if owner == name and number.isdecimal() else 0


def write_cursor(path: Path, name: str, to: int) -> None:
    """The worker came so far in the file of this name; on the disk when this returns."""
    target = cursor_file(path)
    draft = target.with_name(target.name + ".new")
    with draft.open("w", encoding="ascii") as file:
        file.write(f"{name} {to}\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
