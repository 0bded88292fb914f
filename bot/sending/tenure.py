"""Being a channel's one sender: a lease that is prolonged long before it ends, and given up at once when it is lost."""

from __future__ import annotations

import asyncio
import logging

from bot.errors import Unavailable
from bot.ports import Lease, Store

log = logging.getLogger(__name__)

PROLONGED_WITHIN = 4
"""A lease of 20 s is prolonged every 5 s: three attempts may fail."""
SAFETY = 0.1
"""This part of its time a lease is taken to end early: clocks and pauses differ."""


class Tenure:
    """One holding of a lease. ``held`` turns false for good, at the latest when the lease may have ended."""

    def __init__(self, store: Store, lease: Lease, seconds: float, asked_at: float) -> None:
        self._store = store
        self._lease = lease
        self._seconds = seconds
        self._until = self._end(asked_at)

    @classmethod
    async def begin(cls, store: Store, name: str, seconds: float, last_fence: int) -> Tenure | None:
        """None while another process holds the lease. Never with ``last_fence``: what that one left shall be found."""
        asked_at = asyncio.get_running_loop().time()
        lease = await store.lease(name, seconds)
        if lease and lease.fence == last_fence:
            await store.release(lease)
            lease = await store.lease(name, seconds)
        return cls(store, lease, seconds, asked_at) if lease else None

    @property
    def fence(self) -> int:
        return self._lease.fence

    @property
    def held(self) -> bool:
        return asyncio.get_running_loop().time() < self._until

    async def keep(self) -> None:
        """Prolongs until the lease is lost."""
        pause = self._seconds / PROLONGED_WITHIN
        while self.held:
            try:
                async with asyncio.timeout_at(self._until):  # however long the database takes to say so
                    await asyncio.sleep(pause)
                    asked_at = asyncio.get_running_loop().time()
                    lease = await self._store.lease(self._lease.name, self._seconds)
            except (Unavailable, TimeoutError):
                continue
            if lease != self._lease:
                self._until = 0.0
            elif self.held:
                self._until = self._end(asked_at)
        log.warning("lost the lease %s", self._lease.name)

    async def end(self) -> None:
        """Lets another process take over at once."""
        self._until = 0.0
        await self._store.release(self._lease)

    def _end(self, asked_at: float) -> float:
        return asked_at + self._seconds * (1 - SAFETY)
