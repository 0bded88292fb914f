"""Agents, invitations, links between accounts, wrong codes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "people_0001"
down_revision = None
branch_labels = ("people",)
depends_on = ("storage_0001",)

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _agents()
    _invitations()
    _bindings()
    _links()
    _code_failures()


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _agents() -> None:
    op.create_table(
        "agents",
        *_texts("code", "name", "short_name", "uscc", "type", "tier", "region", "province", "city"),
        sa.Column("products", sa.Text(), nullable=False),
        sa.Column("contract_start", sa.Date()),
        sa.Column("contract_end", sa.Date()),
        *_texts("status"),
        sa.PrimaryKeyConstraint("code", name="pk_agents"),
    )


def _invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        *_texts("state", "role", "agent", "region", "province", "name", "phone"),
        sa.Column("person", KEY),
        sa.Column("created", INSTANT, nullable=False),
        sa.Column("created_by", KEY),
        sa.Column("expires", INSTANT, nullable=False),
        sa.Column("used", INSTANT),
        sa.Column("used_by", KEY),
        sa.PrimaryKeyConstraint("id", name="pk_invitations"),
        sa.UniqueConstraint("code_hash", name="uq_invitations_code_hash"),
        *(
            sa.ForeignKeyConstraint([name], ["persons.id"], name=f"fk_invitations_{name}")
            for name in ("person", "created_by", "used_by")
        ),
        sqlite_autoincrement=True,
    )
    condition = sa.text("state = 'open' AND phone != ''")
    op.create_index(
        "uq_invitations_open_phone",
        "invitations",
        ["phone"],
        unique=True,
        sqlite_where=condition,
        postgresql_where=condition,
    )


def _bindings() -> None:
    op.create_table(
        "bindings",
        sa.Column("invitation", KEY, nullable=False),
        *_texts("channel", "tenant", "user_id"),
        sa.Column("created", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("invitation", "channel", "tenant", "user_id", name="pk_bindings"),
        sa.ForeignKeyConstraint(["invitation"], ["invitations.id"], name="fk_bindings_invitation"),
    )
    op.create_index("ix_bindings_account", "bindings", ["channel", "tenant", "user_id"])


def _links() -> None:
    op.create_table(
        "links",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        *_texts("channel", "tenant", "user_id"),
        sa.Column("created", INSTANT, nullable=False),
        sa.Column("expires", INSTANT, nullable=False),
        sa.Column("claimed_by", KEY),
        sa.Column("used", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_links"),
        sa.ForeignKeyConstraint(["claimed_by"], ["persons.id"], name="fk_links_claimed_by"),
        sa.UniqueConstraint("channel", "tenant", "user_id", name="uq_links_channel_tenant_user_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_links_code_hash", "links", ["code_hash"])


def _code_failures() -> None:
    op.create_table(
        "code_failures",
        *_texts("channel", "tenant", "user_id"),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last", INSTANT, nullable=False),
        sa.Column("blocked_until", INSTANT),
        sa.PrimaryKeyConstraint("channel", "tenant", "user_id", name="pk_code_failures"),
    )
