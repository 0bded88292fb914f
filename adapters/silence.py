"""Connections on which no request comes: nobody may keep the honest ones out by holding the door open.

aiohttp ends a connection that stays idle after a request, and our handlers one whose body trickles; one that never says
anything, or its headers byte by byte, it would keep forever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from time import monotonic

from aiohttp import web
from aiohttp.typedefs import Handler

PATIENCE = 8.0
"""Seconds until a connection has made a request; a messenger makes it at once."""
EVERY = 1.0
"""Seconds between two looks: after ten at the latest it is closed."""


class Silence:
    def __init__(self, patience: float = PATIENCE, every: float = EVERY) -> None:
        self._patience = patience
        self._every = every
        self._since: dict[web.RequestHandler, float] = {}
        """Connections without a request so far, by when they were first seen."""
        self._spoken: set[web.RequestHandler] = set()

    @web.middleware
    async def hear(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """The first of the middlewares: whoever gets this far has said something."""
        self._spoken.add(request.protocol)
        return await handler(request)

    async def end(self, runner: web.AppRunner) -> None:
        """Until cancelled."""
        while runner.server:
            await asyncio.sleep(self._every)
            for each in self._overdue(runner.server.connections, monotonic()):
                if each not in self._spoken:
                    each.force_close()
                await asyncio.sleep(0)  # whoever asks something comes in between

    def _overdue(self, connections: Iterable[web.RequestHandler], now: float) -> list[web.RequestHandler]:
        here = set(connections)
        self._spoken &= here
        self._since = {each: self._since.get(each, now) for each in here - self._spoken}
        return [each for each, since in self._since.items() if now - since >= self._patience]
