"""The demo: one embedded bot, its messenger beside it on loopback, and the page; begun anew as often as wanted.

Implements bot.ports.Rehearsal. The bot itself comes from the composition root, as ``serve`` would run it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from adapters.feishu.emulator import FeishuEmulator
from adapters.playground.page import Playground
from adapters.playground.people import SAMPLE, populate
from adapters.playground.suggestions import beginnings, fitting
from adapters.playground.values import Suggestion
from adapters.web import Page
from bot.clock import Clock
from bot.config import Config
from bot.feature import Catalog, Imported
from bot.messages import Account
from bot.ports import Due
from bot.rehearsal import MovableClock, Running, Walk

START = datetime.fromisoformat("2026-03-02T09:00:00+08:00")
TICK_SECONDS = 1.0
BOT_NAME = "渠道通"


class Process(Running, Protocol):
    """``bot.app.App``."""

    @property
    def address(self) -> str: ...

    @property
    def catalog(self) -> Catalog: ...

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def import_sheet(self, kind: str, name: str, data: bytes) -> Imported: ...


Make = Callable[[Config, Clock, Page], Process]


class Demo:
    def __init__(self, port: int, make: Make) -> None:
        self._port = port
        self._make = make
        self._emulators: dict[str, FeishuEmulator] = {}
        self._page = Playground(self._emulators, self, self.suggest)
        self._run = AsyncExitStack()
        self._clock = MovableClock(START)
        self._process: Process
        self._walk: Walk

    @property
    def address(self) -> str:
        return self._process.address

    def messenger(self, channel: str) -> FeishuEmulator:
        return self._emulators[channel]

    async def start(self) -> None:
        """A run with an empty database, at the beginning of business time. OperatorError if the port is taken."""
        try:
            await self._begin(self._run)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        await self._run.aclose()

    # -- Rehearsal ---------------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        return self._clock.now()

    async def due(self) -> Sequence[Due]:
        return await self._walk.due()

    async def advance(self, to: datetime) -> int:
        return await self._walk.advance(to)

    async def restart(self) -> None:
        """Browsers are sent away and come back to the same address."""
        await self.stop()
        await self.start()

    # -- one run -----------------------------------------------------------------------------------------------------

    async def _begin(self, run: AsyncExitStack) -> None:
        folder = run.enter_context(TemporaryDirectory(prefix="channelops-"))
        self._clock = MovableClock(START)
        feishu = FeishuEmulator(now=self._clock.now, bot_name=BOT_NAME)
        run.push_async_callback(feishu.stop)
        config = _config(self._port, Path(folder), feishu, await feishu.start())
        self._process = self._make(config, self._clock, self._page)
        run.push_async_callback(self._process.stop)
        await self._process.start()
        self._port = int(self.address.rpartition(":")[2])
        feishu.callback_url = f"{self.address}/channels/feishu/callback"
        reasons = {job.name: job.why for job in self._process.catalog.jobs.values()}
        self._walk = Walk(self._process, self._clock, reasons)
        for kind in ("agents", "people"):
            await self._process.import_sheet(kind, f"{kind}.csv", (SAMPLE / f"{kind}.csv").read_bytes())
        self._emulators["feishu"] = feishu
        populate(self._emulators)

    async def suggest(self, channel: str, user: str, typed: str) -> Sequence[Suggestion]:
        """What this person may say, by the commands' own examples."""
        account = Account(channel, "", user)
        person = await self._process.store.read(lambda unit: unit.identity.person_of(account))
        commands = self._process.catalog.commands_for(person)
        return await asyncio.to_thread(fitting, commands, typed) if typed.strip() else beginnings(commands)


def _config(port: int, folder: Path, feishu: FeishuEmulator, base_url: str) -> Config:
    channel = {
        "platform": "feishu",
        "base_url": base_url,
        "app_id": feishu.app_id,
        "app_secret": feishu.app_secret,
        "encrypt_key": feishu.encrypt_key,
        "verification_token": feishu.verification_token,
    }
    return Config.model_validate(
        {
            "server": {"port": port, "public_url": f"http://127.0.0.1:{port}"},
            "database": {"url": f"sqlite:///{folder}/bot.db", "files": folder / "files"},
            "scheduler": {"tick_seconds": TICK_SECONDS},
            "channels": {"feishu": channel},
        }
    )
