"""Registrations and their protections."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "deals_0001"
down_revision = None
branch_labels = ("deals",)
depends_on = ("storage_0001",)

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    _deals()
    _protections()


def _deals() -> None:
    texts = ("credit_code", "contact", "address", "note", "suspicion", "receipt")
    long = ("note", "suspicion")
    op.create_table(
        "deals",
        sa.Column("number", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("rep", KEY, nullable=False),
        sa.Column("manager", KEY, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("customer", "project", "line", "province")),
        sa.Column("province_inferred", sa.Boolean(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("sign_date", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Text() if name in long else sa.String(), nullable=False) for name in texts),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("protected_until", sa.Date()),
        sa.PrimaryKeyConstraint("number", name="pk_deals"),
        sa.ForeignKeyConstraint(["rep"], ["persons.id"], name="fk_deals_rep"),
        sa.ForeignKeyConstraint(["manager"], ["persons.id"], name="fk_deals_manager"),
    )
    op.create_index("ix_deals_rep", "deals", ["rep", "number"])
    op.create_index("ix_deals_agent", "deals", ["agent", "state"])


def _protections() -> None:
    op.create_table(
        "protections",
        sa.Column("deal", sa.BigInteger(), nullable=False, autoincrement=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("customer_core", "project_core", "line", "province", "credit_code")
        ),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("deal", name="pk_protections"),
        sa.ForeignKeyConstraint(["deal"], ["deals.number"], name="fk_protections_deal"),
    )
    _unique("uq_protections_live", ["customer_core", "project_core", "line", "province"], "live = true")
    _unique("uq_protections_live_code", ["credit_code", "project_core", "line"], "live = true AND credit_code != ''")


def _unique(name: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, "protections", columns, unique=True, sqlite_where=condition, postgresql_where=condition)
