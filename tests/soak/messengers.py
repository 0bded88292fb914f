"""All three messengers without their limits, and the bot on them in this process: one on SQLite, two on PostgreSQL."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import literal, select

from adapters.dingtalk.emulator import DingTalkEmulator
from bot.app import App
from bot.config import Config
from bot.ports import Limits
from storage.tables import outbox
from storage.unit import Unit
from tests.build import MONDAY, configuration
from tests.phones import BOT, Message, Phone, phone
from tests.soak.ledger import UNFINISHED
from tests.soak.scene import GLANCE, PATIENCE
from tests.soak.serving import WITHOUT_LIMITS

CHANNELS = ("feishu", "dingtalk", "wecom")
PLENTY = 10**9


class Wide:
    """A channel with limits of ours: what is raced is the bot, not its waiting."""

    def __init__(self, channel: Any) -> None:
        self._channel = channel

    @property
    def limits(self) -> Limits:
        return WITHOUT_LIMITS

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)


class WideApp(App):
    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.channels = [Wide(channel) for channel in self.channels]


@dataclass(eq=False)
class Seat:
    """Somebody at one of their messengers."""

    stage: Stage
    channel: str
    user: str
    phone: Phone = field(init=False)

    def __post_init__(self) -> None:
        self.phone = self.stage.phones[self.channel]

    @property
    def messages(self) -> list[Any]:
        """The bot's, the newest first."""
        return [m for m in reversed(self.phone.emulator.messages(self.phone.chat(self.user))) if m.sender == BOT]

    def card(self, fragment: str) -> Message | None:
        """The newest card; a line has never had anything to press."""
        found: Message | None = next((m for m in self.messages if fragment in m.text and m.msg_type != "text"), None)
        return found

    async def says(self, words: str) -> None:
        self.stage.route()
        await self.phone.say(self.user, words, None, None)

    async def presses(self, message: str, label: str, form: Mapping[str, str], drawing: int = 0) -> str:
        """What the card showed when it came: others press at the same moment. The toast, where there is one."""
        self.stage.route()
        return await self.phone.press(self.user, message, label, form, drawing)


@dataclass(eq=False)
class Stage:
    config: Config
    phones: Mapping[str, Phone]
    apps: list[App]
    rng: random.Random

    def route(self) -> None:
        """What a load balancer does."""
        for name in ("feishu", "wecom"):
            address = self.rng.choice(self.apps).address
            self.phones[name].emulator.callback_url = f"{address}/channels/{name}/callback"

    async def drained(self) -> None:
        """Nothing waits any more, edits that are held for the answer of a click included."""
        async with asyncio.timeout(PATIENCE):
            while await self.apps[0].store.read(_waits):  # noqa: ASYNC110 - a database tells of no changes
                await asyncio.sleep(GLANCE)


def _waits(unit: Unit) -> bool:
    return unit.sql.execute(select(literal(1)).where(outbox.c.state.in_(UNFINISHED)).limit(1)).first() is not None


@asynccontextmanager
async def stage(folder: Path, url: str, rng: random.Random) -> AsyncIterator[Stage]:
    clock_file = folder / "now"
    clock_file.write_text(MONDAY.isoformat(), encoding="utf-8")
    phones = {name: phone(name, at, lambda: MONDAY) for at, name in enumerate(CHANNELS, 1)}
    for each in phones.values():
        await each.start()
        _widen(each.emulator)
    config = configuration(folder, url, clock_file, {name: each.table() for name, each in phones.items()})
    made = Stage(config, phones, [WideApp(config) for _ in range(1 if config.database.file else 2)], rng)
    try:
        for app in made.apps:
            await app.start()
        for name, each in phones.items():
            await each.served(f"{made.apps[0].address}/channels/{name}/callback")
        yield made
    finally:
        for app in made.apps:
            await app.stop()
        for each in phones.values():
            await each.emulator.stop()


def _widen(emulator: Any) -> None:
    """The platform without its limits."""
    for name in vars(emulator.limits):
        if name.endswith(("_per_second", "_per_minute", "_per_hour", "_per_day")):
            setattr(emulator.limits, name, PLENTY)
    if isinstance(emulator, DingTalkEmulator):
        emulator.quota.api_per_month = emulator.quota.pushes_per_month = PLENTY
