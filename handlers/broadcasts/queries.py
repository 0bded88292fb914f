"""Reading and changing broadcasts. A change of the state is a compare-and-set on its version."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct, structs
from sqlalchemy import Select, bindparam, insert, or_, select, update

from bot.permit import Scope
from handlers.broadcasts.rules import Audience
from handlers.broadcasts.scope_queries import in_scope
from handlers.broadcasts.states import OUT, State
from handlers.broadcasts.tables import broadcasts, recipients
from storage.prepared import Prepared
from storage.unit import Unit


class Broadcast(Struct, frozen=True, kw_only=True):
    number: int
    state: State
    version: int = 1
    title: str
    body: str
    category: str
    regions: tuple[str, ...]
    tiers: tuple[str, ...]
    roles: tuple[str, ...]
    author: int
    created_at: datetime
    basis: str
    starts_at: datetime | None = None
    confirmed_by: int | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    chased_at: datetime | None = None
    reason: str = ""
    drawn: int = 0

    @property
    def ref(self) -> str:
        return f"GG{self.number}"

    @property
    def audience(self) -> Audience:
        return Audience(self.regions, self.tiers, self.roles)


_BY_NUMBER = select(broadcasts).where(broadcasts.c.number == bindparam("of"))
_SEE = Prepared(_BY_NUMBER)
_LOCK = Prepared(_BY_NUMBER.with_for_update())
_SHARE = Prepared(_BY_NUMBER.with_for_update(read=True))
_ADD = Prepared(insert(broadcasts))


def add(db: Unit, broadcast: Broadcast) -> None:
    _ADD.run(db.sql, structs.asdict(broadcast))


def broadcast(db: Unit, number: int) -> Broadcast | None:
    return _one(db, _SEE, number)


def for_update(db: Unit, number: int) -> Broadcast | None:
    return _one(db, _LOCK, number)


def shared(db: Unit, number: int) -> Broadcast | None:
    """It stays as it is until the transaction ends, and others may hold it so beside us: many acknowledge at once."""
    return _one(db, _SHARE, number)


def change(db: Unit, old: Broadcast, **values: object) -> bool:
    """False if somebody else was faster."""
    same = (broadcasts.c.number == old.number, broadcasts.c.version == old.version)
    return db.sql.execute(update(broadcasts).where(*same).values(version=old.version + 1, **values)).rowcount == 1


def note(db: Unit, number: int, **values: object) -> None:
    """What is no change of its state."""
    db.sql.execute(update(broadcasts).where(broadcasts.c.number == number).values(**values))


def count_drawn(db: Unit, number: int) -> None:
    note(db, number, drawn=broadcasts.c.drawn + 1)


def latest_for(db: Unit, person: int, most: int) -> Sequence[Broadcast]:
    """What this person was sent, the newest first; nothing that was recalled."""
    mine = select(recipients.c.broadcast).where(recipients.c.person == person)
    found = select(broadcasts).where(broadcasts.c.number.in_(mine), broadcasts.c.state.in_(OUT))
    return _many(db, found.order_by(broadcasts.c.number.desc()).limit(most))


def latest_within(db: Unit, person: int, scope: Scope, most: int) -> Sequence[Broadcast]:
    """What this person wrote, or what went to somebody in their scope; the newest first."""
    concerned = select(recipients.c.broadcast).where(in_scope(scope))
    found = select(broadcasts).where(or_(broadcasts.c.author == person, broadcasts.c.number.in_(concerned)))
    return _many(db, found.order_by(broadcasts.c.number.desc()).limit(most))


def _many(db: Unit, found: Select[tuple[object, ...]]) -> list[Broadcast]:
    return [Broadcast(**row._mapping) for row in db.sql.execute(found)]


def _one(db: Unit, found: Prepared, number: int) -> Broadcast | None:
    rows = found.named(db.sql, {"of": number})
    return Broadcast(**rows[0]) if rows else None
