"""What is watched, what became of reminders, quiet hours. Promises of older programs to remind are kept under the new name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "alerts_0001"
down_revision = None
branch_labels = ("alerts",)
depends_on = ("people_0001",)

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _watched()
    _reminders()
    op.create_table(
        "alert_quiet_hours",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person", KEY),
        sa.Column("hours", sa.String(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("set_by", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alert_quiet_hours"),
        _person("alert_quiet_hours", "person"),
        _person("alert_quiet_hours", "set_by"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alert_quiet_hours_person", "alert_quiet_hours", ["person", "id"])
    op.create_table(
        "alert_mutes",
        sa.Column("person", KEY, nullable=False, autoincrement=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("person", "kind", "number", name="pk_alert_mutes"),
        _person("alert_mutes", "person"),
    )


def _watched() -> None:
    op.create_table(
        "alert_watched",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("owner", KEY, nullable=False),
        sa.Column("manager", KEY),
        sa.Column("deadline", INSTANT, nullable=False),
        sa.Column("updated", INSTANT),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("told", INSTANT),
        sa.Column("again", INSTANT),
        sa.PrimaryKeyConstraint("kind", "number", name="pk_alert_watched"),
        _person("alert_watched", "owner"),
        _person("alert_watched", "manager"),
    )
    op.create_index("ix_alert_watched_owner", "alert_watched", ["owner", "deadline"])
    op.create_index("ix_alert_watched_manager", "alert_watched", ["manager", "deadline"])


def _reminders() -> None:
    op.create_table(
        "alert_reminders",
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("person", KEY),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alert_reminders"),
        _person("alert_reminders", "person"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alert_reminders_object", "alert_reminders", ["kind", "number", "id"])
    op.create_index("ix_alert_reminders_person", "alert_reminders", ["person", "at"])
    waiting = sa.text("waits = true")
    op.create_index(
        "ix_alert_reminders_waiting", "alert_reminders", ["person"], sqlite_where=waiting, postgresql_where=waiting
    )


def _person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["persons.id"], name=f"fk_{table}_{column}")
