"""Which groups there are, and what they are bound to. Other capabilities may call every function of this module."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, or_, select, update

from bot.messages import Place
from handlers.groups.tables import groups
from storage.tables import insert_or
from storage.unit import Unit


class Group(Struct, frozen=True, kw_only=True):
    """A group the bot is in. ``agent`` is a company's code, ``region`` a region's name; at most one of the two."""

    place: Place
    name: str = ""
    agent: str = ""
    region: str = ""

    @property
    def title(self) -> str:
        return self.name or "群"


_GROUP = select(groups.c.channel, groups.c.tenant, groups.c.chat, groups.c.name, groups.c.agent, groups.c.region)


def bound(db: Unit) -> Sequence[Group]:
    """The groups that are bound to something and that the bot has not been removed from."""
    of_something = or_(groups.c.agent != "", groups.c.region != "")
    found = _GROUP.where(groups.c.present, of_something).order_by(groups.c.channel, groups.c.tenant, groups.c.chat)
    return [_group(*row) for row in db.sql.execute(found)]


def group_at(db: Unit, place: Place) -> Group | None:
    found = db.sql.execute(_GROUP.where(_at(place))).first()
    return _group(*found) if found else None


def joined(db: Unit, place: Place, name: str) -> None:
    _put(db, place, {"present": True} | ({"name": name} if name else {}))


def left(db: Unit, place: Place) -> None:
    db.sql.execute(update(groups).where(_at(place)).values(present=False))


def bind(db: Unit, place: Place, *, agent: str = "", region: str = "", by: int, now: datetime) -> None:
    _put(db, place, {"present": True, "agent": agent, "region": region, "bound_by": by, "bound_at": now})


def unbind(db: Unit, place: Place) -> bool:
    """False if it was bound to nothing."""
    of_something = or_(groups.c.agent != "", groups.c.region != "")
    return db.sql.execute(update(groups).where(_at(place), of_something).values(agent="", region="")).rowcount == 1


def _put(db: Unit, place: Place, values: dict[str, object]) -> None:
    """Also for a group the bot was in before it took notice of groups."""
    new = {"channel": place.channel, "tenant": place.tenant, "chat": place.chat, "name": "", "agent": "", "region": ""}
    written = insert_or(groups).values(new | {"present": True} | values)
    db.sql.execute(written.on_conflict_do_update(index_elements=["channel", "tenant", "chat"], set_=values))


def _at(place: Place) -> ColumnElement[bool]:
    return and_(groups.c.channel == place.channel, groups.c.tenant == place.tenant, groups.c.chat == place.chat)


def _group(channel: str, tenant: str, chat: str, name: str, agent: str, region: str) -> Group:
    return Group(place=Place(channel, tenant, chat, group=True), name=name, agent=agent, region=region)
