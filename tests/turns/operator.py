"""The operator in a transcript: ``python -m bot replay`` beside the running bot, without a process of its own."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from sqlalchemy import text

from bot import replay
from bot.app import dispatcher_at, open_desk
from tests.chat import Person, World

REFERENCE = re.compile(r"已记录（编号 ([0-9a-f]{8})）")


@dataclass(frozen=True)
class Ran:
    code: int
    lines: list[str]


@dataclass(frozen=True)
class Operator:
    world: World

    async def lists(self) -> list[str]:
        return (await asyncio.to_thread(self._run)).lines

    async def replays(self, *references: str) -> Ran:
        return await asyncio.to_thread(self._run, *references)

    def _run(self, *references: str) -> Ran:
        lines: list[str] = []
        with open_desk(self.world.config) as opened:
            desk = replace(opened, say=lines.append)
            if not references:
                return Ran(replay.show(desk), lines)
            return Ran(replay.run(desk, dispatcher_at(desk, self.world.config), references), lines)


@asynccontextmanager
async def defect(world: World, table: str) -> AsyncIterator[None]:
    """Whatever needs this table fails, until the operator has put it right."""
    await _renamed(world, table, f"{table}_away")
    try:
        yield
    finally:
        await _renamed(world, f"{table}_away", table)


async def _renamed(world: World, old: str, new: str) -> None:
    await world.app.store.write(lambda unit: unit.sql.execute(text(f"ALTER TABLE {old} RENAME TO {new}")))


def reference_told(person: Person) -> str:
    """What the apology names."""
    found = REFERENCE.search(person.news)
    assert found, person.news
    return found[1]
