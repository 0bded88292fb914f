"""Roles, and what a person may see: deny by default, out of scope looks exactly like missing (R12.3)."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Role(StrEnum):
    """The roles of contract 4, with the names people use."""

    REP = "rep"
    OWNER = "owner"
    MANAGER = "manager"
    DIRECTOR = "director"
    HQ = "hq"
    FINANCE = "finance"
    CHECKER = "checker"
    AUDITOR = "auditor"
    EXECUTIVE = "executive"

    @property
    def named(self) -> str:
        return ROLE_TITLES[self]

    @property
    def short(self) -> str:
        """As it stands on cards: 「角色:业务员」."""
        return self.named.removeprefix("代理商")


ROLE_TITLES = {
    Role.REP: "代理商业务员",
    Role.OWNER: "代理商老板",
    Role.MANAGER: "区域经理",
    Role.DIRECTOR: "大区总监",
    Role.HQ: "总部管理员",
    Role.FINANCE: "财务",
    Role.CHECKER: "市场检核",
    Role.AUDITOR: "审计",
    Role.EXECUTIVE: "总经理",
}
AGENT_SIDE = (Role.REP, Role.OWNER)
DECIDERS = (Role.MANAGER, Role.DIRECTOR, Role.HQ, Role.EXECUTIVE)
EVERYWHERE = (Role.HQ, Role.AUDITOR, Role.EXECUTIVE, Role.FINANCE)


def role_of(text: str) -> Role | None:
    """A role by its code or by any Chinese name people use for it (总部管理员, 业务员 …)."""
    word = text.strip()
    for role, title in ROLE_TITLES.items():
        if word in (role.value, title, role.short):
            return role
    return None


class Person(Struct, frozen=True):
    """Somebody the organisation knows. ``agent`` is an agent's code, ``manager`` a person's id; "" and None: none."""

    id: int
    name: str
    role: Role
    phone: str = ""
    agent: str = ""
    region: str = ""
    province: str = ""
    manager: int | None = None
    language: str = "zh-CN"
    active: bool = True


class Scope(Struct, frozen=True):
    """The rows a person may see: all of them, or those that match every non-empty part; ``nothing`` sees none."""

    everything: bool = False
    person: int | None = None
    agent: str = ""
    region: str = ""
    province: str = ""
    responsible: int | None = None
    """Whoever has a territory also sees what was sent to them by name."""
    nothing: bool = False


def scope_of(person: Person | None) -> Scope:
    """A rep sees their own, an owner their agent's, managers their territory; whoever has no territory sees nothing."""
    if person is None or not person.active:
        return Scope(nothing=True)
    if person.role in EVERYWHERE:
        return Scope(everything=True)
    if person.role is Role.REP:
        return Scope(person=person.id, agent=person.agent)
    if person.role is Role.OWNER:
        return Scope(agent=person.agent) if person.agent else Scope(nothing=True)
    return Scope(region="" if person.province else person.region, province=person.province, responsible=person.id)
