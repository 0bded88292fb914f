"""Who may broadcast to whom, what a second person has to confirm, how counts are written (R3.1, R3.2). Pure."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from bot.messages import Place
from bot.permit import AGENT_SIDE, Person, Role

REGIONS: Final = ("华东", "华南", "华北", "华中", "西南", "西北", "东北")
NATIONWIDE: Final = "全国"
TIERS: Final = ("普通", "银牌", "金牌", "铂金")
UPWARD: Final = "及以上"
CATEGORIES: Final = ("通知", "政策", "价格")
CONFIRMED_BY_TWO: Final = ("政策", "价格")
MOST_BY_ONE: Final = 500
"""More recipients than this need a second person (R3.1)."""
MOST_NAMED: Final = 30


class Audience(Struct, frozen=True):
    """Every non-empty part has to fit: 华东 or 华南, and 金牌 or 铂金, and 业务员 or 老板."""

    regions: tuple[str, ...]
    tiers: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()

    @property
    def everywhere(self) -> bool:
        return set(self.regions) >= set(REGIONS)

    @property
    def named(self) -> str:
        regions = NATIONWIDE if self.everywhere else "、".join(self.regions)
        tiers = f"，{'、'.join(self.tiers)}" if self.tiers else ""
        return f"{regions}{tiers}，{'、'.join(Role(role).short for role in self.roles)}"

    def fits(self, role: Role, region: str, tier: str) -> bool:
        """``tier`` is "" for whoever belongs to no agent company: where a tier is asked for, they are not meant."""
        place = region in self.regions if region else self.everywhere
        return role in self.roles and place and (not self.tiers or tier in self.tiers)


class Reached(Struct, frozen=True):
    """Somebody who is meant. ``place`` is where they are written to, None if nowhere."""

    person: int
    name: str
    role: Role
    agent: str = ""
    company: str = ""
    region: str = ""
    province: str = ""
    place: Place | None = None

    @property
    def spoken(self) -> str:
        return f"{self.name}（{self.company or self.role.short}）"


class ReachedGroup(Struct, frozen=True):
    place: Place
    name: str
    agent: str = ""
    region: str = ""


class Roster(Struct, frozen=True):
    people: tuple[Reached, ...]
    groups: tuple[ReachedGroup, ...] = ()

    @property
    def reachable(self) -> int:
        return sum(each.place is not None for each in self.people)

    @property
    def basis(self) -> str:
        """Other people, other groups, another messenger: another roster."""
        who = [f"{each.person}/{each.place.channel if each.place else ''}" for each in self.people]
        told = "\n".join(sorted(who) + sorted(f"{g.place.channel}{g.place.lane}" for g in self.groups))
        return hashlib.blake2b(told.encode(), digest_size=9).hexdigest()


def audience(regions: Sequence[str], tiers: Sequence[str] | None, roles: Sequence[str] | None) -> Audience:
    """As people choose it: 金牌及以上 is two tiers; without roles the agents' people are meant."""
    meant = {tier for word in tiers or () for tier in _tiers(word)}
    named = tuple(roles) if roles else tuple(role.value for role in AGENT_SIDE)
    where = REGIONS if NATIONWIDE in regions else tuple(regions)
    return Audience(where, tuple(tier for tier in TIERS if tier in meant and len(meant) < len(TIERS)), named)


def without_tier(meant: Audience) -> tuple[str, ...]:
    """The roles that a tier leaves out, though they are named."""
    ours = (Role(role) for role in meant.roles if Role(role) not in AGENT_SIDE)
    return tuple(role.short for role in ours) if meant.tiers else ()


def _tiers(word: str) -> Sequence[str]:
    lowest = word.removesuffix(UPWARD)
    return TIERS[TIERS.index(lowest) :] if word.endswith(UPWARD) else (word,)


def beyond(author: Person, meant: Audience) -> tuple[str, ...]:
    """The regions this person may not speak to: HQ speaks to everybody, a director to their own region."""
    if author.role is Role.HQ:
        return ()
    return tuple(region for region in meant.regions if region != author.region)


def needs_second(category: str, people: int) -> bool:
    return category in CONFIRMED_BY_TWO or people > MOST_BY_ONE


def group_fits(meant: Audience, agent_side: bool, region: str, tier: str) -> bool:
    """A group of an agent company is meant with the company. A region's group holds companies of every tier (R12.4)."""
    if not any(role.value in meant.roles for role in AGENT_SIDE):
        return False
    if agent_side:
        return region in meant.regions and (not meant.tiers or tier in meant.tiers)
    return region in meant.regions and not meant.tiers


def spaced(number: int) -> str:
    """1 812."""
    return f"{number:,}".replace(",", " ")


def count_lines(roster: Roster, channels: Mapping[str, str]) -> list[str]:
    """What is read before anything is sent: how many, on which messenger, and by name who cannot be reached."""
    titles = [channels.get(each.place.channel, each.place.channel) for each in roster.people if each.place]
    by_messenger = " ".join(f"{title} {spaced(n)}" for title, n in Counter(titles).most_common())
    companies = len({each.agent for each in roster.people if each.agent})
    lines = [f"共 {spaced(companies)} 家 / {spaced(len(roster.people))} 人:{by_messenger or '无人可达'}"]
    lost = [each.spoken for each in roster.people if each.place is None]
    if lost:
        lines.append(f"不可达 {spaced(len(lost))} 人:{listed(lost)}（没有绑定账号）")
    if roster.groups:
        lines.append(f"另发 {len(roster.groups)} 个群:{listed([group.name for group in roster.groups])}")
    return lines


def listed(names: Sequence[str], most: int = MOST_NAMED) -> str:
    more = f" 等 {len(names)} 个" if len(names) > most else ""
    return "、".join(names[:most]) + more


def delivered_line(delivered: int, total: int, failed: int) -> str:
    """As C40 prints it: 已送达 1 812/2 000, 失败 7."""
    return f"已送达 {spaced(delivered)}/{spaced(total)}, 失败 {spaced(failed)}"
