"""One process among several on a database: its line can be cut, and it can die."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from bot.clock import Clock
from bot.delivery import Delivery
from bot.errors import Unavailable
from bot.ports import Lease
from bot.sending.sender import Pace
from storage.store import Database
from tests.delivery.messenger import Messenger

T = TypeVar("T")


class Line:
    """The way to the database. While it is cut, nothing gets through."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.cut = False
        self.hole: asyncio.Event | None = None
        """Until it is set, nobody hears anything."""
        self.fence = 0

    async def write(self, work: Callable[[Any], T], *, turn: bool = False, lane: str = "") -> T:
        await self._through()
        return await self._database.write(work, turn=turn, lane=lane)

    async def read(self, work: Callable[[Any], T]) -> T:
        await self._through()
        return await self._database.read(work)

    async def lease(self, name: str, seconds: float) -> Lease | None:
        await self._through()
        lease = await self._database.lease(name, seconds)
        self.fence = lease.fence if lease else self.fence
        return lease

    async def release(self, lease: Lease) -> None:
        await self._through()
        await self._database.release(lease)

    def unit(self) -> AbstractContextManager[Any]:
        return self._database.unit()

    def on_commit(self, wake: Callable[[], None]) -> None:
        self._database.on_commit(wake)

    async def _through(self) -> None:
        if self.cut:
            raise Unavailable("the line is cut")
        if self.hole:
            await self.hole.wait()


class Process(Delivery):
    def __init__(self, database: Database, messenger: Messenger, clock: Clock, pace: Pace) -> None:
        self.line = Line(database)
        super().__init__(self.line, [messenger], clock, pace=pace)

    def die(self) -> int:
        """As kill -9 ends it: nothing is recorded or released any more. Returns the fence it had."""
        self.line.cut = True
        for sender in self._senders:
            sender.stop()
            for request in sender._asking:
                request.cancel()
        return self.line.fence
