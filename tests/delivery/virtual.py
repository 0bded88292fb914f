"""An event loop whose time leaps to the next timer whenever nothing is left to do: a day passes in seconds.

While a thread works (the store's), and while anything else is done, time stands still: how fast the machine is shows nowhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, TypeVar

T = TypeVar("T")


class VirtualLoop(asyncio.SelectorEventLoop):
    _now = 0.0
    _working = 0

    def time(self) -> float:
        return self._now

    def run_in_executor(self, executor: Executor | None, func: Callable[..., T], *args: Any) -> asyncio.Future[T]:  # type: ignore[override]
        self._working += 1
        future: asyncio.Future[T] = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._worked)
        return future

    def _worked(self, future: asyncio.Future[Any]) -> None:
        self._working -= 1

    def _run_once(self) -> None:
        waiting: list[asyncio.TimerHandle] = self._scheduled  # type: ignore[attr-defined]
        idle = not self._ready and not self._working  # type: ignore[attr-defined]
        live = [handle for handle in waiting if not handle.cancelled()] if idle else []
        if live:
            self._now = max(self._now, min(live).when())
        super()._run_once()  # type: ignore[misc]


def virtually(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main())
