"""Broadcasts and their rosters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "broadcasts_0001"
down_revision = None
branch_labels = ("broadcasts",)
depends_on = ("people_0001",)

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "broadcasts",
        sa.Column("number", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("regions", "tiers", "roles")),
        sa.Column("author", KEY, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("starts_at", INSTANT),
        sa.Column("confirmed_by", KEY),
        *(sa.Column(name, INSTANT) for name in ("started_at", "ended_at", "chased_at")),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_broadcasts"),
        *(
            sa.ForeignKeyConstraint([column], ["persons.id"], name=f"fk_broadcasts_{column}")
            for column in ("author", "confirmed_by")
        ),
    )
    _recipients()


def _recipients() -> None:
    texts = ("name", "agent", "company", "region", "province", "channel", "tenant", "chat")
    op.create_table(
        "broadcast_recipients",
        sa.Column("id", KEY, nullable=False),
        sa.Column("broadcast", sa.BigInteger(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("person", KEY),
        *(sa.Column(name, sa.String(), nullable=False) for name in texts),
        sa.Column("is_group", sa.Boolean(), nullable=False),
        sa.Column("fate", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        *(sa.Column(name, INSTANT) for name in ("delivered_at", "read_at", "acknowledged_at")),
        sa.Column("acknowledged_in", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_broadcast_recipients"),
        sa.UniqueConstraint("broadcast", "target", name="uq_broadcast_recipients_broadcast_target"),
        sa.ForeignKeyConstraint(["broadcast"], ["broadcasts.number"], name="fk_broadcast_recipients_broadcast"),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name="fk_broadcast_recipients_person"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_broadcast_recipients_fate", "broadcast_recipients", ["broadcast", "fate", "id"])
    op.create_index("ix_broadcast_recipients_person", "broadcast_recipients", ["person", "broadcast"])
