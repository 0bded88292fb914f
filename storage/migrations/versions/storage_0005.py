"""What messengers charge by the month is counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "storage_0005"
down_revision = "storage_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "charges",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("process", sa.String(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "month", "kind", "process", name=op.f("pk_charges")),
    )
