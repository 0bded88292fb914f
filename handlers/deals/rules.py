"""The rules of registration: what collides (R1.4), how long a protection lasts (R1.7), when it reminds. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from enum import IntEnum

from msgspec import Struct

from bot import names
from bot.calendar import WorkCalendar
from bot.values import Money

DAYS_BY_TIER = {"普通": 60, "银牌": 90, "金牌": 90, "铂金": 120}
LARGE = Money(300_000_000)
DAYS_FOR_LARGE = 60
REMIND_DAYS = (14, 7, 3, 1)


class Collision(IntEnum):
    """How strongly two registrations meet; the strongest of all counts."""

    NONE = 0
    SUSPECTED = 1
    BLOCKED = 2


class Claim(Struct, frozen=True, kw_only=True):
    """What two registrations are compared by."""

    customer: str
    project: str
    line: str
    province: str
    credit_code: str = ""

    @property
    def project_core(self) -> str:
        return names.project_core(self.project, self.customer)


class Rival(Struct, frozen=True, kw_only=True):
    """A live protection somebody holds. ``until`` is None while its review is running."""

    deal: int
    agent: str
    claim: Claim
    until: date | None


def collide(mine: Claim, other: Claim) -> Collision:
    """K-A (credit code) before K-B (legal name), for the same product line; another project is no collision."""
    if mine.line != other.line:
        return Collision.NONE
    same_project = mine.project_core == other.project_core
    if mine.credit_code and other.credit_code:
        if mine.credit_code != other.credit_code:
            return Collision.NONE
        return Collision.BLOCKED if same_project else Collision.SUSPECTED
    if not same_project:
        return Collision.NONE
    match names.compare_customers(mine.customer, other.customer):
        case "same":
            return Collision.BLOCKED
        case "maybe":
            return Collision.BLOCKED if _same_key(mine, other) else Collision.SUSPECTED
        case _:
            return Collision.NONE


def _same_key(mine: Claim, other: Claim) -> bool:
    """I1: the same core name in the same province cannot be protected twice, however the region was found out."""
    same_core = names.customer_core(mine.customer) == names.customer_core(other.customer)
    return same_core and mine.province == other.province


def strongest(mine: Claim, rivals: Sequence[Rival]) -> tuple[Collision, Rival | None]:
    """The strongest collision and with whom; the earliest registration first among equals."""
    worst: tuple[Collision, Rival | None] = (Collision.NONE, None)
    for rival in sorted(rivals, key=lambda r: r.deal):
        found = collide(mine, rival.claim)
        if found > worst[0]:
            worst = (found, rival)
    return worst


def protection_days(tier: str, amount: Money) -> int:
    """Calendar days of protection."""
    return DAYS_BY_TIER.get(tier, DAYS_BY_TIER["普通"]) + (DAYS_FOR_LARGE if amount >= LARGE else 0)


def protected_until(approved: date, tier: str, amount: Money) -> date:
    """The last protected day; day 0 is the day of approval."""
    return approved + timedelta(days=protection_days(tier, amount))


def expiry(until: date, calendar: WorkCalendar) -> datetime:
    """The instant after 23:59:59 of the last day, in the organisation's zone."""
    return datetime.combine(until + timedelta(days=1), time(), calendar.zone)


def reminders(until: date, now: datetime, calendar: WorkCalendar) -> list[tuple[int, datetime]]:
    """(days before, instant) still ahead of now; two that fall on one day are one (V3, R4.9)."""
    chosen: dict[datetime, int] = {}
    for days in REMIND_DAYS:
        at = calendar.shift_reminder(until - timedelta(days=days), until)
        if at > now:
            chosen[at] = days
    return [(days, at) for at, days in chosen.items()]
