"""Who is meant by an audience now, and the roster that is frozen when sending begins."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import insert, select, update

from bot.messages import Account, Place, single_chat
from bot.permit import Person, Role
from handlers.broadcasts import rules
from handlers.broadcasts.recipient_queries import Recipient
from handlers.broadcasts.rules import Audience, Reached, ReachedGroup, Roster
from handlers.broadcasts.states import Fate
from handlers.broadcasts.tables import recipients
from handlers.groups.queries import bound
from handlers.people.queries import ACTIVE
from handlers.people.tables import agents
from storage.tables import accounts, persons
from storage.unit import Unit


def meant(db: Unit, audience: Audience, channels: Collection[str]) -> Roster:
    """``channels``: those that are served. Somebody with several accounts is written to where they were last."""
    home = _homes(db, channels)
    found = select(
        persons.c.id,
        persons.c.name,
        persons.c.role,
        persons.c.agent,
        persons.c.region,
        persons.c.province,
        agents.c.name,
        agents.c.short_name,
        agents.c.tier,
        agents.c.region,
        agents.c.province,
        agents.c.status,
    )
    rows = db.sql.execute(
        found.select_from(persons.outerjoin(agents, agents.c.code == persons.c.agent))
        .where(persons.c.active, persons.c.role.in_([Role(role) for role in audience.roles]))
        .order_by(persons.c.id)
    )
    people = []
    for number, name, role, agent, region, province, company, short, tier, a_region, a_province, status in rows:
        if agent and status != ACTIVE:
            continue
        where, part = (a_region, a_province) if agent else (region, province)
        if audience.fits(role, where or "", tier or ""):
            place = home.get(number)
            people.append(Reached(number, name, role, agent, short or company or "", where or "", part or "", place))
    return Roster(tuple(people), tuple(_groups(db, audience, channels)))


def freeze(db: Unit, broadcast: int, roster: Roster) -> None:
    """Twice is once: the rows of a broadcast are unique."""
    rows = [_person_row(broadcast, each) for each in roster.people] + [_group_row(broadcast, g) for g in roster.groups]
    if rows:
        db.sql.execute(insert(recipients), rows)


def take(db: Unit, broadcast: int, channels: Collection[str], most: int) -> Sequence[tuple[int, Person | Place]]:
    """The next recipients to be written to, now queued: the row and who it is. Who is gone by now is marked so."""
    chosen = (
        select(recipients)
        .where(recipients.c.broadcast == broadcast, recipients.c.fate == Fate.WAITING)
        .order_by(recipients.c.id)
        .limit(most)
    )
    rows = db.sql.execute(chosen).all()
    people = {each.id: each for each in _people(db, [row.person for row in rows if row.person is not None])}
    home = _homes(db, channels, tuple(people))
    fates: dict[Fate, list[int]] = {}
    taken: list[tuple[int, Person | Place]] = []
    for row in rows:
        to: Person | Place | None = people.get(row.person) if row.person is not None else _place(row)
        fate = Fate.QUEUED
        if isinstance(to, Person):
            fate = Fate.LEFT if not to.active else Fate.QUEUED if to.id in home else Fate.UNREACHABLE
        fates.setdefault(fate, []).append(row.id)
        if fate is Fate.QUEUED and to is not None:
            taken.append((row.id, to))
    for fate, ids in fates.items():
        db.sql.execute(update(recipients).where(recipients.c.id.in_(ids)).values(fate=fate))
    return taken


def to_remind(db: Unit, rows: Sequence[Recipient], channels: Collection[str]) -> Sequence[tuple[int, Person]]:
    """Whoever of them is with us and can be written to now."""
    ids = [each.person for each in rows if each.person is not None]
    home = _homes(db, channels, ids) if ids else {}
    people = {each.id: each for each in _people(db, ids) if each.active and each.id in home}
    return [(each.id, people[each.person]) for each in rows if each.person in people]


def _people(db: Unit, ids: Sequence[int]) -> Sequence[Person]:
    found = select(*(persons.c[name] for name in Person.__struct_fields__)).where(persons.c.id.in_(ids))
    return [Person(**row._mapping) for row in db.sql.execute(found)]


def _homes(db: Unit, channels: Collection[str], people: Collection[int] = ()) -> dict[int, Place]:
    """Where everybody, or these ``people``, are written to: the account they used last, as the core chooses it."""
    found = select(accounts.c.person, accounts.c.channel, accounts.c.tenant, accounts.c.user_id)
    found = found.where(accounts.c.person.in_(people)) if people else found
    served = found.where(accounts.c.channel.in_(list(channels)))
    rows = db.sql.execute(served.order_by(accounts.c.used_at, *_LAST_FIRST))
    return {person: single_chat(Account(channel, tenant, user)) for person, channel, tenant, user in rows}


def _groups(db: Unit, audience: Audience, channels: Collection[str]) -> Sequence[ReachedGroup]:
    companies = {code: (region, tier, short) for code, region, tier, short in db.sql.execute(_COMPANIES)}
    meant = []
    for group in bound(db):
        region, tier, whose = (
            companies.get(group.agent, ("", "", "")) if group.agent else (group.region, "", group.region)
        )
        if group.place.channel in channels and rules.group_fits(audience, bool(group.agent), region, tier):
            meant.append(ReachedGroup(group.place, group.name or f"{whose}的群", group.agent, region))
    return meant


def _person_row(broadcast: int, each: Reached) -> dict[str, object]:
    place = each.place or Place("", "", "")
    return {
        **_EMPTY,
        "broadcast": broadcast,
        "target": f"p{each.person}",
        "person": each.person,
        "name": each.name,
        "agent": each.agent,
        "company": each.company,
        "region": each.region,
        "province": each.province,
        "channel": place.channel,
        "fate": Fate.WAITING if each.place else Fate.UNREACHABLE,
    }


def _group_row(broadcast: int, group: ReachedGroup) -> dict[str, object]:
    place = group.place
    return {
        **_EMPTY,
        "broadcast": broadcast,
        "target": f"{place.channel}/{place.lane}",
        "name": group.name,
        "agent": group.agent,
        "region": group.region,
        "channel": place.channel,
        "tenant": place.tenant,
        "chat": place.chat,
        "is_group": True,
        "fate": Fate.WAITING,
    }


def _place(row: object) -> Place:
    return Place(row.channel, row.tenant, row.chat, group=True)  # type: ignore[attr-defined]


_LAST_FIRST = [accounts.c[name].desc() for name in ("channel", "tenant", "user_id")]
_COMPANIES = select(agents.c.code, agents.c.region, agents.c.tier, agents.c.short_name).where(agents.c.status == ACTIVE)
_EMPTY = {
    "person": None,
    "company": "",
    "agent": "",
    "region": "",
    "province": "",
    "tenant": "",
    "chat": "",
    "is_group": False,
    "reason": "",
    "acknowledged_in": "",
}
