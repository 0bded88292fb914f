"""How often somebody was told that there is no such thing: one row for a person, written over. For this capability only."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from sqlalchemy import bindparam, case, literal, select
from sqlalchemy.dialects.postgresql import insert as insert_or

from handlers.people.tables import missed_lookups
from storage.prepared import Prepared
from storage.types import Instant
from storage.unit import Unit


class Missed(Struct, frozen=True):
    since: datetime
    count: int


_MISSED = Prepared(
    select(missed_lookups.c.since, missed_lookups.c.count).where(missed_lookups.c.person == bindparam("of"))
)


def missed(db: Unit, person: int) -> Missed | None:
    row = _MISSED.first(db.sql, {"of": person})
    return None if row is None else Missed(*row)


def count_missed(db: Unit, person: int, now: datetime, floor: datetime) -> Missed:
    """One more; what began at ``floor`` or before is over, and counting begins anew."""
    c = missed_lookups.c
    over = c.since <= floor
    again = {
        "since": case((over, literal(now, Instant())), else_=c.since),
        "count": case((over, literal(1)), else_=c.count + 1),
    }
    added = insert_or(missed_lookups).values(person=person, since=now, count=1)
    row = db.sql.execute(
        added.on_conflict_do_update(index_elements=["person"], set_=again).returning(c.since, c.count)
    ).one()
    return Missed(*row)
