"""The groups the bot was added to. One that is bound to nothing has neither agent nor region."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, String, Table

from storage.tables import metadata
from storage.types import Instant, Key

groups = Table(
    "groups",
    metadata,
    Column("channel", String, primary_key=True),
    Column("tenant", String, primary_key=True),
    Column("chat", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("agent", String, nullable=False),
    Column("region", String, nullable=False),
    Column("bound_by", Key, ForeignKey("persons.id")),
    Column("bound_at", Instant),
    # False once the bot was removed: the binding is kept for when it comes back.
    Column("present", Boolean, nullable=False),
)
