"""The demo: one embedded bot, three messengers beside it on loopback, and the page; begun anew as often as wanted.

Implements bot.ports.Rehearsal. The bot itself comes from the composition root, as ``serve`` would run it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from adapters.dingtalk.emulator import DingTalkEmulator
from adapters.feishu.emulator import FeishuEmulator
from adapters.playground.messengers.dingtalk import DingTalk
from adapters.playground.messengers.feishu import Feishu
from adapters.playground.messengers.messenger import Messenger
from adapters.playground.messengers.wecom import WeCom
from adapters.playground.page import Playground
from adapters.playground.people import SAMPLE, populate
from adapters.playground.suggestions import Mine, beginnings, fitting
from adapters.playground.values import Suggestion
from adapters.web import Page
from adapters.wecom.emulator import WeComEmulator
from bot.clock import Clock
from bot.config import Config
from bot.errors import Unavailable
from bot.feature import Catalog, Imported
from bot.house import House
from bot.messages import Account
from bot.permit import Person
from bot.ports import Due, Trace, Unit
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

    def house(self) -> House: ...

    def without_database(self, away: bool) -> None: ...

    async def import_sheet(self, kind: str, name: str, data: bytes) -> Imported: ...


Make = Callable[[Config, Clock, Page, Trace], Process]


class Demo:
    def __init__(self, port: int, make: Make) -> None:
        self._port = port
        self._make = make
        self._messengers: dict[str, Messenger] = {}
        self._page = Playground(self._messengers, self, self.suggest, self.word)
        self._run = AsyncExitStack()
        self._clock = MovableClock(START)
        self._folder: Path
        self._process: Process
        self._walk: Walk

    @property
    def address(self) -> str:
        return self._process.address

    def messenger(self, channel: str) -> Any:
        """Its emulator."""
        return self._messengers[channel].emulator

    async def start(self) -> None:
        """A run with an empty database, at the beginning of business time. OperatorError if the port is taken."""
        try:
            await self._begin(self._run)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        await self._run.aclose()

    async def stop_bot(self) -> None:
        """The bot's process alone ends; messengers, database and clock stay, and open pages try to come back."""
        await self._process.stop()

    async def start_bot(self) -> None:
        """As after ``stop_bot``: another process on the same database, at the same address."""
        self._process = self._made()
        await self._started()

    def _made(self) -> Process:
        config = _config(self._port, self._folder, self._messengers)
        return self._make(config, self._clock, self._page, self._page.trace)

    async def _started(self) -> None:
        await self._process.start()
        self._port = int(self.address.rpartition(":")[2])
        reasons = {job.name: job.why for job in self._process.catalog.jobs.values()}
        self._walk = Walk(self._process, self._clock, reasons)
        served = (one.served(f"{self.address}/channels/{name}/callback") for name, one in self._messengers.items())
        await asyncio.gather(*served)

    # -- Rehearsal ---------------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        return self._clock.now()

    def house(self) -> House:
        return self._process.house()

    async def due(self) -> Sequence[Due]:
        return await self._walk.due()

    async def advance(self, to: datetime) -> int:
        return await self._walk.advance(to)

    async def restart(self) -> None:
        """Browsers are sent away and come back to the same address."""
        await self.stop()
        await self.start()

    def without_database(self, away: bool) -> None:
        self._process.without_database(away)

    # -- one run -----------------------------------------------------------------------------------------------------

    async def _begin(self, run: AsyncExitStack) -> None:
        self._folder = Path(run.enter_context(TemporaryDirectory(prefix="channelops-")))
        self._clock = MovableClock(START)
        for messenger in _messengers(self._clock):
            run.push_async_callback(messenger.emulator.stop)
            await messenger.emulator.start()
            self._messengers[messenger.channel] = messenger
        populate(self._messengers)
        self._process = self._made()
        run.push_async_callback(self._end)
        await self._started()
        for kind in ("agents", "people"):
            await self._process.import_sheet(kind, f"{kind}.csv", (SAMPLE / f"{kind}.csv").read_bytes())

    async def _end(self) -> None:
        """Of whichever process there is by then."""
        await self._process.stop()

    async def suggest(self, channel: str, user: str, typed: str) -> Sequence[Suggestion]:
        """What this person may say, by the commands' own examples."""
        account = Account(channel, "", user)
        try:
            person, mine = await self._process.store.read(lambda unit: self._known(unit, account))
        except Unavailable:
            return ()
        commands = self._process.catalog.commands_for(person)
        return await asyncio.to_thread(fitting, commands, typed, mine) if typed.strip() else beginnings(commands)

    def _known(self, unit: Unit, account: Account) -> tuple[Person | None, list[Mine]]:
        """Whose account it is, and what waits for them or is theirs."""
        person, catalog = unit.identity.person_of(account), self._process.catalog
        if person is None:
            return None, []
        found: dict[str, str] = {}
        for holder in catalog.holders.values():
            found |= {f"{holder.kind}{number}": called for number, called in holder.likely(unit, person)}
        for todo in (todo for feature in catalog.features for todo in feature.todos):
            found |= {one.ref: one.text for one in todo(unit, person, self.now()) if one.ref not in found}
        return person, [Mine(ref, called) for ref, called in found.items()]

    def word(self, table: str, key: str) -> str:
        """A capability's own word for its state, or anybody's for what was done."""
        found = (each.glossary.get(key, "") for each in self._process.catalog.features if table in ("", each.name))
        return next(filter(None, found), "")


def _messengers(clock: MovableClock) -> list[Messenger]:
    return [
        WeCom("wecom", WeComEmulator(now=clock.now, bot_name=BOT_NAME)),
        DingTalk("dingtalk", DingTalkEmulator(now=clock.now, bot_name=BOT_NAME)),
        Feishu("feishu", FeishuEmulator(now=clock.now, bot_name=BOT_NAME)),
    ]


def _config(port: int, folder: Path, messengers: Mapping[str, Messenger]) -> Config:
    return Config.model_validate(
        {
            "server": {"port": port, "public_url": f"http://127.0.0.1:{port}"},
            "database": {"url": f"sqlite:///{folder}/bot.db", "files": folder / "files"},
            "scheduler": {"tick_seconds": TICK_SECONDS},
            "channels": {name: messenger.table() for name, messenger in messengers.items()},
        }
    )
