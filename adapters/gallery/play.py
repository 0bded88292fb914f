"""A scene played line by line: after each, what is new or changed at everybody's client, with the payload that draws it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from msgspec import Struct

from adapters.gallery.house import STRANGER, House, Make, opened
from adapters.gallery.lines import Deed, Moves, Presses, Says, Sends, read
from adapters.playground.messengers.messenger import SINGLE, Messenger, Refused
from bot.feature import Scene

PATIENCE = 5.0
"""Seconds of machine time until a line has no answer."""
MOST_TICKS = 40
PHOTO = b"\x89PNG\r\n\x1a\n" + bytes(2000)
_CODES = {"邀请码": re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b"), "关联码": re.compile(r"关联 ([A-Z0-9-]{4,9})")}


class Drawn(Struct, frozen=True):
    """A message of the bot as a client has it; ``changes`` counts from 1: above it, an edit has changed it."""

    who: str
    kind: str
    content: Any
    text: str
    buttons: tuple[str, ...]
    changes: int


class Step(Struct, frozen=True):
    line: str
    drawn: tuple[Drawn, ...]


class Played(Struct, frozen=True):
    """``refused``: what the platform did not take, in its words."""

    scene: Scene
    platform: str
    steps: tuple[Step, ...]
    refused: tuple[str, ...]


async def played(scene: Scene, platform: str, make: Make) -> Played:
    async with opened(platform, make, any(line.startswith(STRANGER) for line in scene.lines)) as house:
        stage = Stage(house)
        steps = [await stage.step(line) for line in scene.lines]
        return Played(scene, platform, tuple(steps), tuple(_refused(house.here)))


def _refused(messenger: Messenger) -> Iterator[str]:
    for call in messenger.emulator.calls:
        if call.code not in (0, "ok"):
            yield f"{call.method} {call.path} {call.answer}"


class Stage:
    def __init__(self, house: House) -> None:
        self._house = house
        self._seen: dict[str, int] = {}
        self._codes: dict[str, str] = {}

    async def step(self, line: str) -> Step:
        deed = read(line, self._codes | {"这里": self._house.here.title}, self._house.clock.now())
        if isinstance(deed, Moves):
            self._house.clock.set(deed.to)
        else:
            await self._answered(deed)
        await self._rest()
        return Step(line, tuple(self._news()))

    # -- what people do ----------------------------------------------------------------------------------------------

    async def _answered(self, deed: Says | Presses | Sends) -> None:
        before = self._count()
        try:
            await self._do(deed)
        except Refused as refused:
            raise ValueError(f"{deed}: {refused}") from refused
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while self._count() == before:  # noqa: ASYNC110 - it may be in any of many chats
                    await asyncio.sleep(0.01)

    async def _do(self, deed: Deed) -> None:
        messenger, user = self._at(deed.who) if not isinstance(deed, Moves) else (self._house.here, "")
        match deed:
            case Says(_, words, group):
                room = self._house.group if group else SINGLE
                await messenger.say(user, room, f"@{messenger.emulator.bot_name} {words}" if group else words)
            case Presses(_, label):
                message, shown = _pressable(messenger, user, label)
                await messenger.press(user, message, shown, 0, {})
            case Sends():
                await messenger.attach(user, SINGLE, "image", "现场照片.png", PHOTO)
            case Moves():
                pass

    def _at(self, who: str) -> tuple[Messenger, str]:
        if self._house.elsewhere and who == STRANGER:
            return self._house.elsewhere, "visitor"
        return self._house.here, self._house.seats[who]

    async def _rest(self) -> None:
        """What is due has run, what that sent has arrived."""
        process = self._house.process
        await process.settled()
        for _ in range(MOST_TICKS):
            ran = await process.tick()
            await process.settled()
            if not ran:
                return

    # -- what is seen ------------------------------------------------------------------------------------------------

    def _everything(self) -> Iterator[tuple[str, Any]]:
        for name, user in self._house.seats.items():
            yield from ((name, message) for message in _messages(self._house.here, user))
        group = self._house.here.emulator.messages(self._house.group)  # type: ignore[attr-defined]
        yield from (("群", message) for message in group if message.sender == "bot")
        if self._house.elsewhere:
            yield from ((STRANGER, message) for message in _messages(self._house.elsewhere, "visitor"))

    def _count(self) -> int:
        return sum(len(message.history) for _, message in self._everything())

    def _news(self) -> Iterator[Drawn]:
        for who, message in self._everything():
            changes = len(message.history)
            if changes == self._seen.get(message.message_id):
                continue
            self._seen[message.message_id] = changes
            self._codes |= {name: found[found.re.groups] for name, found in _codes(message.text).items()}
            yield Drawn(who, message.msg_type, message.content, message.text, tuple(message.buttons), changes)


def _pressable(messenger: Messenger, user: str, label: str) -> tuple[str, str]:
    """The newest card with this button, and the label as it is cut there."""
    for message in reversed(list(_messages(messenger, user))):
        for shown in message.buttons:
            if shown == label or (shown.endswith("…") and label.startswith(shown[:-1])):
                return message.message_id, shown
    raise ValueError(f"{user} has no card with 「{label}」")


def _codes(text: str) -> Mapping[str, re.Match[str]]:
    return {name: found for name, wanted in _CODES.items() if (found := wanted.search(text))}


def _messages(messenger: Messenger, user: str) -> Iterator[Any]:
    """The bot's, in the single chat."""
    emulator: Any = messenger.emulator
    chat = emulator.app_chat(user) if messenger.skin == "wecom" else emulator.p2p_chat(user)
    return (message for message in emulator.messages(chat) if message.sender == "bot")
