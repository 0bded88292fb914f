"""Once a day is a matter of each person, not of the broadcast: several managers remind their own people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "broadcasts_0002"
down_revision = "broadcasts_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("broadcast_recipients", sa.Column("reminded_at", sa.DateTime(timezone=True)))
