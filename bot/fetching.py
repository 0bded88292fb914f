"""Files on their way in (design 6): claimed in the database, fetched by their channel, their end an inbound of its own.

Whoever took the push starts at its commit; what was left behind by a process that died is found by the next look. A file
is claimed for longer than fetching may take, so that nobody fetches it beside us; if that happens all the same, the second
end finds the first one's key taken.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from bot.cabinet import Cabinet
from bot.clock import Clock
from bot.errors import Unavailable
from bot.filekinds import extension_of, file_name
from bot.handing import PURPOSE, Keys
from bot.log import tracing
from bot.messages import AnyInbound, Fetched, FileKind, single_chat
from bot.ports import Asked, Claimed, Fetch, FileRow, Got, Kept, Lost, Retry, Sink, Store, Taken, TooLarge, Unit
from bot.sealing import unseal

log = logging.getLogger(__name__)

AT_ONCE = 4
CLAIM_SECONDS = 180.0
"""A download ends after 120 s at the latest."""
MOST_ATTEMPTS = 12
"""About 40 minutes with what is waited between them."""
LONGEST_WAIT = 300.0
LOOK_SECONDS = 5.0
DATABASE_PAUSE = 1.0
GIVEN_UP = Lost("多次下载失败")
UNREADABLE = Lost("密钥已更换，无法下载")


class Channel(Protocol):
    async def fetch(self, asked: Asked, into: Sink) -> Fetch: ...


class Turns(Protocol):
    """The dispatcher."""

    async def take(self, inbound: AnyInbound, at: datetime | None = None) -> Taken: ...


class Fetcher:
    """``channels`` by name; ``look`` is how often what others left is looked for, in seconds of machine time."""

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel],
        cabinet: Cabinet,
        keys: Keys,
        clock: Clock,
        look: float = LOOK_SECONDS,
    ) -> None:
        self._store = store
        self._channels = channels
        self._cabinet = cabinet
        self._keys = keys
        self._clock = clock
        self._look = look
        self._wake = asyncio.Event()
        self._under_way: dict[asyncio.Task[None], int] = {}
        self._looking: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """A file is wanted."""
        self._wake.set()

    async def start(self, turns: Turns) -> None:
        await asyncio.to_thread(self._cabinet.tidy)
        self._looking = asyncio.create_task(self._run(turns))

    async def stop(self) -> None:
        """What is under way is left, for the next start or another process to begin anew."""
        left = dict(self._under_way)
        tasks = [*left, *([self._looking] if self._looking else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with contextlib.suppress(Unavailable):
            for file in left.values():
                await self._store.write(partial(_release, file))

    async def _run(self, turns: Turns) -> None:
        while True:
            self._wake.clear()
            try:
                found = await self._claim()
            except Unavailable:
                await asyncio.sleep(DATABASE_PAUSE)
                continue
            except Exception:
                log.exception("wanted files could not be looked for")
                found = []
            if not found:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._look):
                        await self._wake.wait()
                continue
            for claimed in found:
                task = asyncio.create_task(self._end(claimed, turns))
                self._under_way[task] = claimed.file.id
                task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.pop(task, None)
        self.wake()
        if not task.cancelled() and (error := task.exception()):
            log.error("a file could not be fetched", exc_info=error)

    async def _claim(self) -> list[Claimed]:
        room = AT_ONCE - len(self._under_way)
        if room <= 0:
            return []
        names = list(self._channels)
        return list(await self._store.write(lambda unit: unit.files.claim(names, room, CLAIM_SECONDS)))

    async def _end(self, claimed: Claimed, turns: Turns) -> None:
        file = claimed.file
        with tracing(file.trace):
            end = await self._fetched(claimed)
            if isinstance(end, Retry) and claimed.attempts >= MOST_ATTEMPTS:
                end = GIVEN_UP
            if isinstance(end, Retry):
                wait = max(end.after, min(LONGEST_WAIT, 2.0**claimed.attempts))
                log.info("file %d is fetched again in %.0f s: %s", file.id, wait, end.reason)
                await self._store.write(lambda unit: unit.files.release(file.id, wait))
            else:
                await turns.take(_inbound(file, end, self._clock.now()))

    async def _fetched(self, claimed: Claimed) -> tuple[str, Kept] | Lost | Retry:
        handle = unseal(self._keys.keys(PURPOSE), claimed.sealed)
        if not handle:
            return UNREADABLE
        asked = Asked(claimed.file.account, claimed.file.kind, handle)
        async with self._cabinet.draft() as draft:
            try:
                came = await self._channels[claimed.file.account.channel].fetch(asked, draft)
            except TooLarge:
                return Lost(f"文件超过 {self._cabinet.most // 1024 // 1024} MB")
            if not isinstance(came, Got):
                return came
            named = claimed.file.kind is FileKind.PICTURE or extension_of(claimed.file.name)
            name = claimed.file.name if named else came.name or claimed.file.name
            kept = await self._cabinet.keep(draft, name)
        if isinstance(kept, str):
            return Lost(kept)
        return (name if extension_of(name) else f"{name}.{kept.extension}"), kept


def _release(file: int, unit: Unit) -> None:
    unit.files.release(file, 0.0)


def _inbound(file: FileRow, end: tuple[str, Kept] | Lost, now: datetime) -> Fetched:
    """Said by whoever sent the file, in their single chat."""
    account = file.account
    shared: dict[str, Any] = {
        "key": f"file:{file.id}",
        "sender": account,
        "place": single_chat(account),
        "sent_at": now,
        "trace": file.trace,
        "foreign": bool(account.tenant),
        "file": file.id,
    }
    if isinstance(end, Lost):
        return Fetched(reason=end.reason, **shared)
    name, kept = end
    return Fetched(name=file_name(name, file.name), size=kept.size, sha256=kept.sha256, media=kept.media, **shared)
