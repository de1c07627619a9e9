"""Brings a database to the newest schema, forward only; knows where the steps lie."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import Connection

from bot.errors import StoreFault

STEPS = Path(__file__).parent / "migrations"


def upgrade(connection: Connection) -> None:
    """The schema is the newest, each step and its record committed together.

    Raises StoreFault when the database comes from a newer gangting.
    """
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
