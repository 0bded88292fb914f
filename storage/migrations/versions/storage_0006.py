"""Files both ways: what people sent, the pages that ask for a file, what messengers hold of ours."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "storage_0006"
down_revision = "storage_0005"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _files()
    _pages()
    op.create_table(
        "media",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("until", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("channel", "tenant", "sha256", "kind", name=op.f("pk_media")),
    )


def _files() -> None:
    op.create_table(
        "files",
        sa.Column("id", _KEY, nullable=False),
        *_whose(),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("draft", sa.BigInteger(), nullable=False),
        sa.Column("received", _INSTANT, nullable=False),
        sa.Column("settled", _INSTANT),
        sa.Column("trace", sa.String(), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("wait_until", sa.Double(), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_files_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
        sqlite_autoincrement=True,
    )
    wanted = sa.text("state IN ('wanted')")
    op.create_index("ix_files_wanted", "files", ["wait_until"], sqlite_where=wanted, postgresql_where=wanted)
    op.create_index("ix_files_owner", "files", ["owner", "id"])
    op.create_index("ix_files_person", "files", ["person", "received"])


def _pages() -> None:
    op.create_table(
        "pages",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        *_whose(),
        sa.Column("draft", sa.BigInteger(), nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("expires", _INSTANT, nullable=False),
        sa.Column("file", _KEY),
        sa.ForeignKeyConstraint(["file"], ["files.id"], name=op.f("fk_pages_file")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_pages_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pages")),
    )


def _whose() -> tuple[sa.Column[object], ...]:
    """Who is meant, by which account, and where they are answered."""
    return (
        sa.Column("person", _KEY, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("place_tenant", sa.String(), nullable=False),
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("is_group", sa.Boolean(), nullable=False),
    )
