"""Transcripts: people on emulated messengers talk to the bot over the real adapters and the real wire.

    await wang.says("报备 …").sees("已提交")
    await li.presses("同意").sees("已同意 李静")

``sees`` waits for a condition (new or changed messages in that person's chats, or the toast of the last click), never
for a time. The whole bot runs as ``serve`` composes it, with a clock that the transcript moves.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Generator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update

from adapters.feishu.emulator import Click, FeishuEmulator
from bot.app import App
from bot.config import Config
from bot.errors import Unavailable
from bot.ports import OutState, Sending
from handlers.approvals.tables import approvals
from storage.store import Database
from storage.tables import audit, outbox, persons
from storage.unit import Unit
from tests.build import Org, configuration
from tests.phones import BOT, FeishuPhone, Message, Phone, phone

PATIENCE = 20.0
"""Seconds until a transcript gives up waiting; never how long it waits."""


@dataclass(eq=False)
class Person:
    """Somebody at one messenger. What was seen before the last thing they did does not count as an answer to it."""

    world: World
    phone: Phone
    user: str
    name: str
    group: str | None = None
    seen: dict[str, int] = field(default_factory=dict)
    toast: str = ""

    def says(self, text: str, *, group: str | None = None, reply_to: str = "") -> Line:
        """``reply_to``: a fragment of the bot's message that these words are a reply to."""
        return Line(self, lambda: self._say(text, group, reply_to), f"after saying {text!r}")

    def presses(self, label: str, *, form: Mapping[str, Any] | None = None, on: str = "") -> Line:
        """The newest card with this button; ``on`` a fragment of the card's text."""
        return Line(self, lambda: self._press(label, form or {}, on))

    def sends(self, data: bytes, name: str = "") -> Line:
        """A file; without a name, a picture."""
        return Line(self, lambda: self._send(name, data))

    def looks(self) -> Line:
        """Waits for what others cause."""
        return Line(self, None)

    @property
    def feishu(self) -> FeishuEmulator:
        """For what only Feishu has."""
        assert isinstance(self.phone, FeishuPhone)
        return self.phone.emulator

    @property
    def open_id(self) -> str:
        return self.user

    @property
    def messages(self) -> list[Any]:
        """What the bot said to them, in order; of the messenger's own kind, at least a ``Message``."""
        return [m for m in self.phone.emulator.messages(self.phone.chat(self.user)) if m.sender == BOT]

    @property
    def news(self) -> str:
        """All that is new or changed since this person last did something, and the toast."""
        return "\n".join(
            [self.toast, *(m.text for m in self.messages if len(m.history) > self.seen.get(m.message_id, 0))]
        )

    @property
    def last(self) -> Any:
        return self.messages[-1]

    def card(self, fragment: str) -> Any:
        return next(m for m in reversed(self.messages) if fragment in m.text)

    def mark(self) -> None:
        self.seen = {m.message_id: len(m.history) for m in self.messages}
        self.toast = ""

    async def _say(self, text: str, group: str | None, reply_to: str = "") -> None:
        if reply_to:
            await self.world.settled()  # nobody answers before the card's handle is stored
        self.mark()
        parent = self.card(reply_to).message_id if reply_to else None
        await self.phone.say(self.user, text, group, parent)

    async def _send(self, name: str, data: bytes) -> None:
        self.mark()
        await self.phone.send(self.user, name, data)

    async def _press(self, label: str, form: Mapping[str, Any], on: str) -> None:
        def pressable() -> Message | None:
            return next((m for m in reversed(self.messages) if label in m.buttons and on in m.text), None)

        message = await self.phone.emulator.until(pressable, PATIENCE)
        self.mark()
        self.toast = await self.phone.press(self.user, message.message_id, label, form, -1)

    def presses_again(self, label: str, *, on: str, drawing: int = 0) -> Line:
        """A button of an older drawing, as a client that has not drawn the new one yet would let them."""
        return Line(self, lambda: self._press_again(label, on, drawing))

    async def _press_again(self, label: str, on: str, drawing: int) -> None:
        message = self.card(on)
        self.mark()
        self.toast = await self.phone.press(self.user, message.message_id, label, {}, drawing)

    def heard(self, click: Click) -> None:
        self.toast = click.toast.content if click.toast else ""


class Line:
    """One line of a transcript: what is done, then what is seen. Awaiting it performs it."""

    def __init__(self, person: Person, act: Any, after: str = "") -> None:
        self.person = person
        self.act = act
        self.after = after
        self.fragments: list[str] = []
        self.absent: list[str] = []

    def sees(self, *fragments: str) -> Line:
        self.fragments += fragments
        return self

    def not_sees(self, *fragments: str) -> Line:
        """Checked once everything under way has arrived."""
        self.absent += fragments
        return self

    def __await__(self) -> Generator[Any, None, str]:
        return self._perform().__await__()

    async def _perform(self) -> str:
        if self.act is not None:
            await self.act()
        person = self.person
        try:
            await person.phone.emulator.until(lambda: all(f in person.news for f in self.fragments), PATIENCE)
        except TimeoutError as late:
            missing = [f for f in self.fragments if f not in person.news]
            raise AssertionError(
                f"{person.name} does not see {missing} {self.after} in:\n{person.news}\n{late}"
            ) from None
        if self.absent:
            await person.world.settled()
            found = [f for f in self.absent if f in person.news]
            assert not found, f"{person.name} sees {found} {self.after} in:\n{person.news}"
        return person.news


