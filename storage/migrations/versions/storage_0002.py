"""An edit may go by the handle that its click brought."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "storage_0002"
down_revision = "storage_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("via", sa.String(), nullable=False, server_default=""))
