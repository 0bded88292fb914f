"""The outbox on its way to the messengers: one elected sender per channel, woken at commit, polling for safety."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from bot.clock import Clock
from bot.ports import Adapter, Store
from bot.sending.sender import Elected, Files, Pace, Sender
from bot.sending.settler import Meter, Uncounted

STOPPED_WITHIN = 10.0


class Delivery:
    """All channels of this process. Any number of processes may run one on the same database.

    A send that was taken, but whose end could not be stored, goes again only where the messenger knows it by its key
    or bytes; elsewhere it stays ``unknown``. So a message may be doubled at most where the messenger's window is wrong.
    """

    def __init__(
        self,
        store: Store,
        adapters: Iterable[Adapter],
        clock: Clock,
        *,
        meter: Meter | None = None,
        pace: Pace | None = None,
        elected: Elected = lambda _channel, _sender: None,
        files: Files | None = None,
    ) -> None:
        self._store = store
        self._adapters = tuple(adapters)
        self._clock = clock
        self._meter = meter or Uncounted()
        self._pace = pace or Pace()
        self._elected = elected
        self._files = files
        self._loop: asyncio.AbstractEventLoop | None = None
        self._senders: list[Sender] = []
        self._running: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._senders = [
            Sender(a, self._store, self._clock, self._meter, self._pace, self._elected, self._files)
            for a in self._adapters
        ]
        self._running = [asyncio.create_task(s.run(), name=f"sender {s.channel}") for s in self._senders]
        self._store.on_commit(self.wake)

    async def stop(self) -> None:
        """Lets what is under way arrive (10 s at most); what waits stays safely in the outbox."""
        self._loop = None
        for sender in self._senders:
            sender.stop()
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=STOPPED_WITHIN)
            for task in late:
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)
        self._running = []

    def wake(self) -> None:
        """There may be something to send; from any thread."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        for sender in self._senders:
            sender.wake()
