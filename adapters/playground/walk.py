"""The clock moved from one due instant to the next, so that people can watch it and stop it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from adapters.playground.repeating import Repeating
from bot.errors import Unavailable
from bot.ports import Due, Rehearsal

MOST_SHOWN_ONE_BY_ONE = 40
"""With more instants on the way the walk does not pause at each."""
PAUSE = 0.2
"""Seconds of machine time at an instant at which something happened."""


class Walk:
    """One walk at a time, through what is due and what a platform repeats on the way.

    ``moved`` is called whenever the clock stands somewhere else.
    """

    def __init__(self, rehearsal: Rehearsal, repeating: Repeating, moved: Callable[[], None]) -> None:
        self._rehearsal, self._repeating, self._moved = rehearsal, repeating, moved
        self._stopped = asyncio.Event()
        self.to: datetime | None = None
        self.done = self.total = self.things = 0
        """Instants behind it, all of them, and what was due at those behind it."""

    @property
    def under_way(self) -> bool:
        return self.to is not None

    def stop(self) -> None:
        self._stopped.set()

    async def go(self, to: datetime) -> int:
        """How many due instants were passed. A goal that is not ahead is left alone."""
        self.to, self.done, self.things = to, 0, 0
        self._stopped.clear()
        try:
            await self._through(to)
        finally:
            self.to = None
            self._moved()
        return self.done

    async def _through(self, to: datetime) -> None:
        self.total = len(self._ahead(await self._due(), to))
        slowly = self.total <= MOST_SHOWN_ONE_BY_ONE
        self._moved()
        while not self._stopped.is_set():
            due = await self._due()
            ahead = self._ahead(due, to)
            self.total = max(self.total, self.done + len(ahead))
            if again := [
                at for at in self._repeating.due() if self._rehearsal.now() < at < (ahead[0] if ahead else to)
            ]:
                await self._stop_at(again[0])
                continue
            await self._stop_at(ahead[0] if ahead else to)
            if not ahead:
                return
            self.done += 1
            self.things += sum(one.at == ahead[0] for one in due)
            self._moved()
            if slowly:
                await self._pause()

    async def _due(self) -> Sequence[Due]:
        """Nothing is known while the database is away; the clock goes on."""
        try:
            return await self._rehearsal.due()
        except Unavailable:
            return ()

    async def _stop_at(self, at: datetime) -> None:
        await self._rehearsal.advance(at)
        await self._repeating.repeat()

    async def _pause(self) -> None:
        try:
            await asyncio.wait_for(self._stopped.wait(), PAUSE)
        except TimeoutError:
            return

    def _ahead(self, due: Sequence[Due], to: datetime) -> list[datetime]:
        now = self._rehearsal.now()
        return sorted({one.at for one in due if now < one.at <= to})
