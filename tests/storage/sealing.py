"""A key for the heads, and how the tests of the audit trail write and check."""

from __future__ import annotations

import hmac
from typing import Any

from storage.store import Database
from storage.unit import Unit
from storage.verify import Verdict, verify
from tests.storage.samples import entry

KEY = b"key of the heads"


def sign(message: bytes) -> tuple[str, str]:
    return hmac.new(KEY, message, "sha256").hexdigest(), "k1"


def check(message: bytes, signature: str, key_id: str) -> bool:
    return key_id == "k1" and hmac.compare_digest(sign(message)[0], signature)


def record(unit: Unit, *numbers: int) -> None:
    for number in numbers:
        unit.audit.record(entry(number))


def verdict(database: Database, **period: Any) -> Verdict:
    with database.snapshot() as unit:
        return verify(unit, check, **period)
