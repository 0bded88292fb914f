"""One change, one wake-up for everybody who waits for something."""

import asyncio
from collections.abc import Callable
from typing import Any


class Changes:
    def __init__(self) -> None:
        self._subscribers: list[Callable[[], None]] = []
        self._change = asyncio.Event()

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Calls back on each change; returns what ends that."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    def changed(self) -> None:
        change, self._change = self._change, asyncio.Event()
        change.set()
        for callback in tuple(self._subscribers):
            callback()

    async def until(self, predicate: Callable[[], Any], seconds: float) -> Any:
        """The predicate's first true value; asked again after each change."""
        async with asyncio.timeout(seconds):
            while not (value := predicate()):
                await self._change.wait()
        return value
