"""The tables of received files, the pages that ask for one, and what messengers hold of ours."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Double, ForeignKey, Integer, String, Table

from bot.messages import FileKind
from bot.ports import FileState
from storage.tables import index, is_one_of, metadata
from storage.types import Instant, Key, OneOf

files = Table(
    "files",
    metadata,
    Column("id", Key, primary_key=True),
    Column("person", Key, ForeignKey("persons.id"), nullable=False),
    Column("channel", String, nullable=False),
    Column("tenant", String, nullable=False),
    Column("user_id", String, nullable=False),
    Column("place_tenant", String, nullable=False),
    Column("chat", String, nullable=False),
    Column("is_group", Boolean, nullable=False),
    Column("kind", OneOf(FileKind), nullable=False),
    Column("name", String, nullable=False),
    Column("state", OneOf(FileState), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("media", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("owner", String, nullable=False),
    Column("draft", BigInteger, nullable=False),
    Column("received", Instant, nullable=False),
    Column("settled", Instant),
    Column("trace", String, nullable=False),
    # The messenger's key to fetch it, encrypted; "" once it is no more wanted.
    Column("handle", String, nullable=False),
    # Machine time by the database's clock: somebody is fetching it until then, or the next try is then.
    Column("wait_until", Double, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    sqlite_autoincrement=True,
)
wanted = is_one_of(files.c.state, FileState.WANTED)
index("ix_files_wanted", files.c.wait_until, where=wanted)
index("ix_files_owner", files.c.owner, files.c.id)
index("ix_files_person", files.c.person, files.c.received)

pages = Table(
    "pages",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("person", Key, ForeignKey("persons.id"), nullable=False),
    Column("channel", String, nullable=False),
    Column("tenant", String, nullable=False),
    Column("user_id", String, nullable=False),
    Column("place_tenant", String, nullable=False),
    Column("chat", String, nullable=False),
    Column("is_group", Boolean, nullable=False),
    Column("draft", BigInteger, nullable=False),
    Column("slot", String, nullable=False),
    Column("expires", Instant, nullable=False),
    Column("file", Key, ForeignKey("files.id")),
)

media = Table(
    "media",
    metadata,
    Column("channel", String, primary_key=True),
    Column("tenant", String, primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("kind", String, primary_key=True),
    Column("key", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("until", Instant, nullable=False),
)
