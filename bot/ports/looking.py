"""The page that looks in: the steps of a turn, the hold on time and trouble."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from bot.house import House


class Change(Struct, frozen=True, kw_only=True):
    """One column of one row that a turn wrote; ``before`` is "" for a new row, ``after`` for one that is gone."""

    table: str
    row: str
    column: str
    before: str = ""
    after: str = ""


class Word(Struct, frozen=True):
    """One value as it was understood: what was typed, which slot, its value, how sure (确定, 推定, 要问)."""

    typed: str
    slot: str
    value: str
    sure: str


class Delivery(Struct, frozen=True, kw_only=True):
    """How far one row of the outbox has come. ``handle`` is the messenger's name of the message, or of the one it changes;
    ``payload`` the body as it goes out; ``again`` the seconds until the next attempt, while there is one."""

    row: int
    channel: str
    place: str
    group: bool
    what: str
    state: str
    attempt: int
    handle: str = ""
    target: int | None = None
    """The row whose message it changes."""
    reason: str = ""
    again: float = 0.0
    changeable_until: datetime | None = None
    payload: bytes = b""


class Step(Struct, frozen=True, kw_only=True):
    """One step of a turn: received, known, understood, allowed, written, answered. ``facts`` in the page's words.

    ``took_ms`` is since the push came. ``answered`` comes again for every attempt of a delivery.
    """

    trace: str
    name: str
    facts: tuple[tuple[str, str], ...] = ()
    took_ms: float = 0.0
    stopped: bool = False
    words: tuple[Word, ...] = ()
    changes: tuple[Change, ...] = ()
    delivery: Delivery | None = None
    channel: str = ""
    names: tuple[str, ...] = ()
    """What the messenger calls the push and the message it is about."""


class Trace(Protocol):
    """Somebody who watches turns. With no listener nothing is collected."""

    def step(self, step: Step) -> None: ...


class Due(Struct, frozen=True):
    """What the clock will do next, and why then."""

    at: datetime
    what: str
    about: str
    why: str = ""
    moved: str = ""
    """Why then, where its own day is another one: 原定 2026-05-17 周日，顺延."""
    whom: tuple[tuple[str, str], ...] = ()
    """Who hears of it, each with the channel where they are."""


class Rehearsal(Protocol):
    """The demo's hold on time and trouble: what is due, walk there, break things, start anew."""

    def now(self) -> datetime: ...

    def house(self) -> House: ...

    def due(self) -> Awaitable[Sequence[Due]]: ...

    def advance(self, to: datetime) -> Awaitable[int]:
        """Walks through every due instant up to ``to``; how many there were."""

    def restart(self) -> Awaitable[None]: ...

    def without_database(self, away: bool) -> None:
        """The bot cannot reach its database from now on, or can again."""
