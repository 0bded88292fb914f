"""The bot as ``serve`` runs it, in a process of its own that is forked from a warm parent and may be killed.

A cold start costs two seconds of imports, a fork some milliseconds. The parent is multiprocessing's fork server: it has
imported everything, and neither threads nor an event loop.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import multiprocessing
import os
import signal
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection as Sql
from sqlalchemy import Engine, event
from sqlalchemy.pool import Pool

from bot.app import App, all_features
from bot.config import Config
from bot.keys import Keyring
from bot.ports import Limits, Rate
from bot.sending.sender import Pace

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([__name__])
all_features()  # found once, before anything is forked
WITHOUT_LIMITS = Limits(channel=(Rate(100_000, 1.0),))


class Wide:
    """A channel with limits of ours instead of the platform's: what is measured, raced or killed is the bot, not its waiting."""

    def __init__(self, channel: Any, limits: Limits) -> None:
        self._channel = channel
        self.limits = limits

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)


class WideApp(App):
    """The whole bot as ``serve`` composes it, but for limits and pace."""

    def __init__(self, config: Config, pace: Pace | None = None, limits: Limits = WITHOUT_LIMITS) -> None:
        super().__init__(config)
        self.pace = pace
        self.channels = [Wide(channel, limits) for channel in self.channels]

    def _compose(self, keys: Keyring) -> None:
        super()._compose(keys)
        if self.pace:
            self.delivery = self._delivery(self.pace)


class House(Protocol):
    """Somewhere the bot is served. ``address`` is "" while it is not."""

    address: str

    async def close(self) -> None:
        """At the end, however it stands."""


class Indoors:
    """Served in the test's own process."""

    def __init__(self, config: Config) -> None:
        self.app = WideApp(config)
        self.address = ""

    async def start(self) -> None:
        await self.app.start()
        self.address = self.app.address

    async def close(self) -> None:
        await self.app.stop()


class Process:
    """One serving process after another, in the same place. ``address`` is "" while none is ready."""

    def __init__(self, config: Config, log: Path, pace: Pace | None = None) -> None:
        self._config = config
        self._log = log
        self._pace = pace
        self._process: Any = None
        self.address = ""

    async def start(self, die_at: int = 0) -> bool:
        """False if it died before it was ready. ``die_at``: it kills itself at its so manieth point, see ``_die_at``."""
        here, there = FORKS.Pipe(duplex=False)
        self._process = FORKS.Process(target=_main, args=(self._config, self._log, self._pace, there, die_at))
        self._process.start()
        there.close()
        self.address = await asyncio.to_thread(_told, here)
        return bool(self.address)

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.is_alive()

    def kill(self) -> None:
        """SIGKILL, between any two instructions."""
        self.address = ""
        if self._process is not None:
            self._process.kill()

    async def freeze(self, seconds: float) -> None:
        """Stopped as by a paused machine; afterwards it goes on as if nothing had been."""
        address, self.address = self.address, ""
        os.kill(self._process.pid, signal.SIGSTOP)
        await asyncio.sleep(seconds)
        os.kill(self._process.pid, signal.SIGCONT)
        self.address = address

    async def gone(self) -> int:
        """Once it has ended: its exit code."""
        await asyncio.to_thread(self._process.join)
        self.address = ""
        return int(self._process.exitcode)

    async def close(self) -> None:
        if self._process is not None:
            self.kill()
            await self.gone()

    async def stop(self) -> int:
        self._process.terminate()
        return await self.gone()


def _told(here: Connection) -> str:
    try:
        with here:
            return str(here.recv())
    except EOFError:
        return ""


def _main(config: Config, log: Path, pace: Pace | None, ready: Connection, die_at: int) -> None:
    logging.basicConfig(filename=log, level=logging.WARNING, format="%(process)d %(name)s %(message)s")
    if die_at:
        _die_at(die_at)
    asyncio.run(_serve(WideApp(config, pace), ready))


async def _serve(app: App, ready: Connection) -> None:
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    await app.start()
    ready.send(app.address)
    ready.close()
    await stopped.wait()
    await app.stop()


def _changed(sql: Sql) -> bool:
    """Whether the transaction wrote anything; on PostgreSQL a locked row counts, too."""
    driver: Any = sql.connection.driver_connection
    if sql.dialect.name == "postgresql":
        return bool(driver.execute("SELECT pg_current_xact_id_if_assigned() IS NOT NULL").fetchone()[0])
    before, sql.info["changes"] = sql.info.get("changes", 0), driver.total_changes
    return bool(before != driver.total_changes)


def _die_at(chosen: int) -> None:
    """Kills this process at its n-th point: just before and just after each commit that changed something."""
    points = itertools.count(1)

    def point() -> None:
        if next(points) == chosen:
            os.kill(os.getpid(), signal.SIGKILL)

    @event.listens_for(Engine, "commit")
    def before(sql: Sql) -> None:
        if _changed(sql):
            sql.info["committed"] = True
            point()

    @event.listens_for(Pool, "checkin")
    def after(_dbapi: Any, record: Any) -> None:
        if record.info.pop("committed", False):
            point()
