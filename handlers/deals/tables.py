"""Registrations and the protections they hold. That at most one protection is live is a constraint (I1), not a check."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, Integer, String, Table, Text, literal_column

from handlers.deals.states import State
from storage.tables import index, metadata
from storage.types import Instant, Key, OneOf

deals = Table(
    "deals",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("agent", String, nullable=False),
    Column("rep", Key, ForeignKey("persons.id"), nullable=False),
    Column("manager", Key, ForeignKey("persons.id"), nullable=False),
    Column("state", OneOf(State), nullable=False),
    Column("version", Integer, nullable=False),
    Column("customer", String, nullable=False),
    Column("project", String, nullable=False),
    Column("line", String, nullable=False),
    Column("province", String, nullable=False),
    Column("province_inferred", Boolean, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("sign_date", Date, nullable=False),
    Column("credit_code", String, nullable=False),
    Column("contact", String, nullable=False),
    Column("address", String, nullable=False),
    Column("note", Text, nullable=False),
    Column("suspicion", Text, nullable=False),
    Column("receipt", String, nullable=False),
    Column("submitted_at", Instant, nullable=False),
    Column("protected_until", Date),
)
index("ix_deals_rep", deals.c.rep, deals.c.number)
index("ix_deals_agent", deals.c.agent, deals.c.state)

protections = Table(
    "protections",
    metadata,
    Column("deal", BigInteger, ForeignKey("deals.number"), primary_key=True, autoincrement=False),
    Column("customer_core", String, nullable=False),
    Column("project_core", String, nullable=False),
    Column("line", String, nullable=False),
    Column("province", String, nullable=False),
    Column("credit_code", String, nullable=False),
    Column("live", Boolean, nullable=False),
)
# As the indexes say it: SQLite finds a partial index only by its own words.
is_live = protections.c.live == literal_column("true")
has_code = protections.c.credit_code != literal_column("''")
uq_live = index(
    "uq_protections_live",
    protections.c.customer_core,
    protections.c.project_core,
    protections.c.line,
    protections.c.province,
    where=is_live,
    unique=True,
)
uq_live_code = index(
    "uq_protections_live_code",
    protections.c.credit_code,
    protections.c.project_core,
    protections.c.line,
    where=is_live & has_code,
    unique=True,
)
