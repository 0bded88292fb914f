"""The store's tables. Capabilities add their own to the same ``metadata``: ``Table("deals", metadata, ...)``.

Nullable columns never stand in a unique index: NULLs never collide.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    false,
    literal_column,
)
from sqlalchemy.dialects import postgresql

from bot.cards import Card
from bot.messages import Answer, AnyInbound
from bot.permit import Role
from bot.ports import CopyState, Draft, DraftState, End, OutState, Sending, StoredButton, Talk
from storage.types import Instant, Json, Key, OneOf

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

insert_or = postgresql.insert
"""INSERT with ON CONFLICT, for both databases: SQLite took the clause over and its compiler writes it as well."""


def is_one_of(column: ColumnElement[Any], *words: str) -> ColumnElement[bool]:
    """A condition written out in the statement: partial indexes are not found through bound values."""
    return column.in_([literal_column(f"'{word}'") for word in words])


def index(name: str, *columns: Column[Any], where: ColumnElement[bool] | None = None, unique: bool = False) -> Index:
    """An index, partial on both databases with ``where``."""
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


persons = Table(
    "persons",
    metadata,
    Column("id", Key, primary_key=True),
    Column("name", String, nullable=False),
    Column("role", OneOf(Role), nullable=False),
    Column("phone", String, nullable=False, index=True),
    Column("agent", String, nullable=False, index=True),
    Column("region", String, nullable=False),
    Column("province", String, nullable=False),
    Column("manager", Key, ForeignKey("persons.id")),
    Column("language", String, nullable=False),
    Column("active", Boolean, nullable=False),
    sqlite_autoincrement=True,
)

accounts = Table(
    "accounts",
    metadata,
    Column("channel", String, primary_key=True),
    Column("tenant", String, primary_key=True),
    Column("user_id", String, primary_key=True),
    Column("person", Key, ForeignKey("persons.id"), nullable=False, index=True),
    Column("bound_at", Instant, nullable=False),
    Column("used_at", Instant, nullable=False),
)

inbox = Table(
    "inbox",
    metadata,
    Column("channel", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("alias", String, nullable=False),
    Column("received", Instant, nullable=False, index=True),
    Column("end", OneOf(End), nullable=False),
    Column("answer", Json[Answer](Answer), nullable=False),
    Column("person", Key, ForeignKey("persons.id")),
    Column("reference", String, nullable=False, server_default=""),
    Column("push", Json[AnyInbound](AnyInbound)),
    Column("reason", String, nullable=False, server_default=""),
)
has_failed = is_one_of(inbox.c.end, End.FAILED)
index("ix_inbox_failed", inbox.c.received, where=has_failed)
index("uq_inbox_alias", inbox.c.channel, inbox.c.alias, where=inbox.c.alias != literal_column("''"), unique=True)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Key, primary_key=True),
    Column("key", String(32), nullable=False),
    Column("what", OneOf(Sending), nullable=False),
    Column("state", OneOf(OutState), nullable=False),
    Column("channel", String, nullable=False),
    Column("tenant", String, nullable=False),
    Column("chat", String, nullable=False),
    Column("is_group", Boolean, nullable=False),
    # What a row waits in line with: its chat's lane, the chat's bulk, or the message that is edited or recalled.
    Column("line", String, nullable=False),
    Column("content", Json[Card | str](Card | str), nullable=False),
    Column("payload", LargeBinary),
    Column("handle", String, nullable=False, server_default=""),
    Column("reason", String, nullable=False, server_default=""),
    Column("target", Key, ForeignKey("outbox.id")),
    # No foreign key: a copy names the row that put it there, so the row is written first.
    Column("copy", BigInteger),
    Column("person", Key, ForeignKey("persons.id")),
    Column("trace", String, nullable=False),
    Column("created", Instant, nullable=False),
    Column("not_before", Instant),
    Column("expires", Instant),
    # Machine time, seconds since 1970 by the database's clock: a hold, or the wait for a retry.
    Column("wait_until", Double, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("losses", Integer, nullable=False, server_default="0"),
    Column("fence", BigInteger, nullable=False, server_default="0"),
    Column("first_sent", Instant),
    Column("settled", Instant),
    Column("via", String, nullable=False, server_default=""),
    Column("bulk", Boolean, nullable=False, server_default=false()),
    # The view whose capability is to be told how the send ends; emptied when it was.
    Column("report", String, nullable=False, server_default=""),
    CheckConstraint("what = 'send' OR target IS NOT NULL", name="edit_has_target"),
    sqlite_autoincrement=True,
)
unfinished = is_one_of(outbox.c.state, OutState.PENDING, OutState.SENDING)
index("ix_outbox_line", outbox.c.channel, outbox.c.line, outbox.c.id, where=unfinished)
index("ix_outbox_copy", outbox.c.copy, where=unfinished)
index("ix_outbox_handle", outbox.c.handle, where=outbox.c.copy.is_not(None) & (outbox.c.handle != literal_column("''")))
to_report = outbox.c.report != literal_column("''")
index("ix_outbox_report", outbox.c.id, where=to_report)
index("ix_outbox_state", outbox.c.channel, outbox.c.state)

copies = Table(
    "copies",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("view", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("person", Key, ForeignKey("persons.id")),
    Column("channel", String, nullable=False),
    Column("tenant", String, nullable=False),
    Column("chat", String, nullable=False),
    Column("is_group", Boolean, nullable=False),
    Column("send", Key, ForeignKey("outbox.id"), nullable=False, index=True),
    Column("state", OneOf(CopyState), nullable=False),
    Column("buttons", Json[dict[int, StoredButton]](dict[int, StoredButton]), nullable=False),
    Column("current", Integer, nullable=False),
    Column("digest", String, nullable=False),
    Column("created", Instant, nullable=False),
)
index("ix_copies_object", copies.c.kind, copies.c.number, copies.c.state)

talks = Table(
    "talks",
    metadata,
    Column("person", Key, ForeignKey("persons.id"), primary_key=True),
    Column("channel", String, primary_key=True),
    Column("lane", String, primary_key=True),
    Column("talk", Json[Talk](Talk), nullable=False),
)

drafts = Table(
    "drafts",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("person", Key, ForeignKey("persons.id"), nullable=False),
    Column("state", OneOf(DraftState), nullable=False),
    Column("updated", Instant, nullable=False),
    Column("draft", Json[Draft](Draft), nullable=False),
)
index("ix_drafts_person", drafts.c.person, drafts.c.state, drafts.c.updated)

# Triggers refuse to change or delete rows of these three. No foreign keys among them: a deleted entry has to be found
# by the chain, and a restored chain must not depend on the order of loading.
audit = Table(
    "audit",
    metadata,
    Column("id", Key, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor", String, nullable=False),
    Column("on_behalf_of", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("object", String, nullable=False),
    Column("action", String, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("request", String, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("digest", String(64), nullable=False, index=True),
    sqlite_autoincrement=True,
)
index("ix_audit_object", audit.c.object, audit.c.id)

seals = Table(
    "seals",
    metadata,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("entry", BigInteger, nullable=False, unique=True),
    Column("digest", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

heads = Table(
    "heads",
    metadata,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("signature", String, nullable=False),
    Column("key_id", String, nullable=False),
)


class JobState(StrEnum):
    PROMISED = "promised"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


jobs = Table(
    "jobs",
    metadata,
    Column("job", String, primary_key=True),
    Column("slot", String, primary_key=True),
    Column("due", Instant, nullable=False),
    Column("about", String, nullable=False),
    Column("args", Json[dict[str, str]](dict[str, str]), nullable=False),
    Column("state", OneOf(JobState), nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("wait_until", Double, nullable=False, server_default="0"),
    Column("failed", Instant),
    Column("reason", String, nullable=False, server_default=""),
)
promised = is_one_of(jobs.c.state, JobState.PROMISED)
index("ix_jobs_due", jobs.c.due, where=promised)
index("ix_jobs_about", jobs.c.about, where=promised)

leases = Table(
    "leases",
    metadata,
    Column("name", String, primary_key=True),
    Column("holder", String, nullable=False),
    Column("fence", BigInteger, nullable=False, unique=True),
    Column("expires", Double, nullable=False),
)

charges = Table(
    "charges",
    metadata,
    Column("channel", String, primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("kind", String, primary_key=True),
    Column("process", String, primary_key=True),
    Column("count", BigInteger, nullable=False),
)

holidays = Table(
    "holidays",
    metadata,
    Column("date", Date, primary_key=True),
    Column("kind", String, nullable=False),
    Column("name", String, nullable=False),
)
