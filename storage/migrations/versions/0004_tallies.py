"""Tallies of eight hours, filled from the finds there are; indexes hold all that is counted."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

COUNTS = sa.text("counts")
BACK = sa.text("counts AND rebound")
AMOUNTS = ("reports", "patrols", "specials", "records", "problems", "closed", "rebounds")

INDEXES = {
    "ix_finds_spot_time": ["spot", "occurred_at", "report", "category", "state", "counts"],
    "ix_finds_time_spot": [
        "occurred_at", "spot", "category", "report", "state", "person", "counts"
    ],
    "ix_finds_category_time": ["category", "occurred_at", "spot", "report", "state", "counts"],
}  # fmt: skip

BLOCKS = {
    # Without its fraction, which strftime would round up into the next second.
    "sqlite": "CAST(strftime('%s', substr(f.occurred_at, 1, 19)) AS INTEGER) / 28800",
    "postgresql": "CAST(floor(extract(epoch FROM f.occurred_at) / 28800) AS INTEGER)",
}
TALLY = """
    INSERT INTO tallies
    SELECT {spot}, {category}, {block}, count(DISTINCT f.report),
        count(DISTINCT CASE WHEN r.patrol_type = 'full' THEN f.report END),
        count(DISTINCT CASE WHEN r.patrol_type = 'special' THEN f.report END),
        count(*),
        sum(CASE WHEN f.category <> 'none' THEN 1 ELSE 0 END),
        sum(CASE WHEN f.category <> 'none' AND f.state = 'closed' THEN 1 ELSE 0 END),
        sum(CASE WHEN f.rebound THEN 1 ELSE 0 END)
    FROM finds f JOIN reports r ON r.id = f.report
    WHERE f.counts AND {spot} IS NOT NULL AND {category} IS NOT NULL
    GROUP BY 1, 2, 3
"""
ALL = "CAST('' AS TEXT)"


def upgrade() -> None:
    """Forward; there is no way back."""
    for name, columns in INDEXES.items():
        op.drop_index(name, table_name="finds")
        op.create_index(name, "finds", columns, sqlite_where=COUNTS, postgresql_where=COUNTS)
    op.drop_index("ix_finds_rebound", table_name="finds")
    op.create_index(
        "ix_finds_rebound", "finds", ["occurred_at", "spot", "category", "counts", "rebound"],
        sqlite_where=BACK, postgresql_where=BACK,
    )  # fmt: skip
    op.create_table(
        "tallies",
        sa.Column("spot", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("block", sa.Integer(), nullable=False, autoincrement=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in AMOUNTS),
        sa.PrimaryKeyConstraint("spot", "category", "block"),
        sqlite_with_rowid=False,
    )
    fill(op.get_bind())


def fill(connection: sa.Connection) -> None:
    """The tallies, empty until now, hold what the finds amount to."""
    block = BLOCKS[connection.dialect.name]
    for spot in (ALL, "f.spot"):
        for category in (ALL, "f.category"):
            connection.execute(sa.text(TALLY.format(spot=spot, category=category, block=block)))
