"""One holder at a time, and a fence that tells the holders apart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sqlalchemy import update

from bot.ports import Lease
from storage.store import Database
from storage.tables import leases


def run_out(database: Database) -> None:
    with database.unit() as unit:
        unit.sql.execute(update(leases).values(expires=1.0))


async def test_it_is_prolonged_by_its_holder_and_by_nobody_else(open_database: Callable[[], Database]) -> None:
    a, b = open_database(), open_database()
    first = await a.lease("sender:feishu", 60)
    assert first == Lease("sender:feishu", 1)
    assert await b.lease("sender:feishu", 60) is None
    assert await a.lease("sender:feishu", 60) == first
    other = await b.lease("sender:wecom", 60)
    assert other is not None
    assert other.fence > first.fence, "no two leases ever share a fence"


async def test_a_released_lease_goes_to_the_next_with_a_greater_fence(open_database: Callable[[], Database]) -> None:
    a, b = open_database(), open_database()
    fences: list[int] = []
    for process in (a, b, a, a):
        lease = await process.lease("sender:feishu", 60)
        assert lease is not None
        fences.append(lease.fence)
        await process.release(lease)
    assert fences == sorted(set(fences))


async def test_who_comes_back_too_late_has_lost_it_even_if_nobody_came(open_database: Callable[[], Database]) -> None:
    a = open_database()
    first = await a.lease("sender:feishu", 60)
    run_out(a)
    second = await a.lease("sender:feishu", 60)
    assert first is not None
    assert second is not None
    assert second.fence > first.fence


async def test_an_old_lease_cannot_be_released_any_more(open_database: Callable[[], Database]) -> None:
    a, b = open_database(), open_database()
    old = await a.lease("sender:feishu", 60)
    assert old is not None
    run_out(a)
    new = await b.lease("sender:feishu", 60)
    await a.release(old)
    assert await b.lease("sender:feishu", 60) == new
    assert await a.lease("sender:feishu", 60) is None


async def test_time_alone_ends_it(open_database: Callable[[], Database]) -> None:
    a, b = open_database(), open_database()
    assert await a.lease("sender:feishu", 0.05)
    async with asyncio.timeout(10):
        while await b.lease("sender:feishu", 60) is None:
            pass


async def test_of_many_that_reach_for_it_one_gets_it(open_database: Callable[[], Database]) -> None:
    processes = [open_database() for _ in range(3)]
    for number in range(10):
        reached = await asyncio.gather(*(process.lease(f"lease{number}", 60) for process in processes))
        assert sum(lease is not None for lease in reached) == 1
