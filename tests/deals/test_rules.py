"""The rules of registration as tables: what collides (R1.4), how long it lasts (R1.7), when it reminds (V3)."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from bot.calendar import WorkCalendar, seed_days
from bot.values import Money
from handlers.deals.rules import Claim, Collision, collide, protected_until, protection_days, reminders
from tests.build import SHANGHAI

CALENDAR = WorkCalendar.of(seed_days(), "09:00-18:00", SHANGHAI)
BASE = Claim(customer="杭州云栖湾酒店管理有限公司", project="中央空调改造", line="中央空调", province="浙江")
CODE, OTHER_CODE = "91330106MA0TEXT01T", "91310115MA0TEXT02N"


def claim(customer: str = BASE.customer, project: str = BASE.project, line: str = BASE.line, **more: str) -> Claim:
    return Claim(customer=customer, project=project, line=line, **({"province": "浙江"} | more))


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (claim(), Collision.BLOCKED),
        (claim("杭州市云栖湾酒店管理有限责任公司", "中央空调改造工程"), Collision.BLOCKED),
        (claim("杭州 云栖湾酒店管理（有限公司）"), Collision.BLOCKED),
        (claim("杭州雲棲灣酒店管理有限公司"), Collision.BLOCKED),
        (claim("云栖湾酒店管理有限公司", province="浙江"), Collision.BLOCKED),  # I1: same core, same province
        (claim("云栖湾酒店管理有限公司", province="江苏"), Collision.SUSPECTED),
        (claim("上海云栖湾酒店管理有限公司", province="上海"), Collision.SUSPECTED),
        (claim(line="热泵"), Collision.NONE),
        (claim(project="二号楼新风"), Collision.NONE),
        (claim("杭州云栖谷酒店管理有限公司"), Collision.NONE),
        (claim("杭州第一医院", "1号楼"), Collision.NONE),
    ],
)
def test_names_that_collide(other: Claim, expected: Collision) -> None:
    assert collide(BASE, other) is expected
    assert collide(other, BASE) is expected


@pytest.mark.parametrize(
    ("mine", "other", "expected"),
    [
        (claim(credit_code=CODE), claim("完全不同的名字有限公司", credit_code=CODE), Collision.BLOCKED),
        (claim(credit_code=CODE), claim("完全不同的名字有限公司", "另一个项目", credit_code=CODE), Collision.SUSPECTED),
        (claim(credit_code=CODE), claim(credit_code=OTHER_CODE), Collision.NONE),
        (claim(credit_code=CODE), claim(), Collision.BLOCKED),
    ],
)
def test_the_credit_code_comes_before_the_name(mine: Claim, other: Claim, expected: Collision) -> None:
    assert collide(mine, other) is expected


@pytest.mark.parametrize(
    ("tier", "wan", "days"),
    [("普通", 50, 60), ("银牌", 50, 90), ("金牌", 120, 90), ("铂金", 120, 120), ("金牌", 300, 150), ("", 50, 60)],
)
def test_protection_by_tier_and_size(tier: str, wan: int, days: int) -> None:
    assert protection_days(tier, Money(wan * 1_000_000)) == days


def test_reminders_of_v3() -> None:
    """03-02 + 90 d = Sun 05-31: T-14 → Mon 05-18, T-7 → Mon 05-25, T-3 Thu 05-28, T-1 (Sat) → Fri 05-29."""
    until = protected_until(date(2026, 3, 2), "金牌", Money(120_000_000))
    found = reminders(until, datetime(2026, 3, 2, 13, 5, tzinfo=SHANGHAI), CALENDAR)
    assert until == date(2026, 5, 31)
    assert [(days, at.strftime("%m-%d %H:%M")) for days, at in found] == [
        (14, "05-18 09:00"),
        (7, "05-25 09:00"),
        (3, "05-28 09:00"),
        (1, "05-29 09:00"),
    ]
