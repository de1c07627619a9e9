"""What was closed lately, and what went into another problem, are found without reading all."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0007"

MERGED = sa.text('"into" IS NOT NULL')


def upgrade() -> None:
    """Forward; there is no way back."""
    op.create_index("ix_problems_closed", "problems", ["closed_at", "spot", "category"])
    op.create_index(
        "ix_problems_merged", "problems", ["report"], sqlite_where=MERGED, postgresql_where=MERGED
    )
