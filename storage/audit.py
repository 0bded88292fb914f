"""The audit trail: what happened, each entry with a digest that a receipt shows (R12.10)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, insert

from bot.ports import AuditEntry
from storage.prepared import Prepared
from storage.tables import audit

SALT = 16
_ADD = Prepared(insert(audit).inline())
_SORTED = msgspec.json.Encoder(order="sorted")


class Spelled(msgspec.Struct, frozen=True):
    """The one spelling of an entry that its digest is taken of; the fields stand in alphabetical order."""

    action: str
    actor: str
    after: msgspec.Raw
    at: str
    before: msgspec.Raw
    channel: str
    object: str
    on_behalf_of: str
    request: str


class Audit:
    def __init__(self, sql: Connection) -> None:
        self._sql = sql

    def record(self, entry: AuditEntry) -> str:
        """TypeError if ``before`` or ``after`` hold anything but text, whole numbers, yes, no, nothing and lists of these."""
        row: dict[str, Any] = msgspec.structs.asdict(entry)
        row["before"], row["after"] = canonical(entry.before), canonical(entry.after)
        row["salt"] = secrets.token_bytes(SALT)
        row["digest"] = digest(row)
        _ADD.run(self._sql, row)
        return str(row["digest"])


def canonical(value: dict[str, Any]) -> str:
    """JSON with sorted keys and no spaces. Decimal fractions have no single spelling and are refused."""
    _refuse_odd(value)
    return _SORTED.encode(value).decode()


def digest(row: Mapping[Any, Any]) -> str:
    """SHA-256, in hex, over the salt and the entry as canonical JSON; ``before`` and ``after`` are canonical already.

    The id is not part of it: it is bound by the seal.
    """
    at: datetime = row["at"]
    spelled = Spelled(
        action=row["action"],
        actor=row["actor"],
        after=msgspec.Raw(row["after"]),
        at=at.astimezone(UTC).isoformat(timespec="microseconds"),
        before=msgspec.Raw(row["before"]),
        channel=row["channel"],
        object=row["object"],
        on_behalf_of=row["on_behalf_of"],
        request=row["request"],
    )
    return hashlib.sha256(row["salt"] + _SORTED.encode(spelled)).hexdigest()


def _refuse_odd(value: object) -> None:
    match value:
        case None | str() | bool() | int():
            return
        case dict():
            for key, inner in value.items():
                if not isinstance(key, str):
                    raise TypeError(f"audit: keys are text, not {type(key).__name__}")
                _refuse_odd(inner)
        case list() | tuple():
            for inner in value:
                _refuse_odd(inner)
        case _:
            raise TypeError(f"audit: {type(value).__name__} has no canonical spelling")
