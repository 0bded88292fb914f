"""A broadcast and its roster, which is frozen when sending begins (R3.1): one row each for a person and a group (R3.2)."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from handlers.broadcasts.states import Fate, State
from storage.tables import index, metadata
from storage.types import Instant, Json, Key, OneOf

WORDS = Json[tuple[str, ...]](tuple[str, ...])

broadcasts = Table(
    "broadcasts",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("state", OneOf(State), nullable=False),
    # Grows with every change of the state, so that a promise of the clock from before is known as such.
    Column("version", Integer, nullable=False),
    Column("title", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("category", String, nullable=False),
    Column("regions", WORDS, nullable=False),
    Column("tiers", WORDS, nullable=False),
    Column("roles", WORDS, nullable=False),
    Column("author", Key, ForeignKey("persons.id"), nullable=False),
    Column("created_at", Instant, nullable=False),
    # What the author saw of the audience when submitting it.
    Column("basis", String, nullable=False),
    Column("starts_at", Instant),
    Column("confirmed_by", Key, ForeignKey("persons.id")),
    Column("started_at", Instant),
    Column("ended_at", Instant),
    Column("chased_at", Instant),
    Column("reason", Text, nullable=False),
    # How often its counts were drawn.
    Column("drawn", Integer, nullable=False),
)

recipients = Table(
    "broadcast_recipients",
    metadata,
    Column("id", Key, primary_key=True),
    Column("broadcast", BigInteger, ForeignKey("broadcasts.number"), nullable=False),
    # p12, or a group's channel and chat: what makes the row one of its kind.
    Column("target", String, nullable=False),
    Column("person", Key, ForeignKey("persons.id")),
    Column("name", String, nullable=False),
    Column("agent", String, nullable=False),
    Column("company", String, nullable=False),
    Column("region", String, nullable=False),
    Column("province", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("tenant", String, nullable=False),
    Column("chat", String, nullable=False),
    Column("is_group", Boolean, nullable=False),
    Column("fate", OneOf(Fate), nullable=False),
    Column("reason", String, nullable=False),
    Column("delivered_at", Instant),
    Column("read_at", Instant),
    Column("acknowledged_at", Instant),
    # When the last reminder may ring.
    Column("reminded_at", Instant),
    # The group in which it was pressed, "" for the single chat.
    Column("acknowledged_in", String, nullable=False),
    UniqueConstraint("broadcast", "target"),
    sqlite_autoincrement=True,
)
index("ix_broadcast_recipients_fate", recipients.c.broadcast, recipients.c.fate, recipients.c.id)
index("ix_broadcast_recipients_person", recipients.c.person, recipients.c.broadcast)
