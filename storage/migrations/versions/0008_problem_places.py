"""What was closed lately, came back, or went into another problem is found without reading all."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

BACK = sa.text("rebound")
MERGED = sa.text('"into" IS NOT NULL')


def upgrade() -> None:
    """Forward; there is no way back."""
    closed = ["closed_at", "spot", "category", "stage", "outcome"]
    op.create_index("ix_problems_closed", "problems", closed)
    op.create_index("ix_problems_place_closed", "problems", ["spot", "category", "closed_at"])
    for name, columns, which in (
        ("ix_problems_rebound", ["found_at", "spot", "category"], BACK),
        ("ix_problems_merged", ["report"], MERGED),
    ):
        op.create_index(name, "problems", columns, sqlite_where=which, postgresql_where=which)
