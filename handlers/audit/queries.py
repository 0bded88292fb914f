"""Reading the trail. Writing it is the store's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import func, select

from storage.tables import audit, heads
from storage.unit import Unit


class Entry(Struct, frozen=True, kw_only=True):
    id: int
    at: datetime
    actor: str
    on_behalf_of: str
    channel: str
    action: str
    before: dict[str, Any]
    after: dict[str, Any]
    digest: str


def trail(db: Unit, ref: str, most: int) -> Sequence[Entry]:
    """The latest entries about an object, newest last."""
    latest = select(audit).where(audit.c.object == ref).order_by(audit.c.id.desc()).limit(most)
    return [
        Entry(
            id=row.id,
            at=row.at,
            actor=row.actor,
            on_behalf_of=row.on_behalf_of,
            channel=row.channel,
            action=row.action,
            before=_object(row.before),
            after=_object(row.after),
            digest=row.digest,
        )
        for row in reversed(db.sql.execute(latest).all())
    ]


def count(db: Unit, ref: str) -> int:
    return int(db.sql.execute(select(func.count()).where(audit.c.object == ref)).scalar_one())


class SignedHead(Struct, frozen=True):
    sequence: int
    hash: str
    at: datetime
    signature: str


def latest_head(db: Unit) -> SignedHead | None:
    columns = (heads.c[name] for name in SignedHead.__struct_fields__)
    row = db.sql.execute(select(*columns).order_by(heads.c.sequence.desc()).limit(1)).one_or_none()
    return None if row is None else SignedHead(*row)


def sealed_between(db: Unit, start: datetime | None, end: datetime | None) -> int:
    """About how many entries a verification of this stretch reads."""
    before = select(func.max(heads.c.sequence)).where(heads.c.at < start) if start else None
    within = select(func.max(heads.c.sequence))
    last = db.sql.execute(within.where(heads.c.at < end) if end else within).scalar() or 0
    return last - ((db.sql.execute(before).scalar() or 0) if before is not None else 0)


def _object(text: str) -> dict[str, Any]:
    """What somebody wrote into the table by hand is shown as it stands; finding that out is verification's part."""
    try:
        found = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return {"?": text}
    return found if isinstance(found, dict) else {"?": text}
