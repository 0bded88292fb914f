"""Transactions: where they run, how long they may take, who hears of them, and what happens without the database."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date

import psycopg
import pytest
from sqlalchemy import func, insert, select, text

from bot.calendar import SpecialDay
from bot.errors import OperatorError, Refusal, Unavailable
from storage import holidays as holiday_table
from storage import store
from storage.prepared import Prepared
from storage.store import Database
from storage.tables import holidays, outbox
from storage.unit import Unit
from tests.storage.samples import add, people, postgres_only, send, sqlite_only

# -- one transaction -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("turn", [True, False])
async def test_work_is_committed_as_a_whole_or_not_at_all(database: Database, turn: bool) -> None:
    def fail(unit: Unit) -> None:
        add(unit)
        raise Refusal("code", "不行")

    await database.write(add, turn=turn, lane="wang")
    with pytest.raises(Refusal):
        await database.write(fail, turn=turn, lane="wang")
    assert await database.read(people) == 1


async def test_a_savepoint_undoes_what_is_inside_and_keeps_what_was_before(database: Database) -> None:
    def work(unit: Unit) -> None:
        add(unit)
        with suppress(Refusal), unit.savepoint():
            add(unit)
            raise Refusal("code", "不行")
        with unit.savepoint():
            add(unit)

    await database.write(work)
    assert await database.read(people) == 2


async def test_reading_is_of_one_moment_and_cannot_write(database: Database) -> None:
    def look_twice(unit: Unit) -> tuple[int, int]:
        before = people(unit)
        with database.unit() as other:
            add(other)
        return before, people(unit)

    assert await database.read(look_twice) == (0, 0)
    assert await database.read(people) == 1
    with pytest.raises(Unavailable, match="read-only"):
        await database.read(add)


async def test_50_writers_at_once(open_database: Callable[[], Database]) -> None:
    processes = [open_database(), open_database()]
    written = (processes[number % 2].write(add, turn=bool(number % 3)) for number in range(50))
    assert sorted(await asyncio.gather(*written)) == list(range(1, 51))


@postgres_only
async def test_one_lane_is_one_after_the_other_across_processes(open_database: Callable[[], Database]) -> None:
    inside: list[str] = []
    crowd: list[int] = []

    def work(unit: Unit) -> None:
        inside.append("in")
        crowd.append(len(inside))
        unit.sql.execute(text("SELECT pg_sleep(0.01)"))
        inside.pop()

    processes = [open_database(), open_database()]
    await asyncio.gather(*(process.write(work, turn=True, lane="wang") for process in processes * 4))
    assert set(crowd) == {1}


# -- time limits -----------------------------------------------------------------------------------------------------

ENDLESS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(60)",
}


@pytest.mark.parametrize("reading", [True, False])
async def test_a_statement_without_end_is_stopped(
    database: Database, monkeypatch: pytest.MonkeyPatch, reading: bool
) -> None:
    monkeypatch.setattr(store, "LIMIT", 0.1)

    def work(unit: Unit) -> None:
        dialect = unit.sql.dialect.name
        if dialect == "postgresql":
            unit.sql.execute(text("SET LOCAL statement_timeout = 100"))
        unit.sql.execute(text(ENDLESS[dialect]))

    with pytest.raises(Unavailable, match="took longer"):
        await (database.read(work) if reading else database.write(work))
    monkeypatch.setattr(store, "LIMIT", 10.0)
    await database.write(add)


@postgres_only
def test_postgres_is_told_the_limits(database: Database) -> None:
    with database.unit() as unit:
        shown = [
            unit.sql.execute(text(f"SHOW {name}")).scalar_one()
            for name in (
                "statement_timeout",
                "lock_timeout",
                "idle_in_transaction_session_timeout",
                "transaction_isolation",
            )
        ]
    assert shown == ["10s", "10s", "5s", "read committed"]


@postgres_only
async def test_who_stands_still_between_two_statements_keeps_no_locks(database: Database) -> None:
    """A machine that is paused: the server ends the transaction before others give up waiting for its locks."""

    def work(unit: Unit) -> None:
        add(unit)
        unit.sql.execute(text("SET LOCAL idle_in_transaction_session_timeout = 50"))
        with psycopg.connect(database.url.set(drivername="postgresql").render_as_string(hide_password=False)) as other:
            other.execute("SELECT pg_sleep(0.5)")
        people(unit)

    with pytest.raises(Unavailable, match="cannot be reached"):
        await database.write(work)
    assert await database.read(people) == 0


@postgres_only
def test_many_rows_go_without_a_pipeline(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """That limit does not count inside one."""
    monkeypatch.delattr(psycopg.Cursor, "executemany")
    days = [{"date": date(2026, 3, day), "kind": "off", "name": "假"} for day in (2, 3, 4, 5)]
    with database.unit() as unit:
        unit.sql.execute(insert(holidays), days[:2])
        Prepared(insert(holidays)).run_many(unit.sql, days[2:])
        assert unit.sql.execute(select(func.count()).select_from(holidays)).scalar_one() == 4


async def test_work_that_took_too_long_by_itself_is_not_committed(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "LIMIT", 0.02)

    def work(unit: Unit) -> None:
        add(unit)
        began = time.monotonic()
        while time.monotonic() < began + 0.03:
            people(unit)

    with pytest.raises(Unavailable, match="took longer"):
        await database.write(work)
    assert await database.read(people) == 0


# -- waking the senders ----------------------------------------------------------------------------------------------


class Ear:
    """Waits for wakes; they come from other threads."""

    def __init__(self, database: Database) -> None:
        self._heard: asyncio.Queue[int] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        self._database = database
        database.on_commit(self._wake)

    def _wake(self) -> None:
        with self._database.snapshot() as unit:
            rows = unit.sql.execute(select(func.count()).select_from(outbox)).scalar_one()
        self._loop.call_soon_threadsafe(self._heard.put_nowait, rows)

    async def rows(self) -> int:
        """How many rows there were to be seen when the next wake came."""
        async with asyncio.timeout(20):
            return await self._heard.get()

    @property
    def hears_nothing(self) -> bool:
        return self._heard.empty()


async def test_a_commit_that_added_messages_wakes(database: Database) -> None:
    ear = Ear(database)
    if database.path is None:
        await ear.rows()  # LISTENing from here on
    await database.write(add)
    with suppress(KeyError), database.unit() as unit:
        send(unit)
        raise KeyError
    await database.write(send)
    assert await ear.rows() == 1, "after the commit, so that the row is there to be seen"
    assert ear.hears_nothing, "and nobody was woken for nothing"


@postgres_only
async def test_other_processes_hear_of_it_even_after_their_connection_died(
    open_database: Callable[[], Database],
) -> None:
    writer, ear = open_database(), Ear(open_database())
    assert await ear.rows() == 0
    await writer.write(send)
    assert await ear.rows() == 1
    with writer.unit() as unit:
        listening = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
        assert unit.sql.execute(listening).scalars().all() == [True]
    assert await ear.rows() == 1, "woken by the new connection, for what may have been missed"
    await writer.write(send)
    assert await ear.rows() == 2


# -- opening and closing ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["mysql://root@localhost/bot", "sqlite://", "sqlite:///:memory:", "var/bot.db", ""])
def test_what_is_no_database_for_the_bot_is_one_line(url: str) -> None:
    with pytest.raises(OperatorError) as refused:
        Database(url)
    assert len(str(refused.value).splitlines()) == 1


@sqlite_only
def test_one_serve_a_file(open_database: Callable[[], Database]) -> None:
    serving, second = open_database(), open_database()
    serving.lock_file()
    serving.lock_file()
    with pytest.raises(OperatorError, match="正被另一个进程使用"):
        second.lock_file()
    with second.unit() as unit:
        add(unit)
    serving.unlock()
    second.lock_file()


@postgres_only
def test_many_serve_one_postgres(open_database: Callable[[], Database]) -> None:
    for database in (open_database(), open_database()):
        database.lock_file()


def test_what_is_under_way_ends_before_the_database_closes(open_database: Callable[[], Database]) -> None:
    first, second = open_database(), open_database()

    async def begin() -> asyncio.Future[int]:
        return asyncio.ensure_future(first.write(add))

    async def close_meanwhile() -> None:
        writing = await begin()
        await asyncio.sleep(0)
        await asyncio.to_thread(first.close)
        assert await writing == 1

    asyncio.run(close_meanwhile())
    with second.unit() as unit:
        assert people(unit) == 1


def test_holidays_are_replaced_as_a_whole(database: Database) -> None:
    days = [SpecialDay(date(2026, 1, 1), "holiday", "元旦"), SpecialDay(date(2026, 1, 4), "workday", "元旦")]
    with database.unit() as unit:
        unit.sql.execute(insert(holidays), {"date": date(2025, 1, 1), "kind": "holiday", "name": "元旦"})
        holiday_table.replace(unit.sql, reversed(days))
        assert holiday_table.read(unit.sql) == days
        holiday_table.replace(unit.sql, [])
        assert holiday_table.read(unit.sql) == []
