"""Ledgers that somebody sent and nobody has taken yet, and what the last file said of a task."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0009"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(sa.dialects.postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Forward; there is no way back."""
