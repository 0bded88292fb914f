"""The page that looks in: the steps of a turn, the hold on time and trouble."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct


class Step(Struct, frozen=True, kw_only=True):
    """One step of a turn: received, known, understood, allowed, written, answered. ``facts`` in the page's words."""

    trace: str
    name: str
    facts: tuple[tuple[str, str], ...] = ()
    took_ms: float = 0.0
    stopped: bool = False


class Trace(Protocol):
    """Somebody who watches turns. With no listener nothing is collected."""

    def step(self, step: Step) -> None: ...


class Due(Struct, frozen=True):
    """What the clock will do next, and why then."""

    at: datetime
    what: str
    about: str
    why: str = ""


class Rehearsal(Protocol):
    """The demo's hold on time and trouble: what is due, walk there, break things, start anew."""

    def now(self) -> datetime: ...

    def due(self) -> Awaitable[Sequence[Due]]: ...

    def advance(self, to: datetime) -> Awaitable[int]:
        """Walks through every due instant up to ``to``; how many there were."""

    def restart(self) -> Awaitable[None]: ...
