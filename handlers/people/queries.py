"""Who is who. Other capabilities may call every function of this module."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from msgspec import Struct, structs
from sqlalchemy import ColumnElement, Select, bindparam, exists, false, insert, or_, select, true, update

from bot.errors import Refusal
from bot.messages import Account
from bot.permit import DECIDERS, Person, Role, Scope
from handlers.people.rules import Superior, superior
from handlers.people.tables import agents
from storage.prepared import Prepared
from storage.tables import accounts, persons
from storage.unit import Unit

ACTIVE = "正常"


class Agent(Struct, frozen=True, kw_only=True):
    """An agent company's file. ``products`` are the product lines it may sell."""

    code: str
    name: str
    short_name: str = ""
    uscc: str = ""
    type: str = "代理商"
    tier: str = "普通"
    region: str = ""
    province: str = ""
    city: str = ""
    products: tuple[str, ...] = ()
    contract_start: date | None = None
    contract_end: date | None = None
    status: str = ACTIVE

    @property
    def active(self) -> bool:
        return self.status == ACTIVE

    @property
    def short(self) -> str:
        return self.short_name or self.name


# -- agents --------------------------------------------------------------------------------------------------------


_AGENT = Prepared(select(agents).where(agents.c.code == bindparam("of")))
_SOLD = Prepared(select(agents.c.products).where(agents.c.status == ACTIVE).distinct())


def agent_of(db: Unit, code: str) -> Agent | None:
    found = _AGENT.named(db.sql, {"of": code})
    return Agent(**found[0]) if found else None


def agents_like(db: Unit, scope: Scope, words: str, most: int) -> Sequence[Agent]:
    """By code, or by a part of the name; only what ``scope`` sees."""
    part = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    like = [column.ilike(f"%{part}%", escape="\\") for column in (agents.c.name, agents.c.short_name)]
    named = or_(agents.c.code == words.upper(), *like)
    found = select(agents).where(_agents_in(scope), named).order_by(agents.c.code).limit(most)
    return [Agent(**row._mapping) for row in db.sql.execute(found)]


def all_agents(db: Unit) -> dict[str, Agent]:
    return {row.code: Agent(**row._mapping) for row in db.sql.execute(select(agents))}


def product_lines(db: Unit) -> Sequence[str]:
    """Every product line some agent may sell, in the order of their names."""
    return sorted({line for (products,) in _SOLD.all(db.sql) for line in products})


def save_agent(db: Unit, agent: Agent, *, new: bool) -> None:
    row = structs.asdict(agent)
    db.sql.execute(insert(agents).values(row) if new else update(agents).where(agents.c.code == agent.code).values(row))


def _agents_in(scope: Scope) -> ColumnElement[bool]:
    if scope.nothing:
        return false()
    if scope.everything:
        return true()
    if scope.agent:
        return agents.c.code == scope.agent
    if scope.province:
        return agents.c.province == scope.province
    return agents.c.region == scope.region if scope.region else false()


# -- people --------------------------------------------------------------------------------------------------------

_PERSON = select(*(persons.c[name] for name in Person.__struct_fields__))
_NAME = Prepared(select(persons.c.name).where(persons.c.id == bindparam("of")))
_DECIDERS = Prepared(
    _PERSON.add_columns(exists().where(accounts.c.person == persons.c.id).label("bound"))
    .where(persons.c.role.in_(DECIDERS))
    .order_by(persons.c.id)
)


def person(db: Unit, person_id: int) -> Person | None:
    return db.identity.person(person_id)


def person_name(db: Unit, person_id: int) -> str:
    """ "" for an id nobody has."""
    return _NAME.scalar(db.sql, {"of": person_id}) or ""


def person_by_phone(db: Unit, phone: str) -> Person | None:
    found = _people(db, _PERSON.where(persons.c.phone == phone))
    return found[0] if phone and found else None


def people_named(db: Unit, name: str) -> Sequence[Person]:
    """Several people may have the same name."""
    return _people(db, _PERSON.where(persons.c.name == name)) if name else []


def people_with_role(db: Unit, role: Role) -> Sequence[Person]:
    """Active ones only."""
    return _people(db, _PERSON.where(persons.c.role == role, persons.c.active))


def people_of(db: Unit, agent: str) -> Sequence[Person]:
    """The active people of an agent company, owners first."""
    found = _people(db, _PERSON.where(persons.c.agent == agent, persons.c.active)) if agent else []
    return sorted(found, key=lambda p: (p.role is not Role.OWNER, p.id))


def people_within(db: Unit, scope: Scope) -> Sequence[Person]:
    """The active people of the organisation itself, and those of the agents that ``scope`` sees."""
    codes = select(agents.c.code).where(_agents_in(scope))
    inside = or_(persons.c.agent == "", persons.c.agent.in_(codes))
    return _people(db, _PERSON.where(persons.c.active, inside))


def owners_of(db: Unit, agent: str) -> Sequence[Person]:
    return [p for p in people_of(db, agent) if p.role is Role.OWNER]


def everybody(db: Unit) -> Sequence[Person]:
    return _people(db, _PERSON)


def all_accounts(db: Unit) -> dict[Account, int]:
    """Everybody's accounts, and whose they are."""
    rows = db.sql.execute(select(accounts.c.channel, accounts.c.tenant, accounts.c.user_id, accounts.c.person))
    return {Account(*row[:3]): row[3] for row in rows}


def superior_of(db: Unit, below: Person) -> Person | None:
    """The next person upward, see ``rules.superior``; None if there is nobody."""
    agent = agent_of(db, below.agent) if below.agent else None
    province, region = (agent.province, agent.region) if agent else (below.province, below.region)
    deciders = [Superior(Person(*row[:-1]), bool(row[-1])) for row in _DECIDERS.all(db.sql)]
    return superior(below, province, region, deciders)


def responsible_manager(db: Unit, below: Person) -> Person:
    """Who decides about what this person asks for (R1.1). Refusal if the organisation has nobody for it."""
    found = superior_of(db, below)
    if found is None:
        raise Refusal("no_manager", "还没有能审批的负责人，请联系总部管理员。")
    return found


def _people(db: Unit, found: Select[tuple[object, ...]]) -> list[Person]:
    return [Person(**row._mapping) for row in db.sql.execute(found.order_by(persons.c.id))]
