"""Recurring obligations: what an admin set of them, their runs, the devices and their results."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Forward; there is no way back."""
    op.create_table(
        "obligations",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("per", sa.String(), nullable=True),
        sa.Column("due", sa.String(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("owed_from", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "runs",
        sa.Column("task", BIG, autoincrement=False, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("exempt_by", sa.Integer(), nullable=True),
        sa.Column("exempt_at", MOMENT, nullable=True),
        sa.Column("exempt_why", sa.Text(), nullable=True),
        sa.Column("menu", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("task"),
        sa.UniqueConstraint("code", "first", "said", name="uq_runs_period"),
    )
    op.create_table(
        "devices",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("spot", sa.String(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "device_results",
        sa.Column("task", BIG, autoincrement=False, nullable=False),
        sa.Column("device", BIG, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("report", BIG, nullable=True),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("task", "device"),
    )
