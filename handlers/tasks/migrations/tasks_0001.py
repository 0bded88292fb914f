"""Tasks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "tasks_0001"
down_revision = None
branch_labels = ("tasks",)
depends_on = ("storage_0001",)

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "tasks",
        sa.Column("number", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("giver", KEY, nullable=False),
        sa.Column("owner", KEY, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("priority", sa.String(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("given_at", INSTANT, nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("settled_by", KEY),
        sa.Column("settled_at", INSTANT),
        sa.Column("wanted_at", INSTANT),
        sa.Column("wanted_why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_tasks"),
        *(
            sa.ForeignKeyConstraint([column], ["persons.id"], name=f"fk_tasks_{column}")
            for column in ("giver", "owner", "settled_by")
        ),
    )
    op.create_index("ix_tasks_owner", "tasks", ["owner", "state"])
    op.create_index("ix_tasks_giver", "tasks", ["giver", "state"])
