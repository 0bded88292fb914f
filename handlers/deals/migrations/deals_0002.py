"""Reminders and deadlines are kept by ``alerts``: what was promised before is told under its name."""

from __future__ import annotations

from alembic import op

revision = "deals_0002"
down_revision = "deals_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE jobs SET job = 'alerts.ring' WHERE job IN ('deals.remind', 'deals.expire') AND state = 'promised'"
    )
