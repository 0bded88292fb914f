"""What goes to many is marked: everything else overtakes it. How a send ended can be reported."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "storage_0007"
down_revision = "storage_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("bulk", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("outbox", sa.Column("report", sa.String(), nullable=False, server_default=""))
    wanted = sa.text("report != ''")
    op.create_index("ix_outbox_report", "outbox", ["id"], sqlite_where=wanted, postgresql_where=wanted)
