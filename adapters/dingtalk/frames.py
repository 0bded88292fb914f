"""Frames of Stream mode and their acknowledgements (page 1.3 to 1.5): pure.

Our own instead of the SDK's: those raise for a time that is no number, and acknowledge events with their own data.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from adapters.http import strict_json

ROBOT = "/v1.0/im/bot/messages/get"
CARD = "/v1.0/card/instances/callback"
SUBSCRIPTIONS = (("EVENT", "*"), ("CALLBACK", ROBOT), ("CALLBACK", CARD))
OK, BAD, UNKNOWN_TOPIC, FAILED = 200, 400, 404, 500


class Frame(Struct, frozen=True):
    """``data`` is JSON text."""

    type: str
    headers: Mapping[str, Any] = {}
    data: str = ""

    def header(self, name: str) -> str:
        """ "" where it is missing: ``disconnect`` may come without a messageId."""
        value = self.headers.get(name)
        return value if isinstance(value, str) else str(value or "")

    @property
    def topic(self) -> str:
        return self.header("topic")


def read_frame(raw: str | bytes) -> Frame:
    """ValueError for anything else."""
    found: Frame = msgspec.convert(strict_json(raw), Frame)
    return found


def ack(frame: Frame, data: object, code: int = OK) -> str:
    """``data`` is what the platform reads of it: {"response": …} of callbacks, {"status": …} of events."""
    answer = {
        "code": code,
        "headers": {"contentType": "application/json", "messageId": frame.header("messageId")},
        "message": "OK" if code == OK else "",
        "data": msgspec.json.encode(data).decode(),
    }
    return msgspec.json.encode(answer).decode()


def pong(frame: Frame) -> str:
    """A ping's own data, with its ``opaque``."""
    return ack(frame, strict_json(frame.data or "{}"))
