"""Agents, and the one-time codes by which people join and link accounts. Persons and accounts are the store's own."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Column, Date, ForeignKey, Integer, String, Table, UniqueConstraint, literal_column

from bot.permit import Role
from storage.tables import index, metadata
from storage.types import Instant, Json, Key, OneOf


class InvitationState(StrEnum):
    OPEN = "open"
    USED = "used"
    REPLACED = "replaced"
    """A newer code was made for the same phone."""


agents = Table(
    "agents",
    metadata,
    Column("code", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("short_name", String, nullable=False),
    Column("uscc", String, nullable=False),
    Column("type", String, nullable=False),
    Column("tier", String, nullable=False),
    Column("region", String, nullable=False),
    Column("province", String, nullable=False),
    Column("city", String, nullable=False),
    Column("products", Json[tuple[str, ...]](tuple[str, ...]), nullable=False),
    Column("contract_start", Date),
    Column("contract_end", Date),
    Column("status", String, nullable=False),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", Key, primary_key=True),
    Column("code_hash", String(64), nullable=False, unique=True),
    Column("state", OneOf(InvitationState), nullable=False),
    Column("role", OneOf(Role), nullable=False),
    Column("agent", String, nullable=False),
    Column("region", String, nullable=False),
    Column("province", String, nullable=False),
    Column("name", String, nullable=False),
    Column("phone", String, nullable=False),
    # The person the code is for, where the organisation knows them already.
    Column("person", Key, ForeignKey("persons.id")),
    Column("created", Instant, nullable=False),
    # Empty: made on the command line.
    Column("created_by", Key, ForeignKey("persons.id")),
    Column("expires", Instant, nullable=False),
    Column("used", Instant),
    Column("used_by", Key, ForeignKey("persons.id")),
    sqlite_autoincrement=True,
)
_open_with_phone = (invitations.c.state == literal_column("'open'")) & (invitations.c.phone != literal_column("''"))
index("uq_invitations_open_phone", invitations.c.phone, where=_open_with_phone, unique=True)

# Who showed a valid code and is asked to confirm.
bindings = Table(
    "bindings",
    metadata,
    Column("invitation", Key, ForeignKey("invitations.id"), primary_key=True, autoincrement=False),
    Column("channel", String, primary_key=True),
    Column("tenant", String, primary_key=True),
    Column("user_id", String, primary_key=True),
    Column("created", Instant, nullable=False),
)
index("ix_bindings_account", bindings.c.channel, bindings.c.tenant, bindings.c.user_id)

links = Table(
    "links",
    metadata,
    Column("id", Key, primary_key=True),
    Column("code_hash", String(64), nullable=False, index=True),
    Column("channel", String, nullable=False),
    Column("tenant", String, nullable=False),
    Column("user_id", String, nullable=False),
    Column("created", Instant, nullable=False),
    Column("expires", Instant, nullable=False),
    # Who showed the code from an account of theirs and is asked to confirm.
    Column("claimed_by", Key, ForeignKey("persons.id")),
    Column("used", Instant),
    UniqueConstraint("channel", "tenant", "user_id"),
    sqlite_autoincrement=True,
)

code_failures = Table(
    "code_failures",
    metadata,
    Column("channel", String, primary_key=True),
    Column("tenant", String, primary_key=True),
    Column("user_id", String, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last", Instant, nullable=False),
    Column("blocked_until", Instant),
)

# Not-found answers since the first of the hour.
missed_lookups = Table(
    "missed_lookups",
    metadata,
    Column("person", Key, ForeignKey("persons.id"), primary_key=True, autoincrement=False),
    Column("since", Instant, nullable=False),
    Column("count", Integer, nullable=False),
)
