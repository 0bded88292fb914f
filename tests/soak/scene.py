"""People who do not give up, on a platform that repeats what was not acknowledged, before a bot that keeps dying."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, literal, select

from adapters.feishu.emulator import Click, ClientRefused, FeishuEmulator, Message, Push
from bot.app import importers, open_desk
from bot.config import Config
from bot.imports import load
from bot.sheets import parse
from handlers.approvals.tables import approvals
from handlers.deals.tables import deals
from tests.build import configuration
from tests.phones import feishu_table
from tests.soak.crowd import Crowd
from tests.soak.serving import House

PATIENCE = 90.0
WITHOUT_LIMIT = 1_000_000
GLANCE = 0.03
"""Seconds after which somebody looks again at what did not work."""


@dataclass(eq=False)
class Scene:
    """The emulated platform with its people, the processes behind the callback address, and what was acknowledged."""

    config: Config
    emulators: dict[str, FeishuEmulator]
    houses: Sequence[House]
    clock_file: Path
    rng: random.Random
    registered: dict[str, str] = field(default_factory=dict)
    """Customer → BB number, as the bot told it."""
    decided: dict[str, str] = field(default_factory=dict)
    """SP number → agreed or refused, as it was acknowledged."""

    @property
    def feishu(self) -> FeishuEmulator:
        """The first channel's."""
        return self.emulators["feishu"]

    def is_stored(self, *what: ColumnElement[bool]) -> bool:
        """What nobody could know whose click got no answer."""
        with open_desk(self.config) as desk, desk.store.snapshot() as unit:
            return unit.sql.execute(select(literal(1)).where(*what)).first() is not None

    def clock(self, at: str) -> None:
        self.clock_file.write_text(at, encoding="utf-8")

    def route(self) -> None:
        """What a load balancer does: any process that is up."""
        up = [house.address for house in self.houses if house.address]
        for name, emulator in self.emulators.items():
            emulator.callback_url = f"{self.rng.choice(up)}/channels/{name}/callback" if up else ""

    async def repeat(self) -> None:
        """The platform's repetition of what was not answered, without its waits of 15 s to 6 h."""
        while True:
            self.route()
            for emulator in self.emulators.values():
                for push in emulator.failed_pushes:
                    if push.due is not None:
                        push.due = emulator.now()
                await emulator.redeliver_due()
            await asyncio.sleep(GLANCE)


@dataclass(eq=False)
class Somebody:
    scene: Scene
    open_id: str
    channel: str = "feishu"

    @property
    def feishu(self) -> FeishuEmulator:
        return self.scene.emulators[self.channel]

    @property
    def messages(self) -> list[Message]:
        """The bot's, the newest first."""
        chat = self.feishu.messages(self.feishu.p2p_chat(self.open_id))
        return [message for message in reversed(chat) if message.sender == "bot"]

    def card(self, button: str, fragment: str = "") -> Message | None:
        return next((m for m in self.messages if button in m.buttons and fragment in m.text), None)

    async def until(self, predicate: Callable[[], Any]) -> Any:
        return await self.feishu.until(predicate, PATIENCE)

    async def says(self, text: str) -> None:
        """Until the platform has got rid of it; when the platform gives up, says it again."""
        delivered = False
        while not delivered:
            self.scene.route()
            push = await self.feishu.say(self.open_id, text)
            delivered = await self._arrives(push)

    async def _arrives(self, push: Push) -> bool:
        await self.until(lambda: push.delivered or push.given_up)
        return push.delivered

    async def presses(self, message: Message, label: str, form: dict[str, str] | None = None) -> str:
        """Once; the toast, "" if there was no answer or the client drew something else meanwhile."""
        self.scene.route()
        try:
            click: Click = await self.feishu.press(self.open_id, message.message_id, label, form)
        except ClientRefused:
            return ""
        if click.error_code is not None:
            await asyncio.sleep(GLANCE)
        return click.toast.content if click.toast else ""


