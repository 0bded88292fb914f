"""One recipient of a broadcast, and how many of them got, read and acknowledged it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, Update, bindparam, case, func, select, update

from bot.messages import Place
from bot.permit import Scope
from bot.reports import Became, DeliveryReport
from handlers.broadcasts.scope_queries import in_scope
from handlers.broadcasts.states import UNDER_WAY, Fate
from handlers.broadcasts.tables import recipients
from storage.prepared import Prepared
from storage.tables import persons
from storage.unit import Unit


class Recipient(Struct, frozen=True, kw_only=True):
    """``person`` is None for a group."""

    id: int
    broadcast: int
    person: int | None
    name: str
    agent: str
    company: str
    region: str
    province: str
    channel: str
    tenant: str
    chat: str
    is_group: bool
    fate: Fate
    reason: str
    acknowledged_at: datetime | None
    acknowledged_in: str
    reminded_at: datetime | None

    @property
    def place(self) -> Place:
        return Place(self.channel, self.tenant, self.chat, group=True)

    @property
    def spoken(self) -> str:
        return f"{self.name}（{self.company}）" if self.company else self.name


class Counts(Struct, frozen=True, kw_only=True):
    """Three counters that are never one (C41), of people; ``total`` without whoever has left."""

    total: int = 0
    delivered: int = 0
    failed: int = 0
    unreachable: int = 0
    read: int = 0
    acknowledged: int = 0
    waiting: int = 0


_ROW = select(*(recipients.c[name] for name in Recipient.__struct_fields__))
_BY_ID = Prepared(_ROW.where(recipients.c.id == bindparam("of")))
_OF_PERSON = Prepared(
    _ROW.where(recipients.c.person == bindparam("who"), recipients.c.broadcast == bindparam("of")).with_for_update()
)
AT_ONCE = 500
"""Rows named in one statement."""
_ACKNOWLEDGE = Prepared(update(recipients).where(recipients.c.id == bindparam("of")))
_BY_KEY = update(recipients).where(recipients.c.id == bindparam("of"))
_FIRST = bindparam("at", type_=recipients.c.read_at.type)
_DELIVERED = _BY_KEY.values(
    fate=Fate.DELIVERED,
    channel=bindparam("where"),
    delivered_at=func.coalesce(recipients.c.delivered_at, _FIRST),
)
_READ = _BY_KEY.values(read_at=func.coalesce(recipients.c.read_at, _FIRST))
_LOST = _BY_KEY.where(recipients.c.delivered_at.is_(None))
_SETTLED: dict[Became, tuple[Update, Callable[[DeliveryReport], dict[str, object]]]] = {
    Became.DELIVERED: (_DELIVERED, lambda each: {"at": each.at, "where": each.place.channel}),
    Became.READ: (_READ, lambda each: {"at": each.at}),
    Became.FAILED: (
        _LOST.values(fate=Fate.FAILED, reason=bindparam("because")),
        lambda each: {"because": each.reason},
    ),
    Became.UNKNOWN: (
        _LOST.values(fate=Fate.UNKNOWN, reason=bindparam("because")),
        lambda each: {"because": each.reason},
    ),
}
_STILL_WANTED = recipients.c.is_group.is_(False) & (recipients.c.fate != Fate.LEFT)
_HERE = recipients.c.person.in_(select(persons.c.id).where(persons.c.active))
_SILENT = _STILL_WANTED & recipients.c.acknowledged_at.is_(None)
_BEHIND = _SILENT & _HERE
"""Nobody waits for whoever has left since it was sent."""


def recipient(db: Unit, number: int) -> Recipient | None:
    rows = _BY_ID.named(db.sql, {"of": number})
    return Recipient(**rows[0]) if rows else None


def recipient_of(db: Unit, broadcast: int, person: int) -> Recipient | None:
    """For update; None for whoever is not in its roster."""
    rows = _OF_PERSON.named(db.sql, {"who": person, "of": broadcast})
    return Recipient(**rows[0]) if rows else None


def is_recipient(db: Unit, broadcast: int, person: int) -> bool:
    """Not for update."""
    mine = select(recipients.c.id).where(recipients.c.person == person, recipients.c.broadcast == broadcast)
    return db.sql.execute(mine).first() is not None


def acknowledge(db: Unit, number: int, now: datetime, group: str) -> None:
    _ACKNOWLEDGE.run(db.sql, {"of": number, "acknowledged_at": now, "acknowledged_in": group})


def groups_at(db: Unit, broadcast: int, place: Place) -> Sequence[int]:
    """The notices of a broadcast that stand in this group."""
    here = (recipients.c.channel == place.channel, recipients.c.tenant == place.tenant, recipients.c.chat == place.chat)
    found = select(recipients.c.id).where(recipients.c.broadcast == broadcast, recipients.c.is_group, *here)
    return list(db.sql.execute(found).scalars())


def acknowledged_in(db: Unit, broadcast: int, group: str) -> Sequence[str]:
    """The names of those who pressed it in that group, in the order they did."""
    found = select(recipients.c.name).where(
        recipients.c.broadcast == broadcast, recipients.c.acknowledged_in == group, recipients.c.person.is_not(None)
    )
    return list(db.sql.execute(found.order_by(recipients.c.acknowledged_at)).scalars())


# -- what became of the notices ------------------------------------------------------------------------------------


def broadcasts_of(db: Unit, reports: Sequence[DeliveryReport]) -> Sequence[int]:
    ids = {each.number for each in reports}
    return sorted(db.sql.execute(select(recipients.c.broadcast).where(recipients.c.id.in_(ids)).distinct()).scalars())


def settle(db: Unit, reports: Sequence[DeliveryReport]) -> None:
    """Writes what became of notices. A later copy that fails takes nothing back."""
    for became, (statement, values) in _SETTLED.items():
        rows = [{"of": each.number, **values(each)} for each in reports if each.became is became]
        if rows:
            db.sql.execute(statement, rows)


def queued(db: Unit, broadcast: int) -> Sequence[int]:
    found = select(recipients.c.id).where(recipients.c.broadcast == broadcast, recipients.c.fate == Fate.QUEUED)
    return list(db.sql.execute(found).scalars())


def put_back(db: Unit, numbers: Sequence[int]) -> None:
    """What was taken back before it left waits for its turn again."""
    for start in range(0, len(numbers), AT_ONCE):
        some = recipients.c.id.in_(numbers[start : start + AT_ONCE])
        db.sql.execute(update(recipients).where(some).values(fate=Fate.WAITING))


def waiting(db: Unit, broadcast: int) -> int:
    """How many people are still to be written to."""
    found = select(func.count()).where(recipients.c.broadcast == broadcast, recipients.c.fate == Fate.WAITING)
    return int(db.sql.execute(found.where(_STILL_WANTED)).scalar_one())


def under_way(db: Unit, broadcast: int) -> bool:
    found = select(recipients.c.id).where(recipients.c.broadcast == broadcast, recipients.c.fate.in_(UNDER_WAY))
    return db.sql.execute(found.limit(1)).first() is not None


def of_broadcast(db: Unit, broadcast: int, after: int, most: int) -> Sequence[int]:
    """Notices that somebody may have, page by page."""
    gone = recipients.c.fate.in_((Fate.DELIVERED, Fate.UNKNOWN, Fate.QUEUED))
    found = select(recipients.c.id).where(recipients.c.broadcast == broadcast, gone, recipients.c.id > after)
    return list(db.sql.execute(found.order_by(recipients.c.id).limit(most)).scalars())


# -- counts and names ----------------------------------------------------------------------------------------------


def _number_of(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


_COUNTED = {
    "total": func.count(),
    "delivered": _number_of(recipients.c.fate == Fate.DELIVERED),
    "failed": _number_of(recipients.c.fate.in_((Fate.FAILED, Fate.UNKNOWN))),
    "unreachable": _number_of(recipients.c.fate == Fate.UNREACHABLE),
    "read": _number_of(recipients.c.read_at.is_not(None)),
    "acknowledged": _number_of(recipients.c.acknowledged_at.is_not(None)),
    "waiting": _number_of(recipients.c.fate.in_(UNDER_WAY)),
}
_COUNTS = [expression.label(name) for name, expression in _COUNTED.items()]


def counts(db: Unit, broadcast: int, scope: Scope) -> Counts:
    found = select(*_COUNTS).where(recipients.c.broadcast == broadcast, _STILL_WANTED, in_scope(scope))
    return Counts(**db.sql.execute(found).one()._mapping)


def group_counts(db: Unit, broadcast: int) -> Counts:
    found = select(*_COUNTS).where(recipients.c.broadcast == broadcast, recipients.c.is_group)
    return Counts(**db.sql.execute(found).one()._mapping)


def counts_by(db: Unit, broadcast: int, scope: Scope, column: str) -> Sequence[tuple[str, Counts]]:
    """``column``: region or company; the largest first."""
    of = recipients.c[column]
    found = (
        select(of, *_COUNTS)
        .where(recipients.c.broadcast == broadcast, _STILL_WANTED, in_scope(scope))
        .group_by(of)
        .order_by(func.count().desc(), of)
    )
    return [(row[0], Counts(**{name: row._mapping[name] for name in _COUNTED})) for row in db.sql.execute(found)]


def behind(db: Unit, broadcast: int, scope: Scope, region: str = "") -> Sequence[Recipient]:
    """Who has not acknowledged, by company; also those nothing could be brought to."""
    where = (recipients.c.region == region,) if region else ()
    found = _ROW.where(recipients.c.broadcast == broadcast, _BEHIND, in_scope(scope), *where)
    return _many(db, found.order_by(recipients.c.region, recipients.c.company, recipients.c.id))


def remind(db: Unit, numbers: Sequence[int], rings: datetime) -> None:
    db.sql.execute(update(recipients).where(recipients.c.id.in_(numbers)).values(reminded_at=rings))


def gone(db: Unit, broadcast: int, scope: Scope, region: str = "") -> int:
    """How many did not acknowledge and never will: they have left."""
    where = (recipients.c.region == region,) if region else ()
    found = select(func.count()).where(recipients.c.broadcast == broadcast, _SILENT, ~_HERE, in_scope(scope), *where)
    return int(db.sql.execute(found).scalar_one())


def behind_after(db: Unit, broadcast: int, scope: Scope, after: int, most: int) -> Sequence[Recipient]:
    """The same page by page, by the row's id."""
    found = _ROW.where(recipients.c.broadcast == broadcast, _BEHIND, in_scope(scope), recipients.c.id > after)
    return _many(db, found.order_by(recipients.c.id).limit(most))


def failures(db: Unit, broadcast: int, most: int) -> Sequence[Recipient]:
    lost = recipients.c.fate.in_((Fate.FAILED, Fate.UNKNOWN))
    found = _ROW.where(recipients.c.broadcast == broadcast, _STILL_WANTED, lost)
    return _many(db, found.order_by(recipients.c.id).limit(most))


def groups_of(db: Unit, broadcast: int) -> Sequence[Recipient]:
    return _many(db, _ROW.where(recipients.c.broadcast == broadcast, recipients.c.is_group).order_by(recipients.c.id))


def open_notices(db: Unit, person: int) -> Sequence[int]:
    """The broadcasts this person was sent and has not acknowledged; those recalled are among them."""
    arrived = recipients.c.fate.in_((Fate.DELIVERED, Fate.UNKNOWN))
    found = select(recipients.c.broadcast).where(recipients.c.person == person, _BEHIND, arrived)
    return list(db.sql.execute(found.order_by(recipients.c.broadcast.desc())).scalars())


def _many(db: Unit, found: Select[tuple[object, ...]]) -> list[Recipient]:
    return [Recipient(**row._mapping) for row in db.sql.execute(found)]
