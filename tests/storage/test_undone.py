"""Two works that lock two rows crosswise: PostgreSQL undoes one of them, and it runs again."""

from __future__ import annotations

import asyncio
import threading

from sqlalchemy import insert, select, update

from storage.store import Database
from storage.tables import leases
from storage.unit import Unit


async def test_a_work_undone_by_a_deadlock_runs_again(database: Database) -> None:
    await database.write(
        lambda unit: unit.sql.execute(
            insert(leases),
            [
                {"name": name, "holder": "", "fence": fence, "expires": 0.0}
                for name, fence in (("left", -1), ("right", -2))
            ],
        )
    )
    meeting = threading.Barrier(2)
    runs: list[str] = []

    def crosswise(first: str, second: str) -> None:
        def work(unit: Unit) -> None:
            runs.append(first)
            for name in (first, second):
                unit.sql.execute(update(leases).where(leases.c.name == name).values(expires=leases.c.expires + 1))
                if name == first and runs.count(first) == 1 and database.path is None:
                    meeting.wait(5)

        database._write(database._engines.turns, [work])

    await asyncio.gather(asyncio.to_thread(crosswise, "left", "right"), asyncio.to_thread(crosswise, "right", "left"))
    values = await database.read(
        lambda unit: {row.name: row.expires for row in unit.sql.execute(select(leases).where(leases.c.fence < 0))}
    )
    assert values == {"left": 2, "right": 2}
    assert (len(runs) > 2) is (database.path is None)
