"""Brings a database to the newest schema, forward only; knows where the steps lie."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from bot.errors import StoreFault

STEPS = Path(__file__).parent / "migrations"


def upgrade(connection: Connection) -> None:
    """The schema is the newest, each step and its record committed together.

    Raises StoreFault when the database comes from a newer gangting.
    """
    if _stands_at(connection) == newest():
        return
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(STEPS))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as unknown:
        msg = f"the database was written by a newer gangting ({unknown}); update the program"
        raise StoreFault(msg) from unknown
    if connection.in_transaction():
        connection.commit()


def newest() -> str:
    """The number of the newest step, which its file begins with."""
    return max(path.name.partition("_")[0] for path in (STEPS / "versions").glob("[0-9]*.py"))


def _stands_at(connection: Connection) -> str | None:
    """The step the database stands at; None for a new one.

    Asked before Alembic is loaded: it takes 8 MB and is needed once in a version's life.
    """
    with connection.begin():
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
