"""SQLite's one writing thread: works that wait while it is busy share the next transaction, and its one wait for the disk."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from storage.unit import Unit

Work = Callable[[Unit], Any]
Together = Callable[[Sequence[Work]], Sequence[Any]]
"""Runs works one after the other in one transaction and commits it; their results."""

MOST = 32
"""Works that share a transaction: the first one waits for the last one."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    work: Work
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class _End:
    result: Any = None
    error: Exception | None = None


class Writer:
    """Nobody hears of their work's end before the commit it was part of."""

    def __init__(self, together: Together) -> None:
        self._together = together
        self._thread = ThreadPoolExecutor(1, "writer")
        self._queue: deque[_Waiting] = deque()
        self._called = False

    async def write(self, work: Work) -> Any:
        loop = asyncio.get_running_loop()
        waiting = _Waiting(work, loop, loop.create_future())
        self._queue.append(waiting)
        if not self._called:
            self._called = True
            loop.run_in_executor(self._thread, self._run)
        return await waiting.done

    def close(self) -> None:
        """Waits for everything that was asked for."""
        self._thread.shutdown()

    def _run(self) -> None:
        self._called = False  # before the look at the queue: what comes after it calls anew
        while group := self._next():
            ends = self._attempt([waiting.work for waiting in group])
            for loop in dict.fromkeys(waiting.loop for waiting in group):
                loop.call_soon_threadsafe(_tell, loop, group, ends)

    def _next(self) -> list[_Waiting]:
        group: list[_Waiting] = []
        while self._queue and len(group) < MOST:
            waiting = self._queue.popleft()
            if not waiting.done.cancelled():
                group.append(waiting)
        return group

    def _attempt(self, works: Sequence[Work]) -> list[_End]:
        """If one fails, all are rolled back, and each runs again in a transaction of its own."""
        try:
            return [_End(result) for result in self._together(works)]
        except Exception as error:  # noqa: BLE001 - it belongs to whoever waits for this work
            if len(works) == 1:
                return [_End(error=error)]
        return [end for work in works for end in self._attempt([work])]


def _tell(loop: asyncio.AbstractEventLoop, group: Sequence[_Waiting], ends: Sequence[_End]) -> None:
    for waiting, end in zip(group, ends, strict=True):
        if waiting.loop is not loop or waiting.done.done():
            continue
        if end.error is None:
            waiting.done.set_result(end.result)
        else:
            waiting.done.set_exception(end.error)
