"""Failed pushes say why, and are found without reading the rest."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "storage_0004"
down_revision = "storage_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("inbox", sa.Column("reason", sa.String(), nullable=False, server_default=""))
    failed = sa.text("\"end\" IN ('failed')")
    op.create_index("ix_inbox_failed", "inbox", ["received"], sqlite_where=failed, postgresql_where=failed)
