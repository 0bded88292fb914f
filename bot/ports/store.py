"""One transaction of the store, and the store itself."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

from msgspec import Struct

from bot.ports.dialogue import Copies, Dialogue
from bot.ports.files import Files
from bot.ports.inbox import Identity, Inbox
from bot.ports.outbox import Outbox
from bot.ports.records import Audit, Charges, Jobs, Numbers

T = TypeVar("T")


class Unit(Protocol):
    """One transaction. Leaving it commits, an exception rolls it back."""

    @property
    def inbox(self) -> Inbox: ...
    @property
    def identity(self) -> Identity: ...
    @property
    def copies(self) -> Copies: ...
    @property
    def dialogue(self) -> Dialogue: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def jobs(self) -> Jobs: ...
    @property
    def numbers(self) -> Numbers: ...
    @property
    def files(self) -> Files: ...
    @property
    def charges(self) -> Charges: ...

    def savepoint(self) -> AbstractContextManager[None]:
        """Inside it a Refusal or error rolls back to its start, what was written before stays."""


class Lease(Struct, frozen=True):
    """Held by one process at a time; ``fence`` grows with every change of hands."""

    name: str
    fence: int


class Store(Protocol):
    """The database. ``write`` runs work in the right thread, in one transaction, and commits it.

    Raises Unavailable when the database cannot be reached, or the work was stopped by its time limit (10 s).
    """

    async def write(self, work: Callable[[Any], T], *, turn: bool = False, lane: str = "") -> T:
        """``turn`` picks the turn pool; ``lane`` makes works with the same name come one after the other (PostgreSQL)."""

    async def read(self, work: Callable[[Any], T]) -> T: ...

    def unit(self) -> AbstractContextManager[Any]:
        """The same in the caller's thread, for the command line."""

    def on_commit(self, wake: Callable[[], None]) -> None:
        """``wake`` is called, from any thread, after each commit that added outbox rows (also another process's)."""

    async def lease(self, name: str, seconds: float) -> Lease | None:
        """Takes or prolongs; None while another process holds it. Machine time.

        Prolonging keeps the fence; taking it after it ended or was released does not, even by the same process.
        """

    async def release(self, lease: Lease) -> None: ...
