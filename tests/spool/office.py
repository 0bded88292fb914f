"""A dispatcher that writes down what reaches it, and whose database can go away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.errors import Unavailable
from bot.keys import Keyring
from bot.messages import NOTHING, Account, AnyInbound, Form, Press, Say, Upload, single_chat
from bot.messages import FileKind as Kind
from bot.ports import Capabilities, Taken
from bot.shelf import MOST, Shelf
from bot.spool import Spool

NINE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
CALLS = Capabilities(answers=True, toasts=True, edits=True, edit_window=timedelta(days=1), repeats=False)
REPEATS = Capabilities(answers=True, toasts=True, edits=True, edit_window=timedelta(days=1))
CAN = {"dingtalk": CALLS, "feishu": REPEATS}
KEYS = Keyring(["0123456789abcdef0123456789abcdef"])


@dataclass
class Office:
    """Implements Behind. ``stuck``: keys whose turns fail although the database is there."""

    gone: bool = False
    stuck: set[str] = field(default_factory=set)
    heard: list[tuple[str, datetime | None]] = field(default_factory=list)
    inbounds: list[AnyInbound] = field(default_factory=list)

    async def take(self, inbound: AnyInbound, at: datetime | None = None) -> Taken:
        await asyncio.sleep(0)
        if self.gone or inbound.key in self.stuck:
            raise Unavailable("the database is gone")
        self.heard.append((inbound.key, at))
        self.inbounds.append(inbound)
        return Taken(NOTHING)

    async def answered(self, taken: Taken) -> None:
        """Nothing is held here."""

    async def reachable(self) -> bool:
        return not self.gone

    async def until(self, count: int) -> list[tuple[str, datetime | None]]:
        """What was heard, once it is so much."""
        async with asyncio.timeout(20):
            while len(self.heard) < count:  # noqa: ASYNC110 - a list tells of no changes
                await asyncio.sleep(0.005)
        return self.heard


class Hands:
    """A clock that a test moves."""

    at = NINE

    def now(self) -> datetime:
        return self.at


def spool(office: Office, folder: Path, clock: Hands, keys: Keyring = KEYS, most: int = MOST) -> Spool:
    return Spool(office, CAN, clock, Shelf(folder, most), keys, pauses=(0.0, 0.0))


def say(key: str, channel: str = "dingtalk") -> Say:
    return Say(**envelope(key, channel), text=f"报备 {key}")


def press(key: str, channel: str = "dingtalk") -> Press:
    return Press(**envelope(key, channel), button="b")


def form(key: str) -> Form:
    return Form(**envelope(key), button="b", values={})


def upload(key: str, handle: str = "download-code-1") -> Upload:
    return Upload(**envelope(key), kind=Kind.PICTURE, handle=handle)


def envelope(key: str, channel: str = "dingtalk") -> dict[str, Any]:
    sender = Account(channel, "", "staff1")
    return {"key": key, "sender": sender, "place": single_chat(sender), "sent_at": NINE, "trace": key}


Make = Callable[[str], AnyInbound]
