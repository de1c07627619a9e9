"""The journal's chain: whatever is changed, removed or put in behind the house's back is named."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from storage import journal
from storage.database import Database
from storage.schema import Transaction

NOON = datetime(2025, 6, 9, 12, 0, 0, 123456, tzinfo=UTC)
LINES = 6
COLUMNS = ("id", "at", "person", "deed", "subject", "detail", "hash")


def fill(tx: Transaction, many: int = LINES) -> None:
    for n in range(many):
        who = None if n == 2 else n
        at = NOON + timedelta(minutes=n, microseconds=n)
        journal.write(tx, at, who, "report", f"R-20250609-{n:03d}", {"words": f"松江路{n}个"})


def named(tx: Transaction) -> set[int]:
    return {line for line, _ in journal.broken(tx)}


def changed(value: Any) -> list[str]:
    """The column's value with each of its bytes changed, as SQL; all forms stay valid there."""
    if value is None:
        return ["7"]
    if isinstance(value, int):
        return [str(value + 1), str(value + 100), "NULL"]
    if isinstance(value, datetime):
        return [f"'{value + timedelta(microseconds=1)}'", f"'{value - timedelta(days=1)}'"]
    forms = []
    for place, letter in enumerate(value):
        other = "0" if letter != "0" else "1"
        forms.append("'" + (value[:place] + other + value[place + 1 :]).replace("'", "''") + "'")
    return [*forms, f"'{value} '", f"'{value[:-1]}'", "''"]


def test_an_untouched_chain_holds(tx: Transaction) -> None:
    assert list(journal.broken(tx)) == []
    fill(tx)
    assert list(journal.broken(tx)) == []
    assert [line.subject for line in journal.lines(tx)] == [
        f"R-20250609-{n:03d}" for n in range(LINES)
    ]


@pytest.mark.parametrize("column", COLUMNS[1:])
@pytest.mark.parametrize("line", range(1, LINES + 1))
def test_any_changed_byte_of_any_column_is_named(tx: Transaction, column: str, line: int) -> None:
    fill(tx)
    stored = tx.exec_driver_sql(f"SELECT {column} FROM journal WHERE id = {line}").scalar_one()
    forms = changed(stored)
    for form in forms:
        with tx.begin_nested() as point:
            tx.exec_driver_sql(f"UPDATE journal SET {column} = {form} WHERE id = {line}")
            assert line in named(tx), f"{column} = {form}"
            point.rollback()
    assert named(tx) == set()


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "form",
    ["'2025-06-09T12:00:00.123456'", "'2025-06-09 12:00:00.12345'", "'yesterday'", "''", "5",
     "'2025-06-09 12:00:00.123456+00:00'", "x'32303235'"],
)  # fmt: skip
def test_a_moment_in_another_form_is_named_and_ends_no_check(tx: Transaction, form: str) -> None:
    fill(tx)
    tx.exec_driver_sql(f"UPDATE journal SET at = {form} WHERE id = 1")
    assert named(tx) == {1}


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize("column", ["deed", "subject", "detail", "hash"])
def test_bytes_where_text_belongs_are_named(tx: Transaction, column: str) -> None:
    fill(tx)
    tx.exec_driver_sql(f"UPDATE journal SET {column} = CAST({column} AS BLOB) WHERE id = 3")
    assert 3 in named(tx)


@pytest.mark.parametrize("line", range(1, LINES + 1))
def test_a_moved_line_is_named(tx: Transaction, line: int) -> None:
    fill(tx)
    tx.exec_driver_sql(f"UPDATE journal SET id = 99 WHERE id = {line}")
    assert 99 in named(tx)


@pytest.mark.parametrize("line", range(1, LINES + 1))
def test_a_removed_line_is_missed_the_last_one_too(tx: Transaction, line: int) -> None:
    fill(tx)
    tx.exec_driver_sql(f"DELETE FROM journal WHERE id = {line}")
    told = dict(journal.broken(tx))
    assert f"lines {line} to {line} are missing" in told.values() or "changed" in told[line + 1]


def test_a_cut_off_end_is_missed_also_after_new_lines(tx: Transaction) -> None:
    fill(tx)
    tx.exec_driver_sql("DELETE FROM journal WHERE id > 3")
    assert dict(journal.broken(tx)) == {LINES: f"lines 4 to {LINES} are missing"}
    fill(tx, 1)
    assert LINES + 1 in named(tx)


def test_an_emptied_journal_is_missed(tx: Transaction) -> None:
    fill(tx)
    tx.exec_driver_sql("DELETE FROM journal")
    assert dict(journal.broken(tx)) == {LINES: f"lines 1 to {LINES} are missing"}


@pytest.mark.parametrize("place", [0, -1, LINES + 1, LINES + 5])
def test_a_line_put_in_is_named(tx: Transaction, place: int) -> None:
    fill(tx)
    copied = ", ".join(COLUMNS[1:])
    tx.exec_driver_sql(
        f"INSERT INTO journal (id, {copied}) SELECT {place}, {copied} FROM journal WHERE id = 2"
    )
    assert place in named(tx)


def test_even_a_well_chained_line_put_at_the_end_is_named(tx: Transaction) -> None:
    """Somebody who knows how the hash is made still didn't count the line."""
    fill(tx)
    journal.write(tx, NOON, 1, "report", "R-forged", {})
    tx.exec_driver_sql("UPDATE numbers SET last = last - 1 WHERE series = 'journal'")
    assert dict(journal.broken(tx)) == {LINES + 1: f"only {LINES} lines were written by the house"}


def test_two_lines_that_changed_places_are_named(tx: Transaction) -> None:
    fill(tx)
    for old, new in ((2, 50), (3, 2), (50, 3)):
        tx.exec_driver_sql(f"UPDATE journal SET id = {new} WHERE id = {old}")
    assert {2, 3} <= named(tx)


def test_a_deed_that_failed_leaves_no_gap(tx: Transaction) -> None:
    fill(tx, 2)
    with tx.begin_nested() as point:
        fill(tx, 3)
        point.rollback()
    fill(tx, 1)
    assert list(journal.broken(tx)) == []


def test_the_head_is_the_newest_hash(tx: Transaction) -> None:
    assert journal.head(tx) == journal.GENESIS
    fill(tx, 1)
    one = journal.head(tx)
    fill(tx, 1)
    assert len(one) == 64
    assert journal.head(tx) != one
    assert journal.has(tx, "report", "R-20250609-000")
    assert not journal.has(tx, "report", "R-20250609-009")
    assert not journal.has(tx, "withdraw", "R-20250609-000")


async def test_two_processes_write_one_chain(url: str) -> None:
    """A command beside the bot: no two lines follow the same one."""
    worker = await Database.open(url)
    beside = await Database.open(url, exclusive=False)
    await asyncio.gather(*(store.write(fill, 2) for store in (worker, beside) for _ in range(20)))
    assert await worker.read(lambda tx: list(journal.broken(tx))) == []
    assert await worker.read(lambda tx: len(list(journal.lines(tx)))) == 80
    await beside.close()
    await worker.close()