def _retrying(unit: Unit) -> bool:
    """Rows that were tried and wait for their next attempt."""
    tried = (outbox.c.state == OutState.PENDING) & (outbox.c.attempts > 0)
    return unit.sql.execute(select(func.count()).where(tried)).scalar_one() > 0


class _Gone:
    async def write(self, *_: Any, **__: Any) -> Any:
        raise Unavailable("the database is gone")


@dataclass(eq=False)
class World:
    """The organisation, its people on emulated messengers, the running bot, and the clock."""

    app: App
    config: Config
    phones: dict[str, Phone]
    clock_file: Path

    def person(self, name: str, user: str, *, channel: str = "feishu") -> Person:
        phone = self.phones[channel]
        if not phone.knows(user):
            phone.emulator.add_user(user, name)
        return Person(self, phone, user, name)

    def member(self, name: str) -> Person:
        """Somebody of the sample organisation, at the messenger they use."""
        rows = Org(messengers=tuple(self.phones)).rows("people")
        channel, _, user = next(row["accounts"] for row in rows if row["name"] == name).partition(":")
        return self.person(name, user, channel=channel)

    @property
    def feishu(self) -> dict[str, FeishuEmulator]:
        return {name: each.emulator for name, each in self.phones.items() if isinstance(each, FeishuPhone)}

    @property
    def now(self) -> datetime:
        return datetime.fromisoformat(self.clock_file.read_text(encoding="utf-8"))

    async def clock(self, at: str | datetime) -> None:
        """Moves business time and runs what became due."""
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self.now.tzinfo)
        written = self.clock_file.with_suffix(".new")
        written.write_text(moment.isoformat(), encoding="utf-8")
        written.replace(self.clock_file)  # nobody reads half an instant
        await self.app.tick()

    async def passes(self, **duration: float) -> None:
        await self.clock(self.now + timedelta(**duration))

    async def restarts(self) -> None:
        """The process ends and another one starts on the same database."""
        await self.app.stop()
        self.app = App(self.config)
        await self.app.start()
        await self.serves()

    async def serves(self) -> None:
        for name, each in self.phones.items():
            await each.served(f"{self.app.address}/channels/{name}/callback")

    @asynccontextmanager
    async def busy_database(self) -> AsyncIterator[None]:
        """Somebody else holds what a decision needs; turns wait until they let go."""
        held, done = threading.Event(), threading.Event()

        def hold() -> None:
            database = Database(self.config.database.url.get_secret_value(), turns=1, others=1)
            with database.unit() as unit:
                unit.sql.execute(update(approvals).values(version=approvals.c.version))
                held.set()
                done.wait(PATIENCE)
            database.close()

        holding = asyncio.create_task(asyncio.to_thread(hold))
        await asyncio.to_thread(held.wait, PATIENCE)
        try:
            yield
        finally:
            done.set()
            await holding

    async def audited(self) -> set[str]:
        """The actions in the audit trail so far."""
        return await self.app.store.read(lambda unit: set(unit.sql.execute(select(audit.c.action)).scalars()))

    async def answered(self, person: Person) -> int:
        """How many messages to this person are in the outbox, sent or waiting for their turn."""
        mine = (outbox.c.chat == person.open_id) & (outbox.c.what == Sending.SEND)
        return await self.app.store.read(lambda unit: unit.sql.execute(select(func.count()).where(mine)).scalar_one())

    @asynccontextmanager
    async def without_database(self) -> AsyncIterator[None]:
        """Every transaction fails as it does when the database is gone."""
        store = self.app.store
        self.app.dispatcher.store = _Gone()  # type: ignore[assignment]
        try:
            yield
        finally:
            self.app.dispatcher.store = store

    async def deactivates(self, name: str) -> None:
        """What an administrator does when somebody leaves."""
        found = persons.c.name == name
        await self.app.store.write(lambda unit: unit.sql.execute(update(persons).where(found).values(active=False)))

    async def settled(self) -> None:
        """Everything sent that can be sent now."""
        async with asyncio.timeout(PATIENCE):
            while True:
                await self.app.settled()
                if not await self.app.store.read(_retrying):
                    return
                await asyncio.sleep(0.02)  # a retry waits on machine time; the store tells of no arrivals


@asynccontextmanager
async def chatting(
    org: Org, folder: Path, database_url: str, channels: tuple[str, ...] = ("feishu",)
) -> AsyncIterator[World]:
    """The running bot on this database, one emulated messenger for each channel, at the organisation's first hour.

    Whether the organisation is in the database is the caller's part.

    A channel's name begins with its platform's: ``feishu``, ``dingtalk``, ``wecom``; any other one is a Feishu app.
    """
    clock_file = folder / "now"
    clock_file.write_text(org.start.isoformat(), encoding="utf-8")
    phones: dict[str, Phone] = {}
    for number, name in enumerate(channels, 1):
        phones[name] = phone(name, number, lambda: datetime.fromisoformat(clock_file.read_text(encoding="utf-8")))
        await phones[name].start()
    config = configuration(folder, database_url, clock_file, {name: each.table() for name, each in phones.items()})
    world = World(App(config), config, phones, clock_file)
    try:
        await world.app.start()
        await world.serves()
        yield world
    finally:
        await world.app.stop()
        for each in phones.values():
            await each.emulator.stop()
