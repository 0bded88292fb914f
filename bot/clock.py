"""The two kinds of time.

*Business time* is a ``Clock``: rules, deadlines, reminders, the life of buttons and codes. In rehearsals and acceptance
it comes from a file that the operator rewrites. *Machine time* is ``machine()``: leases, time-outs, retry waits, ticks.
The file never touches it.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

log = logging.getLogger(__name__)


class Clock(Protocol):
    def now(self) -> datetime:
        """Business time, an aware datetime."""


def machine() -> float:
    """Machine time: monotonic seconds since some unknown start. Only differences within one process mean anything."""
    return time.monotonic()


class WallClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class FileClock:
    """The instant (ISO 8601 with offset) in a file, read anew at every call.

    ValueError when the file holds none at the start. Later a file that is missing, half-written or earlier than
    before is ignored: business time stays where it is, with one warning for each distinct content.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)
        self._lock = threading.Lock()
        self._warned: set[str] = set()
        try:
            self._now = _instant(self._path.read_text("utf-8"))
        except (OSError, ValueError) as fault:
            raise ValueError(f"clock.file {self._path}: {_reason(fault)}") from fault

    def now(self) -> datetime:
        with self._lock:
            try:
                text = self._path.read_text("utf-8")
                instant = _instant(text)
            except (OSError, ValueError) as fault:
                self._warn(_reason(fault))
                return self._now
            if instant < self._now:
                self._warn(f"{text.strip()} is earlier than {self._now.isoformat()}")
            else:
                self._now = instant
            return self._now

    def _warn(self, problem: str) -> None:
        if problem not in self._warned:
            self._warned.add(problem)
            log.warning("clock.file %s ignored, business time stays: %s", self._path, problem)


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text.strip())
    if instant.tzinfo is None:
        raise ValueError(f"no offset in {text.strip()!r}")
    return instant


def _reason(fault: OSError | ValueError) -> str:
    if isinstance(fault, OSError):
        return fault.strerror or "cannot be read"
    return f"write one ISO 8601 instant with offset, like 2026-03-02T09:00:00+08:00 ({fault})"


class ManualClock:
    """Business time that moves only when told: the demo's rehearsal and tests."""

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError("business time needs an offset")
        self._at = at

    def now(self) -> datetime:
        return self._at

    def advance(self, by: timedelta) -> None:
        self.set(self._at + by)

    def set(self, at: datetime) -> None:
        """ValueError for an earlier instant: business time never moves backwards."""
        if at < self._at:
            raise ValueError(f"business time cannot move back from {self._at.isoformat()} to {at.isoformat()}")
        self._at = at
