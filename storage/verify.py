"""Checking the audit trail: every entry against its seal, every seal against the one before, the heads' signatures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, RowMapping, func, select

from storage.audit import digest
from storage.seals import GENESIS, Head, chained
from storage.tables import audit, heads, seals
from storage.unit import Unit

Check = Callable[[bytes, str, str], bool]
"""Whether (message, signature, key id) belong together."""
BATCH = 5000


class Fault(StrEnum):
    EDITED = "edited"
    DELETED = "deleted"
    INSERTED = "inserted"
    REORDERED = "reordered"
    TRUNCATED = "truncated"
    """The chain is shorter than a signed head says."""
    FORGED = "forged"
    """The chain was rewritten: seals and signed heads do not fit together."""


class Broken(msgspec.Struct, frozen=True):
    """The first broken place: its number in the chain, and the id of the entry that is or stands there, 0 for none."""

    sequence: int
    entry: int
    what: Fault


class Verdict(msgspec.Struct, frozen=True):
    """``count`` sealed entries were checked, up to ``head``; ``unsealed`` ones wait for the next seal."""

    count: int
    head: Head | None
    unsealed: int
    broken: Broken | None


def verify(unit: Unit, check: Check, start: datetime | None = None, end: datetime | None = None) -> Verdict:
    """The chain between the last head signed before ``start`` and the first one signed at ``end`` or later.

    What was written in that time was sealed in between, whatever instant it bears. A million entries take a while:
    run it on a snapshot (``Database.snapshot``).
    """
    return _Walk(unit, check).run(start, end)


class _Found(Exception):
    def __init__(self, sequence: int, entry: int, what: Fault) -> None:
        super().__init__(what)
        self.broken = Broken(sequence, entry, what)


@dataclass(slots=True)
class _Walk:
    """Where the walk stands: the last good seal, and the last good head."""

    unit: Unit
    check: Check
    sequence: int = 0
    entry: int | None = None
    hash: str = GENESIS
    head: Head | None = None
    count: int = 0
    unsealed: int = 0

    def run(self, start: datetime | None, end: datetime | None) -> Verdict:
        broken = None
        try:
            if start:
                self._begin_after(start)
            signed, sealed = self._ends()
            last = signed if end is None else self._head_after(end) or signed
            while batch := self._seals(last):
                self._check_batch(batch)
            if self.sequence < last:
                raise _Found(self.sequence + 1, self._next_entry(), Fault.TRUNCATED)
            if sealed > signed and last == signed:
                raise _Found(signed + 1, self._next_entry(), Fault.FORGED)
            if end is None:
                self._check_tail()
        except _Found as found:
            broken = found.broken
        return Verdict(self.count, self.head, self.unsealed, broken)

    def _begin_after(self, start: datetime) -> None:
        before = select(heads).where(heads.c.at < start).order_by(heads.c.sequence.desc()).limit(1)
        head = self.unit.sql.execute(before).one_or_none()
        if head is None:
            return
        seal = self.unit.sql.execute(select(seals).where(seals.c.sequence == head.sequence)).one_or_none()
        if seal is None:
            raise _Found(head.sequence, 0, Fault.TRUNCATED)
        self.sequence, self.entry, self.hash = seal.sequence, seal.entry, seal.hash
        self._check_head(head)

    def _ends(self) -> tuple[int, int]:
        """The newest head and the newest seal. Every run of sealing ends in a head, so the two are the same."""
        newest = select(select(func.max(heads.c.sequence)).scalar_subquery(), func.max(seals.c.sequence))
        signed, sealed = self.unit.sql.execute(newest).one()
        return signed or 0, sealed or 0

    def _head_after(self, end: datetime) -> int | None:
        after = select(func.min(heads.c.sequence)).where(heads.c.at >= end, heads.c.sequence > self.sequence)
        found: int | None = self.unit.sql.execute(after).scalar()
        return found

    def _seals(self, last: int) -> Sequence[Any]:
        following = select(seals.c.sequence, seals.c.entry, seals.c.digest, seals.c.hash).where(
            seals.c.sequence > self.sequence, seals.c.sequence <= last
        )
        return self.unit.sql.execute(following.order_by(seals.c.sequence).limit(BATCH)).all()

    def _check_batch(self, batch: Sequence[Any]) -> None:
        entries = self._entries(max(seal.entry for seal in batch))
        entry = next(entries, None)
        within = select(heads).where(heads.c.sequence.between(batch[0].sequence, batch[-1].sequence))
        signed = {head.sequence: head for head in self.unit.sql.execute(within)}
        for seal in batch:
            sequence, sealed_entry = seal.sequence, seal.entry
            if sequence != self.sequence + 1:
                raise _Found(self.sequence + 1, self._next_entry(), Fault.DELETED)
            if entry is not None and entry["id"] < sealed_entry:
                raise _Found(sequence, entry["id"], self._stray(entry["id"]))
            self._check_seal(seal, entry)
            self.sequence, self.entry, self.hash = sequence, sealed_entry, seal.hash
            self.count += 1
            if head := signed.get(sequence):
                self._check_head(head)
            entry = next(entries, None)

    def _check_seal(self, seal: Any, entry: RowMapping | None) -> None:
        sequence, sealed_entry, sealed_digest, hash_ = seal
        if self.entry is not None and sealed_entry <= self.entry:
            raise _Found(sequence, sealed_entry, Fault.REORDERED)
        if entry is None or entry["id"] != sealed_entry:
            raise _Found(sequence, sealed_entry, Fault.DELETED)
        found = digest(entry)
        if found != sealed_digest or found != entry["digest"]:
            raise _Found(sequence, sealed_entry, self._changed(found))
        if hash_ != chained(self.hash, sequence, sealed_entry, sealed_digest):
            raise _Found(sequence, sealed_entry, Fault.FORGED)

    def _check_head(self, row: Any) -> None:
        head = Head(row.sequence, row.hash, row.at)
        if row.hash != self.hash or not self.check(head.spelled(), row.signature, row.key_id):
            raise _Found((self.head.sequence if self.head else 0) + 1, 0, Fault.FORGED)
        self.head = head

    def _check_tail(self) -> None:
        for entry in self._entries():
            if digest(entry) != entry["digest"]:
                raise _Found(self.sequence + self.unsealed + 1, entry["id"], Fault.EDITED)
            self.unsealed += 1

    def _entries(self, last: int | None = None) -> Iterator[RowMapping]:
        after = self.entry
        up_to = [] if last is None else [audit.c.id <= last]
        while True:
            following = select(audit).where(*_after(after), *up_to).order_by(audit.c.id).limit(BATCH)
            found = self.unit.sql.execute(following).mappings().all()
            yield from found
            if len(found) < BATCH:
                return
            after = found[-1]["id"]

    def _stray(self, entry: int) -> Fault:
        """An entry that stands where the chain has another: sealed elsewhere, or by nobody."""
        elsewhere = select(seals.c.sequence).where(seals.c.entry == entry)
        return Fault.REORDERED if self.unit.sql.execute(elsewhere).first() else Fault.INSERTED

    def _changed(self, found: str) -> Fault:
        """An entry that is not what was sealed: another's content, or a new one."""
        elsewhere = select(seals.c.sequence).where(seals.c.digest == found, seals.c.sequence != self.sequence + 1)
        return Fault.REORDERED if self.unit.sql.execute(elsewhere.limit(1)).first() else Fault.EDITED

    def _next_entry(self) -> int:
        following = select(func.min(audit.c.id)).where(*_after(self.entry))
        return self.unit.sql.execute(following).scalar() or 0


def _after(entry: int | None) -> list[ColumnElement[bool]]:
    return [] if entry is None else [audit.c.id > entry]