class Rep(Somebody):
    async def registers(self, customer: str) -> None:
        """Goes on until a registration of this customer is seen."""
        await self.says(f"报备 {customer} 中央空调改造 120万 6月底签")
        while True:
            await self.until(lambda: self.card("提交", customer) or self._has(customer))
            preview = self.card("提交", customer)
            if self._has(customer) or preview is None:
                return
            toast = await self.presses(preview, "提交")
            if not toast and self.scene.is_stored(deals.c.customer == customer):
                await self.until(lambda: self._has(customer))  # without another click
            if found := re.match(r"(BB\d+) 已提交", toast):
                self.scene.registered[customer] = found[1]

    async def previews(self, customer: str) -> None:
        await self.says(f"报备 {customer} 中央空调改造 120万 6月底签")
        await self.until(lambda: self.card("提交"))

    async def submits(self) -> str:
        """The toast of one press of the newest preview."""
        preview = self.card("提交")
        assert preview is not None
        return await self.presses(preview, "提交")

    def _has(self, customer: str) -> bool:
        return any("回执码" in m.text and customer in m.text for m in self.messages)


class Manager(Somebody):
    async def decides(self, stopped: Callable[[], bool]) -> None:
        """Whatever comes, from the card or in words, and no card is given up before it shows the decision."""
        while True:
            card = await self.until(lambda: self.card("同意") or stopped())
            if not isinstance(card, Message):
                return
            await self._decide(card)

    async def _decide(self, card: Message) -> None:
        rng = self.scene.rng
        ref = re.search(r"SP\d+", card.text)
        assert ref, card.text
        agrees, types = rng.random() < 0.7, rng.random() < 0.3
        verdict = "agreed" if agrees else "refused"
        if types:
            await self.says(f"同意 {ref[0]}" if agrees else f"驳回 {ref[0]} 请先补充联系人")
            self.scene.decided[ref[0]] = verdict
            await self.until(lambda: "同意" not in card.buttons)
        while "同意" in card.buttons:
            form = None if agrees else {"驳回理由": "请先补充联系人"}
            toast = await self.presses(card, "同意" if agrees else "驳回", form)
            if not toast and self.scene.is_stored(
                approvals.c.number == int(ref[0][2:]), approvals.c.decided_by.is_not(None)
            ):
                await self.until(lambda: "同意" not in card.buttons)  # without another click
            if "已通知对方" in toast:
                self.scene.decided[ref[0]] = verdict


@asynccontextmanager
async def scene(
    crowd: Crowd, folder: Path, url: str, seed: int, houses: Callable[[Config], Sequence[House]]
) -> AsyncIterator[Scene]:
    """The organisation imported, its people at the emulators, nothing served yet; stops whatever still runs."""
    clock_file = folder / "now"
    clock_file.write_text(crowd.start.isoformat(), encoding="utf-8")
    emulators = {name: emulator(number, clock_file) for number, name in enumerate(crowd.channels)}
    for each in emulators.values():
        await each.start()
    tables = {name: feishu_table(each) for name, each in emulators.items()}
    config = configuration(folder, url, clock_file, tables)
    settle_in(config, crowd, emulators)
    made = Scene(config, emulators, houses(config), clock_file, random.Random(seed))
    repeating = asyncio.create_task(made.repeat())
    try:
        yield made
    finally:
        repeating.cancel()
        await asyncio.gather(repeating, return_exceptions=True)
        for house in made.houses:
            await house.close()
        for each in emulators.values():
            await each.stop()


def emulator(number: int, clock_file: Path) -> FeishuEmulator:
    """One tenant's platform, without its limits."""
    made = FeishuEmulator(
        app_id=f"cli_demo00000000000{number}",
        tenant_key=f"tkdemo000000000{number}",
        now=lambda: datetime.fromisoformat(clock_file.read_text(encoding="utf-8")),
    )
    limits = made.limits
    limits.chat_per_second = limits.message_per_second = WITHOUT_LIMIT
    limits.api_per_second = limits.api_per_minute = WITHOUT_LIMIT
    return made


def settle_in(config: Config, crowd: Crowd, emulators: Mapping[str, FeishuEmulator]) -> None:
    """Imports the organisation, and gives its people a messenger."""
    organise(config, crowd)
    for row in crowd.rows("people"):
        for account in row["accounts"].split(";"):
            channel, _, open_id = account.partition(":")
            emulators[channel].add_user(open_id, row["name"])


def organise(config: Config, crowd: Crowd) -> None:
    """Imports agents and people as an operator would."""
    with open_desk(config) as desk, desk.store.unit() as unit:
        for name in ("agents", "people"):
            importer = importers(desk.catalog)[name]
            sheet = parse(f"{name}.csv", crowd.sheet(name), importer.headers, importer.required)
            imported = load(unit, importer, sheet, desk.clock.now())
            assert not imported.problems, imported.problems
