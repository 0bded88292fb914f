"""What every push becomes, and what its parts have in common."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from adapters.http import strict_json
from bot.messages import AnyInbound


class Ignored(Struct, frozen=True):
    """Well-formed, and nothing for the bot. ``why`` is for a counter."""

    why: str


class BadInput(Struct, frozen=True):
    """Not what the platform documents."""

    why: str


Received = AnyInbound | Ignored | BadInput
Happened = tuple[AnyInbound, ...] | Ignored | BadInput
"""What an event becomes: it may be about several people."""
Heard = TypeVar("Heard", Received, Happened)


def received(read: Callable[[], Heard]) -> Heard | BadInput:
    """A reader's ValueError (msgspec's too) is a push that is not as documented."""
    try:
        return read()
    except ValueError as error:
        return BadInput(str(error))


def shaped(data: object, shape: type[Any]) -> Any:
    return msgspec.convert(data, shape)


def inner(text: str) -> dict[str, Any]:
    """JSON inside JSON. People's own words may hold half an emoji: cleaned later, not refused."""
    found: dict[str, Any] = msgspec.convert(strict_json(text, lone_surrogates=True), dict[str, Any])
    return found


def instant(milliseconds: int | str) -> datetime:
    """The platform's instants: a number or its digits."""
    digits = str(milliseconds)
    if not (digits.isascii() and digits.isdigit() and len(digits) == 13):
        raise ValueError("no instant")
    return datetime.fromtimestamp(int(digits) / 1000, UTC)
