"""Tasks, one row each; the number is what people type: RW601."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table, Text

from handlers.tasks.states import Priority, State
from storage.tables import index, metadata
from storage.types import Instant, Key, OneOf

tasks = Table(
    "tasks",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("title", String, nullable=False),
    Column("giver", Key, ForeignKey("persons.id"), nullable=False),
    Column("owner", Key, ForeignKey("persons.id"), nullable=False),
    Column("state", OneOf(State), nullable=False),
    Column("version", Integer, nullable=False),
    Column("priority", OneOf(Priority), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("given_at", Instant, nullable=False),
    # Hundredths of a percent.
    Column("progress", Integer, nullable=False),
    # What was said last: of the progress, of what is missing, why it came back.
    Column("words", Text, nullable=False),
    # The owner's last sign of life.
    Column("updated_at", Instant, nullable=False),
    # Who reported, checked or cancelled it, and when; empty while it is worked on.
    Column("settled_by", Key, ForeignKey("persons.id")),
    Column("settled_at", Instant),
    # The postponement that is being asked for.
    Column("wanted_at", Instant),
    Column("wanted_why", Text, nullable=False),
)
index("ix_tasks_owner", tasks.c.owner, tasks.c.state)
index("ix_tasks_giver", tasks.c.giver, tasks.c.state)
