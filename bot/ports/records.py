"""Audit, promises of the clock, numbers, what messengers charge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct


class AuditEntry(Struct, frozen=True, kw_only=True):
    """One thing that happened (R12.10). ``before`` and ``after`` are small JSON objects; ``actor`` "系统机器人" for the bot."""

    at: datetime
    actor: str
    on_behalf_of: str = ""
    channel: str = ""
    object: str
    action: str
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    request: str = ""


class Audit(Protocol):
    def record(self, entry: AuditEntry) -> str:
        """Writes the entry in this transaction and returns its digest (hex), which exists at the commit (M02)."""


class Slot(Struct, frozen=True, kw_only=True):
    """One promise of the clock: ``job`` runs once for ``slot`` at ``due`` (business time).

    ``about`` is the object whose end cancels it ("BB1001").
    """

    job: str
    slot: str
    due: datetime
    about: str = ""
    args: dict[str, str] = {}


class Jobs(Protocol):
    def promise(self, slot: Slot) -> None:
        """Unique by (job, slot): promising twice is once; a cancelled one is promised again."""

    def cancel(self, about: str, job: str = "") -> int:
        """Not a slot that is being run right now: it waits for this very change, and will find it made."""

    def claim_due(self, now: datetime, most: int) -> Sequence[Slot]:
        """Takes due slots for this transaction (SKIP LOCKED) and marks them done; a rollback gives them back."""

    def next_due(self, most: int) -> Sequence[Slot]: ...

    def fail(self, slot: Slot, now: datetime, reason: str) -> None:
        """Counts a failed run, in a transaction of its own; after 5 the slot is set aside with its reason.

        Until the next try it is not due: 5 s of machine time, doubled with every failure.
        """


class Charge(Struct, frozen=True):
    """Something a messenger charges: a call or a push of this ``kind``, in a ``month`` like 2026-03."""

    channel: str
    month: str
    kind: str


class Charges(Protocol):
    def write(self, process: str, counts: Mapping[Charge, int]) -> None:
        """How much this process has counted so far, in place of what it wrote before."""

    def own(self, process: str) -> dict[Charge, int]:
        """What this process has written."""

    def others(self, process: str, month: str) -> dict[Charge, int]:
        """What all other processes have written, those of the past included."""


class Numbers(Protocol):
    def next(self, kind: str) -> int:
        """The next number people type for this kind of object: BB1001, BB1002 … (starts: contract 6)."""
