"""The envelope of schema 2.0 and what every push becomes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct

from bot.messages import Account, AnyInbound, Place

_DIVISORS = {10: 1, 13: 1_000, 16: 1_000_000}


class Challenge(Struct, frozen=True):
    """The console's question whether anybody is here; ``answer`` goes back as it came."""

    answer: str


class Ignored(Struct, frozen=True):
    """Well-formed, and nothing for the bot; answered 200 all the same (page 1.4). ``why`` is for a counter."""

    why: str


class BadInput(Struct, frozen=True):
    """Not what the platform documents."""

    why: str


Received = AnyInbound | Challenge | Ignored | BadInput


class Header(Struct, frozen=True):
    event_id: str
    event_type: str
    create_time: str
    tenant_key: str


class UserIds(Struct, frozen=True):
    """``user_id`` needs a scope and is never relied on."""

    open_id: str | None = None


class Push(Struct, frozen=True):
    """One push on its way to an Inbound: the envelope, and what the edge knows besides it."""

    header: Header
    event: dict[str, Any]
    channel: str
    trace: str
    bot: str
    """The bot's own open_id; "" while it is not known."""
    beside: dict[str, Any] = {}
    """``context`` where it stands beside the event instead of in it (page 2.6)."""

    def account(self, ids: UserIds | None, tenant: str = "") -> Account:
        """ValueError if the platform does not say who."""
        if ids is None or not ids.open_id:
            raise ValueError("no open_id")
        return Account(self.channel, tenant or self.header.tenant_key, ids.open_id)

    def group(self, chat_id: str) -> Place:
        """A group is the app's own tenant's, whoever speaks in it."""
        return Place(self.channel, self.header.tenant_key, chat_id, group=True)

    def foreign(self, sender: Account) -> bool:
        return sender.tenant != self.header.tenant_key

    def as_(self, shape: type[Any]) -> Any:
        """The event in this shape; msgspec.ValidationError, a ValueError, if it has another one."""
        return msgspec.convert(self.event, shape)


def instant(text: str | int) -> datetime:
    """A platform's instant: seconds, milliseconds (events) or microseconds (card callbacks), told by their length."""
    digits = str(text)
    divisor = _DIVISORS.get(len(digits))
    if divisor is None or not (digits.isascii() and digits.isdigit()):
        raise ValueError("no instant")
    return datetime.fromtimestamp(int(digits) / divisor, UTC)
