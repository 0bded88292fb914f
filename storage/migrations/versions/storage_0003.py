"""What somebody replies to is found by the messenger's handle."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "storage_0003"
down_revision = "storage_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    told = sa.text("copy IS NOT NULL AND handle != ''")
    op.create_index("ix_outbox_handle", "outbox", ["handle"], sqlite_where=told, postgresql_where=told)
