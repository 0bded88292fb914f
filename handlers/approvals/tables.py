"""Decisions that were asked for, one row each; the number is what people type: SP2001."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table, Text

from handlers.approvals.states import State
from storage.tables import index, metadata
from storage.types import Instant, Key, OneOf

approvals = Table(
    "approvals",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("subject", BigInteger, nullable=False),
    Column("requester", Key, ForeignKey("persons.id"), nullable=False),
    Column("approver", Key, ForeignKey("persons.id"), nullable=False),
    Column("state", OneOf(State), nullable=False),
    Column("version", Integer, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("decided_by", Key, ForeignKey("persons.id")),
    Column("decided_at", Instant),
    Column("reason", Text, nullable=False),
    Column("escalations", Integer, nullable=False),
)
index("ix_approvals_waiting", approvals.c.approver, approvals.c.state)
index("ix_approvals_subject", approvals.c.kind, approvals.c.subject)
