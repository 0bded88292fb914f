"""All three messengers without their limits, and the bot on them: in this process, or in processes that may be killed."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from adapters.dingtalk.emulator import DingTalkEmulator
from bot.clock import ManualClock
from bot.config import Config
from tests.build import MONDAY, configuration
from tests.phones import BOT, Message, Phone, StreamPhone, phone
from tests.soak.crowd import Crowd
from tests.soak.ledger import drained
from tests.soak.scene import GLANCE, PATIENCE
from tests.soak.serving import House, Indoors

CHANNELS = ("feishu", "dingtalk", "wecom")
PLENTY = 10**9
TRIES = 10


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

    def card(self, fragment: str, button: str = "") -> Message | None:
        """The newest card; a line has never had anything to press."""
        shown = (m for m in self.messages if fragment in m.text and m.msg_type != "text")
        found: Message | None = next((m for m in shown if not button or button in m.buttons), None)
        return found

    async def until(self, seen: Callable[[], Any]) -> Any:
        return await self.phone.emulator.until(seen, PATIENCE)

    async def gets(self, fragment: str) -> Message:
        found: Message = await self.until(lambda: self.card(fragment))
        return found

    async def says(self, words: str) -> None:
        """Until the messenger has got rid of it; what it gave up is said again."""
        delivered = False
        while not delivered:
            self.stage.route()
            delivered = await self._arrives(await self.phone.emulator.say(self.user, words))

    async def _arrives(self, push: Any) -> bool:
        """The messenger repeats what was not acknowledged in time."""
        while not push.delivered and not push.given_up:
            push.due = push.due and self.phone.emulator.now()
            await self.phone.emulator.redeliver_due()
            await asyncio.sleep(GLANCE)
        return bool(push.delivered)

    async def presses(self, message: str, label: str, form: Mapping[str, str], drawing: int = 0) -> str:
        """What the card showed when it came: others press at the same moment. The toast, where there is one.

        Who is told by the client that nothing came of it presses again: an answer that a busy machine gives too late
        changes nothing there, and the bot cannot know.
        """
        click, tries = await self._press(message, label, form, drawing), 1
        while (getattr(click, "error", "") or getattr(click, "error_code", None)) and tries < TRIES:
            click, tries = await self._press(message, label, form, drawing), tries + 1
        toast = getattr(click, "toast", None)
        return toast.content if toast else ""

    async def _press(self, message: str, label: str, form: Mapping[str, str], drawing: int) -> Any:
        self.stage.route()
        return await self.phone.emulator.press(self.user, message, label, form, drawing=drawing)


@dataclass(eq=False)
class Stage:
    config: Config
    phones: Mapping[str, Phone]
    houses: Sequence[House]
    rng: random.Random
    now: ManualClock

    def route(self) -> None:
        """What a load balancer does, for those that do not come to us by themselves."""
        up = [house.address for house in self.houses if house.address]
        for name, each in self.phones.items():
            each.emulator.callback_url = f"{self.rng.choice(up)}/channels/{name}/callback" if up else ""

    def clock(self, at: datetime) -> None:
        self.now.set(at)
        Path(self.config.clock.file).write_text(at.isoformat(), encoding="utf-8")

    def peopled(self, crowd: Crowd) -> None:
        """Everybody has a messenger."""
        for row in crowd.rows("people"):
            for account in filter(None, row["accounts"].split(";")):
                channel, _, user = account.partition(":")
                self.phones[channel].emulator.add_user(user, row["name"])

    async def drained(self) -> None:
        """Nothing waits any more, edits that are held for the answer of a click included."""
        await drained(self)

    async def repeat(self) -> None:
        """The messengers' repetition of what was not acknowledged, without its waits."""
        while True:
            self.route()
            for emulator in (each.emulator for each in self.phones.values()):
                for push in emulator.failed_pushes:
                    push.due = push.due and emulator.now()
                await emulator.redeliver_due()
            await asyncio.sleep(GLANCE)


def indoors(config: Config) -> list[Indoors]:
    """In this process: one on SQLite, two on PostgreSQL."""
    return [Indoors(config) for _ in range(1 if config.database.file else 2)]


@asynccontextmanager
async def stage(
    folder: Path, url: str, rng: random.Random, houses: Callable[[Config], Sequence[House]]
) -> AsyncIterator[Stage]:
    """The messengers are there, nothing is served yet; every connection that can be long is."""
    clock, clock_file = ManualClock(MONDAY), folder / "now"
    clock_file.write_text(MONDAY.isoformat(), encoding="utf-8")
    phones = {name: phone(name, at, clock.now) for at, name in enumerate(CHANNELS, 1)} | {
        "feishu": StreamPhone(1, clock.now)
    }
    for each in phones.values():
        await each.start()
        widen(each.emulator)
    config = configuration(folder, url, clock_file, {name: each.table() for name, each in phones.items()})
    made = Stage(config, phones, houses(config), rng, clock)
    try:
        yield made
    finally:
        for house in made.houses:
            await house.close()
        for each in phones.values():
            await each.emulator.stop()


async def served(on: Stage) -> None:
    """Whoever comes to us has come, and the rest knows the way."""
    on.route()
    for name, each in on.phones.items():
        await each.served(f"{on.houses[0].address}/channels/{name}/callback")


def widen(emulator: Any) -> None:
    """The platform without its limits."""
    for name in vars(emulator.limits):
        if name.endswith(("_per_second", "_per_minute", "_per_hour", "_per_day")):
            setattr(emulator.limits, name, PLENTY)
    if isinstance(emulator, DingTalkEmulator):
        emulator.quota.api_per_month = emulator.quota.pushes_per_month = PLENTY
