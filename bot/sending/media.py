"""A file goes out in two steps, each recorded (design 6): the messenger is given it and says what it calls it, then the send.

Both survive a crash: what was uploaded is known by its content for as long as the messenger keeps it, and asked for anew
after that. A file that a messenger does not take goes out as the link its card has anyway.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from bot.cabinet import Cabinet
from bot.clock import Clock
from bot.errors import Unavailable
from bot.ports import FileRow, FileState, Media, Need, OutboxRow, Retry, Store, Unit

log = logging.getLogger(__name__)

MOST_TRIES = 6
REFUSED_FOR = timedelta(hours=1)
"""So long a file goes out as a link before the messenger is asked again."""
LONGEST_PAUSE = 60.0
UPLOADED_WITHIN = 120.0


class Uploader(Protocol):
    """What of a channel concerns files."""

    @property
    def channel(self) -> str: ...
    @property
    def media_life(self) -> timedelta:
        """How long the messenger keeps what was uploaded."""

    def needs(self, row: OutboxRow) -> Sequence[Need]:
        """The files that have to be uploaded before the row is rendered; none for those that go out as links."""

    async def upload(self, row: OutboxRow, need: Need, file: FileRow, path: Path) -> Media | Retry: ...


class _Wanted(Struct, frozen=True):
    row: OutboxRow
    need: Need
    file: FileRow

    @property
    def key(self) -> tuple[str, str, str]:
        return self.row.place.tenant, self.file.sha256, self.need.kind


class MediaDesk:
    """``wake`` is called when something was uploaded."""

    def __init__(
        self, uploader: Uploader, store: Store, cabinet: Cabinet, clock: Clock, wake: Callable[[], None]
    ) -> None:
        self._uploader = uploader
        self._store = store
        self._cabinet = cabinet
        self._clock = clock
        self._wake = wake
        self._under_way: dict[tuple[str, str, str], asyncio.Task[None]] = {}
        self._tries: dict[tuple[str, str, str], int] = {}

    async def ready(self, rows: Sequence[OutboxRow]) -> Sequence[OutboxRow]:
        """The rows that may go, each with what the messenger calls its files; of the others, the files are on their way.

        Bytes that may have been taken once stay what they are; otherwise they are made anew, since what they name may be over.
        """
        waiting = {row.id: needs for row in rows if _renderable(row) and (needs := self._uploader.needs(row))}
        if not waiting:
            return rows
        held, wanted = await self._store.read(lambda unit: self._look(unit, rows, waiting))
        for each in wanted:
            if each.key not in self._under_way:
                self._under_way[each.key] = asyncio.create_task(self._upload(each))
        late = {each.row.id for each in wanted}
        found = (replace(row, media=held[row.id], payload=None) if row.id in held else row for row in rows)
        return [row for row in found if row.id not in late]

    async def stop(self) -> None:
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _look(
        self, unit: Unit, rows: Sequence[OutboxRow], waiting: dict[int, Sequence[Need]]
    ) -> tuple[dict[int, dict[int, str]], list[_Wanted]]:
        held: dict[int, dict[int, str]] = {}
        wanted: list[_Wanted] = []
        now = self._clock.now()
        for row in rows:
            for need in waiting.get(row.id, ()):
                known = held.setdefault(row.id, {})
                file = unit.files.get(need.file)
                if file is None or file.state is not FileState.STORED:
                    continue
                media = unit.files.media(row.place.channel, row.place.tenant, file.sha256, need.kind, now)
                if media is None:
                    wanted.append(_Wanted(row, need, file))
                elif media.key:
                    known[need.file] = media.key
        return held, wanted

    async def _upload(self, wanted: _Wanted) -> None:
        try:
            await self._attempt(wanted)
        except Unavailable as error:
            log.warning("what was uploaded could not be recorded: %s", error)
            await asyncio.sleep(1.0)
        except Exception:
            log.exception("a file could not be uploaded to %s", self._uploader.channel)
            await asyncio.sleep(LONGEST_PAUSE)
        finally:
            self._under_way.pop(wanted.key, None)
            self._wake()

    async def _attempt(self, wanted: _Wanted) -> None:
        path = self._cabinet.path(wanted.file)
        ended: Media | Retry = Media("", "文件不在磁盘上")
        if path is not None:
            try:
                async with asyncio.timeout(UPLOADED_WITHIN):
                    ended = await self._uploader.upload(wanted.row, wanted.need, wanted.file, path)
            except TimeoutError:
                ended = Retry(0.0, "上传超时")
        if isinstance(ended, Retry):
            tries = self._tries[wanted.key] = self._tries.get(wanted.key, 0) + 1
            if tries < MOST_TRIES:
                await asyncio.sleep(min(LONGEST_PAUSE, ended.after or 2.0**tries / 2))
                return
            ended = Media("", ended.reason)
        self._tries.pop(wanted.key, None)
        if ended.reason:
            log.warning("%s does not take a file: %s", self._uploader.channel, ended.reason)
        await self._keep(wanted, ended)

    async def _keep(self, wanted: _Wanted, media: Media) -> None:
        tenant, digest, kind = wanted.key
        channel = wanted.row.place.channel
        until = self._clock.now() + (self._uploader.media_life if media.key else REFUSED_FOR)
        await self._store.write(lambda unit: unit.files.keep_media(channel, tenant, digest, kind, media, until))


def _renderable(row: OutboxRow) -> bool:
    return row.payload is None or row.first_sent is None
