"""The store's first tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "storage_0001"
down_revision = None
branch_labels = ("storage",)
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
INSTANT = sa.DateTime(timezone=True)
NUMBERS = {"bb": 1001, "sp": 2001, "gg": 301, "xm": 501, "rw": 601, "fy": 701, "dd": 801, "fence": 1}


def upgrade() -> None:
    _people()
    _inbox()
    _outbox()
    _copies()
    _dialogue()
    _audit()
    _clock()
    _counters()


def _required(name: str, type_: sa.types.TypeEngine[Any], default: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, type_, nullable=False, server_default=default, autoincrement=False)


def _index(name: str, table: str, *columns: str, where: str | None = None, unique: bool = False) -> None:
    condition = None if where is None else sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def _people() -> None:
    op.create_table(
        "persons",
        sa.Column("id", KEY, nullable=False),
        *(_required(name, sa.String()) for name in ("name", "role", "phone", "agent", "region", "province")),
        sa.Column("manager", KEY),
        _required("language", sa.String()),
        _required("active", sa.Boolean()),
        sa.PrimaryKeyConstraint("id", name="pk_persons"),
        sa.ForeignKeyConstraint(["manager"], ["persons.id"], name="fk_persons_manager"),
        sqlite_autoincrement=True,
    )
    _index("ix_persons_phone", "persons", "phone")
    _index("ix_persons_agent", "persons", "agent")
    op.create_table(
        "accounts",
        *(_required(name, sa.String()) for name in ("channel", "tenant", "user_id")),
        _required("person", KEY),
        _required("bound_at", INSTANT),
        _required("used_at", INSTANT),
        sa.PrimaryKeyConstraint("channel", "tenant", "user_id", name="pk_accounts"),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name="fk_accounts_person"),
    )
    _index("ix_accounts_person", "accounts", "person")


def _inbox() -> None:
    op.create_table(
        "inbox",
        *(_required(name, sa.String()) for name in ("channel", "key", "alias")),
        _required("received", INSTANT),
        _required("end", sa.String()),
        _required("answer", sa.Text()),
        sa.Column("person", KEY),
        _required("reference", sa.String(), ""),
        sa.Column("push", sa.Text()),
        sa.PrimaryKeyConstraint("channel", "key", name="pk_inbox"),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name="fk_inbox_person"),
    )
    _index("ix_inbox_received", "inbox", "received")
    _index("uq_inbox_alias", "inbox", "channel", "alias", where="alias != ''", unique=True)


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", KEY, nullable=False),
        _required("key", sa.String(32)),
        *(_required(name, sa.String()) for name in ("what", "state", "channel", "tenant", "chat")),
        _required("is_group", sa.Boolean()),
        _required("line", sa.String()),
        _required("content", sa.Text()),
        sa.Column("payload", sa.LargeBinary()),
        _required("handle", sa.String(), ""),
        _required("reason", sa.String(), ""),
        sa.Column("target", KEY),
        sa.Column("copy", sa.BigInteger()),
        sa.Column("person", KEY),
        _required("trace", sa.String()),
        _required("created", INSTANT),
        sa.Column("not_before", INSTANT),
        sa.Column("expires", INSTANT),
        _required("wait_until", sa.Double()),
        _required("attempts", sa.Integer(), "0"),
        _required("losses", sa.Integer(), "0"),
        _required("fence", sa.BigInteger(), "0"),
        sa.Column("first_sent", INSTANT),
        sa.Column("settled", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.ForeignKeyConstraint(["target"], ["outbox.id"], name="fk_outbox_target"),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name="fk_outbox_person"),
        sa.CheckConstraint("what = 'send' OR target IS NOT NULL", name="ck_outbox_edit_has_target"),
        sqlite_autoincrement=True,
    )
    unfinished = "state IN ('pending', 'sending')"
    _index("ix_outbox_line", "outbox", "channel", "line", "id", where=unfinished)
    _index("ix_outbox_copy", "outbox", "copy", where=unfinished)
    _index("ix_outbox_state", "outbox", "channel", "state")


def _copies() -> None:
    op.create_table(
        "copies",
        _required("id", sa.BigInteger()),
        _required("view", sa.String()),
        _required("kind", sa.String()),
        _required("number", sa.BigInteger()),
        sa.Column("person", KEY),
        *(_required(name, sa.String()) for name in ("channel", "tenant", "chat")),
        _required("is_group", sa.Boolean()),
        _required("send", KEY),
        _required("state", sa.String()),
        _required("buttons", sa.Text()),
        _required("current", sa.Integer()),
        _required("digest", sa.String()),
        _required("created", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_copies"),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name="fk_copies_person"),
        sa.ForeignKeyConstraint(["send"], ["outbox.id"], name="fk_copies_send"),
    )
    _index("ix_copies_send", "copies", "send")
    _index("ix_copies_object", "copies", "kind", "number", "state")


def _dialogue() -> None:
    op.create_table(
        "talks",
        _required("person", KEY),
        _required("channel", sa.String()),
        _required("lane", sa.String()),
        _required("talk", sa.Text()),
        sa.PrimaryKeyConstraint("person", "channel", "lane", name="pk_talks"),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name="fk_talks_person"),
    )
    op.create_table(
        "drafts",
        _required("id", sa.BigInteger()),
        _required("person", KEY),
        _required("state", sa.String()),
        _required("updated", INSTANT),
        _required("draft", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_drafts"),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name="fk_drafts_person"),
    )
    _index("ix_drafts_person", "drafts", "person", "state", "updated")


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", KEY, nullable=False),
        _required("at", INSTANT),
        *(_required(name, sa.String()) for name in ("actor", "on_behalf_of", "channel", "object", "action")),
        _required("before", sa.Text()),
        _required("after", sa.Text()),
        _required("request", sa.String()),
        _required("salt", sa.LargeBinary()),
        _required("digest", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        sqlite_autoincrement=True,
    )
    _index("ix_audit_digest", "audit", "digest")
    _index("ix_audit_object", "audit", "object", "id")
    op.create_table(
        "seals",
        _required("sequence", sa.BigInteger()),
        _required("entry", sa.BigInteger()),
        _required("digest", sa.String(64)),
        _required("hash", sa.String(64)),
        sa.PrimaryKeyConstraint("sequence", name="pk_seals"),
        sa.UniqueConstraint("entry", name="uq_seals_entry"),
    )
    op.create_table(
        "heads",
        _required("sequence", sa.BigInteger()),
        _required("hash", sa.String(64)),
        _required("at", INSTANT),
        _required("signature", sa.String()),
        _required("key_id", sa.String()),
        sa.PrimaryKeyConstraint("sequence", name="pk_heads"),
    )
    for table in ("audit", "seals", "heads"):
        _append_only(table)


def _append_only(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
    )


def _clock() -> None:
    op.create_table(
        "jobs",
        _required("job", sa.String()),
        _required("slot", sa.String()),
        _required("due", INSTANT),
        _required("about", sa.String()),
        _required("args", sa.Text()),
        _required("state", sa.String()),
        _required("failures", sa.Integer(), "0"),
        _required("wait_until", sa.Double(), "0"),
        sa.Column("failed", INSTANT),
        _required("reason", sa.String(), ""),
        sa.PrimaryKeyConstraint("job", "slot", name="pk_jobs"),
    )
    promised = "state IN ('promised')"
    _index("ix_jobs_due", "jobs", "due", where=promised)
    _index("ix_jobs_about", "jobs", "about", where=promised)
    op.create_table(
        "leases",
        _required("name", sa.String()),
        _required("holder", sa.String()),
        _required("fence", sa.BigInteger()),
        _required("expires", sa.Double()),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
        sa.UniqueConstraint("fence", name="uq_leases_fence"),
    )
    op.create_table(
        "holidays",
        _required("date", sa.Date()),
        _required("kind", sa.String()),
        _required("name", sa.String()),
        sa.PrimaryKeyConstraint("date", name="pk_holidays"),
    )


def _counters() -> None:
    op.create_table(
        "numbers",
        _required("kind", sa.String()),
        _required("value", sa.BigInteger()),
        sa.PrimaryKeyConstraint("kind", name="pk_numbers"),
    )
    if op.get_bind().dialect.supports_sequences:
        for kind, start in NUMBERS.items():
            op.execute(sa.schema.CreateSequence(sa.Sequence(f"number_{kind}", start=start)))
