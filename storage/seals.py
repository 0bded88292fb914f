"""The chain of seals over the audit trail: it gives the entries their order, and its heads are signed (R12.10).

A seal is appended per tick, not in the turn: a chain head locked in every turn would let the turns wait for each other.
Entries are sealed in the order of their ids and without a gap, so an entry that turns up later below the last sealed id
was inserted by another hand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
from sqlalchemy import Row, insert, select, text
from sqlalchemy.exc import OperationalError

from storage.tables import audit, heads, seals
from storage.unit import Unit

Sign = Callable[[bytes], tuple[str, str]]
"""Gives (signature, key id)."""
GENESIS = "0" * 64
MOST = 2000
PATIENCE = 0.1
LOCK_NOT_AVAILABLE = "55P03"


class Head(msgspec.Struct, frozen=True):
    """The end of the chain at an instant, as it is signed and published."""

    sequence: int
    hash: str
    at: datetime

    def spelled(self) -> bytes:
        return f"channelops audit head|{self.sequence}|{self.hash}|{self.at.astimezone(UTC).isoformat()}".encode()


def chained(previous: str, sequence: int, entry: int, digest: str) -> str:
    """The hash of a seal: SHA-256, in hex, over ``previous hash|sequence|entry id|digest``."""
    return hashlib.sha256(f"{previous}|{sequence}|{entry}|{digest}".encode()).hexdigest()


def seal(unit: Unit, sign: Sign, now: datetime, most: int = MOST, patience: float = PATIENCE) -> int:
    """Seals up to ``most`` entries, signs the new head, and returns how many entries there were.

    0 also when PostgreSQL's writers did not pause within ``patience`` seconds: the next tick tries again.
    """
    if not _quiet(unit, patience):
        return 0
    last = _last(unit)
    sequence, entry, hash_ = (last.sequence, last.entry, last.hash) if last else (0, 0, GENESIS)
    unsealed = select(audit.c.id, audit.c.digest).where(audit.c.id > entry).order_by(audit.c.id).limit(most)
    rows: list[dict[str, object]] = []
    for entry, digest in unit.sql.execute(unsealed):
        sequence += 1
        hash_ = chained(hash_, sequence, entry, digest)
        rows.append({"sequence": sequence, "entry": entry, "digest": digest, "hash": hash_})
    if rows:
        unit.sql.execute(insert(seals), rows)
        head = Head(sequence, hash_, now)
        signature, key_id = sign(head.spelled())
        signed = {"sequence": sequence, "hash": hash_, "at": now, "signature": signature, "key_id": key_id}
        unit.sql.execute(insert(heads), signed)
    return len(rows)


def _last(unit: Unit) -> Row[int, int, str] | None:
    latest = select(seals.c.sequence, seals.c.entry, seals.c.hash).order_by(seals.c.sequence.desc()).limit(1)
    return unit.sql.execute(latest).one_or_none()


def _quiet(unit: Unit, patience: float) -> bool:
    """Lets no transaction be under way that holds an id not yet seen, and nobody else seal: until this one ends.

    On PostgreSQL ids become visible in the order of commits, not of ids. SQLite has one writer.
    """
    if unit.sql.dialect.name == "sqlite":
        return True
    try:
        with unit.savepoint():
            unit.sql.execute(text(f"SET LOCAL lock_timeout = {int(patience * 1000)}"))
            unit.sql.execute(text("LOCK TABLE audit IN SHARE ROW EXCLUSIVE MODE"))
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
            return False
        raise
    return True
