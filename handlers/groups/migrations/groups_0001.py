"""The groups the bot is in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "groups_0001"
down_revision = None
branch_labels = ("groups",)
depends_on = ("people_0001",)


def upgrade() -> None:
    op.create_table(
        "groups",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("channel", "tenant", "chat", "name")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("agent", "region")),
        sa.Column("bound_by", sa.BigInteger().with_variant(sa.Integer, "sqlite")),
        sa.Column("bound_at", sa.DateTime(timezone=True)),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "tenant", "chat", name="pk_groups"),
        sa.ForeignKeyConstraint(["bound_by"], ["persons.id"], name="fk_groups_bound_by"),
    )
