"""Events that come in several frames (page 1.5): put together, for as long as the platform itself would wait."""

from __future__ import annotations

import time
from collections.abc import Callable

from adapters.feishu.frames import Frame
from adapters.http import MOST_BODY

SECONDS = 5.0
MOST_EVENTS = 64
MOST_PIECES = 256


class Pieces:
    """Of one channel: the messenger's own id of the event holds its pieces together."""

    def __init__(self, machine: Callable[[], float] = time.monotonic) -> None:
        self._machine = machine
        self._events: dict[str, tuple[float, dict[int, bytes]]] = {}

    def add(self, frame: Frame) -> bytes | None:
        """The whole payload once its last piece is there, in whatever order they come. ValueError for what cannot be a
        piece, and for an event over 256 KiB."""
        total, number = int(frame.headers.get("sum", "1")), int(frame.headers.get("seq", "0"))
        if not 0 <= number < total <= MOST_PIECES:
            raise ValueError("no such piece")
        if total == 1:
            return _within(frame.payload)
        key = frame.headers.get("message_id", "")
        pieces = self._pieces(key)
        pieces[number] = frame.payload
        if len(pieces) < total:
            if sum(map(len, pieces.values())) > MOST_BODY:
                del self._events[key]
                raise ValueError("too large")
            return None
        del self._events[key]
        return _within(b"".join(pieces[n] for n in sorted(pieces)))

    def _pieces(self, key: str) -> dict[int, bytes]:
        now = self._machine()
        for old in [one for one, (began, _) in self._events.items() if now - began > SECONDS]:
            del self._events[old]
        if key not in self._events:
            if len(self._events) >= MOST_EVENTS:
                del self._events[next(iter(self._events))]
            self._events[key] = (now, {})
        return self._events[key][1]


def _within(payload: bytes) -> bytes:
    if len(payload) > MOST_BODY:
        raise ValueError("too large")
    return payload
