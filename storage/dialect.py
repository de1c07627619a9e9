"""The upserts, which SQLite and PostgreSQL spell apart; knows no table by name."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from sqlalchemy import Table, case

from storage.schema import Transaction


def _insert_of(dialect: str) -> Any:
    """The dialect's own INSERT; only the one in use is loaded."""
    return import_module(f"sqlalchemy.dialects.{dialect}").insert


@cache
def _ignoring(dialect: str, table: Table[Any], keys: tuple[str, ...]) -> Any:
    insert = _insert_of(dialect)
    return insert(table).on_conflict_do_nothing(index_elements=list(keys))


@cache
def _replacing(
    dialect: str, table: Table[Any], keys: tuple[str, ...], columns: tuple[str, ...]
) -> Any:
    insert = _insert_of(dialect)
    statement: Any = insert(table)
    return statement.on_conflict_do_update(
        index_elements=list(keys), set_={name: statement.excluded[name] for name in columns}
    )


@cache
def _counting(dialect: str, table: Table[Any], keys: tuple[str, ...], column: str) -> Any:
    insert = _insert_of(dialect)
    statement: Any = insert(table)
    return statement.on_conflict_do_update(
        index_elements=list(keys), set_={column: table.c[column] + 1}
    ).returning(table.c[column])


def insert_or_ignore(tx: Transaction, table: Table[Any], keys: tuple[str, ...]) -> Any:
    """An INSERT that leaves a row with the same `keys` as it is."""
    return _ignoring(tx.dialect.name, table, keys)


def insert_or_replace(
    tx: Transaction, table: Table[Any], keys: tuple[str, ...], columns: tuple[str, ...]
) -> Any:
    """An INSERT that sets `columns` anew where a row with the same `keys` is there."""
    return _replacing(tx.dialect.name, table, keys, columns)


def insert_or_count(tx: Transaction, table: Table[Any], keys: tuple[str, ...], column: str) -> Any:
    """An INSERT that adds one to `column` where the row is there, and returns `column`."""
    return _counting(tx.dialect.name, table, keys, column)


@cache
def _wanting(dialect: str, table: Table[Any]) -> Any:
    insert = _insert_of(dialect)
    statement: Any = insert(table)
    new, old = statement.excluded, table.c
    return statement.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "wanted": old.wanted + 1,
            "args": new.args,
            "due_at": new.due_at,
            "attempts": 0,
            "state": case((old.state.in_(["sending", "held"]), old.state), else_=new.state),
        },
    )


def insert_or_want(tx: Transaction, table: Table[Any]) -> Any:
    """An INSERT that makes a row with the same `key` want one version more.

    A row that is being sent, or held, stays so: recording its result finds the higher wish.
    """
    return _wanting(tx.dialect.name, table)
