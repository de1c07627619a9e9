"""Ledgers that somebody sent and nobody has taken yet, and what the last file said of a task."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Forward; there is no way back."""
    op.create_table(
        "ledger_drafts",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("person", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("draft", sa.Text(), nullable=True),
        sa.Column("seen", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"), sqlite_autoincrement=True,
    )  # fmt: skip
    op.create_table(
        "ledger_said",
        sa.Column("task", BIG, autoincrement=False, nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("task"),
    )
