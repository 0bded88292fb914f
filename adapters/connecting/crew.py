"""Frames side by side: so many at once, more may wait, and every one of them is known until it ends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)

AT_ONCE = 128
MOST = 10_000
"""Held in memory, waiting included; what comes beyond is not taken."""

Work = Callable[[], Awaitable[None]]


class Crew:
    def __init__(self, name: str, at_once: int = AT_ONCE, most: int = MOST) -> None:
        self._name = name
        self._most = most
        self._slots = asyncio.Semaphore(at_once)
        self._tasks: set[asyncio.Task[None]] = set()

    def take(self, work: Work) -> bool:
        """False: too much is under way already."""
        if len(self._tasks) >= self._most:
            return False
        task = asyncio.create_task(self._do(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def done(self, seconds: float) -> bool:
        """Waits until nothing is under way; what takes longer is cancelled."""
        if self._tasks:
            _, late = await asyncio.wait(set(self._tasks), timeout=seconds)
            for task in late:
                task.cancel()
            return not late
        return True

    async def _do(self, work: Work) -> None:
        async with self._slots:
            try:
                await work()
            except Exception:
                log.exception("%s: a frame could not be handled", self._name)
