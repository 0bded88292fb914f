"""How each of the two databases is opened, and which of its errors mean that it cannot be used right now."""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry

from bot.errors import OperatorError, Unavailable

LIMIT = 10.0
"""Seconds after which a transaction is stopped (design 3)."""
POOL_TIMEOUT = 1
"""There are as many connections as threads; only the command line could ever wait."""
SQLITE_PRAGMAS = ("busy_timeout = 5000", "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON")
SQLITE_STEPS = 20_000
"""Instructions of SQLite's machine between two looks at the deadline: well below a millisecond."""
OUTBOX_GREW = "channelops_outbox"
"""The channel on which processes on PostgreSQL tell each other."""
POSTGRES_CONNECT: dict[str, Any] = {
    "connect_timeout": 3,
    "keepalives": 1,
    # A server that vanished is noticed after 5 + 3 x 2 s instead of the system's two hours.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "application_name": "channelops",
    # A process that stands still between two statements (a paused machine) lets go of its locks before others give up.
    "options": "-c statement_timeout=10s -c lock_timeout=10s -c idle_in_transaction_session_timeout=5s",
}


@dataclass(frozen=True, slots=True)
class Engines:
    """The same engine may stand twice: SQLite has one writer."""

    turns: Engine
    others: Engine
    readers: Engine

    def dispose(self) -> None:
        for engine in {id(e): e for e in (self.turns, self.others, self.readers)}.values():
            engine.dispose()


def parse(url: str) -> URL:
    """OperatorError for anything but an SQLite file or PostgreSQL."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise OperatorError(
            "database.url：请写成 sqlite:///var/bot.db 或 postgresql+psycopg://user@host/name"
        ) from error
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise OperatorError("database.url：只支持 SQLite 文件或 PostgreSQL")
    return parsed


def sqlite_path(url: URL) -> Path | None:
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def open_engines(url: URL, turns: int, others: int) -> Engines:
    """``turns`` and ``others`` are numbers of threads, and of connections."""
    if sqlite_path(url):
        writer = _sqlite(url, "BEGIN IMMEDIATE", 1, *SQLITE_PRAGMAS)
        return Engines(writer, writer, _sqlite(url, "BEGIN", others, *SQLITE_PRAGMAS, "query_only = ON"))
    rest = _postgres(url, others)
    snapshots = rest.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return Engines(_postgres(url, turns), rest, snapshots)


def plain_engine(url: URL) -> Engine:
    """For migrations and backups: one connection, no time limits, and on SQLite no foreign keys in the way."""
    if sqlite_path(url):
        return _sqlite(url, "BEGIN IMMEDIATE", 1, *SQLITE_PRAGMAS, "foreign_keys = OFF")
    return create_engine(url, pool_size=1, connect_args={"connect_timeout": 3, "application_name": "channelops"})


def _sqlite(url: URL, begin: str, connections: int, *pragmas: str) -> Engine:
    engine = create_engine(url, pool_size=connections, pool_timeout=POOL_TIMEOUT)

    @event.listens_for(engine, "connect")
    def configure(dbapi: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:
        dbapi.isolation_level = None  # the driver begins nothing by itself, see below
        for pragma in pragmas:
            dbapi.execute(f"PRAGMA {pragma}")
        dbapi.set_progress_handler(lambda: time.monotonic() > entry.info.get("deadline", math.inf), SQLITE_STEPS)

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _postgres(url: URL, connections: int) -> Engine:
    engine = create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT,
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",
        connect_args=POSTGRES_CONNECT,
    )
    event.listen(engine, "do_executemany", one_by_one)
    return engine


def one_by_one(cursor: Any, text: str, rows: Iterable[Any], *_: object) -> bool:
    """Instead of psycopg's ``executemany``: whoever stands still inside its pipeline keeps its locks, as the server's limit
    for idle transactions does not count there, and nobody can take over. True: it is done."""
    for row in rows:
        cursor.execute(text, row)
    return True


# -- errors ----------------------------------------------------------------------------------------------------------

SQLITE_OUTAGES = {
    sqlite3.SQLITE_BUSY: "is locked by another process",
    sqlite3.SQLITE_LOCKED: "is locked",
    sqlite3.SQLITE_READONLY: "is read-only",
    sqlite3.SQLITE_INTERRUPT: "took longer than 10 s",
    sqlite3.SQLITE_IOERR: "cannot be read or written",
    sqlite3.SQLITE_FULL: "has no disk space left",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened",
    sqlite3.SQLITE_PROTOCOL: "is locked by another process",
    sqlite3.SQLITE_NOMEM: "has no memory left",
}
POSTGRES_OUTAGES = {
    "08": "cannot be reached",
    "25006": "is read-only",
    "40": "had to undo the work because of another transaction",
    "53": "has no resources left",
    "55P03": "waited 10 s for a lock",
    "57014": "took longer than 10 s",
    "57": "is shutting down",
    "58": "cannot be read or written",
}


@contextmanager
def outages() -> Iterator[None]:
    """Turns the errors that mean "not now" into Unavailable. What the driver says stays in the chained cause."""
    try:
        yield
    except PoolTimeout as error:
        raise Unavailable("the database is busy") from error
    except DBAPIError as error:
        reason = outage(error)
        if reason is None:
            raise
        raise Unavailable(f"the database {reason}") from error


def undone(cause: BaseException | None) -> bool:
    """Whether PostgreSQL chose this transaction to end a deadlock or a conflict: the same work may simply run again."""
    state = getattr(getattr(cause, "orig", None), "sqlstate", None) or ""
    return state.startswith("40")


def outage(error: DBAPIError) -> str | None:
    """What is the matter with the database; None if the statement is to blame."""
    cause: Any = error.orig
    if isinstance(cause, sqlite3.Error):
        return SQLITE_OUTAGES.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF)
    state: str | None = getattr(cause, "sqlstate", None)
    if error.connection_invalidated or (state is None and type(error).__name__ == "OperationalError"):
        return "cannot be reached"
    return next((POSTGRES_OUTAGES[code] for code in (state, (state or "")[:2]) if code in POSTGRES_OUTAGES), None)
