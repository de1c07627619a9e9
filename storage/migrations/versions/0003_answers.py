"""What questions count by (patrol_type, rebound, states in the indexes), and what was asked."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
COUNTS = sa.text("counts")
BACK = sa.text("counts AND rebound")
PATROLS = sa.text("patrol_type IS NOT NULL")

INDEXES = {
    "ix_finds_spot_time": ["spot", "occurred_at", "report", "category", "state"],
    "ix_finds_time_spot": ["occurred_at", "spot", "category", "report", "state", "person"],
    "ix_finds_category_time": ["category", "occurred_at", "spot", "report", "state"],
}

SAID_TO_HAVE_COME_BACK = """
    UPDATE finds SET rebound = :yes
    WHERE category IS NOT NULL AND category <> 'none' AND (action = 'recheck_fail'
    OR report IN (SELECT id FROM reports WHERE flags LIKE '%"rebound"%'))
"""


def upgrade() -> None:
    """Forward; there is no way back. The kind of patrol of old reports stays unknown."""
    op.add_column("reports", sa.Column("patrol_type", sa.String(), nullable=True))
    op.add_column(
        "finds", sa.Column("rebound", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.execute(sa.text(SAID_TO_HAVE_COME_BACK).bindparams(yes=True))
    for name, columns in INDEXES.items():
        op.drop_index(name, table_name="finds")
        op.create_index(name, "finds", columns, sqlite_where=COUNTS, postgresql_where=COUNTS)
    op.create_index(
        "ix_finds_rebound", "finds", ["occurred_at", "spot", "category"],
        sqlite_where=BACK, postgresql_where=BACK,
    )  # fmt: skip
    op.create_index(
        "ix_reports_patrol", "reports", ["patrol_type", "occurred_at"],
        sqlite_where=PATROLS, postgresql_where=PATROLS,
    )  # fmt: skip
    op.create_table(
        "asked",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=True),
        sa.Column("near", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_asked_person", "asked", ["person", "id"])
