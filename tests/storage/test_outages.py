"""Without the database: what cannot be done now is told apart from what is wrong."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.errors import Unavailable
from storage.store import Database
from storage.unit import Unit
from tests.storage.samples import add, people, postgres_only, sqlite_only


@sqlite_only
async def test_a_locked_file(database: Database, tmp_path: Path) -> None:
    with database.unit() as unit:
        unit.sql.exec_driver_sql("PRAGMA busy_timeout = 1")
    other = sqlite3.connect(tmp_path / "bot.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="locked by another process"):
        await database.write(add)
    other.execute("ROLLBACK")
    other.close()
    assert await database.write(add) == 1


@sqlite_only
async def test_a_full_disk(database: Database) -> None:
    with database.unit() as unit:
        pages = unit.sql.exec_driver_sql("PRAGMA page_count").scalar_one()
        unit.sql.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    def fill(unit: Unit) -> None:
        for _ in range(500):
            add(unit)

    with pytest.raises(Unavailable, match="no disk space"):
        await database.write(fill)
    assert await database.read(people) == 0


@sqlite_only
async def test_a_file_that_cannot_be_opened(database: Database, tmp_path: Path) -> None:
    nowhere = Database(f"sqlite:///{tmp_path}/no/such/folder/bot.db")
    with pytest.raises(Unavailable, match="cannot be opened"):
        await nowhere.write(add)
    nowhere.close()


@postgres_only
async def test_a_server_that_is_not_there(database: Database, unused_tcp_port: int) -> None:
    nowhere = Database(f"postgresql+psycopg://bot:secret@127.0.0.1:{unused_tcp_port}/bot")
    with pytest.raises(Unavailable) as refused:
        await nowhere.write(add)
    assert str(refused.value) == "the database cannot be reached", "nothing of the address leaks"
    nowhere.close()


@postgres_only
async def test_connections_that_died_are_replaced(database: Database) -> None:
    await database.write(add, turn=True)
    with database.unit() as unit:
        rest = text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid != pg_backend_pid() AND datname = current_database()"
        )
        assert unit.sql.execute(rest).all()
    assert await database.write(add, turn=True) == 2


@postgres_only
async def test_a_connection_that_dies_in_the_middle(database: Database) -> None:
    def work(unit: Unit) -> None:
        add(unit)
        unit.sql.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(Unavailable, match=r"cannot be reached|shutting down"):
        await database.write(work)
    assert await database.read(people) == 0


async def test_a_mistake_in_a_statement_is_no_outage(database: Database) -> None:
    with pytest.raises(Exception, match="no_such_table") as mistake:
        await database.write(lambda unit: unit.sql.execute(text("SELECT * FROM no_such_table")))
    assert not isinstance(mistake.value, Unavailable)
