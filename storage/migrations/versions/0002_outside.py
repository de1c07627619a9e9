"""What platforms call things (outside); of a part its MD5 and when it was sent; a hint's source."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Forward; there is no way back."""
    op.create_table(
        "outside",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("realm", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("realm", "kind", "name", name="uq_outside_name"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outside_kind_at", "outside", ["kind", "at"])
    op.add_column("parts", sa.Column("md5", sa.String(), nullable=True))
    op.add_column("parts", sa.Column("sent_at", MOMENT, nullable=True))
    op.add_column("hints", sa.Column("source", sa.String(), nullable=True))
