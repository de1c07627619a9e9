"""Tickets, complainants apart from them, and which finds are no visit of anybody's."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
COUNTS = sa.text("counts")

INDEXES = {
    "ix_finds_spot_time": ["spot", "occurred_at", "report", "category", "state", "counts"],
    "ix_finds_time_spot": [
        "occurred_at", "spot", "category", "report", "state", "person", "counts"
    ],
    "ix_finds_category_time": ["category", "occurred_at", "spot", "report", "state", "counts"],
}  # fmt: skip


def word(name: str) -> sa.Column[str]:
    """A column of names and codes that may be empty."""
    return sa.Column(name, sa.String(), nullable=True)


def moment(name: str, *, null: bool = True) -> sa.Column[object]:
    """A column of moments."""
    return sa.Column(name, MOMENT, nullable=null)


def yes_no(name: str, *, null: bool = True) -> sa.Column[bool]:
    """A column of truths; empty where nobody said."""
    return sa.Column(name, sa.Boolean(), nullable=null)


def upgrade() -> None:
    """Forward; there is no way back."""
    op.add_column(
        "finds", sa.Column("visit", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    for name, columns in INDEXES.items():
        op.drop_index(name, table_name="finds")
        op.create_index(
            name, "finds", [*columns, "visit"], sqlite_where=COUNTS, postgresql_where=COUNTS
        )
    op.create_table(
        "tickets",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("source", sa.String(), nullable=False), word("external"),
        sa.Column("report", BIG, nullable=False), sa.Column("person", sa.Integer(), nullable=False),
        word("department"), word("device"), moment("received_at", null=False),
        moment("handle_by"), moment("answered_at"), yes_no("void", null=False),
        yes_no("reached"), yes_no("satisfied"), yes_no("solved"), moment("called_at"),
        sa.Column("called_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"), sa.UniqueConstraint("report"),
        sa.UniqueConstraint("source", "external", name="uq_tickets_external"),
        sqlite_autoincrement=True,
    )  # fmt: skip
    op.create_index("ix_tickets_due", "tickets", ["handle_by"])
    op.create_index("ix_tickets_called", "tickets", ["called_at"])
    op.create_table(
        "complainants",
        sa.Column("ticket", BIG, autoincrement=False, nullable=False),
        word("name"),
        word("phone"),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ticket"),
    )
