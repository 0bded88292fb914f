"""Reading the trail. Writing it is the store's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import func, select

from storage.tables import audit
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


def _object(text: str) -> dict[str, Any]:
    """What somebody wrote into the table by hand is shown as it stands; finding that out is verification's part."""
    try:
        found = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return {"?": text}
    return found if isinstance(found, dict) else {"?": text}
