"""While the database is away (design 3): what no messenger would repeat is kept on this machine and taken up later.

Stands between the adapters and the dispatcher. A push that the messenger repeats is refused, so that it does; words,
files and the like of the others are written down, acknowledged, and replayed in the order they came, with the instant
they came at as now. Clicks and forms are never kept: whoever pressed is told at once, and may press again. A replay
that dies half-way begins again: the inbox key lets nothing happen twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import os
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from bot.clock import Clock
from bot.config import Config
from bot.errors import Unavailable
from bot.messages import NOTHING, Answer, AnyInbound, Press, Toast, ToastTone, Upload
from bot.ports import Capabilities, Taken
from bot.sealing import seal, unseal
from bot.shelf import Shelf

log = logging.getLogger(__name__)

NOT_TAKEN = Answer(Toast("系统暂时无法记录，这次点击没有生效。请稍后再点一次。", ToastTone.WARNING))
"""For messengers whose connection takes an answer, but knows no error."""
PURPOSE = "spool"
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 5.0
LOOK_SECONDS = 10.0
"""Between looks at what other processes left behind."""
PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds after each failure of one record with the database there: its sender's turns may be too many just now."""


class Kept(Struct, frozen=True):
    """``at`` is when it came, in business time. A file's handle is sealed."""

    at: datetime
    inbound: AnyInbound


class Behind(Protocol):
    """The dispatcher."""

    async def take(self, inbound: AnyInbound, at: datetime | None = None) -> Taken: ...
    async def answered(self, taken: Taken) -> None: ...
    async def reachable(self) -> bool: ...


class Keys(Protocol):
    def key(self, purpose: str) -> bytes: ...
    def keys(self, purpose: str) -> list[bytes]: ...


def folder_of(config: Config) -> Path:
    """Beside the SQLite file, or beside the folder of received files: local in any case, and nobody else's to read."""
    return (config.database.file or config.database.files).parent / "spool"


class Spool:
    """Implements the Intake port. ``can`` by channel."""

    def __init__(
        self,
        behind: Behind,
        can: Mapping[str, Capabilities],
        clock: Clock,
        shelf: Shelf,
        keys: Keys,
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        self._behind = behind
        self._can = can
        self._clock = clock
        self._shelf = shelf
        self._keys = keys
        self._pauses = pauses
        self._numbers = itertools.count()
        self._waiting = 0
        self._wake = asyncio.Event()
        self._writing = asyncio.Lock()
        self._replaying: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """How many records wait for the database, as far as this process knows."""
        return self._waiting

    async def take(self, inbound: AnyInbound) -> Taken:
        """Unavailable if it could be stored neither there nor here, or is not for keeping."""
        if isinstance(inbound, Press) or self._can[inbound.place.channel].at(inbound.place).repeats:
            return await self._behind.take(inbound)
        kept = Kept(self._clock.now(), inbound)
        name = f"{time.time_ns():020d}-{os.getpid()}-{next(self._numbers):06d}"
        if not self._waiting:
            try:
                return await self._behind.take(inbound)
            except Unavailable:
                log.warning("kept on this machine until the database is back", extra={"trace": inbound.trace})
        async with self._writing:
            if self._waiting >= self._shelf.most:
                raise Unavailable(f"{self._waiting} messages wait for the database already")
            await asyncio.to_thread(self._shelf.put, name, self._encoded(kept))
            self._waiting += 1
        self._wake.set()
        return Taken(NOTHING)

    async def answered(self, taken: Taken) -> None:
        await self._behind.answered(taken)

    async def start(self) -> None:
        """What an earlier process left is replayed first."""
        await asyncio.to_thread(self._shelf.tidy)
        self._waiting = len(await asyncio.to_thread(self._shelf.names))
        self._replaying = asyncio.create_task(self._replay())

    async def stop(self) -> None:
        """What still waits is replayed by whoever starts next."""
        if self._replaying:
            self._replaying.cancel()
            await asyncio.gather(self._replaying, return_exceptions=True)

    # -- replaying ---------------------------------------------------------------------------------------------------

    async def _replay(self) -> None:
        pause = FIRST_PAUSE
        while True:
            self._wake.clear()
            async with self._writing:
                names = await asyncio.to_thread(self._shelf.names)
                self._waiting = len(names)
            if not await self._through(names):
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
                continue
            pause = FIRST_PAUSE
            if not names:
                # Not wait_for: in 3.11 it forgets a cancellation that comes together with the wake-up.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await self._wake.wait()

    async def _through(self, names: list[str]) -> bool:
        """In order, one after the other; False if the database is still away."""
        for name in names:
            if not await self._again(name):
                return False
        return True

    async def _again(self, name: str) -> bool:
        """What cannot be read, or fails although the database is there, does not hold up the others."""
        raw = await asyncio.to_thread(self._shelf.get, name)
        if raw is None:
            return True
        kept = self._decoded(name, raw)
        for pause in self._pauses:
            if kept is None:
                break
            if await self._taken(kept):
                await asyncio.to_thread(self._shelf.drop, name)
                return True
            if not await self._behind.reachable():
                return False
            await asyncio.sleep(pause)
        log.error("%s cannot be replayed and was set aside", name)
        await asyncio.to_thread(self._shelf.set_aside, name)
        return True

    async def _taken(self, kept: Kept) -> bool:
        try:
            await self._behind.take(kept.inbound, kept.at)
        except Unavailable:
            return False
        log.info("replayed", extra={"trace": kept.inbound.trace})
        return True

    # -- records -----------------------------------------------------------------------------------------------------

    def _encoded(self, kept: Kept) -> bytes:
        if isinstance(kept.inbound, Upload):
            sealed = seal(self._keys.key(PURPOSE), kept.inbound.handle)
            kept = replace(kept, inbound=replace(kept.inbound, handle=sealed))
        return msgspec.json.encode(kept)

    def _decoded(self, name: str, raw: bytes) -> Kept | None:
        """A handle whose key is gone is empty: the file is lost, the rest is not."""
        try:
            kept = msgspec.json.decode(raw, type=Kept)
        except msgspec.DecodeError:
            log.exception("%s is no record", name)
            return None
        if not isinstance(kept.inbound, Upload):
            return kept
        handle = unseal(self._keys.keys(PURPOSE), kept.inbound.handle) or ""
        return replace(kept, inbound=replace(kept.inbound, handle=handle))
