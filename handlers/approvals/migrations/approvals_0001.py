"""Decisions that were asked for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "approvals_0001"
down_revision = None
branch_labels = ("approvals",)
depends_on = ("storage_0001",)

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "approvals",
        sa.Column("number", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.BigInteger(), nullable=False),
        sa.Column("requester", KEY, nullable=False),
        sa.Column("approver", KEY, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("decided_by", KEY),
        sa.Column("decided_at", INSTANT),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("escalations", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_approvals"),
        *(
            sa.ForeignKeyConstraint([column], ["persons.id"], name=f"fk_approvals_{column}")
            for column in ("requester", "approver", "decided_by")
        ),
    )
    op.create_index("ix_approvals_waiting", "approvals", ["approver", "state"])
    op.create_index("ix_approvals_subject", "approvals", ["kind", "subject"])
