"""The database as the core knows it: work runs in the right thread, in one transaction, within its time."""

from __future__ import annotations

import asyncio
import logging
import math
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection, Engine, bindparam, func, select

from bot.errors import Unavailable
from bot.messages import Account, Spelling
from bot.ports import Lease
from storage import leases
from storage.engine import LIMIT, OUTBOX_GREW, open_engines, outages, parse, sqlite_path, undone
from storage.filelock import FileLock
from storage.prepared import Prepared
from storage.unit import Unit
from storage.writer import Writer

if TYPE_CHECKING:
    from storage.wake import Listener

T = TypeVar("T")
log = logging.getLogger(__name__)

TURNS = 8
OTHERS = 8
UNDONE_TRIES = 2
"""How often a work that was undone for another one's sake is repeated before the last try."""

_LANE = Prepared(select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("lane"), 0))))
_NOTIFY = Prepared(select(func.pg_notify(bindparam("channel"), bindparam("me"))))


def _as_written(account: Account) -> Account:
    return account


class Database:
    """``turns`` and ``others`` are threads; on PostgreSQL each has a connection of its own, on SQLite one thread writes.

    Nothing is opened before it is used. OperatorError if ``url`` is no database the bot can use.
    """

    def __init__(self, url: str, *, turns: int = TURNS, others: int = OTHERS, spelling: Spelling = _as_written) -> None:
        self.url = parse(url)
        self.path = sqlite_path(self.url)
        self._engines = open_engines(self.url, turns, others)
        self._spelling = spelling
        self._me = secrets.token_hex(8)
        self._wakes: list[Callable[[], None]] = []
        self._listener: Listener | None = None
        self._file_lock = FileLock(self.path) if self.path else None
        self.away = False
        """A rehearsal's: as if it could not be reached."""
        self._writer = Writer(lambda works: self._write(self._engines.turns, works)) if self.path else None
        self._turns = ThreadPoolExecutor(turns, "turn")
        self._others = ThreadPoolExecutor(others, "store")

    # -- transactions --------------------------------------------------------------------------------------------

    async def write(self, work: Callable[[Unit], T], *, turn: bool = False, lane: str = "") -> T:
        if self._writer:
            result: T = await self._writer.write(work)
            return result
        engine, threads = (self._engines.turns, self._turns) if turn else (self._engines.others, self._others)
        results = await asyncio.get_running_loop().run_in_executor(threads, self._write, engine, [work], lane)
        return results[0]

    async def read(self, work: Callable[[Unit], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._others, self._read, work)

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """In the caller's thread, and without a limit for the whole of it; on PostgreSQL no pause of 5 s between statements."""
        with outages(), self._transaction(self._engines.others, math.inf) as sql:
            unit = Unit(sql, writing=True, spelling=self._spelling)
            yield unit
            self._announce(unit)
        self._committed([unit])

    @contextmanager
    def snapshot(self) -> Iterator[Unit]:
        """The same for reading only: everything read in it is of one moment, and nobody waits for it."""
        with outages(), self._transaction(self._engines.readers, math.inf) as sql:
            yield Unit(sql, writing=False, spelling=self._spelling)

    def _write(self, engine: Engine, works: Sequence[Callable[[Unit], T]], lane: str = "") -> list[T]:
        """A work that PostgreSQL undid because of another one (two turns that lock two objects crosswise) runs again."""
        for _ in range(UNDONE_TRIES):
            try:
                return self._write_once(engine, works, lane)
            except Unavailable as error:
                if not undone(error.__cause__):
                    raise
        return self._write_once(engine, works, lane)

    def _write_once(self, engine: Engine, works: Sequence[Callable[[Unit], T]], lane: str) -> list[T]:
        with outages(), self._transaction(engine, time.monotonic() + LIMIT) as sql:
            if lane:
                _LANE.all(sql, {"lane": lane})
            units = [Unit(sql, writing=True, spelling=self._spelling) for _ in works]
            results = [work(unit) for work, unit in zip(works, units, strict=True)]
            for unit in units:
                self._announce(unit)
        self._committed(units)
        return results

    def _read(self, work: Callable[[Unit], T]) -> T:
        with outages(), self._transaction(self._engines.readers, time.monotonic() + LIMIT) as sql:
            return work(Unit(sql, writing=False, spelling=self._spelling))

    @contextmanager
    def _transaction(self, engine: Engine, deadline: float) -> Iterator[Connection]:
        if self.away:
            raise Unavailable("the database was taken away for a rehearsal")
        with engine.connect() as sql:
            sql.info["deadline"] = deadline
            with sql.begin():
                yield sql
                if time.monotonic() > deadline:
                    raise Unavailable(f"the work took longer than {LIMIT:.0f} s")

    # -- waking the senders --------------------------------------------------------------------------------------

    def on_commit(self, wake: Callable[[], None]) -> None:
        self._wakes.append(wake)
        if self._listener is None and not self.path:
            from storage.wake import Listener  # and with it psycopg, which SQLite does without

            self._listener = Listener(self.url, self._me, self._wake)
            self._listener.start()

    def _announce(self, unit: Unit) -> None:
        if unit.outbox.grew and not self.path:
            _NOTIFY.all(unit.sql, {"channel": OUTBOX_GREW, "me": self._me})

    def _committed(self, units: Sequence[Unit]) -> None:
        if any(unit.outbox.grew for unit in units):
            self._wake()

    def _wake(self) -> None:
        for wake in self._wakes:
            try:
                wake()
            except Exception:
                # The commit stands, whatever becomes of who was to hear of it.
                log.exception("a sender could not be woken")

    # -- leases, the file, the end -------------------------------------------------------------------------------

    async def lease(self, name: str, seconds: float) -> Lease | None:
        """With the lock of the SQLite file there is nobody to wait for: after a crash sending goes on at once."""
        alone = self._file_lock is not None and self._file_lock.taken
        fence = await self.write(lambda unit: leases.hold(unit.sql, name, self._me, seconds, alone=alone))
        return None if fence is None else Lease(name, fence)

    async def release(self, lease: Lease) -> None:
        await self.write(lambda unit: leases.release(unit.sql, lease.name, lease.fence))

    def lock_file(self) -> None:
        """Only one ``serve`` per SQLite file. OperatorError if another process has it; nothing to do on PostgreSQL."""
        if self._file_lock:
            self._file_lock.take()

    def unlock(self) -> None:
        if self._file_lock:
            self._file_lock.give_back()

    def close(self) -> None:
        """Waits for the work under way."""
        if self._listener:
            self._listener.stop()
        if self._writer:
            self._writer.close()
        for threads in (self._turns, self._others):
            threads.shutdown()
        self._engines.dispose()
        self.unlock()
