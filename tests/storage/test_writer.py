"""SQLite's writer: what waits goes together, in the order it came, and nobody pays for another's failure."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, NoReturn

import pytest
from sqlalchemy import Connection, Engine, event, select, text
from sqlalchemy.exc import OperationalError

from bot.errors import Unavailable
from storage.store import Database
from storage.tables import persons
from storage.unit import Unit
from storage.writer import MOST
from tests.storage.samples import add, people, sqlite_only

pytestmark = sqlite_only


@contextmanager
def commits(refused: Callable[[int], bool] = lambda _: False) -> Iterator[list[int]]:
    """The rows each commit adds; ``refused`` are undone instead, by the rows they would have added."""
    seen: list[int] = []
    before = [0]

    def at_commit(sql: Connection) -> None:
        driver: Any = sql.connection.driver_connection
        rows = driver.execute("SELECT count(*) FROM persons").fetchone()[0]
        added, before[0] = rows - before[0], rows
        if refused(added):
            before[0] -= added
            raise OperationalError("COMMIT", {}, Exception("disk full"))
        seen.append(added)

    event.listen(Engine, "commit", at_commit)
    try:
        yield seen
    finally:
        event.remove(Engine, "commit", at_commit)


@asynccontextmanager
async def busy(database: Database) -> Any:
    """Until it is left, the writer is at work."""
    begun, go = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def work(_unit: Unit) -> None:
        loop.call_soon_threadsafe(begun.set)
        assert go.wait(10)

    task = asyncio.create_task(database.write(work))
    await begun.wait()
    yield
    go.set()
    await task


def all_of(database: Database, works: list[Callable[[Unit], Any]]) -> asyncio.Future[list[Any]]:
    return asyncio.gather(*(database.write(work) for work in works), return_exceptions=True)


def numbered(number: int) -> Callable[[Unit], int]:
    def work(unit: Unit) -> int:
        add(unit)
        return number

    return work


def fails(unit: Unit) -> NoReturn:
    add(unit)
    raise ZeroDivisionError


def fails_in_sql(unit: Unit) -> NoReturn:
    add(unit)
    unit.sql.execute(text("SELECT * FROM nothing"))
    raise AssertionError


async def test_what_waits_shares_a_commit(database: Database) -> None:
    with commits() as seen:
        async with busy(database):
            waiting = all_of(database, [numbered(n) for n in range(5)])
            await asyncio.sleep(0)
        assert await waiting == [0, 1, 2, 3, 4]
    assert seen == [0, 5]


async def test_a_transaction_takes_so_many(database: Database) -> None:
    with commits() as seen:
        async with busy(database):
            waiting = all_of(database, [numbered(n) for n in range(MOST + 3)])
            await asyncio.sleep(0)
        assert await waiting == list(range(MOST + 3))
    assert seen == [0, MOST, 3]


@pytest.mark.parametrize("failing", [fails, fails_in_sql])
@pytest.mark.parametrize("place", [0, 1, 2])
async def test_who_fails_fails_alone(database: Database, failing: Callable[[Unit], Any], place: int) -> None:
    works: list[Callable[[Unit], Any]] = [numbered(1), numbered(2)]
    works.insert(place, failing)
    async with busy(database):
        waiting = all_of(database, works)
        await asyncio.sleep(0)
    ends = await waiting
    assert isinstance(ends.pop(place), (ZeroDivisionError, OperationalError))
    assert ends == [1, 2]
    assert await database.read(people) == 2


async def test_nobody_is_told_of_a_commit_that_failed(database: Database) -> None:
    with commits(refused=lambda added: added > 0):
        async with busy(database):
            waiting = all_of(database, [numbered(1), numbered(2)])
            await asyncio.sleep(0)
        ends = await waiting
    assert [type(end) for end in ends] == [Unavailable, Unavailable]
    assert await database.read(people) == 0


async def test_a_shared_commit_that_failed_is_tried_one_by_one(database: Database) -> None:
    with commits(refused=lambda added: added > 1) as seen:
        async with busy(database):
            waiting = all_of(database, [numbered(1), numbered(2)])
            await asyncio.sleep(0)
        assert await waiting == [1, 2]
    assert seen == [0, 1, 1]


async def test_each_sees_what_came_before_it(database: Database) -> None:
    def work(unit: Unit) -> int:
        add(unit)
        return people(unit)

    async with busy(database):
        waiting = all_of(database, [work, work, work])
        await asyncio.sleep(0)
    assert await waiting == [1, 2, 3]


async def test_who_gave_up_waiting_writes_nothing(database: Database) -> None:
    async with busy(database):
        gives_up = asyncio.create_task(database.write(numbered(1)))
        waiting = all_of(database, [numbered(2)])
        await asyncio.sleep(0)
        gives_up.cancel()
    assert await waiting == [2]
    assert await database.read(people) == 1


async def test_closing_waits_for_what_was_asked_for(database: Database) -> None:
    async with busy(database):
        waiting = all_of(database, [numbered(1)])
        await asyncio.sleep(0)
        closing = asyncio.create_task(asyncio.to_thread(database.close))
    assert await waiting == [1]
    await closing


async def test_senders_are_woken_once_for_all(database: Database) -> None:
    woken: list[int] = []
    database.on_commit(lambda: woken.append(1))

    def sends(unit: Unit) -> None:
        unit.outbox.grew = True

    async with busy(database):
        waiting = all_of(database, [sends, numbered(1), sends])
        await asyncio.sleep(0)
    await waiting
    assert woken == [1]


async def test_one_that_takes_too_long_holds_up_only_itself(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.store.LIMIT", 0.2)
    endless = text("WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n) SELECT count(*) FROM n")
    async with busy(database):
        waiting = all_of(database, [numbered(1), lambda unit: unit.sql.execute(endless).all(), numbered(2)])
        await asyncio.sleep(0)
    one, late, two = await waiting
    assert (one, type(late), two) == (1, Unavailable, 2)
    assert await database.read(lambda unit: len(unit.sql.execute(select(persons.c.id)).all())) == 2
